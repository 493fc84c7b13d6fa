"""Sessions, https and CSRF: a token lives as long as its session, so that a long page is never refused for its age."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from flask_wtf import CSRFProtect

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

csrf = CSRFProtect()

FIXED = {
    "WTF_CSRF_TIME_LIMIT": None,
    "WTF_CSRF_CHECK_DEFAULT": True,
    # The token is the check; a referrer as well would refuse every page behind a proxy that takes referrers away.
    "WTF_CSRF_SSL_STRICT": False,
    "SESSION_COOKIE_NAME": "readiness",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    # The cookie goes out when it changes, never with a static file that a shared cache may keep.
    "SESSION_REFRESH_EACH_REQUEST": False,
    "MAX_CONTENT_LENGTH": 256 * 1024,
    "MAX_FORM_PARTS": 200,
}


def init_app(app: Flask) -> None:
    """Check the CSRF token of every POST that a route does not check itself; keep to https where that is set."""
    csrf.init_app(app)
    if app.config["SESSION_COOKIE_SECURE"]:
        app.wsgi_app = _by_https(app.wsgi_app)  # type: ignore[assignment]  # Flask's own way to wrap it


def _by_https(application: "WSGIApplication") -> "WSGIApplication":
    """Make links and redirects, which hold keys, begin with https: behind a proxy the request itself came by http."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return application(environ, start_response)

    return serve

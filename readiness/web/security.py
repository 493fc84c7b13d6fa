"""Sessions, https, CSRF and personal mode: without accounts nobody is answered but this computer itself."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from readiness.config import check_personal_mode
from readiness.errors import Forbidden, NotFound
from readiness.hosts import is_loopback
from readiness.language import gettext

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

csrf = CSRFProtect()

FIXED = {
    # A token lives as long as its session, so that a long page is never refused for its age.
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

# What proxies add. A browser on this computer sends none of them.
FORWARDED = frozenset({"FORWARDED", "VIA", "X_REAL_IP", "X_CLIENT_IP", "TRUE_CLIENT_IP", "CF_CONNECTING_IP"})


def init_app(app: Flask) -> None:
    """Check where requests come from, and the CSRF token of every POST that a route does not check itself."""
    check_personal_mode(app.config)
    if not app.config["ACCOUNTS"]:
        app.before_request(_only_from_here)
    app.before_request(_without_nul)
    csrf.init_app(app)
    if app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=app.config["PROXIES"], x_proto=0)  # type: ignore[method-assign]
    if app.config["SESSION_COOKIE_SECURE"]:
        app.wsgi_app = _by_https(app.wsgi_app)  # type: ignore[assignment]  # Flask's own way to wrap it


def _without_nul() -> None:
    """No address of ours holds this character, and not every database takes it."""
    if "\0" in request.path:
        raise NotFound(gettext("No page has this address. Check that the link was copied whole."))


def _only_from_here() -> None:
    """Refuse, in personal mode, whoever is not at this computer, and whatever may have come through a proxy."""
    names = {name.removeprefix("HTTP_") for name in request.environ if name.startswith("HTTP_")}
    by_proxy = any(name in FORWARDED or name.startswith("X_FORWARDED") for name in names)
    # No browser speaks HTTP/1.0, but proxies left at their defaults do.
    by_proxy = by_proxy or request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    if by_proxy or not is_loopback(request.environ.get("REMOTE_ADDR", "")):
        raise Forbidden(
            gettext(
                "This installation has no accounts, so it answers only the computer it runs on. Whoever runs it can "
                "set READINESS_ACCOUNTS to yes."
            )
        )


def _by_https(application: "WSGIApplication") -> "WSGIApplication":
    """Make links and redirects, which hold keys, begin with https: behind a proxy the request itself came by http."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return application(environ, start_response)

    return serve

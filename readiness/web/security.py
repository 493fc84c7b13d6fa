"""Sessions and CSRF: a token lives as long as its session, so that a long page is never refused for its age."""

from flask import Flask
from flask_wtf import CSRFProtect

csrf = CSRFProtect()

FIXED = {
    "WTF_CSRF_TIME_LIMIT": None,
    "WTF_CSRF_CHECK_DEFAULT": True,
    "SESSION_COOKIE_NAME": "readiness",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "MAX_CONTENT_LENGTH": 256 * 1024,
    "MAX_FORM_PARTS": 200,
}


def init_app(app: Flask) -> None:
    """Check the CSRF token of every POST that a route does not check itself."""
    csrf.init_app(app)

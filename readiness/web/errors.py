"""Errors > pages: a sentence that the person can act on, with the right status."""

import logging

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from readiness.errors import ReadinessError

logger = logging.getLogger(__name__)

SENTENCES = {
    400: (
        "This could not be understood",
        "The page sent something unexpected and nothing was changed. Go back and try again.",
    ),
    404: (
        "Nothing is here",
        "No page has this address. Check that the link was copied whole, or start from the first page.",
    ),
    405: (
        "That does not work here",
        "This address cannot be used that way, and nothing was changed. Start from the first page.",
    ),
    413: ("That is too much", "What was sent is too large, and nothing was changed. Go back and shorten it."),
    500: (
        "Something went wrong here",
        "The fault is ours, not yours. What you saved before is safe. Go back and try again.",
    ),
}

FOREIGN_HOST = "This address is not known here. Whoever runs this service can add it to READINESS_TRUSTED_HOSTS.\n"


def init_app(app: Flask) -> None:
    """Register one handler for each family of errors."""
    app.register_error_handler(ReadinessError, _ours)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, title: str, sentence: str) -> ResponseReturnValue:
    return render_template("error.html", title=title, sentence=sentence), status


def _ours(error: ReadinessError) -> ResponseReturnValue:
    if error.status >= 500:
        logger.error("%s", error, exc_info=error)
    titles = {404: "Nothing is here", 409: "This has changed meanwhile", 503: "Not just now"}
    return _page(error.status, titles.get(error.status, "This does not fit"), str(error))


def _csrf(error: CSRFError) -> ResponseReturnValue:
    sentence = "Your browser's session had ended, so nothing was changed. Go back, reload the page and send it again."
    return _page(400, "Please send that again", sentence)


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # a foreign host name: no page can be made that would lead back there
        return FOREIGN_HOST, 400, {"Content-Type": "text/plain; charset=utf-8"}
    status = error.code or 500
    title, sentence = SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500])
    return _page(status, title, sentence)


def _unexpected(error: Exception) -> ResponseReturnValue:
    logger.exception("unexpected error")
    return _http(InternalServerError())

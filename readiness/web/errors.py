"""Errors > pages: a sentence that the person can act on, with the right status."""

import logging

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from readiness.errors import ReadinessError
from readiness.language import N_, gettext

logger = logging.getLogger(__name__)

SENTENCES = {
    400: (
        N_("This could not be understood"),
        N_("The page sent something unexpected and nothing was changed. Go back and try again."),
    ),
    404: (
        N_("Nothing is here"),
        N_("No page has this address. Check that the link was copied whole, or start from the first page."),
    ),
    405: (
        N_("That does not work here"),
        N_("This address cannot be used that way, and nothing was changed. Start from the first page."),
    ),
    413: (
        N_("That is too much"),
        N_("What was sent is too large, and nothing was changed. Go back and shorten it."),
    ),
    500: (
        N_("Something went wrong here"),
        N_("The fault is ours, not yours. What you saved before is safe. Go back and try again."),
    ),
}

TITLES = {
    400: N_("This does not fit"),
    403: N_("This is not open to you"),
    404: N_("Nothing is here"),
    409: N_("This has changed meanwhile"),
    429: N_("Please wait a while"),
    503: N_("Not just now"),
}
# Plain text in English: no language is chosen for an address that is not ours.
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
    return _page(error.status, gettext(TITLES.get(error.status, TITLES[400])), str(error))


def _csrf(error: CSRFError) -> ResponseReturnValue:
    sentence = gettext(
        "Your browser's session had ended, so nothing was changed. Go back, reload the page and send it again."
    )
    return _page(400, gettext("Please send that again"), sentence)


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # a foreign host name: no page can be made that would lead back there
        return FOREIGN_HOST, 400, {"Content-Type": "text/plain; charset=utf-8"}
    status = error.code or 500
    title, sentence = SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500])
    return _page(status, gettext(title), gettext(sentence))


def _unexpected(error: Exception) -> ResponseReturnValue:
    logger.exception("unexpected error")
    return _http(InternalServerError())

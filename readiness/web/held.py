"""Posted answers > a page that holds them: when a sign-in has ended, what was typed waits in the browser for the next.

Nothing is kept on the server, and nothing travels through the form to sign in: that opens in a tab of its own, and the
answers stay in a form in this one. The mark of their owner, which only this installation can make, says who was signed
in when the page was opened. Answers with another mark, or none, never reach a page that could save them.
"""

import hmac

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from readiness.language import gettext
from readiness.store.assessments import ID
from readiness.web.access import current_person
from readiness.web.identity import keyed

DROPPED = frozenset({"csrf_token", "action"})


def wants_data() -> bool:
    """Whether a script of ours asks, which saves while somebody is still on the page."""
    return request.headers.get("Accept") == "application/json"


def owner(key: str) -> str:
    """The mark of whoever is signed in, for one assessment; empty where its address alone opens it."""
    person = current_person()
    if person is None or not _needs_sign_in(key):
        return ""
    return keyed(current_app, f"answers of {person.id} in {key}").hex()


def hold(key: str) -> ResponseReturnValue | None:
    """The page that holds what was posted, unless whoever opened the page of questions is the one who is signed in."""
    if not _needs_sign_in(key):
        return None
    person = current_person()
    sent = request.form.get("owner", "").encode()
    if person is not None and hmac.compare_digest(sent, owner(key).encode()):
        return None
    if person is None:
        title, sentence = gettext("Your sign-in has ended"), gettext("Your sign-in has ended, so nothing was saved.")
    else:
        title = gettext("These answers are not yours")
        sentence = gettext("Somebody else was signed in when these answers were given, so nothing was saved.")
    if wants_data():
        return {"sentence": f"{sentence} {gettext('Press a Save button: your answers are kept.')}"}, 403
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in DROPPED]
    return render_template("held.html", title=title, sentence=sentence, fields=fields), 403


def _needs_sign_in(key: str) -> bool:
    return bool(current_app.config["ACCOUNTS"] and ID.fullmatch(key))

"""What every template may use (the language), and what this browser's session keeps: language, assessments, sheets."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from babel.support import NullTranslations
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, Domain

from readiness.errors import ReadinessError, nearest
from readiness.language import Language, available, catalogue, format_date, format_number, language, locale_of, speaking
from readiness.report.said import translation_note

MOST_REMEMBERED = 20


class _Spoken(Domain):
    """Flask-Babel's door to the catalogues: one way, from the language that readiness.language speaks."""

    def get_translations(self) -> NullTranslations:
        """The translations of the language being spoken."""
        return catalogue()


def init_app(app: Flask) -> None:
    """Choose a language for every request, before anything else can fail, and give templates their common values."""
    app.extensions["languages"] = _offered(app)
    babel = Babel()
    babel.domain_instance = _Spoken()
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    babel.init_app(app, locale_selector=lambda: str(locale_of(language().code)))
    app.jinja_env.filters.update(dateformat=format_date, numberformat=format_number, sentence=sentence)

    @app.before_request
    def speak() -> None:
        if request.endpoint == "static":  # it has no words, and is the same for everybody, whatever their session
            return
        g.speaking = ExitStack()
        g.speaking.enter_context(speaking(chosen_language()))

    @app.teardown_request
    def be_quiet(_: BaseException | None) -> None:
        if "speaking" in g:
            g.pop("speaking").close()

    @app.context_processor
    def common() -> dict[str, object]:
        return {"language": language(), "languages": languages(), "translation_note": translation_note}


def sentence(text: str) -> str:
    """Words as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def _offered(app: Flask) -> Mapping[str, Language]:
    """The languages of the setting, in its order. Raises ReadinessError when one has no catalogue."""
    known = available(Path(app.config["LOCALE"]))
    for code in app.config["LANGUAGES"]:
        if code not in known:
            raise ReadinessError(
                f"READINESS_LANGUAGES names {code}, which has no translation here{nearest(code, known)}"
            )
        with speaking(known[code]):
            catalogue()  # one that cannot be read is named now, and not on somebody's page
    return {code: known[code] for code in app.config["LANGUAGES"]}


def languages() -> Mapping[str, Language]:
    """The languages that are offered, by code; the first is spoken when a browser asks for none of them."""
    offered: Mapping[str, Language] = current_app.extensions["languages"]
    return offered


def chosen_language() -> Language:
    """The language chosen in this browser, else the best one that the browser asks for, else the first."""
    offered = languages()
    chosen = session.get("language")
    if not isinstance(chosen, str) or chosen not in offered:
        chosen = request.accept_languages.best_match(list(offered), next(iter(offered)))
    return offered[str(chosen)]


def choose_language(code: str) -> None:
    """Keep the chosen language in this browser; one that is not offered changes nothing."""
    if code in languages():
        session.permanent = True
        session["language"] = code


def remembered() -> list[str]:
    """The keys of assessments that this browser started or opened, latest first."""
    return [key for key in session.get("assessments", []) if isinstance(key, str)]


def remember(key: str) -> None:
    """Remember an assessment in this browser, also when it is closed and opened again."""
    session.permanent = True
    session["assessments"] = [key, *(other for other in remembered() if other != key)][:MOST_REMEMBERED]


def forget(key: str) -> None:
    """Forget an assessment in this browser's session; its link still works."""
    session["assessments"] = [other for other in remembered() if other != key]


def sheets_entered(assessment: str, role: str, today: date) -> int:
    """How many paper sheets of a role were entered in this browser today; what is stored is told of groups only."""
    kept = session.get("sheets")
    if not isinstance(kept, dict) or kept.get("of") != [assessment, today.isoformat()]:
        return 0
    return int(kept.get(role, 0))


def note_sheets(assessment: str, role: str, today: date, entered: int) -> None:
    """Note in this browser how many sheets were entered; those of another assessment or day are forgotten."""
    of = [assessment, today.isoformat()]
    kept = session.get("sheets")
    same = kept if isinstance(kept, dict) and kept.get("of") == of else {}
    session["sheets"] = {**same, "of": of, str(role): entered}

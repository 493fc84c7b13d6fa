"""What every template may use (the language), and the assessments that this browser has opened."""

from flask import Flask, session

MOST_REMEMBERED = 20


def init_app(app: Flask) -> None:
    """Give templates their common values."""

    @app.context_processor
    def common() -> dict[str, object]:
        return {"language": "en", "direction": "ltr"}


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

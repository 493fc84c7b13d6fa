"""The reports that the running application keeps, and those that it renders before anybody asks."""

from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Flask, current_app

from readiness.language import available, language, speaking
from readiness.rendering import Ahead, Shelf, wanted_first
from readiness.report.material import Material
from readiness.report.renderer import renderer_digest
from readiness.web.rules import database


def init_app(app: Flask) -> None:
    """Find out what draws reports before the workers are forked: it is that of the code which they run."""
    renderer_digest()
    with app.app_context():
        shelf = Shelf(database(), tuple(available(Path(app.config["LOCALE"])).values()))
    app.extensions["documents"] = (shelf, Ahead(shelf))


def shelf() -> Shelf:
    """The reports that are kept."""
    kept: Shelf = current_app.extensions["documents"][0]
    return kept


def render_ahead(read: Callable[[], Material]) -> None:
    """Have the reports of a result rendered, in the language being spoken; nobody waits, not even for `read`."""
    if not current_app.config["RENDER_AHEAD"]:
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # what is behind the proxy
    spoken = language()

    def work() -> Sequence[Material]:
        with app.app_context(), speaking(spoken):
            return wanted_first(read())

    ahead: Ahead = app.extensions["documents"][1]
    ahead.add(work)

"""One table of settings: each is read from the environment, has a default, and says what it is for."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from readiness.engine.disclosure import SMALLEST_GROUP
from readiness.errors import ReadinessError
from readiness.hosts import is_loopback
from readiness.mail_server import read_mail_server, read_sender

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules" / "peer-support"
MOST_GROUP, MOST_MONTHS = 100, 600
TURN_ACCOUNTS_ON = "Set READINESS_ACCOUNTS to yes to let others in; everybody then signs in."


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: the environment variable, how its text is read, its default and its purpose.

    The text of a secret one is in no message.
    """

    variable: str
    read: Callable[[str], object]
    default: str
    purpose: str
    is_secret: bool = False


def _words(text: str) -> list[str]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:  # an empty list would trust every host
        raise ValueError("one or more names with commas between them")
    return words


def _folder(text: str) -> Path:
    if not text:
        raise ValueError("a folder")
    return Path(text).expanduser().resolve()


def _switch(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("yes or no")
    return text == "yes"


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) == 1):
        raise ValueError("a number from 0 to 9")
    return int(text)


def _group(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and SMALLEST_GROUP <= int(text[:4]) <= MOST_GROUP):
        raise ValueError(f"a number from {SMALLEST_GROUP} to {MOST_GROUP}")
    return int(text)


def _months(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:5]) <= MOST_MONTHS):
        raise ValueError(f"a number from 1 to {MOST_MONTHS}")
    return int(text)


SETTINGS: Mapping[str, Setting] = {
    "INSTANCE": Setting(
        "READINESS_INSTANCE", _folder, str(ROOT / "instance"), "Folder of the database and the secret key."
    ),
    "DATABASE_URL": Setting(
        "READINESS_DATABASE_URL", str, "", "Address of the database; empty means SQLite in the instance folder."
    ),
    "RULES": Setting("READINESS_RULES", _folder, str(RULES), "Folder of the rule set for new assessments."),
    "SECRET_KEY": Setting(
        "READINESS_SECRET_KEY", str, "", "Signs sessions; empty means a key of its own, kept in the instance folder."
    ),
    "TRUSTED_HOSTS": Setting(
        "READINESS_TRUSTED_HOSTS", _words, "localhost,127.0.0.1", "Host names under which pages are served."
    ),
    "SESSION_COOKIE_SECURE": Setting(
        "READINESS_HTTPS", _switch, "no", "Set to yes when people reach the service by https."
    ),
    "ACCOUNTS": Setting(
        "READINESS_ACCOUNTS", _switch, "no", "Set to yes when more than the one person at this computer use it."
    ),
    "MINIMUM_GROUP": Setting(
        "READINESS_MINIMUM_GROUP",
        _group,
        str(SMALLEST_GROUP),
        "How many people stand behind everything shown of a team, at least; a rule set may ask for more.",
    ),
    "KEEP_MONTHS": Setting(
        "READINESS_KEEP_MONTHS",
        _months,
        "24",
        "Months after the close of a wave until single answers are deleted.",
    ),
    "PROXIES": Setting(
        "READINESS_PROXIES", _count, "0", "How many proxies in front add the address they were asked from."
    ),
    "RENDER_AHEAD": Setting(
        "READINESS_RENDER_AHEAD", _switch, "yes", "Whether reports are rendered as soon as an assessment is submitted."
    ),
    "LANGUAGES": Setting(
        "READINESS_LANGUAGES", _words, "en", "Languages of the pages; the first where a browser asks for none of them."
    ),
    "LOCALE": Setting(
        "READINESS_LOCALE", _folder, str(ROOT / "readiness" / "locale"), "Folder of the translations of the pages."
    ),
    "SMTP": Setting(
        "READINESS_SMTP", read_mail_server, "", "The server that takes our mail; empty means no mail.", is_secret=True
    ),
    "MAIL_FROM": Setting("READINESS_MAIL_FROM", read_sender, "", "The address that mail comes from."),
}


def read_settings(environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """Every setting from the environment. Raises ReadinessError naming the variable that cannot be read."""
    values: dict[str, object] = {}
    for name in SETTINGS:
        values[name] = read_setting(name, environment)
    if values["SMTP"] and not values["MAIL_FROM"]:
        raise ReadinessError(
            "READINESS_SMTP is set, and READINESS_MAIL_FROM is not. Set it to the address that mail comes from."
        )
    check_personal_mode(values)
    return complete(values)


def read_setting(name: str, environment: Mapping[str, str] | None = None) -> object:
    """One setting from the environment. Raises ReadinessError naming the variable that cannot be read."""
    setting = SETTINGS[name]
    text = (os.environ if environment is None else environment).get(setting.variable, setting.default)
    try:
        return setting.read(text)
    except ValueError as error:
        got = "cannot be read" if setting.is_secret else f"is {text!r}"
        raise ReadinessError(f"{setting.variable} {got}; expected {error}. {setting.purpose}") from None


def check_personal_mode(values: Mapping[str, object]) -> None:
    """Raise ReadinessError when there are no accounts, and settings say that others than this computer are served."""
    hosts = values["TRUSTED_HOSTS"]
    names = [str(name) for name in hosts] if isinstance(hosts, list) else []
    foreign = [name for name in names if not is_loopback(name)]
    reasons = [
        *(f"READINESS_TRUSTED_HOSTS names {name}" for name in foreign[:1]),
        *(["READINESS_HTTPS is yes"] if values["SESSION_COOKIE_SECURE"] else []),
        *(["READINESS_PROXIES is not 0"] if values["PROXIES"] else []),
    ]
    if reasons and not values["ACCOUNTS"]:
        raise ReadinessError(f"{reasons[0]}, but without accounts only this computer is served. {TURN_ACCOUNTS_ON}")


def complete(values: dict[str, object]) -> dict[str, object]:
    """Fill what depends on the instance folder: the database's place and the secret key."""
    instance = Path(str(values["INSTANCE"]))
    if not values["DATABASE_URL"]:
        values["DATABASE_URL"] = f"sqlite:///{instance / 'readiness.db'}"
    if not values["SECRET_KEY"]:
        values["SECRET_KEY"] = _own_secret(instance)
    return values


def _own_secret(instance: Path) -> str:
    """The installation's own key, made at the first start and readable by its owner only."""
    path = instance / "secret_key"
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_hex(32))
        return path.read_text().strip()
    except OSError as error:
        raise ReadinessError(
            f"{path} cannot be used: {error.strerror}. Set READINESS_INSTANCE to a folder of yours."
        ) from None


def _write_once(path: Path, text: str) -> None:
    """Write a private file whole or not at all; of several processes at once the first one wins."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)

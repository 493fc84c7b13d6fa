"""The language being spoken: fixed wording goes in in English and comes out in it; dates and numbers too."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from gettext import c2py
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, PoFileParser
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from readiness.errors import ReadinessError

LOCALE = Path(__file__).parent / "locale"
CATALOGUE = Path("LC_MESSAGES") / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s")
FOREIGN = re.compile(r'[<>&"]|' + PLACEHOLDER.pattern)  # a straight quote would end the attribute it stands in
MOST_PLURALS = 6  # Arabic has six; no language has more
TRIED_NUMBERS = 1_000
UNTRANSLATED = " [en]"  # follows an English text that a catalogue does not have yet


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code (BCP 47), its name in itself, its direction, and the catalogue its wording comes from."""

    code: str
    name: str
    direction: str
    catalogue: Path | None = None


ENGLISH = Language("en", "English", "ltr")
_spoken: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


class _Bounded(Catalog):
    """A catalogue that refuses more plural forms than a language has: each sentence would get as many texts."""

    @property
    def num_plurals(self) -> int:
        """How many plural forms it declares. Raises ValueError when they are too many."""
        number = super().num_plurals
        if not 0 < number <= MOST_PLURALS:
            raise ValueError(f"it declares {number} plural forms; a language has 1 to {MOST_PLURALS}")
        return number


class _InEnglish(NullTranslations):
    """What stands in for a missing translation: the English text with a mark, so that the gap is seen."""

    def gettext(self, message: str) -> str:
        return message + UNTRANSLATED

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return (msgid1 if n == 1 else msgid2) + UNTRANSLATED


def available(folder: Path = LOCALE) -> Mapping[str, Language]:
    """Every language that can be spoken, by code: English first, then those with a catalogue in the folder."""
    found = {ENGLISH.code: ENGLISH}
    for catalogue in sorted(folder.glob(f"*/{CATALOGUE.as_posix()}")):
        code = catalogue.relative_to(folder).parts[0]
        spoken = locale_of(code)
        name = (spoken.get_language_name() or code).capitalize()
        found[code] = Language(code, name, spoken.text_direction, catalogue)
    return MappingProxyType(found)


def locale_of(code: str) -> Locale:
    """Babel's rules for a language; those of its main part where Babel does not know the whole. Raises ValueError."""
    main = code.partition("-")[0]
    try:
        return Locale.parse("en-GB" if code == ENGLISH.code else code, sep="-")
    except UnknownLocaleError:
        if main == code:
            raise ValueError(
                f"{code} is no language that Babel knows; use a code as in BCP 47, for example de."
            ) from None
        return locale_of(main)


@contextmanager
def speaking(spoken: Language | str) -> Iterator[Language]:
    """Speak a language, given whole or by the code of an available one, until the block ends."""
    chosen = spoken if isinstance(spoken, Language) else available()[spoken]
    token = _spoken.set(chosen)
    try:
        yield chosen
    finally:
        _spoken.reset(token)


def language() -> Language:
    """The language being spoken; English where nobody chose one."""
    return _spoken.get()


def catalogue() -> NullTranslations:
    """The translations of the language being spoken, in the shape that Jinja and Flask-Babel take."""
    return _catalogue(language().catalogue)


@lru_cache(maxsize=32)
def _catalogue(path: Path | None) -> NullTranslations:
    """Read as text (.po): what a translator saved is what is shown, and no compiled file can be older than it."""
    if path is None:
        return NullTranslations()
    found = read_catalogue(path)
    for message in list(found):
        if faults(message):
            found.delete(message.id, message.context)  # counts as missing: the English text can be shown, this cannot
    compiled = BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    translations = Translations(compiled)
    translations.add_fallback(_InEnglish())
    return translations


def read_catalogue(path: Path) -> Catalog:
    """A catalogue as its translator saved it. Raises ReadinessError when it is none."""
    try:
        found = _Bounded()
        with path.open("rb") as file:
            PoFileParser(found, abort_invalid=True).parse(file)
        "".encode(found.charset)  # what it names as its signs may be no encoding of text
        _check_plurals(found)
        return found
    except (OSError, ValueError, LookupError, PoFileError, UnknownLocaleError) as error:
        raise ReadinessError(
            f"{path} cannot be read as a catalogue ({type(error).__name__}: {error}). Restore it, or open it in an "
            "editor of .po files and mend the line."
        ) from None


def _check_plurals(found: Catalog) -> None:
    """Raise ValueError when the rule for plural forms is none, or chooses a form that is not there."""
    try:
        choose = c2py(found.plural_expr)
        chosen = {choose(number) for number in range(TRIED_NUMBERS)}
    except (ValueError, ArithmeticError, RecursionError, MemoryError, SyntaxError) as error:
        raise ValueError(f"its rule for plural forms cannot be followed: {error}") from None
    if not chosen <= set(range(found.num_plurals)):
        raise ValueError(f"its rule for plural forms chooses one beyond the {found.num_plurals} that it declares")


def faults(message: Message) -> list[str]:
    """What keeps a translation from being shown: marks of HTML, placeholders or percent signs that break a page.

    Whether the catalogue calls it a python-format does not matter: every sentence is filled in when it is said.
    """
    errors = [str(error) for error in message.check()]
    if not message.id:
        return errors
    originals, texts = _forms(message.id), _forms(message.string)
    known = {mark for text in originals for mark in FOREIGN.findall(text)}
    foreign = {mark for text in texts for mark in FOREIGN.findall(text)} - known
    found = [f"it holds {mark}, which the original does not" for mark in sorted(foreign)]
    if any("%" in PLACEHOLDER.sub("", text) for text in texts):
        found.append("it holds a % that belongs to no placeholder; write %% for a percent sign")
    return [*found, *errors]


def _forms(said: object) -> list[str]:
    """The singular and plural forms of an original or a translation, without their written-out percent signs."""
    forms = [said] if isinstance(said, str) else list(cast(Iterable[str | None], said or ()))
    return [form.replace("%%", "") for form in forms if form]


def gettext(message: str, **values: object) -> str:
    """A sentence in the language being spoken; `%(name)s` in it takes a value, `%%` is a percent sign."""
    return str(catalogue().gettext(message)) % values if message else ""  # the empty one is a catalogue's own header


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """A sentence in the form its number asks for; `%(num)s` is the number, as in templates."""
    return str(catalogue().ngettext(one, many, n)) % {"num": n, **values}


def N_(message: str) -> str:  # the name by which extraction knows it
    """Mark a sentence of a table for translation; whoever reads the table says it with `gettext`."""
    return message


class Later:
    """A sentence that is fixed now and said in the language that is spoken when it is read."""

    def __init__(self, message: str, values: Mapping[str, object]) -> None:
        self.message, self.values = message, values

    def __str__(self) -> str:
        return gettext(self.message, **self.values)

    def __mod__(self, values: object) -> str:
        return str(self)  # WTForms fills in values of its own; ours are already there

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self.message)


def lazy_gettext(message: str, **values: object) -> str:
    """A sentence for a form's class, which is made before anybody speaks; it passes for the text it becomes."""
    return cast(str, Later(message, values))


def format_date(day: date) -> str:
    """A day, written out."""
    return str(babel_date(day, "long", locale=locale_of(language().code)))


def format_number(number: float) -> str:
    """A number with the decimal sign and the groups of the language."""
    return str(cast(Any, format_decimal)(number, locale=locale_of(language().code)))

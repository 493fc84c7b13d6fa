"""Pseudo-languages: every letter of a text replaced and the text longer, so that what nobody translated stands out.

A pseudo-translated text holds no plain Latin letter. What still does on a page is hard-coded, or somebody's own words.
"""

import re
from collections.abc import Callable
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from readiness.language import CATALOGUE, LOCALE, Language, available

ACCENTED, HEBREW = "en-XA", "he-XB"
PLACEHOLDER = re.compile(r"(%\(\w+\)[sd]|%%)")
LONGER = frozenset("aeiounsAEIOUNS")
PLAIN = "abcdefghijklmnopqrstuvwxyz"
# Letters that the fonts of the PDF have; right-to-left ones for the second language.
_ACCENTS = str.maketrans(PLAIN + PLAIN.upper(), "àƀçđéƒĝħíĵķļɱñóþǫŕšťúṽŵẋýžÀƁÇĐÉƑĜĦÍĴĶĻḾÑÓÞǪŔŠŤÚṼŴẊÝŽ")
_HEBREW = str.maketrans(PLAIN + PLAIN.upper(), "אבגדהוזחטיכלמנסעפצקרשתךםןף" * 2)


def accented(text: str) -> str:
    """A text in accented letters, four tenths longer, between ‹ and ›; placeholders stay."""
    return _pseudo(text, lambda part: part.translate(_ACCENTS))


def hebrew(text: str) -> str:
    """A text in Hebrew letters, four tenths longer, between ‹ and ›; placeholders stay."""
    return _pseudo(text, lambda part: part.translate(_HEBREW))


SAID: dict[str, Callable[[str], str]] = {ACCENTED: accented, HEBREW: hebrew}


def _pseudo(text: str, letters: Callable[[str], str]) -> str:
    parts = PLACEHOLDER.split(text)
    return "‹" + "".join(part if place % 2 else letters(_longer(part)) for place, part in enumerate(parts)) + "›"


def _longer(text: str) -> str:
    return "".join(letter * 2 if letter in LONGER else letter for letter in text)


def pseudo_languages(folder: Path) -> dict[str, Language]:
    """Write the catalogues of both pseudo-languages into a folder, made of the template, and give them back."""
    for code, say in SAID.items():
        path = folder / code / CATALOGUE
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, _catalogue(Locale.parse(code.partition("-")[0]), say), width=0)
    return {code: available(folder)[code] for code in SAID}


def _catalogue(locale: Locale, say: Callable[[str], str]) -> Catalog:
    """Every message of the template, said in a pseudo-language."""
    with (LOCALE / "messages.pot").open("rb") as file:
        template = read_po(file)
    made = Catalog(locale, fuzzy=False)
    for message in template:
        if not message.id:
            continue
        if isinstance(message.id, str):
            made.add(message.id, say(message.id), flags=message.flags)
        else:
            one, many = map(say, message.id)
            made.add(message.id, (one, *[many] * (made.num_plurals - 1)), flags=message.flags)
    return made

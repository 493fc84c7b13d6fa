"""The language being spoken: catalogues, what is missing in them, what is wrong with them, numbers and days."""

import pickle
import subprocess
from datetime import date
from pathlib import Path
from time import monotonic

import pytest
from babel.messages.pofile import read_po
from people import app_with_accounts
from pseudo import ACCENTED, HEBREW, accented, hebrew, pseudo_languages

from readiness.catalogues import said
from readiness.errors import ReadinessError
from readiness.language import (
    CATALOGUE,
    ENGLISH,
    LOCALE,
    available,
    format_date,
    format_number,
    gettext,
    language,
    lazy_gettext,
    locale_of,
    ngettext,
    speaking,
)

ROOT = Path(__file__).resolve().parent.parent
HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: %s\\n"
"Plural-Forms: %s\\n"

"""
CHARSET = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=rot13\\n"\n'
GERMAN = "nplurals=2; plural=(n != 1);"
POLISH = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"


def catalogue(folder: Path, code: str, entries: str, plural: str = GERMAN) -> Path:
    """A catalogue with some entries, as a translator's editor saves it."""
    path = folder / code / CATALOGUE
    path.parent.mkdir(parents=True)
    path.write_text(HEADER % (code.replace("-", "_"), plural) + entries, encoding="utf-8")
    return path


def entry(original: str, translated: str, flags: str = "") -> str:
    return f'{flags}msgid "{original}"\nmsgstr "{translated}"\n\n'


def test_without_a_choice_english_is_spoken_as_it_is_written() -> None:
    assert language() == ENGLISH
    assert gettext("%(share)s %% of %(name)s", share=5, name="it") == "5 % of it"
    assert [ngettext("%(num)s thing", "%(num)s things", number) for number in (0, 1, 2)] == [
        "0 things",
        "1 thing",
        "2 things",
    ]


def test_a_translation_is_spoken_until_the_block_ends(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", entry("%(name)s is here", "%(name)s ist da"))
    with speaking(available(tmp_path)["de"]):
        assert gettext("%(name)s is here", name="Ada") == "Ada ist da"
    assert gettext("%(name)s is here", name="Ada") == "Ada is here"


def test_a_language_ends_also_when_the_block_fails(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", "")
    with pytest.raises(ZeroDivisionError), speaking(available(tmp_path)["de"]):
        raise ZeroDivisionError
    assert language() == ENGLISH


@pytest.mark.parametrize("flags", ["", "#, fuzzy\n"])
def test_what_is_missing_or_unsure_is_english_with_a_mark(tmp_path: Path, flags: str) -> None:
    translated = "Methode" if flags else ""
    catalogue(tmp_path, "de", entry("Method", translated, flags))
    with speaking(available(tmp_path)["de"]):
        assert gettext("Method") == "Method [en]"
        assert ngettext("%(num)s rule", "%(num)s rules", 2) == "2 rules [en]"


def test_nothing_stays_nothing(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", "")
    with speaking(available(tmp_path)["de"]):
        assert gettext("") == ""


def test_numbers_ask_for_the_forms_of_the_language(tmp_path: Path) -> None:
    forms = 'msgid "%(num)s rule"\nmsgid_plural "%(num)s rules"\n'
    forms += 'msgstr[0] "%(num)s reguła"\nmsgstr[1] "%(num)s reguły"\nmsgstr[2] "%(num)s reguł"\n'
    catalogue(tmp_path, "pl", forms, POLISH)
    with speaking(available(tmp_path)["pl"]):
        spoken = [ngettext("%(num)s rule", "%(num)s rules", number) for number in (1, 3, 5)]
    assert spoken == ["1 reguła", "3 reguły", "5 reguł"]


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        ("%(nom)s ist da", "it holds %(nom)s, which the original does not"),
        ("%(name)s ist %%(da)s %(nom)s", "it holds %(nom)s, which the original does not"),
        ("%(name)s zu 100 % da", "it holds a % that belongs to no placeholder; write %% for a percent sign"),
        ("%(name)d ist da", "it holds a % that belongs to no placeholder; write %% for a percent sign"),
        ("%(name)99999999s ist da", "it holds a % that belongs to no placeholder; write %% for a percent sign"),
        ("%(name)s ist da %", "it holds a % that belongs to no placeholder; write %% for a percent sign"),
        ('%(name)s ist \\"da', 'it holds ", which the original does not'),
        ("<b>%(name)s</b> ist da", "it holds <, which the original does not"),
        ("%(name)s &amp; Co", "it holds &, which the original does not"),
    ],
)
@pytest.mark.parametrize("flags", ["", "#, python-format\n"])
def test_a_translation_that_would_break_a_page_counts_as_missing(
    tmp_path: Path, translated: str, fault: str, flags: str
) -> None:
    path = catalogue(tmp_path, "de", entry("%(name)s is here", translated, flags))
    with speaking(available(tmp_path)["de"]):
        assert gettext("%(name)s is here", name="Ada") == "Ada is here [en]"
    line = 8 if flags else 7
    assert (f"{path}:{line}: “%(name)s is here”: {fault}", True) in list(said(tmp_path))


def test_a_translation_with_a_lone_percent_sign_breaks_no_page(tmp_path: Path) -> None:
    breaking = entry("Skip to the content", "100 % der Seite") + entry("Language", 'x\\" onclick=\\"y')
    catalogue(tmp_path, "de", breaking)
    folder = tmp_path / "instance"
    folder.mkdir()
    client = app_with_accounts(folder, LOCALE=tmp_path, LANGUAGES=["en", "de"]).test_client()
    answer = client.get("/account/sign-in", headers={"Accept-Language": "de"})
    assert answer.status_code == 200
    assert "Skip to the content [en]" in answer.text
    assert "onclick" not in answer.text


@pytest.mark.parametrize(
    ("one", "few", "is_fault"),
    [
        ("ein Ding", "%(num)s Dinge", False),
        ("%(num)s Ding", "100 %% von %(num)s Dingen", False),
        ("%(num)s Ding", "%(nun)s Dinge", True),
        ("ein % Ding", "%(num)s Dinge", True),
    ],
)
def test_every_form_of_a_number_is_looked_at(tmp_path: Path, one: str, few: str, is_fault: bool) -> None:
    forms = 'msgid "%(num)s thing"\nmsgid_plural "%(num)s things"\n'
    catalogue(tmp_path, "de", f'{forms}msgstr[0] "{one}"\nmsgstr[1] "{few}"\n')
    assert any(fault for _, fault in said(tmp_path)) is is_fault
    with speaking(available(tmp_path)["de"]):
        assert ngettext("%(num)s thing", "%(num)s things", 2).endswith("[en]") is is_fault


@pytest.mark.parametrize("content", [b"msgid no quotes", b'msgid ""\nmsgstr "\xff\xfe"\n', CHARSET])
def test_a_catalogue_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    path = catalogue(tmp_path, "de", "")
    path.write_bytes(content)
    with speaking(available(tmp_path)["de"]), pytest.raises(ReadinessError) as error:
        gettext("Method")
    assert str(error.value).startswith(f"{path} cannot be read as a catalogue (")
    assert str(error.value).endswith("Restore it, or open it in an editor of .po files and mend the line.")


@pytest.mark.parametrize(
    ("plural", "fault"),
    [
        ("nplurals=1000000; plural=(n != 1);", "it declares 1000000 plural forms; a language has 1 to 6"),
        ("nplurals=0; plural=0;", "it declares 0 plural forms; a language has 1 to 6"),
        ("nplurals=2; plural=n;", "its rule for plural forms chooses one beyond the 2 that it declares"),
        (f"nplurals=2; plural=n{'*n' * 400};", "its rule for plural forms chooses one beyond the 2 that it declares"),
        ("nplurals=2; plural=1/(n-n);", "its rule for plural forms cannot be followed: integer division"),
        (f"nplurals=2; plural={'(' * 400}n{')' * 400};", "its rule for plural forms cannot be followed: plural form"),
        ("nplurals=2; plural=import os;", "its rule for plural forms cannot be followed: invalid token"),
    ],
)
def test_a_catalogue_with_absurd_plural_forms_is_refused_at_once_with_a_sentence(
    tmp_path: Path, plural: str, fault: str
) -> None:
    forms = 'msgid "%(num)s thing"\nmsgid_plural "%(num)s things"\nmsgstr[0] "%(num)s Ding"\n'
    path = catalogue(tmp_path, "de", forms, plural)
    started = monotonic()
    with speaking(available(tmp_path)["de"]), pytest.raises(ReadinessError) as error:
        gettext("Method")
    assert str(error.value).startswith(f"{path} cannot be read as a catalogue (ValueError: {fault}")
    assert list(said(tmp_path)) == [(str(error.value), True)]
    assert monotonic() - started < 2


def test_languages_are_known_by_code_name_and_direction(tmp_path: Path) -> None:
    for code in ("he", "pt-BR"):
        catalogue(tmp_path, code, "")
    found = available(tmp_path)
    assert [(each.code, each.name, each.direction) for each in found.values()] == [
        ("en", "English", "ltr"),
        ("he", "עברית", "rtl"),
        ("pt-BR", "Português", "ltr"),
    ]


def test_a_language_can_be_handed_to_another_process(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", entry("Method", "Methode"))
    with speaking(pickle.loads(pickle.dumps(available(tmp_path)["de"]))):
        assert gettext("Method") == "Methode"


def test_a_sentence_for_later_is_said_in_the_language_of_then(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", entry("%(name)s is here", "%(name)s ist da"))
    sentence = lazy_gettext("%(name)s is here", name="Ada")
    with speaking(available(tmp_path)["de"]):
        assert str(sentence) == "Ada ist da"
    assert str(sentence) == "Ada is here"


def test_days_and_numbers_follow_the_language(tmp_path: Path) -> None:
    catalogue(tmp_path, "de", "")
    day = date(2026, 3, 4)
    assert (format_date(day), format_number(1234.5)) == ("4 March 2026", "1,234.5")
    with speaking(available(tmp_path)["de"]):
        assert (format_date(day), format_number(1234.5)) == ("4. März 2026", "1.234,5")


def test_a_code_that_is_no_language_is_named() -> None:
    with pytest.raises(
        ValueError, match=r"^qq is no language that Babel knows; use a code as in BCP 47, for example de\.$"
    ):
        locale_of("qq")


def test_pseudo_languages_keep_placeholders_and_hold_no_plain_letter(tmp_path: Path) -> None:
    spoken = pseudo_languages(tmp_path)
    assert spoken[HEBREW].direction == "rtl"
    assert accented("Go to %(name)s, 5 %%") == "‹Ĝóó ťóó %(name)s, 5 %%›"
    assert hebrew("Go to %(name)s") == "‹זסס רסס %(name)s›"
    for each in spoken.values():
        with speaking(each):
            assert "Ada" in gettext("Error: %(title)s", title="Ada")


def test_pseudo_languages_make_texts_four_tenths_longer() -> None:
    with (LOCALE / "messages.pot").open("rb") as file:
        originals = [message.id for message in read_po(file) if isinstance(message.id, str) and message.id]
    assert len(originals) > 300
    longer = sum(len(accented(text)) for text in originals) / sum(map(len, originals))
    assert 1.38 < longer < 1.5, ACCENTED


def test_the_template_for_translators_is_up_to_date() -> None:
    done = subprocess.run(["bin/translate", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", ["../de", "-x", "de; ls"])
def test_a_word_that_is_no_language_makes_no_file(code: str) -> None:
    done = subprocess.run(["bin/translate", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == f"translate: {code} is no language; give a code such as de or pt-BR\n"

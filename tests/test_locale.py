"""A rule set in other languages: texts by path, translations held against originals, and the translator's file."""

import re
import shutil
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from broken_files import HERE, SMALL, edited, problems_with
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from pseudo import SAID, accented
from pseudo_rules import with_pseudo_languages

from readiness.cli import main
from readiness.engine.answers import Answers, Phase
from readiness.engine.conditions import ENGLISH
from readiness.engine.localised import localised, reworded, texts
from readiness.engine.ruleset import Locale, RuleSet
from readiness.engine.scoring import score
from readiness.loading.archive import pack, unpack
from readiness.loading.digest import canonical
from readiness.loading.locale import fingerprint, unfit
from readiness.loading.problems import InvalidFiles, Problem
from readiness.loading.ruleset import read_ruleset
from readiness.loading.translation import as_files, as_po, progress, read_translated
from readiness.report import words
from readiness.report.data import result_as_data

SHORT = "item/contact/short"
LANGUAGES = list(SAID)
# What people see: no control, override or unassigned character, and nothing of markup.
SEEN = st.characters(
    exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"],
    exclude_characters="<&%{\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)


@pytest.fixture
def small() -> RuleSet:
    return read_ruleset(SMALL)


def translated(**said: str) -> dict[str, bytes]:
    """The small rule set with German texts for some paths, whose slashes are written as two underscores."""
    originals = texts(read_ruleset(SMALL))
    rows = ["texts:"]
    for name, text in said.items():
        path = name.replace("__", "/")
        rows += [f"  {path}:", f'    of: "{fingerprint(originals[path])}"', f'    text: "{text}"']
    return {**SMALL, "locale/de/some.yaml": "\n".join(rows).encode()}


def every_text(value: object) -> list[str]:
    """All strings in a rule set's canonical form that read like prose: a capital, a space, and then some."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str) and re.match(r"[A-Z].* .* ", part):
            found.append(part)
    return found


def without_words(data: object) -> object:
    """A result as data without what is worded in it."""
    if isinstance(data, dict):
        return {key: without_words(part) for key, part in data.items() if key not in ("title", "because")}
    return [without_words(part) for part in data] if isinstance(data, list) else data


# --- texts and paths


def test_saying_every_text_as_it_is_changes_nothing(shipped: RuleSet) -> None:
    assert reworded(shipped, lambda path, text: text) == shipped


def test_no_prose_of_the_rule_set_is_left_out(shipped: RuleSet) -> None:
    blank = canonical(reworded(replace(shipped, changelog={}), lambda path, text: "-"))
    assert isinstance(blank, dict)
    # Names that every language keeps: of papers and licences, places in papers, ERIC strategies, constructs of CFIR.
    names = {source.title for source in shipped.sources.values()} | {each.licence for each in shipped.sources.values()}
    names |= {source.journal for source in shipped.sources.values()} | {*shipped.authors}
    names |= {author for source in shipped.sources.values() for author in source.authors}
    names |= {finding.locator for finding in shipped.findings.values()}
    names |= {name for each in shipped.recommendations for name in each.eric}
    names |= {name for each in shipped.constructs.values() for name in (each.cfir2009, each.cfir2022)}
    # What is declared for the proof is for authors of rule sets, as its findings are.
    names |= {because for part in shipped.scoring.values() for because in part.waivers.values()}
    names |= {because for part in shipped.scoring.values() for because in part.out_of_reach.values()}
    names |= {item.peaked for item in shipped.item_scoring.values()}
    names |= {alike.because for item in shipped.item_scoring.values() for alike in item.alike}
    names |= {each.cfir2009 for domain in shipped.domains for each in domain.left_out}
    assert set(every_text(blank)) - names == set()


def test_every_text_has_a_path_of_codes_of_its_own(shipped: RuleSet) -> None:
    asked: list[str] = []

    def note(path: str, text: str) -> str:
        asked.append(path)
        return text

    reworded(shipped, note)
    repeated = {path for path in asked if asked.count(path) > 1 and not path.startswith(("tier/", "view/"))}
    assert repeated == set()
    assert [path for path in asked if not re.fullmatch(r"[a-z]+(/[A-Za-z0-9_]+)+", path)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_changes_words_and_no_result(shipped: RuleSet, language: str) -> None:
    there = localised(with_pseudo_languages(shipped), language)
    assert there.identity == replace(shipped.identity, title=there.identity.title)
    for case in (*shipped.examples, *shipped.cases.values()):
        here, other = (score(each, case.answered(each.instrument)) for each in (shipped, there))
        assert without_words(result_as_data(shipped, here)) == without_words(result_as_data(there, other))


def test_in_its_own_language_a_rule_set_is_itself(shipped: RuleSet) -> None:
    assert localised(shipped, "en") is shipped
    assert localised(shipped, "en-GB") is shipped


def test_a_missing_translation_falls_back_with_a_mark() -> None:
    there = localised(read_ruleset(translated(item__contact__short="Kontakt")), "de")
    assert there.instrument.items["contact"].short == "Kontakt"
    assert there.instrument.items["travel_money"].short == "Travel money [en]"
    assert there.language == "de"


def test_a_region_falls_back_on_its_language() -> None:
    there = localised(read_ruleset(translated(item__contact__short="Kontakt")), "de-AT")
    assert there.instrument.items["contact"].short == "Kontakt"


def test_a_stale_translation_falls_back_with_a_mark() -> None:
    files = {
        **translated(item__contact__short="Kontakt"),
        "instrument/1-team.yaml": edited("instrument/1-team.yaml", "short: Contact", "short: Meetings"),
    }
    ruleset = read_ruleset(files)
    assert localised(ruleset, "de").instrument.items["contact"].short == "Meetings [en]"
    assert ruleset.locales["de"] == Locale({}, {SHORT: "Kontakt"}, False)


def test_what_levels_share_is_asked_for_once(small: RuleSet) -> None:
    assert [path for path in texts(small) if "/worth/" in path and "/contact/" in path] == [
        "item/contact/worth/hardly_ever",
        "item/contact/worth/weekly",
    ]


def test_the_words_of_conditions_are_those_of_the_engine() -> None:
    assert words.CONDITION == ENGLISH


# --- the digest


def test_without_translations_the_digest_stays_and_with_them_it_changes(small: RuleSet) -> None:
    there = read_ruleset(translated(item__contact__short="Kontakt"))
    assert "locales" not in str(canonical(small))
    assert there.identity.digest != small.identity.digest
    assert there.identity.logic == small.identity.logic


def test_a_rule_set_with_translations_survives_packing(small: RuleSet) -> None:
    files = translated(item__contact__short="Kontakt")
    assert unpack(pack(files)) == files


# --- the loader


def test_a_text_translated_in_two_files_is_refused() -> None:
    file = translated(item__contact__short="Kontakt")["locale/de/some.yaml"]
    sentence = "item/contact/short is already translated in locale/de/all.yaml; remove one of the two"
    assert problems_with({"locale/de/all.yaml": file, "locale/de/some.yaml": file}) == [
        Problem("locale/de/some.yaml", 2, sentence)
    ]


def test_four_thousand_unknown_texts_are_refused_in_time() -> None:
    rows = "".join(f"  item/contact/x{number}:\n    of: a\n    text: b\n" for number in range(4_000))
    assert problems_with({"locale/de/all.yaml": f"texts:\n{rows}".encode()})[-1].sentence.startswith("there are more")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_four_tenths_longer_fits(shipped: RuleSet, language: str) -> None:
    assert [path for path, text in texts(shipped).items() if unfit(text, SAID[language](text))] == []


def test_a_draft_by_a_machine_is_known(small: RuleSet) -> None:
    files = as_files(small, "de", SMALL, {SHORT: "Kontakt"}, machine=True)
    assert read_ruleset({**SMALL, **files}).locales["de"].draft
    again = as_files(small, "de", {**SMALL, **files}, {"item/travel_money/short": "Fahrgeld"}, machine=False)
    assert read_ruleset({**SMALL, **files, **again}).locales["de"].draft


# --- the translator's file


def filled(po: bytes, **said: str) -> bytes:
    """A translator's file with some entries filled in, by path."""
    catalogue = read_po(BytesIO(po))
    for message in catalogue:
        if message.context in said:
            message.string = said[message.context]
            message.flags.discard("fuzzy")
    target = BytesIO()
    write_po(target, catalogue)
    return target.getvalue()


def refusal(content: bytes, ruleset: RuleSet) -> list[Problem]:
    with pytest.raises(InvalidFiles) as caught:
        read_translated("de.po", content, ruleset)
    return list(caught.value.problems)


def test_what_is_written_for_translators_holds_every_text_with_its_place(small: RuleSet) -> None:
    catalogue = read_po(BytesIO(as_po(small, "de")))
    assert {message.context: message.id for message in catalogue if message.id} == texts(small)
    assert all(message.auto_comments for message in catalogue if message.id)


def test_a_finished_file_comes_back_whole(small: RuleSet) -> None:
    said = {path: accented(text) for path, text in texts(small).items()}
    added = read_translated("de.po", filled(as_po(small, "de"), **said), small)
    there = read_ruleset({**SMALL, **as_files(small, "de", SMALL, added, machine=False)})
    assert there.locales["de"] == Locale(said, {}, False)
    assert str(progress(there, "de")) == f"{len(said)} of {len(said)} texts are translated, 0 of the others are stale"
    assert [message.id for message in read_po(BytesIO(as_po(there, "de"))) if message.id] == []


@settings(max_examples=200, deadline=None)
@given(st.text(SEEN, min_size=1, max_size=60))
def test_whatever_a_translator_writes_is_read_back_as_it_was_written(text: str) -> None:
    small = read_ruleset(SMALL)
    text = " ".join(text.split()) or "-"
    there = read_ruleset({**SMALL, **as_files(small, "de", SMALL, {SHORT: text}, machine=False)})
    assert there.locales["de"].texts == {SHORT: text}


def test_what_is_translated_already_is_kept_where_it_stands(small: RuleSet) -> None:
    files = translated(item__contact__short="Kontakt")
    changed = as_files(read_ruleset(files), "de", files, {"item/contact/help": "Hilfe"}, machine=False)
    assert list(changed) == ["locale/de/instrument.yaml"]
    assert dict(read_ruleset({**files, **changed}).locales["de"].texts) == {
        "item/contact/help": "Hilfe",
        SHORT: "Kontakt",
    }


def test_a_stale_entry_comes_with_its_old_translation_and_waits_until_it_is_confirmed() -> None:
    files = {
        **translated(item__contact__short="Kontakt"),
        "instrument/1-team.yaml": edited("instrument/1-team.yaml", "short: Contact", "short: Meetings"),
    }
    ruleset = read_ruleset(files)
    po = as_po(ruleset, "de")
    (entry,) = (message for message in read_po(BytesIO(po)) if message.context == SHORT)
    assert (entry.string, entry.fuzzy) == ("Kontakt", True)
    assert read_translated("de.po", po, ruleset) == {}
    assert read_translated("de.po", filled(po, **{SHORT: "Treffen"}), ruleset) == {SHORT: "Treffen"}


ENTRY = 'msgctxt "item/contact/short"\nmsgid "Contact"\nmsgstr "Kontakt"\n'
HOSTILE_PO = {
    "another context": (
        ENTRY.replace("short", "shrt"),
        "the rule set has no text 'item/contact/shrt'; did you mean item/contact/short?",
    ),
    "a context of nothing": (
        ENTRY.replace("item/contact/short", "../../etc/passwd"),
        "the rule set has no text '../../etc/passwd'; remove the entry",
    ),
    "no context": (
        ENTRY.partition("\n")[2],
        "the entry has no context (msgctxt); texts are known by theirs. Make the file anew",
    ),
    "another original": (
        ENTRY.replace("Contact", "Contacts"),
        "the original of item/contact/short reads otherwise now; make the file anew and translate that",
    ),
    "markup": (
        ENTRY.replace("Kontakt", "<script>x</script>"),
        "the translation holds '<s'; texts are plain, so write it without markup",
    ),
    "a text without end": (
        ENTRY.replace("Kontakt", "K" * 90),
        "the translation has 90 characters; at most 60 fit here",
    ),
    "a placeholder": (
        ENTRY.replace("Kontakt", "%(password)s"),
        "the translation has other placeholders than the original; keep them letter by letter",
    ),
    "a plural": (
        'msgctxt "item/contact/short"\nmsgid "Contact"\nmsgid_plural "Contacts"\nmsgstr[0] "a"\nmsgstr[1] "b"\n',
        "the entry has a plural (msgid_plural); texts of a rule set have none. Remove it",
    ),
    "a plural of ten million forms": (
        'msgid ""\nmsgstr "Plural-Forms: nplurals=10000000; plural=n;\\n"\n\n'
        'msgctxt "item/contact/short"\nmsgid "Contact"\nmsgid_plural "Contacts"\nmsgstr[0] "a"\nmsgstr[1] "b"\n',
        "the entry has a plural (msgid_plural); texts of a rule set have none. Remove it",
    ),
    "a control character": (
        ENTRY.replace("Kontakt", "Kon\x07takt"),
        "there is a control character (U+0007); remove it",
    ),
    "an override of direction": (
        ENTRY.replace("Kontakt", "Kon\u202etakt"),
        "there is a text-direction override (U+202E); remove it",
    ),
    "no gettext": (
        "%PDF-1.7 and so on",
        "this line is no part of a gettext file; export it anew from your tool, as .po in UTF-8",
    ),
    "an open quote": (
        ENTRY.replace('"Kontakt"', '"Kontakt'),
        "this line is no part of a gettext file; export it anew from your tool, as .po in UTF-8",
    ),
}


@pytest.mark.parametrize("name", HOSTILE_PO)
def test_a_hostile_or_clumsy_file_gets_a_sentence(small: RuleSet, name: str) -> None:
    content, sentence = HOSTILE_PO[name]
    assert [problem.sentence for problem in refusal(content.encode(), small)] == [sentence]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (ENTRY.encode("utf-16"), "this is no gettext file; export it anew from your tool, as .po in UTF-8"),
        (b"#" * 5_000_001, "the file has 5,000,001 bytes; at most 5,000,000 are read. Split it"),
    ],
)
def test_a_file_of_another_kind_gets_a_sentence(small: RuleSet, content: bytes, sentence: str) -> None:
    assert [problem.sentence for problem in refusal(content, small)] == [sentence]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.integers(0, 200))
def test_no_damage_to_a_file_ends_in_anything_but_a_sentence(noise: str, place: int) -> None:
    small = read_ruleset(SMALL)
    content = ENTRY[:place] + noise + ENTRY[place:]
    with suppress(InvalidFiles):
        assert set(read_translated("de.po", content.encode("utf-8", "replace"), small)) <= {SHORT}


# --- the command


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["rules", "translate", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "small", tmp_path / "small"))


def test_the_command_writes_the_file_and_takes_it_back(folder: Path, tmp_path: Path, small: RuleSet) -> None:
    count, po = len(texts(small)), tmp_path / "de.po"
    written = run("de", folder, "--to", po)
    assert written.exit_code == 0
    assert f"de: 0 of {count} texts are translated, 0 of the others are stale." in written.output
    po.write_bytes(filled(po.read_bytes(), **{SHORT: "Kontakt"}))
    taken = run("de", folder, "--read", po)
    assert f"de: took in 1 texts; 1 of {count} texts are translated, 0 of the others are stale." in taken.output
    assert 'text: "Kontakt"' in (folder / "locale/de/instrument.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Error: The rule set itself is in en; choose another language."),
        ("../etc", "Error: '../etc' is no language; give its code, such as de or pt-BR."),
    ],
)
def test_a_language_that_cannot_be_gets_a_sentence(folder: Path, language: str, sentence: str) -> None:
    answer = run(language, folder)
    assert (answer.exit_code, answer.output.strip()) == (2, sentence)
    assert not (folder / "locale").exists()


def test_a_file_with_one_wrong_entry_changes_nothing(folder: Path, tmp_path: Path) -> None:
    po = tmp_path / "de.po"
    po.write_text(ENTRY + "\n" + ENTRY.replace("short", "help"), encoding="utf-8")
    answer = run("de", folder, "--read", po)
    assert answer.exit_code == 2
    assert not (folder / "locale").exists()


def test_an_answer_in_another_language_scores_alike(shipped: RuleSet) -> None:
    there = localised(with_pseudo_languages(shipped), LANGUAGES[0])
    empty = Answers(Phase.BEFORE, {})
    assert score(there, empty).critical == score(shipped, empty).critical

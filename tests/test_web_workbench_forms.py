"""The forms of the workbench, as a browser without JavaScript uses them."""

from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from pages import Element, Page, PageClient, text_of
from version_files import files_of, version_of
from werkzeug.datastructures import MultiDict

from readiness.app import create_app
from readiness.engine.ruleset import RuleSet
from readiness.loading.ruleset import read_folder, read_ruleset
from readiness.store.drafts import Author, ask_for_review, draft_file, draft_files, save_file, start_draft
from readiness.store.rulesets import Origin, keep_ruleset
from readiness.web.rules import current_ruleset, database

SMALL = Path(__file__).resolve().parent / "small"
CONTACT = "scoring/working_together.yaml"
RULE = "contact_costs_travel"
FINDING = "smith2020_contact_builds_trust"


class Desk:
    """A draft of the small rule set and a browser in front of it."""

    def __init__(self, app: Flask, draft: str) -> None:
        self.app, self.draft = app, draft
        self.browser = PageClient(app)

    def files(self) -> dict[str, bytes]:
        with self.app.app_context():
            return draft_files(database(), self.draft)

    def ruleset(self) -> RuleSet:
        return read_ruleset(self.files())

    def open(self, path: str) -> Page:
        page = self.browser.get(f"/workbench/drafts/{self.draft}/edit/{path}")
        assert page.status == 200
        return page

    def send(self, page: Page, *changes: tuple[str, str | list[str] | None], do: str = "save") -> Page:
        """Fill in a form and press a button; None takes a field out, a list sends it several times."""
        path, fields = filled(page)
        for name, value in changes:
            fields.poplist(name)
            for each in value if isinstance(value, list) else [] if value is None else [value]:
                fields.add(name, each)
        fields["do"] = do
        return self.browser.post(path, [*fields.items(multi=True)])

    def write(self, path: str, old: str, new: str) -> None:
        """What somebody else writes into a file meanwhile."""
        text = self.files()[path].decode()
        assert text.count(old) == 1
        with self.app.app_context():
            revision = draft_file(database(), self.draft, path).revision
            save_file(database(), self.draft, path, revision, text.replace(old, new).encode(), Author("x", "X"))


def filled(page: Page) -> tuple[str, MultiDict[str, str]]:
    """The form of a page with everything that a browser would send of it."""
    form = next(form for form in page.root.iter("form") if form.get("class") == "revision")
    fields: MultiDict[str, str] = MultiDict()
    for field in form.iter():
        name = field.get("name") or ""
        if field.tag == "input" and (field.get("type") not in ("radio", "checkbox") or "checked" in field.attrib):
            fields.add(name, field.get("value") or "")
        elif field.tag == "textarea":
            fields.add(name, unescape("".join(field.itertext())))
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = next((option for option in options if "selected" in option.attrib), options[0])
            fields.add(name, chosen.get("value") or "")
    return form.get("action") or page.path, fields


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    app = create_app(
        {
            "INSTANCE": tmp_path,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'readiness.db'}",
            "SECRET_KEY": "a key for tests only, of some length",
            "RULES": SMALL,
            "TESTING": True,
            "PROPAGATE_EXCEPTIONS": True,
        }
    )
    with app.app_context():
        base = current_ruleset().identity.digest
        draft = start_draft(database(), "Ours", base, read_folder(SMALL), date(2026, 1, 1))
    return Desk(app, draft)


def test_everything_that_has_a_form_is_listed_and_opens(desk: Desk) -> None:
    overview = desk.open("")
    start = f"/workbench/drafts/{desk.draft}/edit/"
    links = [link.get("href") or "" for link in overview.root.iter("a")]
    own = sorted({link.removeprefix(start) for link in links if link.startswith(start)} - {""})
    ruleset = desk.ruleset()
    expected = {f"items/{code}" for code in ruleset.instrument.items}
    expected |= {f"items/{code}/{each}" for code, item in ruleset.instrument.items.items() for each in item.order}
    expected |= {f"rules/{code}" for code in ruleset.rules} | {f"findings/{code}" for code in ruleset.findings}
    expected |= {f"recommendations/{each.code}" for each in ruleset.recommendations}
    expected |= {f"sources/{code}" for code in ruleset.sources}
    assert {path for path in own if not path.startswith("new-")} == expected
    assert {path.partition("?")[0] for path in own} - expected == {
        "new-rule",
        "new-recommendation",
        "new-finding",
        "new-source",
    }
    for path in own:
        desk.open(path)


def test_a_level_is_reworded_and_its_worth_changed(desk: Desk) -> None:
    page = desk.send(desk.open("items/contact/monthly"), ("text", "Once a month."), ("rating", "0.5"))
    assert page.status == 200
    assert "Saved." in page.text
    assert desk.ruleset().instrument.items["contact"].texts["monthly"] == "Once a month."
    assert desk.ruleset().item_scoring["contact"].ratings["monthly"] == 0.5


def test_the_form_of_a_level_shows_what_its_siblings_are_worth_and_the_reason_they_share(desk: Desk) -> None:
    for path in ("items/contact/monthly", "items/contact"):
        (around,) = [part for part in desk.open(path).root.iter("section") if "around" in (part.get("class") or "")]
        shown = text_of(around)
        assert "−2 Hardly ever." in shown
        assert "+2 About once a week." in shown
        assert "The reason they share: Regular contact builds trust." in shown
        links = [link.get("href") or "" for link in around.iter("a")]
        assert f"/workbench/drafts/{desk.draft}/edit/items/contact/weekly" in links
        assert any(link.endswith(f"/read/evidence/findings/{FINDING}") for link in links)
    assert "(neutral or mixed) this level" in desk.open("items/contact/monthly").text


def test_a_level_that_is_not_rated_has_no_worth_around_it(desk: Desk) -> None:
    page = desk.open("items/setting")
    assert "What the levels are worth" not in page.text
    assert "Its levels, none of which is rated:" in page.text


def test_a_level_gets_a_reason_and_findings_of_its_own_and_gives_them_back(desk: Desk) -> None:
    desk.send(desk.open("items/contact/monthly"), ("because", "It is enough."), ("evidence", [FINDING]))
    assert b"monthly:\n        worth: 0\n        because: It is enough." in desk.files()[CONTACT]
    desk.send(desk.open("items/contact/monthly"), ("because", ""), ("evidence", None))
    assert b"      monthly: 0\n" in desk.files()[CONTACT]


def test_an_item_is_reworded_and_nothing_else_of_its_file_changes(desk: Desk) -> None:
    before = desk.files()["instrument/1-team.yaml"]
    desk.send(desk.open("items/contact"), ("after", "How often do they meet?"))
    after = desk.files()["instrument/1-team.yaml"]
    assert after == before.replace(b"How often do staff and peer support workers meet?", b"How often do they meet?")


def test_saving_what_is_there_changes_nothing(desk: Desk) -> None:
    before = desk.files()
    for path in (
        "items/contact",
        "items/contact/weekly",
        f"rules/{RULE}",
        "recommendations/keep_meeting",
        f"findings/{FINDING}",
        "sources/smith2020",
    ):
        assert "Saved." in desk.send(desk.open(path)).text
    assert desk.files() == before


def test_a_rule_with_two_conditions_and_an_exception_is_built_step_by_step(desk: Desk) -> None:
    page = desk.open("new-rule?construct=resources")
    page = desk.send(page, ("title", "Contact without means"), ("when.0.0.subject", "contact"), do="when:show")
    assert "About once a month." in page.text
    page = desk.send(page, ("when.0.0.operator", "at least"), ("when.0.0.level", "monthly"), do="when:add")
    page = desk.send(page, ("when.1.0.subject", "travel_money"), do="when:show")
    page = desk.send(page, ("when.1.0.level", "nothing"), do="unless:add")
    page = desk.send(page, ("unless.0.0.subject", "setting"), do="unless:show")
    page = desk.send(page, ("unless.0.0.level", "inpatient"), do="evidence:show")
    assert "Contact: “About once a month” or “About once a week”; and Travel money: “No travel is paid”" in page.text
    page = desk.send(
        page, ("evidence", [FINDING]), ("effect", "shift -0.5"), ("because", "So it is."), ("status", "ours")
    )
    assert "Saved." in page.text
    rule = desk.ruleset().rules["contact_without_means"]
    assert (rule.construct, rule.shift, rule.evidence) == ("resources", -0.5, (FINDING,))
    assert desk.ruleset().say(rule.condition) == (
        "Contact: “About once a month” or “About once a week”; and Travel money: “No travel is paid”; "
        "and not (Setting: “On a ward”)"
    )


def test_rows_are_taken_away_and_joined_otherwise(desk: Desk) -> None:
    page = desk.send(desk.open(f"rules/{RULE}"), ("when.joiner", "any"), do="when:remove 0.0")
    page = desk.send(page, do="when:add 1")
    page = desk.send(page, ("when.1.1.subject", "contact"), do="when:show")
    desk.send(page, ("when.1.1.operator", "not"), ("when.1.1.level", "weekly"))
    assert b"any:\n        - travel_money: nothing\n          contact: not weekly" in desk.files()[CONTACT]


def test_levels_of_another_subject_are_asked_for_before_anything_is_saved(desk: Desk) -> None:
    before = desk.files()
    page = desk.send(desk.open(f"rules/{RULE}"), ("when.0.0.subject", "setting"))
    assert page.status == 400
    assert "The levels of Setting are not chosen yet: show them, then choose." in page.text
    assert desk.files() == before


@pytest.mark.parametrize(
    ("operator", "levels", "sentence"),
    [
        ("is", ["monthly", "weekly"], "Contact: choose exactly one level, or “is one of”."),
        ("one of", [], "Contact: choose at least one level."),
    ],
)
def test_levels_that_do_not_fit_their_word_are_named(
    desk: Desk, operator: str, levels: list[str], sentence: str
) -> None:
    page = desk.open(f"rules/{RULE}")
    page = desk.send(page, ("when.0.0.operator", operator), ("when.0.0.level", levels))
    assert page.status == 400
    assert sentence in page.text


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("not: {setting: inpatient}", "not (Setting: “On a ward”)"),
        ("any: [{contact: gap at least 2}]", "Contact: sheets lie 2 steps or more apart"),
    ],
    ids=["a negation", "a gap between sheets"],
)
def test_a_condition_that_rows_cannot_hold_is_said_and_stays(desk: Desk, claim: str, said: str) -> None:
    desk.write(CONTACT, "      travel_money: nothing\n", f"      travel_money: nothing\n      {claim}\n")
    page = desk.open(f"rules/{RULE}")
    assert "This condition is nested deeper than rows can show" in page.text
    assert said in page.text
    desk.send(page, ("title", "Another title"))
    assert claim.encode() in desk.files()[CONTACT]
    assert desk.ruleset().rules[RULE].title == "Another title"


def test_a_recommendation_is_written_with_all_its_fields(desk: Desk) -> None:
    page = desk.open("new-recommendation?theme=contact")
    page = desk.send(page, ("title", "Pay for the way there"), ("when.0.0.subject", "resources"), do="when:show")
    page = desk.send(page, ("when.0.0.level", "high"), do="improves:add 0")
    page = desk.send(page, ("improves.0.0.subject", "travel_money"), do="improves:show")
    page = desk.send(
        page,
        ("improves.0.0.level", "paid"),
        ("steps", "Find out what it costs.\r\n\r\nPay it each month."),
        ("who", "Manager"),
        ("phase", "before start"),
        ("effort", "low"),
        ("eric", "Access new funding"),
        ("because", "Fares wear people down."),
        ("evidence", [FINDING]),
        ("status", "inferred"),
        ("caution", "Do not promise it before."),
        ("never_with", ["keep_meeting"]),
    )
    assert "Saved." in page.text
    own = next(each for each in desk.ruleset().recommendations if each.code == "pay_for_the_way_there")
    assert own.steps == ("Find out what it costs.", "Pay it each month.")
    assert (own.improves, own.never_with, own.eric) == (
        {"travel_money": "paid"},
        ("keep_meeting",),
        ("Access new funding",),
    )
    assert (own.caution, own.low_resource, own.theme) == ("Do not promise it before.", "", "Contact")


def test_a_finding_is_added_to_the_file_of_its_source_and_can_be_chosen(desk: Desk) -> None:
    page = desk.send(
        desk.open("new-finding?source=smith2020"),
        ("says", "Fares came late, and some stayed away."),
        ("means", "Pay fares in advance."),
        ("locator", "Results, Theme 2"),
        ("sites", ["ULM", "PU"]),
        ("phase", "after"),
        ("view", "mixed"),
        ("kind", "reported"),
        ("construct", "resources"),
        ("direction", "barrier"),
    )
    assert "Saved." in page.text
    code = "smith2020_fares_came_late_and_some_stayed"
    assert desk.ruleset().findings[code].sites == ("ULM", "PU")
    page = desk.send(
        desk.open(f"rules/{RULE}"), ("evidence.construct", "resources"), ("evidence.find", "late"), do="evidence:show"
    )
    desk.send(page, ("evidence", [FINDING, code]))
    assert desk.ruleset().rules[RULE].evidence == (FINDING, code)


def test_a_preview_shows_what_would_be_and_saves_nothing(desk: Desk) -> None:
    before = desk.files()
    page = desk.send(desk.open("items/contact/weekly"), ("text", "Every single week."), do="preview")
    shown = [label for label in page.root.iter("label") if (label.get("for") or "").startswith("preview-")]
    assert "Every single week." in [" ".join(label.itertext()) for label in shown]
    page = desk.send(desk.open(f"rules/{RULE}"), ("because", "A new reason."), do="preview")
    assert "When: Contact: “About once a month” or “About once a week”; and Travel money" in page.text
    page = desk.send(desk.open("recommendations/keep_meeting"), ("steps", "One.\nTwo."), do="preview")
    assert "Keep meeting" in page.text
    assert "It protects what already works." in page.text
    page = desk.send(desk.open(f"findings/{FINDING}"), ("says", "They trusted."), do="preview")
    assert "They trusted." in page.text
    assert desk.files() == before


def test_the_preview_of_a_level_leads_with_the_old_and_the_new_worth(desk: Desk) -> None:
    page = desk.send(desk.open("items/contact/weekly"), ("rating", "0.5"), ("text", "Each week."), do="preview")
    shown = text_of(preview_of(page))
    assert shown.startswith(
        "Preview: nothing is saved yet What changes What it is worth "
        "Now: +2 (strong facilitator) With your change: +0.5 (neutral or mixed) "
        "Wording Now: About once a week. With your change: Each week. As it would be read"
    )


def test_the_preview_says_what_counts_most_also_where_it_stays(desk: Desk) -> None:
    page = desk.send(desk.open("items/contact/weekly"), ("text", "Each week."), do="preview")
    assert "What it is worth +2 (strong facilitator) (stays as it is) Wording Now:" in text_of(preview_of(page))
    page = desk.send(desk.open(f"rules/{RULE}"), ("effect", "shift -2"), do="preview")
    assert "What it does Now: raise the risk: rating down by 1 With your change: raise the risk: rating down by 2" in (
        text_of(preview_of(page))
    )
    assert "Nothing would change." in desk.send(desk.open(f"findings/{FINDING}"), do="preview").text


def preview_of(page: Page) -> Element:
    (found,) = [part for part in page.root.iter("section") if part.get("class") == "preview"]
    return found


def new_paper(desk: Desk, *changes: tuple[str, str | list[str] | None], do: str = "save") -> Page:
    return desk.send(
        desk.open("new-source"),
        ("cite", "Jones 2026"),
        ("type", "article-journal"),
        ("authors", "Jones A\r\nLee B"),
        ("title", "Fares: who pays, and who stays away"),
        ("journal", "A Journal"),
        ("year", "2026"),
        ("volume", "21"),
        ("pages", "1-9"),
        ("doi", "10.1000/jones"),
        ("licence", "CC BY 4.0"),
        ("about", "Talks with twelve people at one site."),
        *changes,
        do=do,
    )


def test_a_rule_from_a_new_paper_needs_no_file(desk: Desk) -> None:
    page = new_paper(desk)
    assert "Saved." in page.text
    source = desk.ruleset().sources["jones2026"]
    assert (source.authors, source.year, source.volume) == (("Jones A", "Lee B"), 2026, "21")
    page = desk.browser.get(page.links()["Add a finding from this paper"])
    page = desk.send(
        page,
        ("says", "Those who paid themselves came less."),
        ("means", "Pay fares in advance."),
        ("locator", "Results"),
        ("phase", "after"),
        ("view", "mixed"),
        ("kind", "reported"),
        ("construct", "resources"),
        ("direction", "barrier"),
    )
    assert "Saved." in page.text
    page = desk.browser.get(page.links()["Add a rule that rests on it"])
    page = desk.send(page, ("title", "Fares of their own"), ("when.0.0.subject", "travel_money"), do="when:show")
    page = desk.send(
        page, ("when.0.0.level", "nothing"), ("effect", "shift -1"), ("because", "So."), ("status", "ours")
    )
    assert "Saved." in page.text
    rule = desk.ruleset().rules["fares_of_their_own"]
    assert (rule.construct, rule.evidence) == ("resources", ("jones2026_those_who_paid_themselves_came_less",))


def test_a_paper_is_changed_and_previewed_as_readers_see_it(desk: Desk) -> None:
    page = desk.send(desk.open("sources/smith2020"), ("year", "2021"), do="preview")
    assert "Year Now: 2020 With your change: 2021" in text_of(preview_of(page))
    assert "2021;1" in page.text
    desk.send(desk.open("sources/smith2020"), ("year", "2021"))
    assert desk.ruleset().sources["smith2020"].year == 2021


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("year", "last year", "Write the year with four digits, such as 2026."),
        ("year", "1066", "year is 1066; it should lie from 1900 to 2100"),
        ("code", "smith2020", "smith2020 is taken already; choose another code."),
        ("code", "con", "Name the file by folder and name"),
        ("code", "../../etc", "A code has small letters, digits and _"),
        ("about", "", "What it is: Write it out; it cannot stay empty."),
    ],
)
def test_a_paper_that_makes_no_sense_is_refused_with_a_sentence(
    desk: Desk, field: str, value: str, sentence: str
) -> None:
    before = desk.files()
    page = new_paper(desk, (field, value))
    assert page.status == 400
    assert sentence in page.text
    assert desk.files() == before


def test_everything_that_is_missing_in_a_new_rule_is_named_at_once(desk: Desk) -> None:
    page = desk.send(desk.open("new-rule"))
    assert page.status == 400
    for label in ("Construct", "Title", "What it does", "Because", "Who says so"):
        assert f"{label}: " in page.text
    assert "Code: " not in page.text


def test_a_paper_replaces_no_file_that_is_there(desk: Desk) -> None:
    text = desk.files()["evidence/smith2020.yaml"].decode()
    desk.write("evidence/smith2020.yaml", text, text.replace("smith2020", "smith_2020"))
    others = [path for path, content in desk.files().items() if b"smith2020" in content]
    for path in others:
        old = desk.files()[path].decode()
        desk.write(path, old, old.replace("smith2020", "smith_2020"))
    page = new_paper(desk, ("code", "smith2020"))
    assert page.status == 400
    assert "The draft has a file evidence/smith2020.yaml already; choose another code." in page.text


@pytest.mark.parametrize(
    "foreign", [("worth", "2"), ("evidence.0", "x"), ("when.0.0.subject.x", "contact"), ("opened", ["a", "b"])]
)
def test_a_field_that_the_form_does_not_have_is_refused_and_nothing_is_lost(
    desk: Desk, foreign: tuple[str, str | list[str]]
) -> None:
    before = desk.files()
    page = desk.send(desk.open(f"rules/{RULE}"), ("because", "Typed at length."), foreign)
    assert page.status == 400
    assert page.text.count("The page sent a field that it does not have.") == 1
    assert "Typed at length." in page.text
    assert desk.files() == before
    if foreign[0] != "opened":
        assert "Saved." in desk.send(page).text


def test_a_field_that_arrives_twice_is_refused(desk: Desk) -> None:
    page = desk.send(desk.open("items/contact/weekly"), ("rating", ["1", "2"]))
    assert page.status == 400
    assert "What it is worth: It arrived with two values. Choose one and send it again." in page.text
    assert desk.ruleset().item_scoring["contact"].ratings["weekly"] == 2


def test_two_people_on_one_rule_see_both_values_and_lose_nothing(desk: Desk) -> None:
    mine, theirs = desk.open(f"rules/{RULE}"), desk.open(f"rules/{RULE}")
    desk.send(theirs, ("because", "Their reason."))
    page = desk.send(mine, ("because", "My reason."))
    assert page.status == 409
    assert "Stored nowTheir reason." in page.text
    assert "YoursMy reason." in page.text
    assert desk.ruleset().rules[RULE].because == "Their reason."
    assert "Saved." in desk.send(page).text
    assert desk.ruleset().rules[RULE].because == "My reason."


def test_two_people_on_two_rules_of_one_file_do_not_meet(desk: Desk) -> None:
    second = f"""  - rule: second
    title: Second
    when: {{contact: weekly}}
    shift: 1
    because: So.
    evidence: [{FINDING}]
    status: ours
"""
    text = desk.files()[CONTACT].decode()
    desk.write(CONTACT, text, text + second)
    one, other = desk.open(f"rules/{RULE}"), desk.open("rules/second")
    assert "Saved." in desk.send(one, ("title", "One")).text
    assert "Saved." in desk.send(other, ("title", "Other")).text
    assert [rule.title for rule in desk.ruleset().rules.values()] == ["One", "Other"]


def test_what_was_removed_meanwhile_leaves_what_was_typed_on_the_page(desk: Desk) -> None:
    page = desk.open(f"rules/{RULE}")
    text = desk.files()[CONTACT].decode()
    desk.write(CONTACT, text, text[: text.index("rules:")])
    page = desk.send(page, ("because", "Typed at length."))
    assert page.status == 409
    assert "Typed at length." in page.text


def test_a_draft_that_cannot_be_read_meanwhile_keeps_what_was_typed_and_takes_it_again(desk: Desk) -> None:
    page = desk.open(f"rules/{RULE}")
    desk.write("framework.yaml", "weight: 3", "weight: many")
    kept = desk.send(page, ("because", "Typed at length."))
    assert kept.status == 409
    assert "Typed at length." in kept.text
    desk.write("framework.yaml", "weight: many", "weight: 3")
    assert "Saved." in desk.browser.send(kept, {}, "/edit/").text
    assert desk.ruleset().rules[RULE].because == "Typed at length."


def test_a_code_that_is_taken_or_no_code_is_named_at_its_field(desk: Desk) -> None:
    for code, sentence in (
        (RULE, "Code: contact_costs_travel is taken already; choose another code."),
        ("Not A Code", "Code: A code has small letters, digits and _ and begins with a letter; write it like that."),
    ):
        page = desk.send(
            desk.open("new-rule?construct=resources"), ("code", code), ("effect", "shift 1"), ("status", "ours")
        )
        assert page.status == 400
        assert page.links()[sentence] == "#code"


def test_what_the_loader_complains_of_stands_at_its_field(desk: Desk) -> None:
    before = desk.files()
    page = desk.send(desk.open("recommendations/keep_meeting"), ("title", "x" * 3_000), ("who", "x" * 10_000))
    assert page.status == 400
    assert page.links()["title has 3,000 characters; at most 90 fit"] == "#title"
    assert page.links()["who has 10,000 characters; at most 2,000 fit"] == "#who"
    assert desk.files() == before


HOSTILE = [
    "*a", "&a b", "no", "1:30", "- x", "? x", "a: b", "{a: b}", "[a]", "# x", "x # y", "!!str x", "|", ">", "%x", "@x",
    "`x`", "'", '"', "<script>alert(1)</script>", "{{ 7 * 7 }}", "0x1f", "2020-01-01", "~", "---", "...",
    "\u05d0\u05d1", "x" * 1999,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_read_back_exactly(desk: Desk, text: str) -> None:
    page = desk.send(desk.open(f"rules/{RULE}"), ("because", text), ("title", text))
    assert "Saved." in page.text
    rule = desk.ruleset().rules[RULE]
    assert (rule.because, rule.title) == (text, text)
    assert dict(filled(desk.open(f"rules/{RULE}"))[1])["because"] == text


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "a\u202eb", "a\x85b"])
def test_a_control_character_is_named_and_nothing_is_saved(desk: Desk, text: str) -> None:
    before = desk.files()
    page = desk.send(desk.open(f"rules/{RULE}"), ("because", text))
    assert page.status == 400
    assert f"U+{ord(text[1]):04X}" in page.text
    assert desk.files() == before


def test_line_breaks_in_a_paragraph_become_spaces(desk: Desk) -> None:
    desk.send(desk.open(f"rules/{RULE}"), ("because", " Pasted\r\nfrom  a\tpaper. "))
    assert desk.ruleset().rules[RULE].because == "Pasted from a paper."


def test_a_finding_that_is_used_shows_what_rests_on_it_and_stays(desk: Desk) -> None:
    before = desk.files()
    page = desk.browser.get(f"/workbench/drafts/{desk.draft}/edit/findings/{FINDING}/remove")
    assert "What rests on it" in page.text
    assert "Meet every week" in page.text
    assert "It cannot go yet: this still uses it" in page.text
    _, fields = filled(desk.open(f"findings/{FINDING}"))
    assert desk.browser.post(page.path, fields).status == 400
    assert desk.files() == before


def test_a_finding_that_nothing_uses_is_removed(desk: Desk) -> None:
    page = desk.browser.get(f"/workbench/drafts/{desk.draft}/edit/findings/smith2020_money_may_matter/remove")
    page = desk.browser.send(page, {}, "/remove")
    assert "Removed: smith2020_money_may_matter" in page.text
    assert list(desk.ruleset().findings) == [FINDING]


def test_a_removal_of_what_somebody_changed_meanwhile_is_stopped(desk: Desk) -> None:
    page = desk.browser.get(f"/workbench/drafts/{desk.draft}/edit/findings/smith2020_money_may_matter/remove")
    desk.write("evidence/smith2020.yaml", "It is a question, not a result.", "It is a question.")
    page = desk.browser.send(page, {}, "/remove")
    assert page.status == 409
    assert "Somebody else changed this since you opened it." in page.text
    assert len(desk.ruleset().findings) == 2


def test_a_session_that_ended_loses_nothing(desk: Desk) -> None:
    desk.app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    page = desk.send(desk.open(f"rules/{RULE}"), ("because", "Typed at length."), ("csrf_token", "old"))
    assert page.status == 400
    assert "Nothing is lost" in page.text
    assert "Typed at length." in page.text
    assert "Saved." in desk.send(page).text


def test_a_thing_that_is_not_there_is_named(desk: Desk) -> None:
    page = desk.browser.get(f"/workbench/drafts/{desk.draft}/edit/rules/nothing")
    assert page.status == 404
    assert "This draft has no such part." in page.text


def test_after_saving_one_can_go_back_to_where_one_was_within_the_workbench_only(desk: Desk) -> None:
    back = f"/workbench/drafts/{desk.draft}/read/questions/contact"
    page = desk.send(desk.open(f"items/contact?back={back}"), ("short", "Contact here"))
    assert page.links()["Back to where you came from"] == back
    for elsewhere in ("https://example.org/", "//example.org/workbench/", "/account/"):
        page = desk.send(desk.open(f"items/contact?back={elsewhere}"))
        assert "Saved." in page.text
        assert "Back to where you came from" not in page.links()


def test_a_draft_that_is_in_review_takes_no_form_and_keeps_what_was_typed(desk: Desk) -> None:
    page = desk.open(f"rules/{RULE}")
    with desk.app.app_context():
        ask_for_review(database(), desk.draft, "A note.")
    page = desk.send(page, ("because", "Typed at length."))
    assert page.status == 409
    assert "This draft can no longer be changed; nothing was saved." in page.text
    assert "Typed at length." in page.text


def test_a_code_that_an_earlier_version_retired_cannot_get_another_meaning(desk: Desk) -> None:
    evidence = "evidence/smith2020.yaml"
    findings = desk.files()[evidence].decode()
    without = (evidence, findings[findings.index("  - finding: smith2020_money_may_matter") :], "")
    with desk.app.app_context():
        for number, changes in (("1.0.0", ()), ("1.1.0", (without,))):
            version, files = version_of(number, *changes), files_of(number, *changes)
            keep_ruleset(database(), version.identity, files, Origin.INSTALLATION)
        desk.draft = start_draft(database(), "Next", version.identity.digest, files, date(2026, 1, 1))
    known = {
        "code": "smith2020_money_may_matter",
        "says": "It does.",
        "means": "Pay.",
        "locator": "Here",
        "view": "all",
    }
    chosen = {"view": "all", "phase": "after", "kind": "reported", "construct": "resources", "direction": "barrier"}
    page = desk.send(desk.open("new-finding?source=smith2020"), *known.items(), *chosen.items())
    assert page.status == 400
    assert (
        "the finding 'smith2020_money_may_matter' is retired since 1.1.0 and comes back with another meaning"
        in page.text
    )
    assert list(desk.ruleset().findings) == [FINDING]


def test_what_is_not_there_leads_back_to_the_rule_sets(desk: Desk) -> None:
    page = desk.browser.get(f"/workbench/drafts/{desk.draft}/edit/rules/nope")
    assert page.status == 404
    assert page.links()["Go to the rule sets"] == "/workbench/"


def test_ten_thousand_characters_stay_on_the_page(desk: Desk) -> None:
    text = "word " * 2_000
    page = desk.send(desk.open(f"rules/{RULE}"), ("because", text))
    assert page.status == 400
    assert page.links()["because has 9,999 characters; at most 2,000 fit"] == "#because"
    assert filled(page)[1]["because"].strip() == text.strip()

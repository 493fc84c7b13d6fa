"""The page on what would help most, without JavaScript: what is tried is shown and never stored."""

from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from pages import Element, Page, PageClient, text_of
from team_values import STAFF, TODAY, highest, release_team
from test_web_comparisons import everything_stored

from readiness.engine.answers import Phase
from readiness.engine.levers import tryable
from readiness.engine.ruleset import RuleSet
from readiness.store.assessments import start_assessment
from readiness.web.rules import current_ruleset, database

LEVERS = "/examples/butabika_18_months/levers"
PARTNERS = "advocacy_partners=joint_work"
SAID = "1 answer is changed. 1 domain moves to another band."


def selects(page: Page) -> dict[str, Element]:
    """The answers to try, by item."""
    form = next(form for form in page.root.iter("form") if form.get("class") == "levers-form")
    return {field.get("name") or "": field for field in form.iter("select")}


def chosen(page: Page) -> dict[str, str]:
    """What a browser sends when the button is pressed: the first option where none is marked."""
    found = {}
    for name, field in selects(page).items():
        options = list(field.iter("option"))
        marked = [option for option in options if "selected" in option.attrib]
        found[name] = (marked or options)[0].get("value") or ""
    return found


def press(client: PageClient, page: Page, **changes: str) -> Page:
    """Choose answers and press the button."""
    form = next(form for form in page.root.iter("form") if form.get("class") == "levers-form")
    return client.get(f"{form.get('action')}?{urlencode({**chosen(page), **changes})}")


def query(page: Page) -> str:
    return urlsplit(page.response.request.full_path).query


def part_of(page: Page, name: str) -> Element:
    return next(each for each in page.root.iter("section") if each.get("aria-labelledby") == name)


def submitted(client: PageClient, pick: int = 0) -> str:
    tasks = client.start()
    client.answer_everything(tasks, pick)
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    return tasks


def test_everything_that_the_calculation_reads_can_be_tried_and_stands_as_it_is(
    client: PageClient, shipped: RuleSet
) -> None:
    page = client.get(LEVERS)
    answers = shipped.cases["butabika_18_months"].answered(shipped.instrument)
    assert list(selects(page)) == [item.code for item in tryable(shipped, answers)]
    assert set(chosen(page).values()) == {""}
    for name, field in selects(page).items():
        offered = {option.get("value") for option in field.iter("option")} - {"", "not_applicable"}
        assert offered == set(shipped.instrument.items[name].order) - {str(answers[name])}
        assert text_of(next(field.iter("option"))).endswith("(as it is)")
    assert "No answer is changed yet" in page.text


def test_without_javascript_the_button_shows_what_would_change_under_an_address_of_the_changes_alone(
    client: PageClient,
) -> None:
    page = press(client, client.get(LEVERS), advocacy_partners="joint_work")
    assert (page.path, query(page)) == (LEVERS, PARTNERS)
    assert SAID in page.text
    assert "From moderate risk to low risk." in page.text
    assert "Outer setting a lower band" in page.text
    assert chosen(page)["advocacy_partners"] == "joint_work"
    again = press(client, page, advocacy_partners="")
    assert query(again) == ""
    assert "No answer is changed yet" in again.text


def test_an_answer_as_it_is_named_in_the_address_is_no_change(client: PageClient) -> None:
    assert query(client.get(f"{LEVERS}?advocacy_partners=loose_contact")) == ""
    assert query(client.get(f"{LEVERS}?peer_pay=&{PARTNERS}&staff_workload=")) == PARTNERS


def test_recommendations_that_would_come_and_go_are_named(client: PageClient, shipped: RuleSet) -> None:
    tasks = submitted(client)
    worst_to_best = urlencode({code: scoring.best for code, scoring in shipped.item_scoring.items()})
    page = client.get(f"{tasks}levers?{worst_to_best}")
    gone = {text_of(item) for item in part_of(page, "changes").iter("li")}
    assert "Recommendations that would go" in page.text
    assert gone & {each.title for each in shipped.recommendations}
    assert page.links()["Start over"] == f"{tasks}levers"


def test_every_suggestion_has_a_link_that_tries_it_and_each_smallest_set_brings_its_domain_down(
    client: PageClient,
) -> None:
    page = client.get(f"{submitted(client)}levers")
    for part in ("single", "smallest"):
        links = [link.get("href") or "" for link in part_of(page, part).iter("a")]
        assert links
        for link in links:
            tried = client.get(link)
            assert (tried.status, query(tried)) == (200, urlsplit(link).query)
            assert "No answer is changed yet" not in tried.text
            assert part == "single" or "Every domain stays in its band." not in tried.text


def test_the_answer_that_would_settle_most_is_named_and_can_be_tried(client: PageClient) -> None:
    page = client.get(LEVERS)
    (link,) = part_of(page, "settles").iter("a")
    name = (link.get("href") or "").removeprefix("#try-")
    assert name in selects(page)
    level = next(option.get("value") or "" for option in selects(page)[name].iter("option") if option.get("value"))
    assert "possible range" in press(client, page, **{name: level}).text


def test_nothing_that_is_tried_is_stored_and_the_result_stays(app: Flask, client: PageClient) -> None:
    tasks = submitted(client)
    before, stored = client.get(f"{tasks}result").text, everything_stored(app)
    assert "1 answer is changed." in client.get(f"{tasks}levers?{PARTNERS}").text
    assert client.get(f"{tasks}result").text == before
    assert everything_stored(app) == stored


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("nothing_like_it=x", "There is no question “nothing_like_it” to try here."),
        ("=x", "There is no question “” to try here."),
        ("contact_frequency=often", "Frequency of shared work with staff: there is no answer “often”."),
        ("contact_frequency=not_applicable", "there is no answer “not_applicable”. Choose one of the list."),
        ("contact_frequency=dont_know", "there is no answer “dont_know”. Choose one of the list."),
        ("contact_frequency=hardly_ever&contact_frequency=daily", "more than one answer was sent. Choose one."),
        ("contact_frequency=%3Cb%3E", "there is no answer “<b>”."),
        ("contact_frequency=a%E2%80%AEb", "there is no answer “ab”."),
        ("%FF%00=x", "There is no question “"),
        ("x" * 3000 + "=y", f"There is no question “{'x' * 50}"),
    ],
)
def test_what_cannot_be_tried_gets_a_sentence_and_the_rest_is_tried(
    client: PageClient, wrong: str, sentence: str
) -> None:
    page = client.get(f"{LEVERS}?{wrong}&{PARTNERS}")
    assert page.status == 400
    assert sentence in page.text
    assert SAID in page.text
    assert "x" * 100 not in page.text


def test_hundreds_of_answers_are_refused_with_a_sentence(client: PageClient) -> None:
    most = len(selects(client.get(LEVERS)))
    for given in ("&".join(f"x{number}=y" for number in range(300)), "&".join(["contact_frequency=daily"] * 300)):
        page = client.get(f"{LEVERS}?{given}")
        assert page.status == 400
        assert f"This address names more answers than the {most} questions that there are to try." in page.text


def test_before_it_is_submitted_an_assessment_has_nothing_to_try(client: PageClient) -> None:
    tasks = client.start()
    assert client.get(f"{tasks}levers").path == f"{tasks}submit"


@pytest.mark.parametrize("path", ["/a/unknown/levers", "/examples/atlantis/levers"])
def test_what_is_not_there_cannot_be_tried(client: PageClient, path: str) -> None:
    assert client.get(path).status == 404


def test_for_a_team_the_combined_answers_change_and_the_page_says_so(app: Flask, client: PageClient) -> None:
    with app.app_context():
        key = start_assessment(database(), "North", Phase.AFTER, current_ruleset().identity.digest, TODAY)
        release_team(database(), key, current_ruleset().instrument, {STAFF: (7, highest)}, "")
    page = client.get(f"/a/{key}/levers")
    note = "what you change here are their answers combined, never those of one person"
    assert note in page.text
    assert note not in client.get(LEVERS).text


def test_what_is_not_determinable_is_said_to_have_no_band(client: PageClient) -> None:
    assert "A domain that is not determinable has no band to come down from" in client.get(LEVERS).text
    tasks = client.start()
    client.send(client.get(f"{tasks}submit"), {}, "/submit")
    page = client.get(f"{tasks}levers")
    assert page.status == 200
    assert "The fewest answers that bring a domain down" not in page.text

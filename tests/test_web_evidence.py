"""The pages on evidence and method: every link leads somewhere, from a finding to what rests on it and back."""

import pytest
from pages import Page, PageClient, text_of

from readiness.engine.evidence import Kind
from readiness.engine.grounds import is_thin, resting_on, thin
from readiness.engine.ruleset import RuleSet
from readiness.report.evidence import taught_by


def hrefs(page: Page) -> list[str]:
    return [link.get("href") or "" for link in page.root.iter("a")]


def test_the_overview_counts_findings_and_links_every_count(client: PageClient, shipped: RuleSet) -> None:
    page = client.get("/evidence/")
    assert page.status == 200
    assert f"{len(shipped.findings)} findings" in page.text
    counts = [href for href in hrefs(page) if "construct=" in href and "source=" in href]
    found = {(each.construct, each.source) for each in shipped.findings.values()}
    assert len(counts) == len(found)
    assert "not explained" not in page.text
    for each in thin(shipped):
        assert each.title in page.text


@pytest.mark.parametrize(
    "chosen",
    [{"construct": "culture"}, {"site": "BU"}, {"source": "ramesh2023"}, {"kind": "hypothesis"},
     {"construct": "culture", "site": "ULM", "kind": "reported"}],
    ids=lambda chosen: "+".join(chosen),
)  # fmt: skip
def test_findings_are_browsed_by_construct_site_source_and_kind(
    client: PageClient, shipped: RuleSet, chosen: dict[str, str]
) -> None:
    page = client.get("/evidence/findings/?" + "&".join(f"{name}={word}" for name, word in chosen.items()))
    expected = [
        code
        for code, each in shipped.findings.items()
        if all(word in each.sites if name == "site" else getattr(each, name) == word for name, word in chosen.items())
    ]
    assert expected
    assert [each.get("id") for each in page.root.iter("li") if each.get("class") == "finding"] == expected
    selected = [each.get("value") for each in page.root.iter("option") if "selected" in each.attrib]
    assert selected == [chosen[name] for name in ("construct", "site", "source", "kind") if name in chosen]


def test_a_choice_that_nothing_fits_says_so(client: PageClient) -> None:
    page = client.get("/evidence/findings/?source=ramesh2023&site=PU")
    assert page.status == 200
    assert "0 of" in page.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/evidence/findings/?construct=cultur", "Did you mean culture?"),
        ("/evidence/findings/?site=XX", "Choose one of: ULM"),
        ("/evidence/findings/?kind=<b>", "There is no kind of statement “<b>”"),
        ("/evidence/findings/ramesh2023_stigma_may_steer_mony", "Did you mean ramesh2023_stigma_may_steer_money?"),
        ("/method/constructs/cultur", "Did you mean culture?"),
    ],
)
def test_a_wrong_word_is_a_sentence_with_the_nearest_right_one(client: PageClient, path: str, said: str) -> None:
    page = client.get(path)
    assert page.status == 404
    assert said in page.text


def test_every_finding_has_a_page_with_its_place_and_what_rests_on_it(client: PageClient, shipped: RuleSet) -> None:
    resting = resting_on(shipped)
    for number, (code, finding) in enumerate(shipped.findings.items()):
        if number % 9 and finding.kind is not Kind.HYPOTHESIS:
            continue  # every ninth will do: the pages are alike
        page = client.get(f"/evidence/findings/{code}")
        for text in (finding.says, finding.means, finding.locator, shipped.sources[finding.source].doi):
            assert text in page.text or text in page.html
        for each in resting[code]:
            assert each.title in page.text
        assert ("used for no rating" in page.text) is (finding.kind is Kind.HYPOTHESIS)


def test_from_a_finding_to_what_rests_on_it_and_back(client: PageClient, shipped: RuleSet) -> None:
    code = "haun2024b_contact_and_relief_in_dar"
    page = client.get(f"/evidence/findings/{code}")
    targets = [href for href in hrefs(page) if "#" in href and "#main" not in href]
    assert targets
    for target in targets:
        path, _, anchor = target.partition("#")
        there = client.get(path)
        assert anchor in [element.get("id") for element in there.root.iter() if element.get("id")]
        assert f"/evidence/findings/{code}" in hrefs(there)


def test_a_construct_page_says_what_each_level_is_worth_and_every_rule(client: PageClient, shipped: RuleSet) -> None:
    for code, scoring in shipped.scoring.items():
        page = client.get(f"/method/constructs/{code}")
        assert page.status == 200
        for item in scoring.items:
            for option in shipped.instrument.items[item.item].options:
                assert option.text in page.text
        for rule in scoring.rules:
            assert rule.title in page.text
            assert rule.because in page.text
        marked = {each.get("id") for each in page.root.iter("h3") if "one line of evidence" in text_of(each)}
        expected = {f"{each.part.value}-{each.code}" for each in thin(shipped) if each.construct == code}
        assert marked == expected


def test_every_pair_stands_under_the_rules_it_teaches_and_no_other(client: PageClient, shipped: RuleSet) -> None:
    taught = taught_by(shipped)
    for code, scoring in shipped.scoring.items():
        page = client.get(f"/method/constructs/{code}")
        sections = [each for each in page.root.iter("section") if each.get("class") == "rule"]
        assert len(sections) == len(scoring.rules)
        for rule, part in zip(scoring.rules, sections, strict=True):
            first = {link.get("href") for link in part.iter("a") if "_first/" in (link.get("href") or "")}
            assert first == {f"/examples/{pair}_first/" for pair, rules in taught.items() if rule.code in rules}
            assert ("one line of evidence" in text_of(part)) is is_thin(shipped, rule.evidence)
        improving = {href.partition("#recommendation-")[2] for href in hrefs(page) if "#recommendation-" in href}
        own = {item.item for item in scoring.items}
        assert improving == {each.code for each in shipped.recommendations if own & set(each.improves)}


def test_no_pair_is_lost(client: PageClient, shipped: RuleSet) -> None:
    pages = [client.get("/method"), *(client.get(f"/method/constructs/{code}") for code in shipped.constructs)]
    linked = {href for page in pages for href in hrefs(page)}
    assert {f"/examples/{pair}_first/" for pair in shipped.pairs} <= linked


def test_a_pair_says_what_changes_and_what_follows(client: PageClient, shipped: RuleSet) -> None:
    text = client.get("/method/constructs/leadership_engagement").text
    pair = shipped.pairs["leaders_and_contact"]
    first, then = (shipped.cases[half].answers[pair.item].answer for half in (pair.first, pair.then))
    before, after = (shipped.level(pair.item, str(level)) for level in (first, then))
    assert f"changes from “{before}” to “{after}”" in text


def test_both_cases_of_a_pair_can_be_opened(client: PageClient, shipped: RuleSet) -> None:
    pair = next(iter(shipped.pairs.values()))
    for half in (pair.first, pair.then):
        page = client.get(f"/examples/{half}/")
        assert page.status == 200
        assert "What the papers say happened there" not in page.text
        assert "An invented service" in page.text
        other = pair.then if half == pair.first else pair.first
        assert f"/examples/{other}/" in hrefs(page)
    assert client.get(f"/examples/{pair.first}/").text != client.get(f"/examples/{pair.then}/").text


def test_every_recommendation_is_listed_with_its_condition(client: PageClient, shipped: RuleSet) -> None:
    page = client.get("/method/recommendations")
    ids = {element.get("id") for element in page.root.iter("article")}
    assert ids == {f"recommendation-{each.code}" for each in shipped.recommendations}


def test_every_subject_is_asked_or_left_out_with_a_reason(client: PageClient, shipped: RuleSet) -> None:
    page = client.get("/evidence/subjects/")
    for section in shipped.instrument.sections:
        for subject in section.subjects:
            assert subject.title in page.text
            assert " ".join(subject.left_out.split()) in page.text


def test_the_method_page_names_what_is_never_scored_and_left_out(client: PageClient, shipped: RuleSet) -> None:
    text = client.get("/method").text
    for finding in shipped.findings.values():
        assert (finding.says in text) is (finding.kind is Kind.HYPOTHESIS)
    for domain in shipped.domains:
        for each in domain.left_out:
            assert each.because in text

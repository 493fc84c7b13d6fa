"""Teams in the database: what enters once, what is told of how many, what a release takes in, what is deleted."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from readiness.engine.answers import Missing, Phase, Role
from readiness.engine.instrument import Instrument, Item, Option, Page, Section
from readiness.engine.ruleset import Identity
from readiness.errors import Closed, NotFound, ReadinessError
from readiness.permissions import LOCAL, Part
from readiness.store.answers import save_page
from readiness.store.assessments import Assessment, find_assessment, reopen_assessment, start_assessment
from readiness.store.codes import new_code, normalised_code, shown_code
from readiness.store.consensus import start_consensus
from readiness.store.database import migrate, open_database
from readiness.store.invitations import (
    find_invitation,
    invite_respondent,
    invited,
    make_group_link,
    new_link,
    reminders,
    remove_invitation,
)
from readiness.store.models import AnswerRow, CommentRow, InvitationRow, ResponseRow
from readiness.store.releases import close_wave, comments, latest_release
from readiness.store.retention import delete_old_responses, months_before
from readiness.store.rulesets import keep_ruleset
from readiness.store.teams import choose_team, delete_response, enter, progress, send_response, take_back

TODAY = date(2026, 11, 30)
IDENTITY = Identity("peer-support", "0.1.0", "d" * 64, "Title")
K = 5
WORKER, PEER = Role.MENTAL_HEALTH_WORKER, Role.PEER_SUPPORT_WORKER
LEVELS = tuple(Option(code, code) for code in ("none", "some", "full"))
ITEM = Item("trust", "Trust", {Phase.AFTER: "How far?"}, "", "", (), (Role.MANAGER, WORKER, PEER), LEVELS)
INSTRUMENT = Instrument((Section("culture", "Culture", "", 5, True, (Page("page", "Page", (ITEM,)),)),))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate(engine)
    keep_ruleset(engine, IDENTITY, {"ruleset.yaml": b"id: x"})
    yield engine
    engine.dispose()


@pytest.fixture
def assessment(database: Engine) -> Assessment:
    """An assessment with a team of two roles, as its manager meets it."""
    key = start_assessment(database, "North", Phase.AFTER, IDENTITY.digest, TODAY)
    choose_team(database, find_assessment(database, key), {WORKER: ["culture"], PEER: ["culture"]})
    return find_assessment(database, key)


def again(database: Engine, assessment: Assessment) -> Assessment:
    """The assessment as it is now."""
    return find_assessment(database, assessment.id, LOCAL)


def respond(
    database: Engine, assessment: Assessment, role: Role = WORKER, level: str = "some", comment: str = ""
) -> tuple[Assessment, str]:
    """A respondent who answers one item and sends it."""
    code = enter(database, invite_respondent(database, assessment, role, "", ""))
    own = find_assessment(database, code)
    save_page(database, own, "page", 0, {"trust": level})
    send_response(database, own, comment)
    return own, code


def close(database: Engine, assessment: Assessment) -> None:
    close_wave(database, again(database, assessment), INSTRUMENT, K, TODAY)


def test_a_code_is_read_however_it_is_typed() -> None:
    assert normalised_code("7k2m 9qxd-4htr–obvw") == "7K2M9QXD4HTR0BVW"
    assert shown_code("7K2M9QXD4HTR0BVW") == "7K2M-9QXD-4HTR-0BVW"
    for wrong in ("", "7K2M", "7K2M-9QXD-4HTR-0BV!", "U" * 16, "0" * 1000):
        assert normalised_code(wrong) is None


def test_a_respondent_meets_their_own_response_only(database: Engine, assessment: Assessment) -> None:
    own, _ = respond(database, assessment)
    assert (own.part, own.role, own.sections) == (Part.RESPONDENT, WORKER, frozenset({"culture"}))
    assert own.response != assessment.response


def test_a_personal_link_admits_once_and_a_group_link_many(database: Engine, assessment: Assessment) -> None:
    personal = invite_respondent(database, assessment, WORKER, "Ada", "")
    enter(database, personal)
    with pytest.raises(Closed, match="entered by this link already"):
        enter(database, personal)
    group = make_group_link(database, assessment, WORKER)
    assert len({enter(database, group) for _ in range(3)}) == 3


@pytest.mark.parametrize("is_group", [False, True])
def test_entering_again_with_the_same_code_is_entering_once_until_something_is_saved(
    database: Engine, assessment: Assessment, is_group: bool
) -> None:
    link = (
        make_group_link(database, assessment, WORKER)
        if is_group
        else invite_respondent(database, assessment, WORKER, "", "")
    )
    code = new_code()
    assert [enter(database, link, typed) for typed in (code, code, shown_code(code))] == [code] * 3
    save_page(database, find_assessment(database, code), "page", 0, {"trust": "some"})
    if is_group:
        assert enter(database, link, code) != code
    else:
        with pytest.raises(Closed, match="entered by this link already"):
            enter(database, link, code)


def test_nobody_enters_with_the_code_of_another_assessment(database: Engine, assessment: Assessment) -> None:
    taken = enter(database, make_group_link(database, assessment, WORKER))
    key = start_assessment(database, "South", Phase.AFTER, IDENTITY.digest, TODAY)
    choose_team(database, find_assessment(database, key), {WORKER: ["culture"]})
    link = make_group_link(database, find_assessment(database, key), WORKER)
    assert enter(database, link, taken) != taken


def test_a_replaced_group_link_opens_nothing_and_a_second_personal_link_leaves_the_first(
    database: Engine, assessment: Assessment
) -> None:
    old = make_group_link(database, assessment, WORKER)
    make_group_link(database, assessment, WORKER)
    with pytest.raises(NotFound, match="invites to nothing"):
        find_invitation(database, old)
    first = invite_respondent(database, assessment, WORKER, "Ada", "")
    (ada,) = invited(database, assessment)
    _, second = new_link(database, assessment, ada.id)
    assert find_invitation(database, first).id == find_invitation(database, second).id
    remove_invitation(database, assessment, ada.id)
    for gone in (first, second):
        with pytest.raises(NotFound):
            find_invitation(database, gone)


def test_what_is_asked_stays_once_somebody_is_invited(database: Engine, assessment: Assessment) -> None:
    invite_respondent(database, assessment, WORKER, "Ada", "")
    with pytest.raises(Closed, match="can no longer be changed"):
        choose_team(database, assessment, {WORKER: ["attitudes"]})


def test_what_is_asked_stays_also_when_every_invitation_was_removed(database: Engine, assessment: Assessment) -> None:
    for _ in range(5):
        respond(database, assessment)
    close(database, assessment)
    reopen_assessment(database, assessment)
    for person in invited(database, assessment):
        remove_invitation(database, assessment, person.id)
    with pytest.raises(Closed, match="can no longer be changed"):
        choose_team(database, assessment, {WORKER: ["culture"]})


def test_the_first_release_settles_how_small_a_group_may_be(database: Engine, assessment: Assessment) -> None:
    for _ in range(6):
        respond(database, assessment)
    close_wave(database, again(database, assessment), INSTRUMENT, 6, TODAY)
    reopen_assessment(database, assessment)
    for count in range(1, 7):
        respond(database, again(database, assessment))
        assert progress(database, assessment, K).answered == (6 if count == 6 else None)
        close(database, assessment)
        found = latest_release(database, assessment.id)
        assert found is not None
        assert (found.number, found.k) == ((2, 6) if count == 6 else (1, 6))
        reopen_assessment(database, assessment)


def test_a_role_that_was_not_chosen_is_not_invited(database: Engine, assessment: Assessment) -> None:
    with pytest.raises(Closed, match="Choose first"):
        invite_respondent(database, assessment, Role.SERVICE_USER, "Ada", "")


def test_a_number_is_told_from_five_on(database: Engine, assessment: Assessment) -> None:
    for _ in range(4):
        respond(database, assessment)
    assert progress(database, assessment, K).answered is None
    respond(database, assessment)
    assert progress(database, assessment, K).answered == 5


def test_of_late_answers_only_what_the_next_release_takes_in_is_counted(
    database: Engine, assessment: Assessment
) -> None:
    for _ in range(5):
        respond(database, assessment)
    for _ in range(5):
        respond(database, assessment, PEER)
    close(database, assessment)
    reopen_assessment(database, assessment)
    for _ in range(5):
        respond(database, again(database, assessment))
    for _ in range(2):
        respond(database, again(database, assessment), PEER)
    assert progress(database, assessment, K).answered == 5


def test_sent_answers_are_closed_until_they_are_taken_back(database: Engine, assessment: Assessment) -> None:
    own, _ = respond(database, assessment)
    with pytest.raises(Closed, match="take them back first"):
        save_page(database, own, "page", 1, {"trust": "full"})
    take_back(database, own)
    save_page(database, own, "page", 1, {"trust": "full"})
    assert progress(database, assessment, K).answered is None


def test_sending_twice_leaves_one_comment(database: Engine, assessment: Assessment) -> None:
    for _ in range(9):
        respond(database, assessment)
    own, _ = respond(database, assessment, comment="More time.")
    send_response(database, own, "More time.")
    close(database, assessment)
    assert comments(database, assessment.id) == ("More time.",)


def test_comments_of_fewer_than_ten_people_are_not_told(database: Engine, assessment: Assessment) -> None:
    for number in range(9):
        respond(database, assessment, comment=f"Comment {number}")
    close(database, assessment)
    assert comments(database, assessment.id) == ()


def test_a_release_holds_values_of_groups_and_is_read_back_as_it_was(database: Engine, assessment: Assessment) -> None:
    for level in ("none", "some", "some", "full", "full"):
        respond(database, assessment, level=level)
    assert latest_release(database, assessment.id) is None
    close(database, assessment)
    found = latest_release(database, assessment.id)
    assert found is not None
    (sheet,) = found.groups
    assert (found.number, found.k, sheet.roles, sheet.people) == (1, K, (WORKER,), 5)
    assert (sheet.values["trust"].answer, sheet.values["trust"].left_open) == ("some", None)


def test_fewer_than_five_are_not_released(database: Engine, assessment: Assessment) -> None:
    for _ in range(4):
        respond(database, assessment)
    close(database, assessment)
    assert latest_release(database, assessment.id) is None


def test_answers_that_were_released_can_be_neither_taken_back_nor_deleted(
    database: Engine, assessment: Assessment
) -> None:
    responses = [respond(database, assessment) for _ in range(5)]
    close(database, assessment)
    reopen_assessment(database, assessment)
    own, code = responses[0]
    with pytest.raises(Closed, match="stay in it"):
        take_back(database, own)
    with pytest.raises(Closed, match="stay in it"):
        delete_response(database, own, code)


def test_deleted_answers_leave_nothing_and_the_code_opens_nothing(database: Engine, assessment: Assessment) -> None:
    own, code = respond(database, assessment)
    delete_response(database, own, code)
    with database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(AnswerRow)).scalar_one() == 0
    with pytest.raises(NotFound):
        find_assessment(database, code)
    with pytest.raises(NotFound, match="were deleted"):
        save_page(database, own, "page", 1, {"trust": "full"})


def test_after_closing_nobody_enters_saves_or_sends(database: Engine, assessment: Assessment) -> None:
    link = make_group_link(database, assessment, WORKER)
    code = enter(database, link)
    own = find_assessment(database, code)
    close(database, assessment)
    for late in (
        lambda: enter(database, link),
        lambda: save_page(database, own, "page", 0, {"trust": "full"}),
        lambda: send_response(database, own),
    ):
        with pytest.raises(Closed):
            late()


def test_a_group_below_five_is_refused_whoever_asks_for_it(database: Engine, assessment: Assessment) -> None:
    with pytest.raises(ReadinessError, match="A group of 4 is too small"):
        close_wave(database, assessment, INSTRUMENT, 4, TODAY)


def test_reminders_go_to_everybody_as_nobody_knows_who_has_answered(database: Engine, assessment: Assessment) -> None:
    for name in ("ada", "ben", "cleo"):
        invite_respondent(database, assessment, WORKER, name, f"{name}@example.org")
    links = {each.name: each.key for each in reminders(database, assessment)}
    code = enter(database, links["ada"])
    send_response(database, find_assessment(database, code))
    assert {each.name for each in reminders(database, assessment)} == {"ada", "ben", "cleo"}
    assert {each.name for each in invited(database, assessment)} == {"ada", "ben", "cleo"}


def test_the_consensus_sheet_is_published_as_the_word_of_all(database: Engine, assessment: Assessment) -> None:
    sheet = find_assessment(database, start_consensus(database, assessment), LOCAL)
    assert start_consensus(database, assessment) == sheet.response
    assert (sheet.is_consensus_sheet, sheet.sections) == (True, frozenset({"culture"}))
    save_page(database, sheet, "page", 0, {"trust": "full"})
    close(database, assessment)
    found = latest_release(database, assessment.id)
    assert found is not None
    assert (found.groups[0].roles, found.groups[0].answer("trust")) == ((), "full")


def test_an_item_that_too_few_answered_has_no_level(database: Engine, assessment: Assessment) -> None:
    for level in ("full", "full", "full", "full", Missing.DONT_KNOW):
        respond(database, assessment, level=str(level))
    close(database, assessment)
    found = latest_release(database, assessment.id)
    assert found is not None
    value = found.groups[0].values["trust"]
    assert (value.answer, value.left_open, value.asked) == (Missing.NOT_ANSWERED, None, None)


def test_old_single_answers_go_and_releases_stay(database: Engine, assessment: Assessment) -> None:
    for _ in range(5):
        respond(database, assessment)
    close(database, assessment)
    assert delete_old_responses(database, TODAY) == 0
    assert delete_old_responses(database, date(2028, 12, 1)) == 5
    with database.connect() as connection:
        assert connection.execute(select(ResponseRow.role)).scalars().all() == ["manager"]
        assert connection.execute(select(InvitationRow.id)).all() == []
    assert latest_release(database, assessment.id) is not None


def test_opening_a_round_again_does_not_keep_what_was_released(database: Engine, assessment: Assessment) -> None:
    """All that releases hold goes at once, with the age of the last one; what waits for a release stays."""
    for _ in range(2):
        for _ in range(5):
            respond(database, assessment, comment="Said.")
        close(database, assessment)
        reopen_assessment(database, assessment)
    respond(database, assessment)
    assert delete_old_responses(database, TODAY) == 0
    assert delete_old_responses(database, date(2028, 12, 1)) == 10
    assert progress(database, assessment, K).answered is None
    for _ in range(4):
        respond(database, assessment)
    assert progress(database, assessment, K).answered == 5


def test_comments_that_were_never_shown_go_with_the_answers(database: Engine, assessment: Assessment) -> None:
    for _ in range(5):
        respond(database, assessment, comment="Said.")
    close(database, assessment)
    delete_old_responses(database, date(2028, 12, 1))
    with database.connect() as connection:
        assert connection.execute(select(CommentRow.id)).all() == []


@pytest.mark.parametrize(
    ("today", "months", "before"),
    [
        (date(2026, 11, 30), 24, date(2024, 11, 28)),
        (date(2026, 1, 5), 1, date(2025, 12, 5)),
        (date(2026, 3, 31), 12, date(2025, 3, 28)),
    ],
)
def test_months_are_counted_back(today: date, months: int, before: date) -> None:
    assert months_before(today, months) == before

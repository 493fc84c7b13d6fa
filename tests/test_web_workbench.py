"""The workbench on the web: versions are read, drafts changed as files, taken away and brought back as archives."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from broken_files import BROKEN, HOSTILE, SMALL, TEAM, headed
from flask import Flask
from pages import Page, PageClient, text_of
from people import add_administrator, add_person, app_with_accounts, browser_of
from version_files import CONTACT, WORTH, files_of
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from readiness.loading.archive import pack, unpack
from readiness.permissions import AccountRole, Act
from readiness.store.drafts import ask_for_review, draft_files, drafts, find_draft, read_draft
from readiness.store.rulesets import kept_versions
from readiness.web.access import needed
from readiness.web.rules import database

ADVICE = "advice/relief.yaml"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installation in personal mode with the small rule set; every test has a draft of its own."""
    app = app_with_accounts(tmp_path_factory.mktemp("workbench"), ACCOUNTS=False)
    yield app
    with app.app_context():
        database().dispose()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """The browser of whoever asks."""
    return PageClient(app)


@pytest.fixture
def base(app: Flask) -> str:
    """The digest of the only version."""
    with app.app_context():
        (kept,) = kept_versions(database())
    return kept.digest


@pytest.fixture
def draft(client: PageClient, base: str) -> str:
    """The address of a new draft."""
    return start(client, base).path


def start(client: PageClient, base: str, archive: bytes | None = None, name: str = "New paper") -> Page:
    """Start a draft through the form of the first page."""
    path, fields = client.get("/workbench/").form("/workbench/drafts/")
    fields["name"], fields["base"] = name, base
    del fields["archive"]
    return send_archive(client, path, fields, archive)


def send_archive(client: PageClient, path: str, fields: Mapping[str, str], archive: bytes | None) -> Page:
    """Send a form with a file beside its fields."""
    chosen = FileStorage(io.BytesIO(archive or b""), "rules.zip" if archive is not None else "", "archive")
    boundary, body = encode_multipart({**dict(fields.items()), "archive": chosen})
    kind = f"multipart/form-data; boundary={boundary}"
    return Page(client.raw.post(path, data=body, follow_redirects=True, content_type=kind))


def upload(client: PageClient, draft: Page | str, archive: bytes) -> Page:
    """Replace all files of a draft through the form on its page."""
    path, fields = (client.get(draft) if isinstance(draft, str) else draft).form("/upload")
    del fields["archive"]
    return send_archive(client, path, fields, archive)


def save(client: PageClient, page: Page, text: str, action: str = "save") -> Page:
    """Save a text in the editor that a page shows."""
    return client.send(page, {"text": text, "action": action}, "/files/")


def shown_text(page: Page, name: str = "text") -> str:
    """What stands in a text field as a browser would send it."""
    (area,) = [area for area in page.root.iter("textarea") if area.get("id") == name]
    return area.text or ""


def files(app: Flask, draft: str) -> dict[str, bytes]:
    """The files of a draft in the database."""
    with app.app_context():
        return draft_files(database(), identifier(draft))


def drafts_of(app: Flask) -> list[str]:
    """The drafts in the database."""
    with app.app_context():
        return [each.id for each in drafts(database())]


def identifier(draft: str) -> str:
    return draft.split("/")[3]


class TestVersions:
    def test_the_first_page_lists_every_version_with_its_use(self, client: PageClient, base: str) -> None:
        client.start()
        page = client.get("/workbench/")
        (row,) = [text_of(row) for row in page.root.iter("tr") if base[:12] in text_of(row)]
        assert "small 0.1.0 in use for new assessments in the folder of this installation 1 content" in row

    def test_every_page_on_method_and_evidence_can_be_read_for_a_version(self, client: PageClient, base: str) -> None:
        version = f"/workbench/versions/{base}"
        for path in (
            "questions/", "questions/contact", "method", "method/constructs/working_together",
            "method/recommendations", "evidence/", "evidence/findings/", "evidence/subjects/", "files/",
            "files/ruleset.yaml",
        ):  # fmt: skip
            page = client.get(f"{version}/{path}")
            assert (path, page.status) == (path, 200)
            assert version in page.links()["Download as a zip archive"]

    def test_links_within_a_version_stay_in_it(self, client: PageClient, base: str) -> None:
        version = f"/workbench/versions/{base}/"
        page = client.get(f"{version}method/constructs/working_together")
        main = next(page.root.iter("main"))
        inner = [link.get("href") or "" for link in main.iter("a")]
        assert [href for href in inner if not href.startswith((version, "#", "/workbench/"))] == []

    def test_a_draft_is_read_with_its_changes_and_its_version_without(self, client: PageClient, base: str) -> None:
        draft = start(client, base, pack(files_of("0.2.0", WORTH))).path
        assert "−1.5 Hardly ever" in client.get(f"{draft}read/questions/contact").text
        assert "−2 Hardly ever" in client.get(f"/workbench/versions/{base}/questions/contact").text

    def test_a_question_names_everything_that_uses_it(self, client: PageClient, base: str) -> None:
        page = client.get(f"/workbench/versions/{base}/questions/contact")
        for words in ("It is rated for one construct:", "Rules that ask about it", "Examples that answer it"):
            assert words in page.text

    def test_findings_are_at_hand_where_something_rests_on_them(self, client: PageClient, base: str) -> None:
        page = client.get(f"/workbench/versions/{base}/questions/contact")
        (details,) = [each for each in page.root.iter("details") if "behind it" in text_of(each)]
        assert "Small 2020" in text_of(details) or list(details.iter("a"))

    def test_the_archive_of_a_version_holds_its_files(self, client: PageClient, base: str) -> None:
        response = client.raw.get(f"/workbench/versions/{base}/rule-set.zip")
        assert response.headers["Content-Disposition"] == 'attachment; filename="small-0.1.0.zip"'
        assert unpack(response.data) == dict(sorted(SMALL.items()))

    def test_a_version_that_is_not_kept_is_not_found(self, client: PageClient) -> None:
        page = client.get("/workbench/versions/abc/questions/")
        assert (page.status, "This installation keeps no such version." in page.text) == (404, True)


class TestDrafts:
    def test_a_draft_begins_with_the_files_of_its_version(self, app: Flask, client: PageClient, base: str) -> None:
        page = start(client, base)
        assert "The draft has no problems" in page.text
        assert "Nothing differs from the version it began with." in page.text
        assert files(app, page.path) == SMALL

    def test_a_draft_needs_a_name(self, app: Flask, client: PageClient, base: str) -> None:
        before = drafts_of(app)
        page = start(client, base, name=" ")
        assert page.status == 400
        assert "Give the draft a name, for example the paper or the question it is about." in page.text
        assert drafts_of(app) == before

    def test_a_draft_can_begin_with_an_archive(self, app: Flask, client: PageClient, base: str) -> None:
        page = start(client, base, pack(files_of("0.2.0", WORTH)))
        assert files(app, page.path) == files_of("0.2.0", WORTH)
        assert "2 files differ" in page.text
        assert "The person at this computer" in page.text

    def test_a_refused_archive_starts_no_draft(self, app: Flask, client: PageClient, base: str) -> None:
        before = drafts_of(app)
        page = start(client, base, b"no zip")
        assert page.status == 400
        assert "cannot be read (BadZipFile); pack the folder again as a plain .zip" in page.text
        assert 'value="New paper"' in page.html
        assert drafts_of(app) == before

    def test_a_discarded_draft_can_be_read_and_not_changed(self, client: PageClient, draft: str) -> None:
        editor = client.get(f"{draft}files/{CONTACT}")
        page = client.send(client.get(draft), {}, "/discard")
        assert "Discarded drafts" in page.text
        assert "It can no longer be changed here." in client.get(draft).text
        answer = save(client, editor, "x: y\n")
        assert answer.status == 409
        assert "This draft can no longer be changed; nothing was saved." in answer.text

    def test_the_list_shows_problems_that_are_known(self, client: PageClient, draft: str) -> None:
        save(client, client.get(f"{draft}files/{CONTACT}"), "x: y\n")
        assert "problems" in client.get("/workbench/").text

    def test_a_draft_that_is_not_there_is_not_found(self, client: PageClient) -> None:
        for path in ("", "files/ruleset.yaml", "read/questions/", "difference", "rule-set.zip"):
            assert client.get(f"/workbench/drafts/{'0' * 32}/{path}").status == 404


class TestFiles:
    def test_a_file_comes_back_from_the_editor_as_it_was(self, app: Flask, client: PageClient, draft: str) -> None:
        for path in SMALL:
            page = client.get(f"{draft}files/{path}")
            assert save(client, page, shown_text(page)).status == 200
        assert files(app, draft) == SMALL
        with app.app_context():
            assert find_draft(database(), identifier(draft)).authors == ()

    def test_a_saved_file_is_checked_and_differs(self, app: Flask, client: PageClient, draft: str) -> None:
        page = client.get(f"{draft}files/{CONTACT}")
        page = save(client, page, shown_text(page).replace("hardly_ever: -2", "hardly_ever: -1.5"))
        assert "Saved. No problem in this file. No problem in the whole draft." in page.text
        assert files(app, draft)[CONTACT] == files_of("0.1.0", WORTH)[CONTACT]
        difference = client.get(f"{draft}difference")
        lines = [text_of(each) for each in difference.root.iter("span") if each.get("class") in ("added", "taken")]
        assert [line[0] for line in lines] == ["-", "+"]

    def test_an_unsound_file_is_saved_as_typed_and_its_problems_lead_to_their_lines(
        self, app: Flask, client: PageClient, draft: str
    ) -> None:
        page = client.get(f"{draft}files/{CONTACT}")
        typed = shown_text(page).replace("construct:", "constrict:", 1)
        page = save(client, page, typed)
        assert files(app, draft)[CONTACT].decode() == typed
        assert "did you mean construct?" in page.text
        assert page.links()["Line 1"] == "#line-1"
        overview = client.get(draft)
        assert overview.links()[f"{CONTACT}:1"] == f"{draft}files/{CONTACT}#line-1"

    def test_a_draft_with_problems_opens_and_says_what_needs_none(self, client: PageClient, draft: str) -> None:
        save(client, client.get(f"{draft}files/{CONTACT}"), "x: y\n")
        assert client.get(draft).status == 200
        page = client.get(f"{draft}read/questions/")
        assert (page.status, "This page needs a draft without problems" in page.text) == (409, True)
        assert f"{CONTACT}:1" in page.links()

    def test_a_stale_save_shows_both_texts_and_loses_neither(self, app: Flask, client: PageClient, draft: str) -> None:
        mine, theirs = (client.get(f"{draft}files/{CONTACT}") for _ in range(2))
        text = shown_text(mine)
        save(client, theirs, "# theirs\n" + text)
        stale = save(client, mine, "# mine\n" + text)
        assert stale.status == 409
        assert (shown_text(stale), shown_text(stale, "theirs")) == ("# mine\n" + text, "# theirs\n" + text)
        assert files(app, draft)[CONTACT].decode() == "# theirs\n" + text
        assert save(client, stale, "# both\n" + text).status == 200
        assert files(app, draft)[CONTACT].decode() == "# both\n" + text

    def test_theirs_can_be_kept_after_a_stale_save(self, client: PageClient, draft: str) -> None:
        mine, theirs = (client.get(f"{draft}files/{CONTACT}") for _ in range(2))
        save(client, theirs, "# theirs\n")
        stale = save(client, mine, "# mine\n")
        assert shown_text(client.get(stale.links()["Keep what is saved"])) == "# theirs\n"

    def test_a_file_that_somebody_removed_meanwhile_is_not_lost(
        self, app: Flask, client: PageClient, draft: str
    ) -> None:
        mine, theirs = (client.get(f"{draft}files/{CONTACT}") for _ in range(2))
        save(client, theirs, "", "remove")
        stale = save(client, mine, "# mine\n")
        assert (stale.status, "It was removed." in stale.text) == (409, True)
        save(client, stale, "# mine\n")
        assert files(app, draft)[CONTACT] == b"# mine\n"

    def test_removing_a_file_that_somebody_changed_asks_again(self, app: Flask, client: PageClient, draft: str) -> None:
        mine, theirs = (client.get(f"{draft}files/{CONTACT}") for _ in range(2))
        save(client, theirs, "# theirs\n")
        stale = save(client, mine, shown_text(mine), "remove")
        assert (stale.status, "you wanted to remove the file" in stale.text) == (409, True)
        assert CONTACT in files(app, draft)
        save(client, stale, "", "remove")
        assert CONTACT not in files(app, draft)

    def test_a_removed_file_can_be_brought_back(self, app: Flask, client: PageClient, draft: str) -> None:
        save(client, client.get(f"{draft}files/{CONTACT}"), "", "remove")
        page = client.get(f"{draft}files/{CONTACT}")
        assert "This file was removed. Saving brings it back." in page.text
        save(client, page, SMALL[CONTACT].decode())
        assert files(app, draft) == SMALL

    def test_a_new_file_is_there_once_it_is_saved(self, app: Flask, client: PageClient, draft: str) -> None:
        page = client.send(client.get(draft), {"path": "cases/mine.yaml"}, f"{draft}files/")
        assert "This file is new." in page.text
        assert files(app, draft) == SMALL
        save(client, page, "case: mine\n")
        assert files(app, draft)["cases/mine.yaml"] == b"case: mine\n"
        assert "new" in [text_of(each) for each in client.get(draft).root.iter("strong")]

    @pytest.mark.parametrize(
        "path",
        ["", "x.yaml", "../x.yaml", "advice/../x.yaml", "/etc/x.yaml", "advice\\x.yaml", "advice/x.zip", "advice/.yaml",
         "notes/x.yaml", "advice/x.yaml\x00", "advice/\u202ex.yaml", "advice/" + "x" * 200 + ".yaml", "advice//x.yaml"],
    )  # fmt: skip
    def test_a_name_that_no_file_of_a_rule_set_can_have_is_refused(
        self, app: Flask, client: PageClient, draft: str, path: str
    ) -> None:
        page = client.send(client.get(draft), {"path": path}, f"{draft}files/")
        assert page.status == 400
        assert "Name the file by folder and name, such as advice/supervision.yaml." in page.text
        assert files(app, draft) == SMALL

    @pytest.mark.parametrize(
        "path",
        ["advice/role.yaml/x.yaml", "advice/CON.yaml", "advice/con.yaml", "advice/a:b.yaml", "advice/.hidden.yaml",
         "advice/<b>.yaml", "advice/a b.yaml", "cases/x/y.yaml", "locale/x.yaml", "locale/de/x/y.yaml",
         "locale/../x.yaml"],
    )  # fmt: skip
    def test_a_name_that_some_system_cannot_hold_is_refused(
        self, app: Flask, client: PageClient, draft: str, path: str
    ) -> None:
        page = client.send(client.get(draft), {"path": path}, f"{draft}files/")
        assert page.status == 400
        assert "The name is of small letters, digits, points, hyphens and underscores." in page.text
        assert files(app, draft) == SMALL

    def test_a_translation_lies_in_the_folder_of_its_language(self, client: PageClient, draft: str) -> None:
        page = client.send(client.get(draft), {"path": "locale/pt-BR/advice.yaml"}, f"{draft}files/")
        assert "This file is new." in page.text

    def test_nothing_is_a_file_and_a_folder(self, client: PageClient, base: str) -> None:
        uploaded = {**SMALL, "advice/role.yaml/x.yaml": b"a: b\n"}
        page = start(client, base, pack(uploaded))
        refused = client.send(client.get(page.path), {"path": "advice/role.yaml"}, f"{page.path}files/")
        assert refused.status == 400
        assert "The draft has advice/role.yaml/x.yaml, and nothing can be a file and a folder." in refused.text

    def test_a_text_sent_under_a_name_that_cannot_be_stays_to_be_taken_along(
        self, app: Flask, client: PageClient, draft: str
    ) -> None:
        fields = client.get(f"{draft}files/{CONTACT}").form("/files/")[1]
        sent = {**fields.to_dict(), "text": "mine: typed\n", "revision": "0", "action": "save"}
        page = client.post(f"{draft}files/advice/CON.yaml", sent)
        assert page.status == 400
        assert "No file can be saved under this name. Take the text along and add it under another one." in page.text
        assert "mine: typed" in shown_text(page)
        assert "This file is new." not in page.text
        assert "as in the version" not in page.text
        assert "Save and check" not in page.text
        assert files(app, draft) == SMALL

    def test_two_names_that_differ_only_in_capitals_are_refused(self, client: PageClient, draft: str) -> None:
        page = client.send(client.get(draft), {"path": CONTACT.replace("working", "Working")}, f"{draft}files/")
        assert f"The draft has {CONTACT} already, which differs only in capital letters." in page.text

    def test_a_file_that_is_too_large_stays_on_the_page(self, app: Flask, client: PageClient, draft: str) -> None:
        typed = "# " + "x" * 1_000_000
        page = save(client, client.get(f"{draft}files/{CONTACT}"), typed)
        assert page.status == 400
        assert "The file has more than 1000000 bytes; split it. Nothing was saved." in page.text
        assert shown_text(page) == typed
        assert files(app, draft) == SMALL

    def test_what_is_typed_while_the_draft_goes_into_review_stays_on_the_page(
        self, app: Flask, client: PageClient, draft: str
    ) -> None:
        page = client.get(f"{draft}files/{CONTACT}")
        with app.app_context():
            ask_for_review(database(), identifier(draft), "New.")
        answer = save(client, page, "# typed\n")
        assert answer.status == 409
        assert shown_text(answer) == "# typed\n"

    def test_line_ends_of_a_file_stay_as_they_were(self, app: Flask, client: PageClient, base: str) -> None:
        returns = {**SMALL, CONTACT: SMALL[CONTACT].replace(b"\n", b"\r\n")}
        draft = start(client, base, pack(returns)).path
        page = client.get(f"{draft}files/{CONTACT}")
        save(client, page, shown_text(page) + "# end\n")
        assert files(app, draft)[CONTACT] == returns[CONTACT] + b"# end\r\n"

    def test_signs_that_nobody_sees_are_written_out_in_the_lines(self, client: PageClient, base: str) -> None:
        draft = start(client, base, pack({**SMALL, CONTACT: "a: \u202eb\x07\n".encode()})).path
        page = client.get(f"{draft}files/{CONTACT}")
        assert "a: \\u202eb\\u0007" in page.text
        assert "The file holds signs that a form cannot carry." in page.text

    def test_an_entry_leads_to_where_people_see_it(self, client: PageClient, draft: str) -> None:
        links = client.get(f"{draft}files/{TEAM}").links()
        assert client.get(links["contact"]).status == 200

    def test_a_malformed_revision_overwrites_nothing(self, app: Flask, client: PageClient, draft: str) -> None:
        page = client.get(f"{draft}files/{CONTACT}")
        for revision in ("", "x", "-1", "99999999999999999999", "1.0", "\u0661"):
            answer = client.send(page, {"text": "# x\n", "revision": revision, "action": "save"}, "/files/")
            assert answer.status == 409
        assert files(app, draft) == SMALL


class TestArchives:
    def test_what_is_taken_away_can_be_brought_back(self, app: Flask, client: PageClient, draft: str) -> None:
        taken = client.raw.get(f"{draft}rule-set.zip").data
        save(client, client.get(f"{draft}files/{CONTACT}"), "# x\n")
        assert "The draft has no problems" in upload(client, draft, taken).text
        assert files(app, draft) == SMALL

    def test_an_archive_replaces_everything(self, app: Flask, client: PageClient, draft: str) -> None:
        upload(client, draft, pack({"ruleset.yaml": b"id: x\n"}))
        assert files(app, draft) == {"ruleset.yaml": b"id: x\n"}

    def test_an_upload_after_somebody_elses_change_replaces_nothing(
        self, app: Flask, client: PageClient, draft: str
    ) -> None:
        path, fields = client.get(draft).form("/upload")
        del fields["archive"]
        save(client, client.get(f"{draft}files/{CONTACT}"), "# theirs\n")
        page = send_archive(client, path, fields, pack(SMALL))
        assert page.status == 409
        assert "The draft was changed since you opened this page; nothing was replaced." in page.text
        assert files(app, draft)[CONTACT] == b"# theirs\n"

    def test_what_is_missing_leads_to_where_it_can_be_added(self, client: PageClient, draft: str) -> None:
        page = upload(client, draft, pack({"ruleset.yaml": b"id: x\n"}))
        for named in ("advice:1", "framework.yaml:1"):
            assert client.get(page.links()[named].partition("#")[0]).status == 200

    def test_without_a_file_nothing_is_replaced(self, app: Flask, client: PageClient, draft: str) -> None:
        path, fields = client.get(draft).form("/upload")
        del fields["archive"]
        page = send_archive(client, path, fields, None)
        assert (page.status, "Choose a zip archive first." in page.text) == (400, True)
        assert files(app, draft) == SMALL

    @pytest.mark.parametrize(
        ("archive", "sentence"),
        [
            (b"PK", "cannot be read (BadZipFile); pack the folder again as a plain .zip"),
            (pack({"../x.yaml": b""}), "leads out of the archive or nowhere; pack the folder of the rule set itself"),
            (
                pack({f"cases/{n}.yaml": b"" for n in range(10_000)}),
                "has 10,000 files; a rule set has at most 500 files",
            ),
            (pack({"x.yaml": b"x" * 10_000_001}), "unpacks to more than 10,000,000 bytes; that is no rule set"),
        ],
        ids=["no zip", "outside", "10,000 files", "bomb"],
    )
    def test_a_hostile_archive_gets_a_sentence_and_changes_nothing(
        self, app: Flask, client: PageClient, draft: str, archive: bytes, sentence: str
    ) -> None:
        page = upload(client, draft, archive)
        assert page.status == 400
        assert "The archive was refused; nothing was replaced." in page.text
        assert sentence in page.text
        assert files(app, draft) == SMALL

    def test_more_than_a_rule_set_is_refused_unread(self, app: Flask, client: PageClient, draft: str) -> None:
        page = upload(client, draft, b"x" * 11_000_000)
        assert page.status == 413
        assert files(app, draft) == SMALL

    def test_every_broken_file_gets_its_sentence_through_an_upload(self, client: PageClient, draft: str) -> None:
        missing, page = {}, client.get(draft)
        for name, text in BROKEN.items():
            head = headed(text)
            page = upload(client, page, pack({**SMALL, head["replaces"]: text.encode()}))
            if f"{head['replaces']}:{head['line']} {head['says']}" not in page.text:
                missing[name] = head["says"]
        assert missing == {}

    @pytest.mark.parametrize("name", HOSTILE)
    def test_a_hostile_file_gets_a_sentence_through_an_upload(self, client: PageClient, draft: str, name: str) -> None:
        content, _, _ = HOSTILE[name]
        if len(content) > 1_000_000:
            content = content[:1_000_001]
        page = upload(client, draft, pack({**SMALL, ADVICE: content}))
        assert page.status == 200
        assert f"{ADVICE}:" in page.text
        assert client.get(f"{draft}files/{ADVICE}").status == 200


class TestRights:
    @pytest.fixture
    def accounts(self, tmp_path: Path) -> Iterator[Flask]:
        app = app_with_accounts(tmp_path)
        add_administrator(app)
        add_person(app, "anna@example.org", "Anna", AccountRole.RESEARCHER)
        add_person(app, "mia@example.org", "Mia", AccountRole.MANAGER)
        yield app
        with app.app_context():
            database().dispose()

    def test_only_researchers_are_led_to_the_workbench(self, accounts: Flask) -> None:
        assert "Rule sets" in browser_of(accounts, "anna@example.org").get("/").links()
        assert "Rule sets" not in browser_of(accounts, "mia@example.org").get("/").links()
        assert "Rule sets" not in PageClient(accounts).get("/").links()

    def test_every_page_of_the_workbench_is_closed_to_others(self, accounts: Flask) -> None:
        mia = browser_of(accounts, "mia@example.org")
        rooms = [name for name in accounts.view_functions if name.startswith("workbench")]
        assert {needed(accounts.view_functions[name]) for name in rooms} <= {Act.EDIT_RULES, Act.PUBLISH_RULES}
        for path in ("", "drafts/x/", "drafts/x/read/questions/", "drafts/x/files/y", "versions/x/rule-set.zip"):
            assert (path, mia.get(f"/workbench/{path}").status) == (path, 403)

    def test_a_large_upload_of_somebody_else_is_refused_unread(self, accounts: Flask) -> None:
        mia = browser_of(accounts, "mia@example.org")
        answer = mia.raw.post("/workbench/drafts/", data={"name": "x" * 300_000})
        assert answer.status_code == 413

    def test_a_change_names_its_author(self, accounts: Flask) -> None:
        anna = browser_of(accounts, "anna@example.org")
        with accounts.app_context():
            (kept,) = kept_versions(database())
        draft = start(anna, kept.digest).path
        page = anna.get(f"{draft}files/{CONTACT}")
        save(anna, page, shown_text(page) + "# more\n")
        with accounts.app_context():
            found, _ = read_draft(database(), identifier(draft))
        assert [author.name for author in found.authors] == ["Anna"]
        assert "Changed by: Anna" in anna.get(draft).text

"""Kept versions: what a start keeps, what publishing freezes, and what a damaged or older database does to neither."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from broken_files import SMALL
from click.testing import CliRunner, Result
from sqlalchemy import Engine, column, insert, table, update
from version_files import CONTACT, WORDING, WORTH, files_of, version_of, write_files

from readiness.cli import main
from readiness.engine.answers import Phase
from readiness.engine.ruleset import Identity
from readiness.errors import Closed, ReadinessError, Unavailable
from readiness.loading.archive import pack
from readiness.loading.problems import InvalidFiles
from readiness.loading.published import (
    Version,
    check_unchanged,
    published_beside,
    published_versions,
    write_archive,
)
from readiness.loading.ruleset import load_ruleset, read_ruleset
from readiness.store.assessments import find_assessment, start_assessment
from readiness.store.database import MIGRATIONS, migrate, migrating, open_database, ready_database, transaction
from readiness.store.models import RuleSetRow
from readiness.store.rulesets import (
    Kept,
    NotPublished,
    Origin,
    keep_ruleset,
    keep_versions,
    kept_ruleset,
    kept_versions,
    newest_published_here,
    publish_ruleset,
    published_here,
    published_twice,
    ruleset_files,
)
from readiness.workbench.publishing import GATES

TODAY = date(2026, 11, 22)
OVERTAKEN = (
    "small {} was published by somebody else meanwhile, so nothing was published. "
    "Look at what it changes, then publish again."
)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    engine = ready_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rule set's folder, with the archive of its first published version beside it."""
    freeze(tmp_path / "rules" / "published", "1.0.0")
    return write_files(tmp_path / "rules" / "small", files_of("1.1.0", WORTH))


def freeze(archives: Path, version: str) -> Path:
    files = files_of(version)
    return write_archive(archives, Version(read_ruleset(files), files))


def listed(engine: Engine) -> list[tuple[str, Origin]]:
    return [(each.version, each.origin) for each in kept_versions(engine)]


class TestStart:
    """What every start keeps."""

    def test_it_keeps_every_archive_and_the_folder(self, database: Engine, folder: Path) -> None:
        assert keep_versions(database, folder).identity == version_of("1.1.0", WORTH).identity
        assert listed(database) == [("1.0.0", Origin.SHIPPED), ("1.1.0", Origin.FOLDER)]

    def test_a_second_start_changes_nothing(self, database: Engine, folder: Path) -> None:
        keep_versions(database, folder)
        first = kept_versions(database)
        keep_versions(database, folder)
        assert kept_versions(database) == first

    def test_what_a_folder_held_is_known_as_shipped_once_its_archive_is_there(
        self, database: Engine, folder: Path
    ) -> None:
        keep_ruleset(database, version_of("1.0.0").identity, files_of("1.0.0"))
        assert listed(database) == [("1.0.0", Origin.FOLDER)]
        keep_versions(database, folder)
        assert ("1.0.0", Origin.SHIPPED) in listed(database)

    def test_content_changed_under_a_published_number_stops_it_and_keeps_nothing(
        self, database: Engine, folder: Path
    ) -> None:
        write_files(folder, files_of("1.0.0", WORDING))
        with pytest.raises(
            ReadinessError, match=r"small 1\.0\.0 is published with other content .*; raise the version"
        ):
            keep_versions(database, folder)
        assert kept_versions(database) == ()

    def test_the_content_of_a_folder_changed_under_a_number_published_here_stops_it(
        self, database: Engine, folder: Path
    ) -> None:
        keep_versions(database, folder)
        here = publish_ruleset(database, files_of("1.1.0"), GATES).identity
        write_files(folder, files_of("1.1.0", WORTH))
        before = kept_versions(database)
        other = load_ruleset(folder).identity
        with pytest.raises(ReadinessError) as refused:
            keep_versions(database, folder)
        assert str(refused.value) == (
            f"ruleset.yaml: small 1.1.0 is published with other content ({here.digest[:12]}, not {other.digest[:12]}); "
            "raise the version."
        )
        assert kept_versions(database) == before

    def test_a_folder_may_hold_what_was_published_here(self, database: Engine, folder: Path) -> None:
        publish_ruleset(database, files_of("1.1.0"), GATES)
        write_files(folder, {**files_of("1.1.0"), CONTACT: b"# a note\n" + files_of("1.1.0")[CONTACT]})
        assert keep_versions(database, folder).identity == version_of("1.1.0").identity

    def test_an_upgrade_with_a_number_that_was_published_here_starts_and_says_which_counts(
        self, database: Engine, folder: Path
    ) -> None:
        here = publish_ruleset(database, files_of("1.1.0", WORTH), GATES).identity
        assert published_twice(database) == ()
        shipped = version_of("1.1.0").identity
        freeze(folder.parent / "published", "1.1.0")
        for _ in range(2):
            keep_versions(database, write_files(folder, files_of("1.1.0")))
        assert published_twice(database) == (
            f"small 1.1.0 is published twice: here ({here.digest[:12]}) and, with other content, in an archive "
            f"({shipped.digest[:12]}). The one published here counts; to use the other, publish it here under a higher "
            "number.",
        )
        counting = newest_published_here(database, "small")
        assert counting is not None
        assert counting.digest == here.digest
        assert publish_ruleset(database, files_of("1.1.0", WORTH), GATES).identity == here, "nothing was changed"
        assert publish_ruleset(database, files_of("1.2.0"), GATES).identity.version == "1.2.0"

    def test_what_an_earlier_program_kept_stays_under_its_digest_and_is_the_same_content(
        self, database: Engine, folder: Path
    ) -> None:
        earlier = replace(version_of("1.0.0").identity, digest="e" * 64)
        keep_ruleset(database, earlier, files_of("1.0.0"), Origin.INSTALLATION)
        write_files(folder, files_of("1.0.0"))
        assert keep_versions(database, folder).identity == version_of("1.0.0").identity
        assert [(each.digest, each.origin) for each in kept_versions(database)] == [
            (version_of("1.0.0").identity.digest, Origin.FOLDER),
            ("e" * 64, Origin.INSTALLATION),
        ]
        assert kept_ruleset(database, "e" * 64).identity.digest == "e" * 64
        assert published_twice(database) == ()

    def test_a_version_that_cannot_be_read_any_more_stops_no_start_under_its_number(
        self, database: Engine, folder: Path
    ) -> None:
        keep_ruleset(database, Identity("small", "1.1.0", "d" * 64, "Old", "l"), {"a.yaml": b"x"}, Origin.INSTALLATION)
        assert keep_versions(database, folder).identity.version == "1.1.0"

    def test_an_archive_that_the_database_knows_is_not_read_again(self, database: Engine, folder: Path) -> None:
        keep_versions(database, folder)
        known = files_of("0.9.0")
        path = freeze(folder.parent / "published", "0.9.0")
        unreadable = {**known, CONTACT: known[CONTACT].replace(b"shift: -1", b"shift: -9")}
        path.write_bytes(pack(unreadable))
        with pytest.raises(InvalidFiles, match="shift is -9"):
            keep_versions(database, folder)
        keep_ruleset(database, version_of("0.9.0").identity, unreadable, Origin.SHIPPED)
        keep_versions(database, folder)

    def test_a_known_archive_under_another_name_is_refused(self, database: Engine, folder: Path) -> None:
        keep_versions(database, folder)
        archives = folder.parent / "published"
        (archives / "small-1.0.0.zip").rename(archives / "small-1.0.1.zip")
        with pytest.raises(InvalidFiles, match=r"this archive holds small-1\.0\.0\.zip; restore the published one"):
            keep_versions(database, folder)

    def test_without_archives_it_keeps_the_folder(self, database: Engine, tmp_path: Path) -> None:
        keep_versions(database, write_files(tmp_path / "alone", files_of("1.0.0")))
        assert listed(database) == [("1.0.0", Origin.FOLDER)]

    def test_versions_are_listed_by_number_with_both_digests(self, database: Engine) -> None:
        for version in ("1.10.0", "1.9.0"):
            keep_ruleset(database, version_of(version).identity, files_of(version))
        identities = [version_of(version).identity for version in ("1.9.0", "1.10.0")]
        assert kept_versions(database) == tuple(
            Kept("small", each.version, each.digest, each.logic, Origin.FOLDER) for each in identities
        )
        assert identities[0].logic == identities[1].logic


class TestArchives:
    """Published versions as archives beside the rule set's folder."""

    def test_the_shipped_rule_set_has_its_archives_beside_it(self) -> None:
        found = published_versions(published_beside(Path("rules/peer-support")))
        assert ("peer-support", "1.0.0") in [
            (each.ruleset.identity.id, each.ruleset.identity.version) for each in found
        ]

    def test_an_archive_is_never_replaced(self, tmp_path: Path) -> None:
        path = freeze(tmp_path, "1.0.0")
        before = path.read_bytes()
        with pytest.raises(ReadinessError, match=r"small-1\.0\.0\.zip exists already and is frozen"):
            write_archive(tmp_path, Version(version_of("1.0.0"), files_of("1.0.0", WORDING)))
        assert path.read_bytes() == before
        assert [each.name for each in tmp_path.iterdir()] == ["small-1.0.0.zip"]

    def test_an_archive_under_a_wrong_name_is_refused(self, tmp_path: Path) -> None:
        freeze(tmp_path, "1.0.0").rename(tmp_path / "small-1.1.0.zip")
        with pytest.raises(InvalidFiles, match=r"small-1\.1\.0\.zip:1: this archive holds small-1\.0\.0\.zip; restore"):
            published_versions(tmp_path)

    def test_an_archive_of_a_draft_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "small-0.1.0.zip").write_bytes(pack(SMALL))
        with pytest.raises(InvalidFiles, match="this archive holds a draft; restore the published one"):
            published_versions(tmp_path)

    def test_a_damaged_archive_is_named(self, tmp_path: Path) -> None:
        path = freeze(tmp_path, "1.0.0")
        path.write_bytes(path.read_bytes()[:500])
        with pytest.raises(InvalidFiles, match=r"small-1\.0\.0\.zip/the zip archive:1: cannot be read \(BadZipFile\)"):
            published_versions(tmp_path)

    def test_a_problem_within_an_archive_names_archive_and_file(self, tmp_path: Path) -> None:
        (tmp_path / "small-1.0.0.zip").write_bytes(pack(files_of("1.0.0", (CONTACT, "shift: -1", "shift: -9"))))
        with pytest.raises(InvalidFiles, match=r"small-1\.0\.0\.zip/scoring/working_together\.yaml:\d+: shift is -9"):
            published_versions(tmp_path)

    def test_changed_content_under_a_published_number_is_refused(self, tmp_path: Path) -> None:
        freeze(tmp_path, "1.0.0")
        published = published_versions(tmp_path)
        check_unchanged(published, version_of("1.0.0"))
        check_unchanged(published, version_of("1.0.1", WORDING))
        with pytest.raises(ReadinessError, match=r"small 1\.0\.0 is published with other content .*; raise"):
            check_unchanged(published, version_of("1.0.0", WORDING))


class TestPublishing:
    """Publishing in an installation."""

    def test_a_published_version_is_kept_as_the_installations_own(self, database: Engine, folder: Path) -> None:
        keep_versions(database, folder)
        new = publish_ruleset(database, files_of("1.1.0", WORTH), GATES)
        assert ("1.1.0", Origin.INSTALLATION) in listed(database)
        assert newest_published_here(database, "small") is not None
        assert kept_ruleset(database, new.identity.digest) == new
        assert ruleset_files(database, new.identity.digest) == files_of("1.1.0", WORTH)

    def test_publishing_the_same_again_changes_nothing(self, database: Engine) -> None:
        first = publish_ruleset(database, files_of("1.0.0"), GATES)
        assert publish_ruleset(database, files_of("1.0.0"), GATES) == first
        assert len(kept_versions(database)) == 1

    @pytest.mark.parametrize(
        ("files", "sentence"),
        [
            (files_of("1.1.0", status="draft"), "ruleset.yaml: the status is draft; set it to published"),
            (files_of("0.9.0"), "ruleset.yaml: the version 0.9.0 is not above 1.0.0, which is published; raise it"),
            (
                files_of("1.1.0", (CONTACT, "shift: -1", "shift: 0.5")),
                "cases: contact_and_travel_then: expected Working together: higher than in contact_and_travel_first",
            ),
        ],
    )
    def test_what_stands_against_it_is_said_and_nothing_is_kept(
        self, database: Engine, files: dict[str, bytes], sentence: str
    ) -> None:
        publish_ruleset(database, files_of("1.0.0"), GATES)
        with pytest.raises(NotPublished) as refused:
            publish_ruleset(database, files, GATES)
        assert any(problem.startswith(sentence) for problem in refused.value.problems), refused.value.problems
        assert listed(database) == [("1.0.0", Origin.INSTALLATION)]

    def test_files_that_cannot_be_read_are_refused(self, database: Engine) -> None:
        with pytest.raises(InvalidFiles):
            publish_ruleset(database, {"ruleset.yaml": b"id: small"}, GATES)

    def test_of_two_who_publish_under_one_number_at_once_one_is_told(self, database: Engine) -> None:
        both_have_looked = threading.Barrier(2)
        outcomes: list[str] = []

        def gate(_: object) -> tuple[str, ...]:
            both_have_looked.wait(timeout=20)
            return ()

        def publish(wording: str) -> None:
            try:
                publish_ruleset(database, files_of("1.0.0", (*WORDING[:2], wording)), [gate])
                outcomes.append("published")
            except Closed as closed:
                outcomes.append(str(closed))

        threads = [threading.Thread(target=publish, args=(wording,)) for wording in ("Once.", "Twice.")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == [
            "published",
            OVERTAKEN.format("1.0.0"),
        ]
        assert len(kept_versions(database)) == 1

    @pytest.mark.parametrize("other", ["1.0.0", "1.2.0"])
    def test_what_was_published_while_it_was_judged_stands_against_it(self, database: Engine, other: str) -> None:
        def slow_gate(_: object) -> tuple[str, ...]:
            publish_ruleset(database, files_of(other, WORTH), ())
            return ()

        told: list[str] = []
        with pytest.raises(Closed) as closed:
            publish_ruleset(database, files_of("1.1.0"), [slow_gate], lambda _, digest: told.append(digest))
        assert str(closed.value) == OVERTAKEN.format(other)
        assert listed(database) == [(other, Origin.INSTALLATION)]
        assert told == []

    def test_what_does_not_concern_it_may_be_published_or_kept_meanwhile(self, database: Engine) -> None:
        def slow_gate(_: object) -> tuple[str, ...]:
            publish_ruleset(database, files_of("2.0.0", ("ruleset.yaml", "id: small", "id: other")), ())
            keep_ruleset(database, version_of("3.0.0").identity, files_of("3.0.0"))
            return ()

        assert publish_ruleset(database, files_of("1.1.0"), [slow_gate]).identity.version == "1.1.0"

    def test_a_draft_that_was_in_use_is_kept_as_published_once_it_is(self, database: Engine) -> None:
        draft = version_of("1.0.0", status="draft").identity
        keep_ruleset(database, draft, files_of("1.0.0", status="draft"))
        publish_ruleset(database, files_of("1.0.0"), GATES)
        assert listed(database) == [("1.0.0", Origin.INSTALLATION)]
        assert not kept_ruleset(database, draft.digest).identity.draft

    def test_only_what_is_published_stands_in_the_way_of_a_number(self, database: Engine) -> None:
        keep_ruleset(database, version_of("1.0.0", WORDING).identity, files_of("1.0.0", WORDING))
        publish_ruleset(database, files_of("1.0.0"), GATES)
        assert [each.ruleset.identity.version for each in published_here(database)] == ["1.0.0"]


class TestDatabase:
    """What became of a database meanwhile."""

    def test_files_that_were_changed_in_the_database_are_noticed(self, database: Engine) -> None:
        new = publish_ruleset(database, files_of("1.0.0"), GATES)
        damaged_files = stored(files_of("1.0.0")).replace(b"Hardly ever.", b"Hardly even.")
        with transaction(database, writing=True) as connection:
            connection.execute(update(RuleSetRow).values(files=damaged_files))
        short = new.identity.digest[:12]
        with pytest.raises(Unavailable) as damaged:
            ruleset_files(database, new.identity.digest)
        assert str(damaged.value) == (
            f"The rule set small 1.0.0 ({short}) is damaged in this database; restore a backup of it."
        )

    def test_a_version_of_an_earlier_program_gets_its_new_columns_and_loses_nothing(
        self, database: Engine, tmp_path: Path
    ) -> None:
        at(database, "downgrade", "0001")
        identity, files = version_of("1.0.0").identity, files_of("1.0.0")
        row = {"digest": identity.digest, "id": identity.id, "version": identity.version, "files": stored(files)}
        with transaction(database, writing=True) as connection:
            connection.execute(insert(table("rule_sets", *map(column, row))).values(row))
        migrate(database)
        assert kept_versions(database) == (Kept("small", "1.0.0", identity.digest, "", Origin.FOLDER),)
        assert ruleset_files(database, identity.digest) == files
        keep_versions(database, write_files(tmp_path / "alone" / "small", files_of("1.1.0", WORTH)))
        assert kept_versions(database)[0] == Kept("small", "1.0.0", identity.digest, identity.logic, Origin.FOLDER)

    def test_down_and_up_again_keeps_versions_and_the_assessments_on_them(self, database: Engine, folder: Path) -> None:
        identity = keep_versions(database, folder).identity
        key = start_assessment(database, "North", Phase.AFTER, identity.digest, TODAY)
        at(database, "downgrade", "0001")
        migrate(database)
        keep_versions(database, folder)
        assert find_assessment(database, key).rule_set == identity.digest
        assert kept_ruleset(database, identity.digest).identity == identity
        assert listed(database) == [("1.0.0", Origin.SHIPPED), ("1.1.0", Origin.FOLDER)]

    def test_a_version_that_this_program_cannot_read_does_not_stop_the_start(
        self, database: Engine, folder: Path
    ) -> None:
        keep_ruleset(database, Identity("small", "0.9.0", "d" * 64, "Old"), {"a.yaml": b"x"})
        keep_versions(database, folder)
        assert [each.logic for each in kept_versions(database) if each.version == "0.9.0"] == [""]


def at(engine: Engine, way: str, revision: str) -> None:
    """Migrate up or down to a revision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with migrating(engine) as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, revision)


def stored(files: dict[str, bytes]) -> bytes:
    """Files as the database keeps them."""
    return json.dumps({path: text.decode() for path, text in files.items()}).encode()


class TestCommands:
    """`readiness rules publish` and `readiness rules versions`."""

    @pytest.fixture(autouse=True)
    def own_instance(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("READINESS_INSTANCE", str(tmp_path / "instance"))

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["rules", *words])

    def test_publish_freezes_the_folder_beside_it(self, folder: Path) -> None:
        done = self.run("publish", str(folder))
        identity = version_of("1.1.0", WORTH).identity
        path = folder.parent / "published" / "small-1.1.0.zip"
        assert done.stdout == (
            f"Published small 1.1.0 as {path}.\nSHA-256 {identity.digest}\nLogic   {identity.logic}\n"
        )
        assert [each.ruleset.identity for each in published_versions(path.parent)][1] == identity
        assert published_versions(path.parent)[1].files == files_of("1.1.0", WORTH)

    def test_publish_again_says_so_and_changes_nothing(self, folder: Path) -> None:
        self.run("publish", str(folder))
        path = folder.parent / "published" / "small-1.1.0.zip"
        before = path.stat().st_mtime_ns, path.read_bytes()
        again = self.run("publish", str(folder))
        assert again.exit_code == 0
        assert again.stdout == "small 1.1.0 is published already, with this content; nothing was done.\n"
        assert (path.stat().st_mtime_ns, path.read_bytes()) == before

    def test_publish_says_everything_that_stands_against_it(self, folder: Path) -> None:
        write_files(folder, files_of("1.0.1", WORTH, told=False))
        refused = self.run("publish", str(folder))
        assert refused.exit_code == 2
        assert refused.stderr.splitlines() == [
            "ruleset.yaml: the changelog has no entry for '1.0.1'; add one that says what changed",
            "ruleset.yaml: 1.0.1 raises only the last number of 1.0.0, but what can change a result differs; "
            "make it 1.1.0",
            "Error: 2 problems found; nothing was published.",
        ]
        assert [each.name for each in (folder.parent / "published").iterdir()] == ["small-1.0.0.zip"]

    def test_publish_to_a_place_that_cannot_be_written_gets_a_sentence(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        refused = self.run("publish", str(folder), "--to", str(tmp_path / "file" / "below"))
        assert refused.exit_code == 2
        assert "cannot be written: Not a directory. Choose another place." in refused.stderr

    def test_check_refuses_content_that_was_changed_under_a_published_number(self, folder: Path) -> None:
        assert self.run("check", str(folder)).exit_code == 0
        write_files(folder, files_of("1.0.0", WORDING))
        refused = self.run("check", str(folder))
        assert refused.exit_code == 2
        assert "Error: ruleset.yaml: small 1.0.0 is published with other content" in refused.stderr

    def test_versions_lists_what_is_kept(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("READINESS_RULES", str(folder))
        lines = self.run("versions", "--full").stdout.splitlines()
        one, two = load_ruleset(folder).identity, version_of("1.0.0").identity
        assert lines[2].split(None, 4) == ["small", "1.0.0", two.digest, two.logic, "an archive"]
        assert lines[3].split(None, 4) == ["small", "1.1.0", one.digest, one.logic, "the folder"]

    def test_versions_says_which_counts_of_two_under_one_number(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("READINESS_RULES", str(folder))
        self.run("versions")
        engine = open_database(f"sqlite:///{tmp_path / 'instance' / 'readiness.db'}")
        publish_ruleset(engine, files_of("1.1.0"), GATES)
        engine.dispose()
        write_archive(folder.parent / "published", Version(version_of("1.1.0", WORTH), files_of("1.1.0", WORTH)))
        listed = self.run("versions")
        assert listed.exit_code == 0
        assert listed.stderr.startswith("small 1.1.0 is published twice: here (")

"""Tests of ``doseledger forward``."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from db.session import Engine, unit_of_work
from db.tables.access_log import AccessLogRow
from dose_core.errors import DoseError
from dose_services import forwarding
from tests.builders.ct_reports import of, report
from tests.support.commands import Run, run
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

__all__ = ["run"]


@pytest.fixture
def keyed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line of a site that has a key."""
    key = tmp_path / "key"
    key.write_text("0123456789abcdef" * 4 + "\n", encoding="utf-8")
    monkeypatch.setenv("DOSELEDGER_FORWARDING_KEY_FILE", str(key))
    return run


@pytest.fixture
def queued(keyed: Run, engine: Engine, tmp_path: Path) -> Run:
    """The command line of a house where an object waits for a registry."""
    assert keyed("forward", "add", "registry", "--folder", str(tmp_path), "--since", "2020-01-01").exit_code == 0
    house = DoseHouse(engine=engine, archive=FakeArchive())
    house.receive([report(1, **of("P-1"))])
    with partial(unit_of_work, engine)() as session:
        forwarding.sweep(session, now=house.now)
    return keyed


def test_a_registry_moves(keyed: Run) -> None:
    keyed("forward", "add", "web", "--url", "https://old.example/rs")

    assert keyed("forward", "move", "web", "--url", "https://new.example/rs").exit_code == 0
    assert "https://new.example/rs" in keyed("forward", "list").output


def test_a_registry_is_added_rests_and_goes_on_and_that_is_on_record(
    keyed: Run, engine: Engine, tmp_path: Path
) -> None:
    added = keyed("forward", "add", "registry", "--folder", str(tmp_path), "--release-text", "ACME", "--keep-device")
    assert added.output.startswith("registry gets dose SRs received since 20")
    assert added.output.endswith("UTC, de-identified\n")
    assert keyed("forward", "release-text", "registry", "CT 500", "ACME").exit_code == 0
    assert keyed("forward", "pause", "registry").exit_code == 0
    assert keyed("forward", "list").output == (
        f"registry\tfolder\t{tmp_path}\tde-identified\trests\twaiting 0, withheld 0, sent 0, parked 0, cancelled 0\t\n"
    )
    assert keyed("forward", "resume", "registry").exit_code == 0

    with unit_of_work(engine) as session:
        told = session.scalars(select(AccessLogRow.reason).order_by(AccessLogRow.at)).all()
    assert told == [
        "registry gets de-identified dose SRs",
        "registry may be told 2 texts as they are",
        "registry rests",
        "registry goes on",
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "one of --folder, --url, --host and --pacs"),
        (("--folder", "/a", "--host", "b"), "one of --folder, --url, --host and --pacs"),
        (("--folder", "relative"), "whole path"),
        (("--folder", "/a", "--identified"), "listed archives"),
        (("--pacs", "nobody"), "no archive of this name is listed"),
        (("--folder", "/a", "--modality", "ct"), "as in DICOM"),
        (("--folder", "/a", "--reports", "mine"), "device, own or all"),
        (("--url", "ftp://registry.example"), "http"),
    ],
)
def test_what_nothing_may_be_forwarded_to_is_refused(keyed: Run, options: tuple[str, ...], told: str) -> None:
    refused = keyed("forward", "add", "registry", *options)

    assert isinstance(refused.exception, DoseError)
    assert told in str(refused.exception)


def test_nothing_is_forwarded_without_the_key_of_the_site(run: Run, tmp_path: Path) -> None:
    refused = run("forward", "add", "registry", "--folder", str(tmp_path))

    assert "DOSELEDGER_FORWARDING_KEY_FILE" in str(refused.exception)


def test_identified_objects_go_to_the_listed_orthanc_without_a_key(run: Run) -> None:
    added = run("forward", "add", "main", "--pacs", "orthanc", "--identified")

    assert added.output.endswith("UTC, as they came\n")


def test_objects_of_the_queue_are_listed_tried_again_and_given_up(queued: Run) -> None:
    number, destination, state, *_ = queued("forward", "queue").output.split("\t")

    assert (number, destination, state) == ("1", "registry", "waiting")
    assert queued("forward", "send-again", "1").output == "object 1 waits for its turn\n"
    assert queued("forward", "cancel", "1").output == "object 1 is cancelled\n"
    assert queued("forward", "queue").output == ""
    assert queued("forward", "queue", "--state", "cancelled").output.startswith("1\tregistry\tcancelled\t")
    assert "the object is cancelled" in str(queued("forward", "send-again", "1").exception)
    assert "a state is one of" in str(queued("forward", "queue", "--state", "lost").exception)


def test_a_changed_key_is_said_once(queued: Run) -> None:
    assert queued("forward", "rekey", "registry").output == "registry is served under the key of today\n"
    assert "no destination has this name" in str(queued("forward", "rekey", "nobody").exception)

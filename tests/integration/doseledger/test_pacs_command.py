"""Tests of ``doseledger pacs`` and ``doseledger publications``."""

import pytest
from sqlalchemy import select

from db.session import Engine, unit_of_work
from db.tables.access_log import AccessLogRow
from dose_services.archive_values import UnusableNodeError
from dose_services.pacs_values import UnknownPacsError, UnusablePacsError
from dose_services.publication_desk import PublicationNotMovableError, UnknownPublicationError
from dose_worker.archive import ArchiveRefusedError
from tests.builders.ct_study import ct_slices
from tests.support.commands import Run, run
from tests.support.dose_house import QUIET_S, DoseHouse
from tests.support.fake_archive import FakeArchive

__all__ = ["run"]

ADD = ("pacs", "add", "PACS", "--host", "127.0.0.1", "--port", "104", "--called-ae-title", "PACS")
ADD_WEB = ("pacs", "add-web", "WEB", "--url", "https://pacs.example/dicom-web")


@pytest.fixture
def refused(run: Run, engine: Engine) -> Run:
    """The command line of a house whose archive refused a dose SR."""
    house = DoseHouse(engine=engine, archive=FakeArchive(fails_with=ArchiveRefusedError("no")))
    house.receive(ct_slices(), are_headers=True)
    house.set_sends_no_rdsr()
    house.wait(QUIET_S)
    house.work()
    return run


def test_the_orthanc_of_the_settings_is_always_there_and_gets_every_kind(run: Run) -> None:
    assert (
        run("pacs", "list").output
        == "orthanc\torthanc\tas the worker's settings say\tevery kind but patient dose\tactive\t\n"
    )


def test_a_pacs_moves_and_that_is_on_record(run: Run, engine: Engine) -> None:
    run(*ADD)
    moved = run("pacs", "move", "PACS", "--host", "pacs2.example", "--port", "11112", "--tls")

    assert (moved.exit_code, moved.output) == (0, "PACS is elsewhere from now on\n")
    assert "PACS@pacs2.example:11112" in run("pacs", "list").output
    with unit_of_work(engine) as session:
        reasons = session.scalars(select(AccessLogRow.reason).where(AccessLogRow.action == "change_pacs")).all()
    assert "PACS is elsewhere: host pacs2.example, port 11112, tls True" in reasons


def test_a_pacs_is_added_rests_and_goes_on_and_that_is_on_record(run: Run, engine: Engine) -> None:
    done = [
        run(*ADD, "--kind", "ct rdsr", "--tls", "--ca-file", "/etc/ca.pem"),
        run(*ADD_WEB, "--user", "dl", "--password-file", "/etc/password"),
        run("pacs", "pause", "PACS"),
        run("pacs", "set", "orthanc", "--keeps", "--kind", "ct rdsr"),
        run("pacs", "set", "WEB", "--no-kind"),
    ]
    listed = run("pacs", "list").output

    assert [one.exit_code for one in done] == [0] * 5
    assert done[0].output.startswith("PACS gets dose SRs of exams known since 20")
    assert listed.splitlines() == [
        "PACS\tc-store\tPACS@127.0.0.1:104\tct rdsr\trests\t",
        "WEB\tstow-rs\thttps://pacs.example/dicom-web\tno kind\tactive\t",
        "orthanc\torthanc\tas the worker's settings say\tct rdsr\tactive\t",
    ]
    assert run("pacs", "resume", "PACS").output == "PACS goes on\n"
    with unit_of_work(engine) as session:
        told = session.scalars(select(AccessLogRow.reason).order_by(AccessLogRow.at)).all()
    assert told == [
        "PACS gets dose SRs",
        "WEB gets dose SRs",
        "PACS rests",
        "orthanc gets ct rdsr; what is taken back is told by a note",
        "WEB gets no kind; what is taken back is told by a note",
        "PACS goes on",
    ]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((*ADD, "--kind", "ct"), "no kind of dose SR named 'ct'"),
        ((*ADD, "--key-file", "/etc/key.pem"), "a key needs its certificate"),
        ((*ADD[:-1], "an AE title that is too long"), "an AE title has 1 to 16 characters"),
        ((*ADD_WEB, "--user", "dl"), "a user needs the file of the password"),
        (("pacs", "add", "orthanc", *ADD[3:]), "as no other is named"),
        (("pacs", "set", "orthanc", "--kind", "ct"), "no kind of dose SR named 'ct'"),
        (("pacs", "pause", "NOBODY"), "no archive has this name"),
    ],
)
def test_what_nothing_could_be_sent_to_is_refused(run: Run, command: tuple[str, ...], told: str) -> None:
    refused = run(*command)

    assert isinstance(refused.exception, (UnusablePacsError, UnusableNodeError, UnknownPacsError))
    assert told in str(refused.exception)


def test_every_kind_can_be_asked_for_again(run: Run) -> None:
    run("pacs", "set", "orthanc", "--no-kind")

    assert run("pacs", "set", "orthanc", "--all-kinds").output.startswith("orthanc gets every kind but patient dose; ")


def test_nothing_can_be_deleted_in_a_pacs(run: Run) -> None:
    run(*ADD)

    assert "no DICOM service deletes" in str(run("pacs", "set", "PACS", "--deletes").exception)


def test_what_was_refused_is_listed_and_sent_again_when_somebody_asks(refused: Run) -> None:
    listed = refused("publications", "list").output
    again = refused("publications", "retry", "1").output

    assert listed.startswith("1\tct rdsr\torthanc\tparked\t")
    assert listed.endswith("\t1 attempts\t\t\tno\n")
    assert "Beispiel" not in listed
    assert again == "publication 1 is due now\n"
    assert "\twaiting\t" in refused("publications", "list", "--kind", "ct rdsr", "--destination", "orthanc").output
    assert refused("publications", "list", "--state", "sent").output == ""
    assert refused("pacs", "list").output.endswith("\tactive\twaiting 1\n")


def test_what_there_is_not_cannot_be_sent_again(refused: Run) -> None:
    assert isinstance(refused("publications", "retry", "2").exception, UnknownPublicationError)


def test_what_was_sent_is_not_sent_again(run: Run, engine: Engine) -> None:
    house = DoseHouse(engine=engine, archive=FakeArchive())
    house.receive(ct_slices(), are_headers=True)
    house.set_sends_no_rdsr()
    house.wait(QUIET_S)
    house.work()

    assert isinstance(run("publications", "retry", "1").exception, PublicationNotMovableError)

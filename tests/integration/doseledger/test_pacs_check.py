"""Tests of ``doseledger pacs check``, against a PACS and a service that answer as they are told."""

from pydicom.uid import KeyObjectSelectionDocumentStorage, XRayRadiationDoseSRStorage
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]  # generated names

from dose_services.pacs_values import UnknownPacsError, UnusablePacsError
from dose_worker.archive import ArchiveUnavailableError
from tests.support.commands import Run, run
from tests.support.orthanc import free_port
from tests.support.scripted_pacs import ScriptedPacs
from tests.support.scripted_stow import ScriptedStow

__all__ = ["run"]

TAKES = (Verification, XRayRadiationDoseSRStorage, KeyObjectSelectionDocumentStorage)


def add(run: Run, port: int, *options: str) -> None:
    done = run("pacs", "add", "PACS", "--host", "127.0.0.1", "--port", str(port), "--called-ae-title", "PACS", *options)
    assert done.exit_code == 0, done.output


def test_a_pacs_that_takes_all_that_it_is_to_get_answers(run: Run) -> None:
    with ScriptedPacs(takes=TAKES).listening() as port:
        add(run, port, "--kind", "ct rdsr")
        done = run("pacs", "check", "PACS")

    assert (done.exit_code, done.output) == (0, "PACS answers\n")


def test_what_a_pacs_does_not_take_is_named(run: Run) -> None:
    with ScriptedPacs(takes=TAKES[:2]).listening() as port:
        add(run, port, "--kind", "ct rdsr", "--commitment")
        done = run("pacs", "check", "PACS")

    assert done.exit_code == 1
    assert "Key Object Selection Document Storage" in done.output
    assert "Storage Commitment Push Model" in done.output
    assert "X-Ray" not in done.output


def test_a_pacs_that_is_down_is_told(run: Run) -> None:
    add(run, free_port())
    done = run("pacs", "check", "PACS")

    assert isinstance(done.exception, ArchiveUnavailableError)
    assert "reached" in str(done.exception)


def test_a_service_answers_or_does_not(run: Run) -> None:
    with ScriptedStow().listening() as url:
        assert run("pacs", "add-web", "WEB", "--url", url).exit_code == 0
        assert run("pacs", "check", "WEB").output == "WEB answers\n"
    assert isinstance(run("pacs", "check", "WEB").exception, ArchiveUnavailableError)


def test_nobody_and_the_orthanc_of_the_settings_are_not_asked(run: Run) -> None:
    assert isinstance(run("pacs", "check", "NOBODY").exception, UnknownPacsError)
    assert isinstance(run("pacs", "check", "orthanc").exception, UnusablePacsError)

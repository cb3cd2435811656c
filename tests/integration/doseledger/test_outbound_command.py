"""Tests of ``doseledger outbound``."""

from functools import partial

import pytest
from sqlalchemy import select

from db.session import Engine, unit_of_work
from db.tables.access_log import AccessLogRow
from dose_core.errors import DoseError
from dose_core.hl7.observations import Code, TextType
from dose_core.ledger.totals import Quantity
from dose_services import outbound_destinations, outbound_results
from dose_services.outbound_values import Form
from tests.builders.ct_reports import of, report
from tests.support.commands import Run, run
from tests.support.dose_house import DoseHouse
from tests.support.fake_archive import FakeArchive

__all__ = ["run"]

ADD = ("outbound", "add", "RIS", "--host", "127.0.0.1", "--port", "2575", "--receiving-application", "RIS")
COMMENT = ("--comment", "a test patient of theirs")


def test_a_receiver_moves(run: Run) -> None:
    run(*ADD)

    assert run("outbound", "move", "RIS", "--host", "ris.example", "--port", "2576").exit_code == 0
    assert "ris.example:2576" in run("outbound", "list").output


@pytest.fixture
def queued(run: Run, engine: Engine) -> Run:
    """The command line of a house where a message waits."""
    assert run(*ADD, "--since", "2020-01-01", "--quiet-s", "0", "--modality", "CT").exit_code == 0
    house = DoseHouse(engine=engine, archive=FakeArchive())
    house.receive([report(1, **of("P-1"))])
    outbound_results.tell_due(partial(unit_of_work, engine), now=house.now, site=house.site, limit=10)
    return run


def test_a_destination_is_added_rests_and_goes_on_and_that_is_on_record(run: Run, engine: Engine) -> None:
    added = run(*ADD, "--tls", "--ca-file", "/etc/ris.pem", "--dap-unit", "cGy.cm2")
    paused = run("outbound", "pause", "RIS")
    resting = run("outbound", "list").output
    resumed = run("outbound", "resume", "RIS")

    assert [one.exit_code for one in (added, paused, resumed)] == [0, 0, 0]
    assert added.output.startswith("RIS gets results of exams known since 20")
    assert resting == "RIS\t127.0.0.1:2575\trests\tqueued 0\twithheld 0\tparked 0\tsent 0\n"
    assert run("outbound", "list").output.split("\t")[2] == "active"
    with unit_of_work(engine) as session:
        told = session.scalars(select(AccessLogRow.reason).order_by(AccessLogRow.at)).all()
    assert told == ["RIS gets results", "RIS rests", "RIS goes on"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--ca-file", "/etc/ris.pem"), "certificates are for TLS"),
        (("--modality", "ct"), "modalities are written as in DICOM"),
        (("--processing-id", "X"), "MSH-11 is P, T or D"),
        (("--accession-field", "3"), "OBR-18 or OBR-20"),
        (("--answer-timeout-s", "0"), "between 1 and 600 seconds"),
        (("--tls", "--key-file", "/etc/key.pem"), "a key needs its certificate"),
        (("--quantity", "entrance_dose_mgy"), "results tell of dlp_mgy_cm, "),
        (("--code", "dlp_mgy_cm=1^DLP"), "a code is written as QUANTITY=ID^text^system"),
        (("--code", "dose=1^DLP^LN"), "a code is written as QUANTITY=ID^text^system"),
        (("--code", "dlp_mgy_cm=^DLP^LN"), "a code has an identifier"),
        (("--sentence", "tlh"), "report sentences are written in de, en"),
        (("--sentence-type", "RP"), "a sentence is TX or FT, a link is RP or ED"),
        (("--link", "https://pacs.invalid/{PatientID}"), "knows no {PatientID}"),
    ],
)
def test_a_destination_that_nothing_could_be_sent_to_is_refused(run: Run, options: tuple[str, ...], told: str) -> None:
    refused = run(*ADD, *options)

    assert isinstance(refused.exception, DoseError)
    assert told in str(refused.exception)


def test_a_name_is_given_once(run: Run) -> None:
    run(*ADD)

    assert "as no other is named" in str(run(*ADD).exception)


def test_a_message_is_listed_shown_parked_queued_and_given_up(queued: Run) -> None:
    listed = queued("outbound", "queue").output
    shown = queued("outbound", "show", "1").output
    moved = [queued("outbound", act, "1", *COMMENT).output for act in ("park", "send-again", "park", "drop")]

    assert listed.startswith("1\tRIS\tF\tqueued\t")
    assert "P-1" not in listed
    assert "\nPID|1||P-1^^^HOSP" in shown
    assert shown.endswith("answer: none\n")
    assert moved == [f"message 1 is {state}\n" for state in ("parked", "queued", "parked", "dropped")]
    assert queued("outbound", "queue").output == ""
    assert queued("outbound", "queue", "--state", "dropped").output.startswith("1\tRIS\tF\tdropped\t")


def test_what_there_is_not_is_told_in_one_line(run: Run) -> None:
    assert "no destination has this name" in str(run("outbound", "pause", "PACS").exception)
    assert "no message has this number" in str(run("outbound", "show", "7").exception)


def test_what_a_destination_gets_is_changed_and_that_is_on_record(run: Run, engine: Engine) -> None:
    run(*ADD, "--sentence", "en", "--code", "dlp_mgy_cm=1-1^DLP^LN", "--tell-merged")
    changed = run(
        *("outbound", "change", "RIS", "--quantity", "dlp_mgy_cm", "--quantity", "agd_mgy", "--sentence", ""),
        *("--link", "https://pacs.invalid/{StudyInstanceUID}", "--link-type", "ED"),
    )
    nothing = run("outbound", "change", "RIS")
    unknown = run("outbound", "change", "PACS", "--sentence", "de")

    assert changed.output == "RIS gets results otherwise from now on: link, link_type, quantities, sentence_language\n"
    assert "name what is to be changed" in str(nothing.exception)
    assert "no destination has this name" in str(unknown.exception)
    with unit_of_work(engine) as session:
        (one,) = outbound_destinations.destinations(session)
        last = session.scalars(select(AccessLogRow.reason).order_by(AccessLogRow.at.desc())).first()
    assert one.form == Form(
        receiving_application="RIS",
        quantities=(Quantity.DLP, Quantity.AGD),
        codes={Quantity.DLP: Code(identifier="1-1", text="DLP", system="LN")},
        link="https://pacs.invalid/{StudyInstanceUID}",
        link_type=TextType.ED,
        tells_merged=True,
    )
    assert last == "RIS gets results with another link, link_type, quantities, sentence_language"

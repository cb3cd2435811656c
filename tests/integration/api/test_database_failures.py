"""Tests of api.reception and api.errors: what a sender is told when the database cannot take an object now."""

import pytest

from api.problems import MEDIA_TYPE
from dose_core.contract import Envelope
from dose_services.roles import Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_CHEST
from tests.builders.envelopes import whole
from tests.integration.api.conftest import House
from tests.support.failing_table import attempts_on, refuse_rows

ENVELOPE = whole(dose_report(ANNA_CHEST))
NO_DICOM = Envelope(sop_instance_uid="1.2.3", dicom=b"no DICOM")
DEADLOCK, SERIALISATION_FAILURE, LOCK_NOT_HAD = "40P01", "40001", "55P03"


@pytest.mark.parametrize("sqlstate", [DEADLOCK, SERIALISATION_FAILURE, LOCK_NOT_HAD])
@pytest.mark.parametrize(
    ("table", "envelope", "read_status"),
    [
        pytest.param("evidence", ENVELOPE, "read", id="while it is kept"),
        pytest.param("exam", ENVELOPE, "read", id="while its exam is filed"),
        pytest.param("finding", NO_DICOM, "unreadable", id="while it is told to be unreadable"),
    ],
)
def test_an_object_that_met_other_work_is_kept_and_read_all_the_same(
    house: House, table: str, envelope: Envelope, read_status: str, sqlstate: str
) -> None:
    refuse_rows(house.engine, table, sqlstate, times=2)

    answer = house.hand_in(envelope)

    assert (answer.status_code, answer.json()["read_status"]) == (201, read_status)
    assert house.rows("SELECT count(*) FROM evidence") == [(1,)]


def test_an_object_that_always_meets_other_work_is_refused_and_may_be_sent_again(house: House) -> None:
    refuse_rows(house.engine, "evidence", DEADLOCK, times=5)

    refused = house.hand_in(ENVELOPE)
    assert attempts_on(house.engine, "evidence") == 5
    again = house.hand_in(ENVELOPE)

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.headers["content-type"] == MEDIA_TYPE
    assert refused.json()["type"] == "urn:doseledger:problem:database-busy"
    assert again.status_code == 201


def test_a_full_disk_is_told_with_what_to_do_and_refused_until_there_is_room(house: House) -> None:
    refuse_rows(house.engine, "evidence", "53100", times=1)

    refused = house.hand_in(ENVELOPE)
    again = house.hand_in(ENVELOPE)

    assert (refused.status_code, refused.headers["retry-after"]) == (507, "30")
    assert refused.json()["type"] == "urn:doseledger:problem:database-full"
    assert "Make room" in refused.json()["detail"]
    assert again.status_code == 201


def test_nobody_sees_a_patient_while_no_look_can_be_recorded(house: House) -> None:
    house.hand_in(ENVELOPE)
    patient_id = house.patient_id(ANNA_CHEST.person.identifier)
    headers = house.headers(Scope.READ)
    refuse_rows(house.engine, "access_log", "53100", times=1)

    refused = house.client.get(f"/api/v1/patients/{patient_id}/exams", headers=headers)

    assert (refused.status_code, refused.json()["type"]) == (503, "urn:doseledger:problem:not-recorded")
    assert ANNA_CHEST.accession_number not in refused.text


def test_a_statement_that_the_database_refuses_is_a_failure_and_no_outage(house: House) -> None:
    refuse_rows(house.engine, "evidence", "23514", times=1)

    answer = house.hand_in(ENVELOPE)

    assert (answer.status_code, answer.json()["type"]) == (500, "urn:doseledger:problem:failure")

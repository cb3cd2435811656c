"""Tests of dose_services.outbound_values: what a destination may be, and that it is kept as it was said."""

from collections.abc import Callable

import pytest

from dose_core.hl7.observations import DapUnit
from dose_services.outbound_values import (
    Endpoint,
    Form,
    Rule,
    UnusableDestinationError,
    form_from,
    stored_form,
    stored_told,
    told_from,
)
from tests.builders.results import CTDI, DLP, MADE_AT, STUDY_UID


@pytest.mark.parametrize(
    "made",
    [
        lambda: Endpoint(host=" ", port=1),
        lambda: Endpoint(host="ris", port=0),
        lambda: Endpoint(host="ris", port=65_536),
        lambda: Endpoint(host="ris", port=1, answer_timeout_s=601),
        lambda: Endpoint(host="ris", port=1, server_name="ris.invalid"),
        lambda: Endpoint(host="ris", port=1, uses_tls=True, key_file="/key.pem"),
        lambda: Rule(exams_since=MADE_AT, quiet_s=-1),
        lambda: Rule(exams_since=MADE_AT, modalities=("CT/MR",)),
        lambda: Form(receiving_application="RIS", processing_id="PP"),
        lambda: Form(receiving_application="RIS", accession_field=3),
    ],
)
def test_a_destination_that_nothing_could_be_sent_to_is_refused(made: Callable[[], object]) -> None:
    with pytest.raises(UnusableDestinationError):
        made()


def test_how_messages_look_is_kept() -> None:
    form = Form(receiving_application="RIS", authority="HOSP", accession_field=20, dap_unit=DapUnit.CGY_CM2)

    assert form_from(stored_form(form)) == form


def test_what_was_told_is_kept() -> None:
    told = (STUDY_UID, DLP, CTDI)

    assert told_from(stored_told(told)) == told

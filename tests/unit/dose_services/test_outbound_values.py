"""Tests of dose_services.outbound_values: what a destination may be, and that it is kept as it was said."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from dose_core.hl7.observations import Code, DapUnit, TextType
from dose_core.ledger.totals import Quantity
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

LOCAL = Code(identifier="1-1", text="DLP", system="LN")


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
        lambda: Form(receiving_application="RIS", quantities=(Quantity.ENTRANCE_DOSE,)),
        lambda: Form(receiving_application="RIS", codes={Quantity.KA_R: Code(identifier=" ", text="", system="LN")}),
        lambda: Form(receiving_application="RIS", sentence_type=TextType.ED),
        lambda: Form(receiving_application="RIS", link_type=TextType.TX),
    ],
)
def test_a_destination_that_nothing_could_be_sent_to_is_refused(made: Callable[[], object]) -> None:
    with pytest.raises(UnusableDestinationError):
        made()


def test_how_messages_look_is_kept() -> None:
    form = Form(
        receiving_application="RIS",
        authority="HOSP",
        accession_field=20,
        dap_unit=DapUnit.CGY_CM2,
        quantities=(Quantity.DLP, Quantity.KA_R),
        codes={Quantity.DLP: LOCAL},
        sentence_language="de-AT",
        sentence_type=TextType.FT,
        link="https://pacs.invalid/{StudyInstanceUID}",
        link_type=TextType.ED,
        tells_merged=True,
    )

    assert form_from(json.loads(json.dumps(stored_form(form)))) == form


def test_how_messages_look_that_an_earlier_release_kept_is_known() -> None:
    kept = {"receiving_application": "RIS", "accession_field": 20, "dap_unit": "Gy.m2", "processing_id": "T"}

    assert form_from(kept) == Form(receiving_application="RIS", accession_field=20, processing_id="T")


def test_what_was_told_is_kept() -> None:
    sentence = replace(DLP, value="DLP 512.5", is_number=False, text_type=TextType.TX, system="LN")
    told = (STUDY_UID, DLP, replace(CTDI, local=LOCAL), sentence)

    assert told_from(json.loads(json.dumps(stored_told(told)))) == told


def test_what_an_earlier_release_told_is_known_as_the_same() -> None:
    """Else each exam would be corrected without a cause."""
    kept = {"code": "110180", "meaning": "Study Instance UID", "value": "2.25.4711", "is_number": False, "status": "F"}

    assert told_from([kept]) == (STUDY_UID,)

"""Result messages for other systems. All people are invented."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from dose_core.hl7.observations import Observation
from dose_core.hl7.result_message import NamedIdentifier, Order, Parties, ResultMessage, Subject

MADE_AT = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
DLP = Observation(code="113813", meaning="CT Dose Length Product Total", value="512.5", unit="mGy.cm")
CTDI = Observation(code="113830", meaning="Mean CTDIvol", value="11.2", unit="mGy", sub_id="320 mm phantom")
STUDY_UID = Observation(code="110180", meaning="Study Instance UID", value="2.25.4711", is_number=False)

MESSAGE = ResultMessage(
    control_id="0123456789abcdef0123",
    made_at=MADE_AT,
    parties=Parties(
        sending_application="DOSELEDGER",
        sending_facility="HOSP",
        receiving_application="RIS",
        receiving_facility="HOSP",
        processing_id="P",
    ),
    subject=Subject(
        identifiers=(
            NamedIdentifier(value="P100", authority="HOSP", kind="MR"),
            NamedIdentifier(value="E-7", authority="EMPI", kind=""),
        ),
        name="Ek^Alma^Britt^Dr.^M.D.",
        birth_date=date(1960, 1, 1),
        sex="F",
    ),
    order=Order(
        filler="0b0e5f8e-0000-4000-8000-000000000004",
        placer=("ORD-9", "RIS"),
        accession_number="ACC-1",
        accession_field=18,
        started_at=datetime(2026, 3, 5, 8, 15),  # noqa: DTZ001  as a device states it
        reported_at=MADE_AT,
    ),
    observations=(STUDY_UID, DLP, CTDI),
)


def result(**changes: Any) -> ResultMessage:  # noqa: ANN401  fields of a message, or of its subject and order
    """Return a message; fields of its subject and its order are given by their names as well."""
    subject = {name: changes.pop(name) for name in ("identifiers", "name", "birth_date", "sex") if name in changes}
    order = {name: changes.pop(name) for name in Order.__dataclass_fields__ if name in changes}
    return replace(
        MESSAGE, subject=replace(MESSAGE.subject, **subject), order=replace(MESSAGE.order, **order), **changes
    )

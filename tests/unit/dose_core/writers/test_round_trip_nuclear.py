"""What our reader reads of a written radiopharmaceutical report is the administration that was written."""

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import strategies as st

from dose_core.ledger.exam import Statement
from dose_core.ledger.exam_of import exam_of
from dose_core.model import Administration, Code, NuclearReport, OrganDose
from dose_core.writers.part10 import to_part10
from dose_core.writers.radiopharmaceutical_rdsr import KIND, write_radiopharmaceutical_rdsr
from dose_core.writers.templates.check import broken_rows
from tests.builders.statements import STUDY
from tests.builders.statements_projection import exam
from tests.builders.statements_study import nuclear_report
from tests.builders.written import header, issue
from tests.builders.written_nuclear import ARM_VEIN, FDG, FLUORINE, INTRAVENOUS, LIVER
from tests.support.read_as import read_as
from tests.support.round_trips import few_times, many_times

_DIGITS = 1e-9  # a report holds ten digits
_WINTER = timezone(timedelta(hours=1))
_LEFT_OUT = {"effective_dose_msv"}  # no row of the templates holds it
_SESTAMIBI = Code(value="404707004", scheme="SCT", meaning="Technetium Tc^99m^ sestamibi")
_TECHNETIUM = Code(value="72454006", scheme="SCT", meaning="^99m^Technetium")
_ORAL = Code(value="26643006", scheme="SCT", meaning="Oral route")

_size = st.none() | st.integers(1, 40_000).map(lambda tenths: tenths / 10)
_text = st.none() | st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40)
_start = st.integers(0, 86_399).map(
    lambda second: datetime(2026, 3, 4) + timedelta(seconds=second)  # noqa: DTZ001  devices rarely state an offset
)
_organ = st.builds(
    OrganDose,
    organ=st.just("Liver"),
    organ_code=st.just(LIVER),
    dose_mgy=st.integers(0, 4000).map(lambda quarters: quarters / 4),
    laterality=st.sampled_from(["L", "R", "B", None]),
    method=st.sampled_from(["ICRP Publication 106", "OLINDA-EXM", "a method in words"]),
)


def _named(code: Code | None, name: str) -> dict[str, object]:
    return {name: code.meaning if code else None, f"{name}_code": code}


@st.composite
def _administrations(draw: st.DrawFn) -> Administration:
    start = draw(_start)
    start = start.replace(tzinfo=_WINTER) if draw(st.booleans()) else start
    route = draw(st.sampled_from([INTRAVENOUS, _ORAL, None]))
    site = draw(st.sampled_from([ARM_VEIN, None])) if route is INTRAVENOUS else None
    stated: dict[str, object] = {
        **_named(draw(st.sampled_from([FDG, _SESTAMIBI, None])), "agent"),
        **_named(draw(st.sampled_from([FLUORINE, _TECHNETIUM, None])), "radionuclide"),
        **_named(route, "route"),
        **_named(site, "site"),
        "laterality": draw(st.sampled_from(["L", "R", None])) if site else None,
        "half_life_s": draw(_size),
        "administered_activity_mbq": draw(st.integers(1, 70_000)) / 10,
        "pre_activity_mbq": draw(_size),
        "post_activity_mbq": draw(_size),
        "volume_ml": draw(_size),
        "extravasation_percent": draw(_size),
        "start": start,
        "stop": draw(st.sampled_from([None, start + timedelta(minutes=1)])),
        "administered_by": draw(st.sampled_from(["Muster^Mona", "Muster^Mona | Beispiel^Bo", None])),
        "organ_doses": tuple(draw(st.lists(_organ, max_size=3))),
        "comment": draw(_text),
    }
    return Administration(event_uid=f"{STUDY}.24.1", **stated)  # type: ignore[arg-type]  # values of several types


def _as_read(value: object) -> object:
    """Return a value as it comes back: what was not stated and had to be coded is Unknown."""
    is_unknown = value == "Unknown" or (isinstance(value, Code) and value.value == "261665006")
    return None if is_unknown else value


def _trip(written: Administration) -> bytes:
    before = exam(nuclear_report(1, [written]))

    document = write_radiopharmaceutical_rdsr(before, header(), issue(KIND))

    assert broken_rows(document) == ()
    dicom = to_part10(document)
    read = read_as(NuclearReport, dicom)
    assert read.our_own
    (administration,) = read.events
    for field in fields(Administration):
        if field.name in _LEFT_OUT:
            continue
        stated, again = getattr(written, field.name), _as_read(getattr(administration, field.name))
        if isinstance(stated, float):
            assert again == pytest.approx(stated, rel=_DIGITS), field.name
        else:
            assert again == stated, field.name
    after = exam_of(STUDY, [Statement(key="again", report=replace(read, our_own=False))])
    assert [(one.quantity, one.value) for one in after.totals] == [(one.quantity, one.value) for one in before.totals]
    return dicom


def test_an_administration_comes_back(tmp_path: Path) -> None:
    few_times(_administrations(), _trip, tmp_path)


@pytest.mark.slow
def test_five_hundred_administrations_come_back(tmp_path: Path) -> None:
    many_times(_administrations(), _trip, tmp_path)


def test_every_field_that_is_left_out_is_one_of_the_model() -> None:
    assert {field.name for field in fields(Administration)} >= _LEFT_OUT

"""The object that states a value: as it is kept, and the place and the text there."""

from collections import defaultdict
from dataclasses import replace
from math import isclose

from db.repositories import provenance
from db.repositories.provenance import KnownStatement
from db.session import Session
from dose_core.errors import DoseError
from dose_core.ledger.field_values import Number, Numbers
from dose_core.model import StatedValue
from dose_core.readers.dicom.part10 import parse_part10
from dose_core.readers.dicom.tags import Tag
from dose_core.readers.header import uid_text
from dose_core.units import RATIO, factor, unit_of
from dose_services.explained import Arrival, KeptObject, StatedAs
from dose_services.viewer_links import Opened, ViewerTemplate

# Decimal conversions of one text give the same number; a sum or a mean of several texts does not.
_SAME = 1e-9
_PER_PULSE = (("_per_pulse", ""), ("pulse_widths_ms", "pulse_width_ms"))  # readers note them under the plain name
_NOTED_AS = {"field_height_mm": "field_area_cm2", "field_width_mm": "field_area_cm2"}  # one element states all three
_NOTHING_NOTED = "formed by the reader from what the object states, or read from its header; no place is noted"
_SEVERAL = "formed from several items of the object; the first one stands here"
_CODED = "a code that stands for the number"


def kept_object(session: Session, known: KnownStatement, viewer: ViewerTemplate | None) -> KeptObject:
    """Return the object that a statement was read from."""
    row, report = known.evidence, known.report
    series = _series_of(session, known)
    first = Arrival(received_at=row.received_at, sender=row.sender, calling_aet=row.calling_aet, origin=row.origin)
    ways = (
        Arrival(received_at=way.received_at, sender=way.sender, calling_aet=way.calling_aet or None, origin=None)
        for way in provenance.ways(session, row.id)
    )
    opened = Opened(
        study_instance_uid=report.study_instance_uid,
        series_instance_uid=series,
        sop_instance_uid=report.sop_instance_uid,
        orthanc_id=row.orthanc_id,
    )
    return KeptObject(
        sop_instance_uid=report.sop_instance_uid,
        series_instance_uid=series,
        study_instance_uid=report.study_instance_uid,
        kind=report.kind,
        evidence_id=row.id,
        digest=row.digest,
        size_bytes=row.size_bytes,
        is_header=row.is_header,
        is_cut_short=report.is_cut_short,
        arrivals=(first, *ways),
        statement_id=known.id,
        reader_version=known.reader_version,
        read_at=known.stated_at,
        viewer_url=viewer.address(opened) if viewer else None,
    )


def stated_as(known: KnownStatement, field: str, value: Number | Numbers) -> StatedAs:
    """Return where a field's value stands in its object, and as what."""
    owner, _, name = field.rpartition(".")
    plain, _, index = name.removesuffix("]").rpartition("[") if name.endswith("]") else (name, "", "")
    aliases = (plain, *(plain.replace(several, one) for several, one in _PER_PULSE), _NOTED_AS.get(plain, plain))
    ours = unit_of(plain)
    noted: dict[str, list[StatedValue]] = defaultdict(list)
    for one in known.report.stated:
        noted[one.field].append(one)
    for alias in (name, *aliases):
        found = [_as_noted(one, value, ours) for one in noted.get(f"{owner}.{alias}", ())]
        if index and int(index) < len(found):
            return found[int(index)]
        if found:
            return found[0] if len(found) == 1 else replace(found[0], note=_SEVERAL)
    # What is part of something, such as one of several filters, may be noted with the whole.
    for whole in (owner, owner.removesuffix("]").rpartition("[")[0]):
        found = [_as_noted(one, value, ours) for one in noted.get(whole, ())]
        if found:
            return next((one for one in found if one.note is None), found[0])
    return StatedAs(path=None, text=None, unit=None, factor=None, note=_NOTHING_NOTED)


def _as_noted(place: StatedValue, value: Number | Numbers, ours: str | None) -> StatedAs:
    exact = factor(from_=place.unit, to=ours or RATIO) if place.unit else None
    multiplied = float(exact) if exact is not None else None
    note = _CODED if multiplied is None and ours else _note(place, value, multiplied or 1.0)
    return StatedAs(path=place.path, text=place.text, unit=place.unit, factor=multiplied, note=note)


def _note(place: StatedValue, value: Number | Numbers, multiplied: float) -> str | None:
    """Say so if the text alone does not give the value."""
    if isinstance(value, tuple):
        return None
    try:
        number = float(place.text)
    except ValueError:
        return _SEVERAL
    return None if isclose(number * multiplied, value, rel_tol=_SAME) else _SEVERAL


def _series_of(session: Session, known: KnownStatement) -> str | None:
    """Return the series of an object, which a statement names of images only."""
    try:
        content = provenance.content(session, known.evidence.id)
        return uid_text(parse_part10(content).data_set, Tag.SeriesInstanceUID) if content else None
    except DoseError:  # erased, or an object that a reader of its own understands
        return None

"""What a report sentence is about, and what a template of it may name."""

from enum import StrEnum
from types import MappingProxyType

from dose_core.ledger.exam import Exam
from dose_core.ledger.totals import Quantity


class Part(StrEnum):
    """A part of an exam that has a sentence of its own; ``EFFECTIVE_DOSE`` is one of the whole exam, said on demand."""

    CT = "ct"
    PROJECTION = "projection"
    MAMMOGRAPHY = "mammography"
    NUCLEAR = "nuclear"
    EFFECTIVE_DOSE = "effective_dose"


# What each placeholder of a part says, beside those of every part.
QUANTITIES = MappingProxyType(
    {
        Part.CT: {"dlp": Quantity.DLP, "ctdi_vol": Quantity.CTDI_VOL_MAX},
        Part.PROJECTION: {
            "dap": Quantity.DAP,
            "fluoro_dap": Quantity.FLUORO_DAP,
            "acquisition_dap": Quantity.ACQUISITION_DAP,
            "ka_r": Quantity.KA_R,
            "fluoro_time": Quantity.FLUORO_TIME,
        },
        Part.MAMMOGRAPHY: {"agd": Quantity.AGD},
        Part.NUCLEAR: {"activity": Quantity.ACTIVITY},
        Part.EFFECTIVE_DOSE: {},
    }
)
DATE, MODALITY, EFFECTIVE_DOSE = "date", "modality", "effective_dose"
_CT, _MAMMOGRAPHY, _NUCLEAR = frozenset(("CT",)), frozenset(("MG",)), frozenset(("NM", "PT"))  # PS3.3, C.7.3.1.1.1
_FLUOROSCOPIC = frozenset(("XA", "RF"))  # likewise


def expected_of(exam: Exam, part: Part) -> tuple[str, ...]:
    """
    Return the placeholders of what a part has in any case, so that it is unknown where nobody states it.

    Of fluoroscopy a summary has air kerma at the reference point and fluoroscopy time beside the dose-area product
    (HL7 FHIR Radiation Dose Summary 1.0.0, example 545; the time is displayed by 21 CFR 1020.32(h)(2)); of radiographs
    it has neither.
    """
    is_fluoroscopic = part is Part.PROJECTION and bool(_FLUOROSCOPIC.intersection(exam.modalities))
    return ("ka_r", "fluoro_time") if is_fluoroscopic else ()


def doses_of(part: Part) -> tuple[str, ...]:
    """Return the placeholders of a part that stand for a dose."""
    return (EFFECTIVE_DOSE,) if part is Part.EFFECTIVE_DOSE else tuple(QUANTITIES[part])


def placeholders_of(part: Part) -> tuple[str, ...]:
    """Return all placeholders that a template of a part may name."""
    return (MODALITY, DATE, *doses_of(part))


def parts_of(exam: Exam) -> tuple[Part, ...]:
    """Return the parts of an exam that irradiated, as far as events or totals tell."""
    counted = {total.quantity for total in exam.totals}
    events = {
        Part.CT: exam.ct is not None,
        Part.PROJECTION: bool(exam.projection),
        Part.MAMMOGRAPHY: bool(exam.mammography),
        Part.NUCLEAR: bool(exam.nuclear),
    }
    return tuple(part for part, has_events in events.items() if has_events or counted & {*QUANTITIES[part].values()})


def modalities_of(exam: Exam, part: Part) -> tuple[str, ...]:
    """Return the modalities of a part, as DICOM names them."""
    if part is Part.EFFECTIVE_DOSE:
        return exam.modalities
    its = {Part.CT: _CT, Part.MAMMOGRAPHY: _MAMMOGRAPHY, Part.NUCLEAR: _NUCLEAR}.get(part)
    if its is not None:
        return tuple(name for name in exam.modalities if name in its)
    return tuple(name for name in exam.modalities if name not in _CT | _MAMMOGRAPHY | _NUCLEAR)

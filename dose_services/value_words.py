"""Values in words: quantities and their parts, sources, and the rule by which a value was chosen."""

import re
from collections.abc import Sequence

from dose_core.estimating.case import Outcome
from dose_core.ledger.exam import Exam
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity, Rival, Total, part_and_device
from dose_core.model import DeviceStated, Kind
from dose_core.units import unit_of

QUANTITIES = {
    Quantity.DLP: "dose-length product (DLP)",
    Quantity.CTDI_VOL_MAX: "largest CTDIvol",
    Quantity.DAP: "dose-area product",
    Quantity.KA_R: "air kerma at the reference point",
    Quantity.FLUORO_DAP: "dose-area product of fluoroscopy",
    Quantity.FLUORO_KA_R: "air kerma at the reference point, of fluoroscopy",
    Quantity.FLUORO_TIME: "fluoroscopy time",
    Quantity.ACQUISITION_DAP: "dose-area product of acquisitions",
    Quantity.ACQUISITION_KA_R: "air kerma at the reference point, of acquisitions",
    Quantity.ACQUISITION_TIME: "acquisition time",
    Quantity.AGD: "average glandular dose",
    Quantity.ENTRANCE_DOSE: "entrance dose",
    Quantity.ACTIVITY: "administered activity",
}
SOURCES = {
    Source.RDSR: "dose report",
    Source.IMAGE_HEADER: "image headers",
    Source.MPPS: "procedure step",
    Source.SCREEN: "dose screen",
    Source.MANUAL: "typed values",
}
KINDS = {
    Kind.CT_RDSR: "CT dose report",
    Kind.PROJECTION_RDSR: "projection X-ray dose report",
    Kind.MAMMOGRAPHY_RDSR: "mammography dose report",
    Kind.RADIOPHARMACEUTICAL_RDSR: "radiopharmaceutical dose report",
    Kind.ENHANCED_RDSR: "enhanced X-ray dose report",
    Kind.PATIENT_RDSR: "patient dose report",
    Kind.CT_IMAGE: "CT image",
    Kind.PROJECTION_IMAGE: "projection X-ray image",
    Kind.MAMMOGRAPHY_IMAGE: "mammogram",
    Kind.NUCLEAR_IMAGE: "nuclear medicine image",
    Kind.DOSE_SCREEN: "dose screen",
    Kind.MPPS: "performed procedure step",
    Kind.LEGACY_DOSE_SR: "dose report of an older form",
    Kind.REJECTION_NOTE: "rejection note",
    Kind.MANUAL: "typed values",
}
CAUSES = {
    "delivery": "an object came",
    "replay": "kept objects were read anew",
    "decision": "a person decided about the exam",
    "refile": "the exam was filed anew",
}
_PLANES = {"a": "plane A", "b": "plane B", "both": "both planes"}
_STEPS = re.compile(r"([a-z][a-z0-9_]*)(?:\[([0-9]+)\])?")
_OWNERS = {"sources": "source", "filters": "filter", "planes": "plane", "dose_checks": "dose check"}
_OWNERS |= {"organ_doses": "organ", "dlp_sub_totals": "phantom", "estimates": "estimate"}
_UNIT_ENDINGS: tuple[str, ...] = (
    "_mgy_cm",
    "_gy_cm2",
    "_per_s",
    "_percent",
    "_kpa",
    "_mgy",
    "_msv",
    "_mbq",
    "_cm2",
    "_deg",
    "_mm",
)
_UNIT_ENDINGS += ("_cm", "_kg", "_ml", "_ms", "_n", "_s")
_FIELDS = {
    "ctdi_vol_mgy": "CTDIvol",
    "dlp_mgy_cm": "DLP",
    "dlp_estimate": "estimated DLP",
    "ssde_mgy": "SSDE",
    "dw_mm": "water-equivalent diameter",
    "phantom_diameter_mm": "phantom",
    "z_mm": "slice centre (z)",
    "z_start_mm": "start of scan (z)",
    "z_end_mm": "end of scan (z)",
    "pitch": "pitch factor",
    "kv": "tube voltage",
    "kv_per_pulse": "tube voltage per pulse",
    "ma": "tube current",
    "ma_mean": "mean tube current",
    "ma_max": "maximum tube current",
    "ma_per_pulse": "tube current per pulse",
    "mas": "tube current-time product",
    "mas_per_pulse": "tube current-time product per pulse",
    "dap_gy_cm2": "DAP",
    "fluoro_dap_gy_cm2": "DAP of fluoroscopy",
    "acquisition_dap_gy_cm2": "DAP of acquisitions",
    "ka_r_mgy": "air kerma at the reference point (Ka,r)",
    "fluoro_ka_r_mgy": "Ka,r of fluoroscopy",
    "acquisition_ka_r_mgy": "Ka,r of acquisitions",
    "fluoro_time_s": "fluoroscopy time",
    "agd_mgy": "average glandular dose",
    "agd_left_mgy": "average glandular dose, left breast",
    "agd_right_mgy": "average glandular dose, right breast",
    "agd_both_mgy": "average glandular dose, both breasts",
    "hvl_mm_al": "half-value layer (aluminium)",
    "glandularity_percent": "glandularity",
    "thickness_mm": "thickness",
    "dose_mgy": "organ dose",
    "min_mm": "least thickness",
    "max_mm": "greatest thickness",
    "left_mm": "left shutter",
    "right_mm": "right shutter",
    "top_mm": "top shutter",
    "bottom_mm": "bottom shutter",
    "source_to_detector_mm": "distance from source to detector",
    "source_to_isocentre_mm": "distance from source to isocentre",
}
_BREASTS = {"L": "left breast", "R": "right breast", "B": "mean over both breasts"}
_RULES = {
    Basis.STATED_TOTAL: "The total that the {source} states; it covers all that this total is of.",
    Basis.SUM_OF_TOTALS: "The sum of the totals that several objects ({source}) state; they share no event and "
    "together cover all.",
    Basis.SUM_OF_EVENTS: "The sum over the irradiation events ({source}), each counted once by its event UID.",
    Basis.MAX_OF_EVENTS: "The largest value of the irradiation events ({source}).",
    Basis.ESTIMATE: "Computed by DoseLedger from the {source}, since no source states it.",
    Basis.ACQUISITIONS_ONLY: "The sum over image headers: acquisitions only, fluoroscopy is not included. It is a "
    "lower bound, not the total of the examination.",
}
BASES = {
    Basis.STATED_TOTAL: "a total that it states",
    Basis.SUM_OF_TOTALS: "the sum of the totals of several objects",
    Basis.SUM_OF_EVENTS: "the sum over events",
    Basis.MAX_OF_EVENTS: "the largest of the events",
    Basis.ESTIMATE: "an estimate of DoseLedger",
    Basis.ACQUISITIONS_ONLY: "acquisitions only, fluoroscopy not included",
}
_ORDER = "Sources win in this order: dose report, image headers, procedure step, dose screen, typed values."
_ORDER_OF_PROJECTION = (
    "Sources win in this order: dose report, procedure step, dose screen, typed values. Sums over image headers "
    "leave out fluoroscopy, so that they never stand for a total."
)
_OF_PHANTOM = (Quantity.DLP, Quantity.CTDI_VOL_MAX)
_BESIDE_PROJECTION = (*_OF_PHANTOM, Quantity.AGD, Quantity.ACTIVITY)


def outcome_words(outcome: Outcome) -> str:
    """Return what an outcome of a method is of: ``organ dose, liver``."""
    return ", ".join(filter(None, (field_words(outcome.quantity), outcome.of)))


def part_words(quantity: Quantity, of: str | None, devices: Sequence[DeviceStated] = ()) -> str | None:
    """Return the part that a total is of, such as ``32 cm phantom`` or ``plane A``; ``None`` for the whole."""
    named, index = part_and_device(quantity, of)
    words = _part(quantity, named)
    if index is None:
        return words
    model = devices[index].model if index < len(devices) else None
    return ", ".join(filter(None, (words, model or f"device {index + 1}")))


def _part(quantity: Quantity, named: str) -> str | None:
    if named in {"", "single"}:
        return None
    if quantity in _OF_PHANTOM:
        return f"{int(named) / 10:g} cm phantom" if named.isdecimal() else "phantom not stated"
    if quantity is Quantity.AGD:
        return _BREASTS.get(named, named)
    if quantity is Quantity.ACTIVITY:
        return named
    return _PLANES.get(named, f"source {named}")


def total_words(total: Total, exam: Exam) -> str:
    """Return what a total is of: ``dose-area product, plane A``."""
    part = part_words(total.quantity, total.of, exam.devices)
    return ", ".join(filter(None, (QUANTITIES[total.quantity], part)))


def rule_of_total(total: Total, *, is_empty: bool = False) -> str:
    """Return the rule by which a total was chosen; ``is_empty`` of a sum to which no event belongs."""
    order = _ORDER if total.quantity in _BESIDE_PROJECTION else _ORDER_OF_PROJECTION
    said = [_basis(total.basis, total.source) if total.basis else "Something irradiated, and no source tells how much."]
    if total.basis is Basis.STATED_TOTAL and total.addends:
        said = [
            f"The sum of what the {SOURCES[total.source] if total.source else 'source'} states of each of its parts."
        ]
    if is_empty and total.basis is Basis.SUM_OF_EVENTS:
        said.append("No event of the exam belongs to it.")
    if total.missing:
        parts = "One part is" if total.missing == 1 else f"{total.missing} parts are"
        said.append(f"{parts} not known, so that the value is a lower bound." if total.basis else f"{parts} not known.")
    return " ".join((*said, order))


def rule_of_rival(rival: Rival, chosen: Total) -> str:
    """Return what a value is that was not chosen, and why it was not."""
    instead = f"the {SOURCES[chosen.source]}" if chosen.source else "no value"
    return f"{_basis(rival.basis, rival.source)} It is not what counts: {instead} was chosen. {rule_of_total(chosen)}"


def unit_of_quantity(quantity: Quantity) -> str | None:
    """Return the unit of a quantity."""
    return unit_of(quantity.value)


def _basis(basis: Basis, source: Source | None) -> str:
    return _RULES[basis].format(source=SOURCES[source] if source else "sources")


def field_words(field: str) -> str:
    """Return what the number in a field is, without its unit: ``tube voltage (source 2)`` of ``sources[1].kv``."""
    *owners, name = _STEPS.findall(field)
    plain = name[0]
    named = _FIELDS.get(plain) or _without_unit(plain).replace("_", " ")
    where = [f"{_OWNERS[owner]} {int(index) + 1}" for owner, index in owners if index and owner in _OWNERS]
    if name[1]:
        where.append(f"pulse {int(name[1]) + 1}")
    return f"{named} ({', '.join(where)})" if where else named


def _without_unit(name: str) -> str:
    unit = next((end for end in _UNIT_ENDINGS if name.endswith(end)), "")
    return name.removesuffix(unit)

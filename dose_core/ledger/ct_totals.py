"""The totals of a CT exam: dose-length product, whole and per phantom, and the largest CTDIvol per phantom."""

from dose_core.ledger.exam import CtExam, ExamEvent
from dose_core.ledger.totals import Basis, Quantity, Total

UNKNOWN_PHANTOM = "unknown"


def ct_totals(ct: CtExam) -> tuple[Total, ...]:
    """Return the totals; those of different phantoms are unlike quantities and are never added."""
    whole = Total(
        quantity=Quantity.DLP,
        value=ct.dlp_mgy_cm,
        basis=ct.dlp_basis,
        source=None if ct.dlp_mgy_cm is None else ct.source,
        missing=0 if ct.dlp_basis is Basis.STATED_TOTAL else ct.events_without_dlp,
    )
    largest: dict[str, float] = {}
    for event in ct.events:
        if event.event.ctdi_vol_mgy is not None:
            of = phantom_of(event)
            largest[of] = max(largest.get(of, 0.0), event.event.ctdi_vol_mgy)
    return (
        whole,
        *(
            Total(quantity=Quantity.CTDI_VOL_MAX, of=of, value=value, basis=Basis.MAX_OF_EVENTS, source=ct.source)
            for of, value in sorted(largest.items())
        ),
    )


def phantom_of(event: ExamEvent) -> str:
    """Return the phantom of an event as a total names it: its diameter in mm."""
    return str(event.event.phantom_diameter_mm or UNKNOWN_PHANTOM)

"""Where sources contradict each other, in words for the people who look after it; no patient data."""

from collections.abc import Sequence

from dose_core.ledger.claims import Claim, chosen_of
from dose_core.ledger.rounding import Texts
from dose_core.ledger.source import Source
from dose_core.ledger.totals import Basis, Quantity

_WORDS = {
    Quantity.DLP: ("DLP", "mGy.cm"),
    Quantity.CTDI_VOL_MAX: ("CTDIvol", "mGy"),
    Quantity.DAP: ("dose-area product", "Gy.cm2"),
    Quantity.KA_R: ("air kerma at the reference point", "mGy"),
    Quantity.FLUORO_DAP: ("dose-area product of fluoroscopy", "Gy.cm2"),
    Quantity.FLUORO_KA_R: ("air kerma of fluoroscopy", "mGy"),
    Quantity.FLUORO_TIME: ("time of fluoroscopy", "s"),
    Quantity.ACQUISITION_DAP: ("dose-area product of acquisitions", "Gy.cm2"),
    Quantity.ACQUISITION_KA_R: ("air kerma of acquisitions", "mGy"),
    Quantity.ACQUISITION_TIME: ("time of acquisitions", "s"),
    Quantity.AGD: ("glandular dose", "mGy"),
    Quantity.ENTRANCE_DOSE: ("entrance dose", "mGy"),
    Quantity.ACTIVITY: ("administered activity", "MBq"),
}
_SOURCES = {
    Source.RDSR: "the dose report",
    Source.IMAGE_HEADER: "the sum over images",
    Source.MPPS: "the procedure step",
    Source.SCREEN: "the dose screen",
    Source.MANUAL: "the typed statement",
}
# What is not compared: an estimate of ours with what is stated, and the largest of unlike slices.
_APART = frozenset((Basis.ESTIMATE, Basis.MAX_OF_EVENTS))


def stated(quantity: Quantity, value: float, of: str = "") -> str:
    """Return a value in words: ``total DLP of 120 mGy.cm``."""
    words, unit = _WORDS[quantity]
    return f"total {words}{of} of {value:g} {unit}"


def conflicts_of(quantity: Quantity, claims: Sequence[Claim], texts: Texts, *, of: str = "") -> list[str]:
    """
    Say where a report contradicts its events, and where another source contradicts the one that counts.

    Args:
        quantity: of which the claims speak.
        claims: in the order in which their sources win.
        texts: how the values are written, for what rounding explains is no conflict.
        of: the part in words, such as `` of plane a``.
    """
    believed = [one for one in claims if not one.doubted and one.value is not None and one.basis not in _APART]
    chosen = chosen_of(believed)
    if chosen is None or chosen.value is None:
        return []
    found: list[str] = []
    compared = {chosen.source} if chosen.basis is Basis.SUM_OF_EVENTS else set()
    for claim in believed:
        if claim is chosen or claim.source in compared or claim.value is None:
            continue
        compared.add(claim.source)
        if _may_both_be(chosen, claim) or texts.agree(chosen, claim):
            continue
        if claim.source is chosen.source and not claim.readings:  # such as of plane A, where events are of both planes
            continue
        words, unit = _WORDS[quantity]
        if claim.source is chosen.source:
            report = "the report states" if chosen.basis is Basis.STATED_TOTAL else "the reports together state"
            text = f"{report} a {stated(quantity, chosen.value, of)}, its events add up to {claim.value:g} {unit}"
            found.append(text)
        else:
            says = f"says a {stated(quantity, claim.value, of)}" if claim.readings else f"lists no {words}{of}"
            found.append(f"{_SOURCES[claim.source]} {says}, {_SOURCES[chosen.source]} says {chosen.value:g} {unit}")
    return found


def zero_beside_more(quantity: Quantity, added: float, of: str = "") -> str:
    """Say that a report states a total of 0 beside events that state more."""
    return f"the report states a {stated(quantity, 0.0, of)}, its events add up to {added:g} {_WORDS[quantity][1]}"


def _may_both_be(chosen: Claim, other: Claim) -> bool:
    """Test if a lower bound lies below what counts, or what counts is a lower bound that lies below the other."""
    value, others = chosen.value or 0.0, other.value or 0.0
    is_bound = not other.is_whole or (other.source is Source.IMAGE_HEADER and chosen.source is Source.RDSR)
    return (is_bound and others <= value) or (not chosen.is_whole and value <= others)

"""The three classes of numbers, which are never mixed: measured, stated estimates, and estimates of ours."""

import re
from enum import StrEnum

from dose_core.ledger.totals import Basis


class ValueClass(StrEnum):
    """What a number is."""

    MEASURED = "measured"  # an object states it, or it is counted, chosen or added up from what objects state
    STATED_ESTIMATE = "stated_estimate"  # a device or program computed it for a person: its interval is not stated
    ESTIMATE = "estimate"  # DoseLedger computed it: with method and interval


# What a source computes for a person, in the fields of its events (dose_core.model) and its list of estimates.
_STATED_ESTIMATE = re.compile(r"(^|\.)(estimates\[|organ_doses\[|(effective_dose_msv|ssde_mgy|dw_mm)$)")


def class_of_field(field: str) -> ValueClass:
    """Return what the number in a field of a statement, or of an exam, is."""
    if "dlp_estimate" in field:
        return ValueClass.ESTIMATE
    return ValueClass.STATED_ESTIMATE if _STATED_ESTIMATE.search(field) else ValueClass.MEASURED


def class_of_basis(basis: Basis | None) -> ValueClass:
    """Return what a total is that came about so."""
    return ValueClass.ESTIMATE if basis is Basis.ESTIMATE else ValueClass.MEASURED

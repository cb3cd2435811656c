"""
Whether an exam may have been a treatment, whose records some rules keep longer.

A treatment here is one by radionuclides: an intervention under X-rays may be called therapeutic, and its radiation
treats nobody. Reports of administrations state their intent, images of them do not; then the nuclide tells, and so it
does beside a CT, whose own report may call the look at a treatment diagnostic.

Source: PS3.16, CID 3629 (Procedure Intent); ICRP Publication 140 (2019), which names the nuclides.
"""

from dose_core.ledger.exam import Exam
from dose_core.ledger.nuclides import nuclide_of

_DIAGNOSTIC = "diagnostic intent"
_TREATS = frozenset(
    (
        *("P-32", "Sr-89", "Y-90", "I-131", "Sm-153", "Tb-161", "Ho-166", "Er-169", "Lu-177", "Re-186", "Re-188"),
        *("At-211", "Bi-213", "Ra-223", "Ac-225"),
    )
)


def may_be_treatment(exam: Exam) -> bool:
    """Tell if an exam has an administration that may treat: an unknown nuclide may, a stated diagnosis may not."""
    if not exam.nuclear:
        return False
    intents = {intent.casefold() for intent in exam.intents}
    if intents - {_DIAGNOSTIC}:
        return True
    if intents and not exam.ct:
        return False
    nuclides = {nuclide_of(counted.event) for counted in exam.nuclear}
    return None in nuclides or bool(nuclides & _TREATS)

"""An exam of one administration that states all that the template of its report asks for."""

from dataclasses import replace
from datetime import datetime

from dose_core.ledger.exam import Exam
from dose_core.model import Administration, Code, OrganDose
from tests.builders.statements import STUDY
from tests.builders.statements_projection import exam
from tests.builders.statements_study import nuclear_report

FDG = Code(value="35321007", scheme="SCT", meaning="Fluorodeoxyglucose F^18^")
FLUORINE = Code(value="77004003", scheme="SCT", meaning="^18^Fluorine")
FLUORINE_SRT = Code(value="C-111A1", scheme="SRT", meaning="^18^Fluorine")
INTRAVENOUS = Code(value="47625008", scheme="SCT", meaning="Intravenous route")
INTRAVENOUS_SRT = Code(value="G-D101", scheme="SRT", meaning="Intravenous route")
ARM_VEIN = Code(value="261459001", scheme="SCT", meaning="Via arm vein")
LIVER = Code(value="10200004", scheme="SCT", meaning="Liver")

FULL = Administration(
    event_uid=f"{STUDY}.24.1",
    agent=FDG.meaning,
    agent_code=FDG,
    radionuclide=FLUORINE.meaning,
    radionuclide_code=FLUORINE_SRT,
    half_life_s=6586.2,
    administered_activity_mbq=370.5,
    pre_activity_mbq=380.0,
    post_activity_mbq=9.5,
    volume_ml=2.5,
    extravasation_percent=1.5,
    start=datetime(2026, 3, 4, 9, 0),  # noqa: DTZ001  devices rarely state an offset
    stop=datetime(2026, 3, 4, 9, 1),  # noqa: DTZ001  likewise
    route=INTRAVENOUS.meaning,
    route_code=INTRAVENOUS_SRT,
    site=ARM_VEIN.meaning,
    site_code=ARM_VEIN,
    laterality="L",
    administered_by="Muster^Mona",
    organ_doses=(OrganDose(organ="Liver", organ_code=LIVER, dose_mgy=7.4, method="ICRP Publication 106"),),
    comment="Second attempt",
)


def full_nuclear() -> Exam:
    """Return the exam that a report of this administration makes."""
    return replace(exam(nuclear_report(1, [FULL])), intents=("Diagnostic Intent",))

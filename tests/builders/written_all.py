"""A dose SR of ours of each kind that is written, each stating all that its templates ask for."""

from pydicom.dataset import Dataset

from dose_core.writers.ct_rdsr import KIND as CT
from dose_core.writers.ct_rdsr import write_ct_rdsr
from dose_core.writers.mammography_rdsr import KIND as MAMMOGRAPHY
from dose_core.writers.mammography_rdsr import write_mammography_rdsr
from dose_core.writers.patient_dose_sr import kind_of, write_patient_dose_sr
from dose_core.writers.projection_rdsr import KIND as PROJECTION
from dose_core.writers.projection_rdsr import write_projection_rdsr
from dose_core.writers.radiopharmaceutical_rdsr import KIND as RADIOPHARMACEUTICAL
from dose_core.writers.radiopharmaceutical_rdsr import write_radiopharmaceutical_rdsr
from tests.builders.patient_doses import EXAM, FIRST, SECOND, SKIN_MAP, organ, skin, used_report
from tests.builders.written import IMAGE, full_mammography, full_projection, header, issue
from tests.builders.written_ct import full_ct
from tests.builders.written_nuclear import full_nuclear

_USED = (used_report(FIRST, SECOND),)


def written_of_all_kinds() -> dict[str, Dataset]:
    """Return our second report of each kind by its name, which names the first one as its predecessor."""
    organs = [organ("liver", 7.5), organ("lungs", 5.0, FIRST)]
    skin_kind, organ_kind = kind_of("skin-dose-map"), kind_of("ct-organ-dose")
    return {
        CT: write_ct_rdsr(full_ct(), header(), issue(CT, 2, IMAGE)),
        PROJECTION: write_projection_rdsr(full_projection(), header(), issue(PROJECTION, 2, IMAGE)),
        MAMMOGRAPHY: write_mammography_rdsr(full_mammography(), header(), issue(MAMMOGRAPHY, 2, IMAGE)),
        RADIOPHARMACEUTICAL: write_radiopharmaceutical_rdsr(full_nuclear(), header(), issue(RADIOPHARMACEUTICAL, 2)),
        organ_kind: write_patient_dose_sr(EXAM, organs, header(), issue(organ_kind, 2), reports=_USED),
        skin_kind: write_patient_dose_sr(
            EXAM, [skin(2100.0)], header(), issue(skin_kind, 2), reports=_USED, skin_map=SKIN_MAP
        ),
    }

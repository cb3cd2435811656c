"""
Let OpenREM's importer read each dose SR of a folder, and print what it stored as JSON, by the name of the file.

Run it with the Python that scripts/openrem_peer.sh brings and a folder of ``*.dcm``; the database, an SQLite file, and
OpenREM's logs are put there too. Doses and times come in the units of the reports: Gy.m2, Gy, mGy, mGy.cm, s.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1]).resolve()
os.environ.update(POSTGRES_DB=str(FOLDER / "openrem.sqlite3"), MEDIA_ROOT=str(FOLDER), DJANGO_SETTINGS_MODULE="")

import openrem  # noqa: E402  its settings read the environment

sys.path.insert(1, str(Path(next(iter(openrem.__path__)))))
from openremproject import settings  # noqa: E402  found by the line above

settings.MIGRATION_MODULES = {"remapp": None}  # its first migration has to be renamed by hand; the tables are the same
os.environ["DJANGO_SETTINGS_MODULE"] = "openremproject.settings"

import django  # noqa: E402  as the settings say

django.setup()

from django.core.management import call_command  # noqa: E402  once Django is set up
from openrem.remapp.extractors.rdsr import rdsr  # noqa: E402  likewise
from remapp.models import GeneralStudyModuleAttr, PatientIDSettings  # noqa: E402  likewise

STUDIES = GeneralStudyModuleAttr._base_manager  # the everyday one adds a date to a time, not in SQLite


def read(path: Path) -> dict[str, Any]:
    """Return what OpenREM stores of a report, or the name of the error that stops it."""
    try:
        rdsr(str(path))
        (study,) = STUDIES.all()
        return {"problem": None, "study": study.study_instance_uid, "modality": study.modality_type, **parts(study)}
    except Exception as error:  # noqa: BLE001  whatever its importer raises is what we came to see
        return {"problem": type(error).__name__}
    finally:
        STUDIES.all().delete()


def parts(study: Any) -> dict[str, Any]:  # noqa: ANN401  Django's models have no types
    """Return totals and events of all modalities."""
    ct = study.ctradiationdose_set.first()
    projection = study.projectionxrayradiationdose_set.first()
    planes = projection.accumxraydose_set.order_by("pk") if projection else ()
    return {
        "number_of_events": number(study.number_of_events),
        "total_dlp": number(study.total_dlp),
        "total_dap": number(study.total_dap),
        "ct_events": [ct_event(one) for one in ct.ctirradiationeventdata_set.order_by("pk")] if ct else [],
        "planes": [plane(one) for one in planes],
        "agd": {side: number(getattr(study, f"total_agd_{side}")) for side in ("left", "right", "both")},
        "events": [event(one) for one in projection.irradeventxraydata_set.order_by("pk")] if projection else [],
    }


def ct_event(one: Any) -> dict[str, Any]:  # noqa: ANN401  likewise
    """Return what it keeps of a CT acquisition."""
    return {
        "uid": one.irradiation_event_uid,
        "protocol": one.acquisition_protocol,
        "ctdi_vol": number(one.mean_ctdivol),
        "dlp": number(one.dlp),
    }


def plane(one: Any) -> dict[str, Any]:  # noqa: ANN401  likewise
    """Return the totals of a plane; OpenREM keeps those of DAP and dose with those of radiography."""
    whole, runs = one.accumintegratedprojradiogdose_set.first(), one.accumprojxraydose_set.first()
    return {
        "plane": one.acquisition_plane and one.acquisition_plane.code_value,
        "dap": number(whole and whole.dose_area_product_total),
        "dose_rp": number(whole and whole.dose_rp_total),
        "fluoro_dap": number(runs and runs.fluoro_dose_area_product_total),
        "fluoro_dose_rp": number(runs and runs.fluoro_dose_rp_total),
        "fluoro_time": number(runs and runs.total_fluoro_time),
        "acquisition_dap": number(runs and runs.acquisition_dose_area_product_total),
        "acquisition_dose_rp": number(runs and runs.acquisition_dose_rp_total),
        "acquisition_time": number(runs and runs.total_acquisition_time),
    }


def event(one: Any) -> dict[str, Any]:  # noqa: ANN401  likewise
    """Return what it keeps of an exposure or a run."""
    source = one.irradeventxraysourcedata_set.first()
    return {
        "uid": one.irradiation_event_uid,
        "plane": one.acquisition_plane and one.acquisition_plane.code_value,
        "dap": number(one.dose_area_product),
        "dose_rp": number(source and source.dose_rp),
        "agd": number(source and source.average_glandular_dose),
    }


def number(value: Any) -> float | None:  # noqa: ANN401  a decimal of Django, if any
    """Return a stored number."""
    return None if value is None else float(value)


if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    PatientIDSettings.objects.create()  # what an installed OpenREM has
    json.dump({path.name: read(path) for path in sorted(FOLDER.glob("*.dcm"))}, sys.stdout)

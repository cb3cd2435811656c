"""Estimates of ours of an exam, and the dose reports that they were made from. All is invented."""

from typing import Any

from dose_core.dosimetry.estimate import Estimate, Input, Interval
from dose_core.writers.document import Evidence
from dose_core.writers.patient_dose_sr import UsedReport
from dose_core.writers.patient_dose_values import PatientDose
from tests.builders.statements import STUDY
from tests.builders.statements_projection import exam, report, run

EXAM = exam(report(1, run(1), run(2)))
FIRST, SECOND = (one.event_uid for one in EXAM.events)
STATEMENT = "Effective dose describes a reference person, invented."
SKIN_MAP = Evidence(
    study_instance_uid=STUDY,
    series_instance_uid=f"{STUDY}.10",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.7",
    sop_instance_uid=f"{STUDY}.10.1",
)


def estimated(value: float, unit: str = "mGy", method: str = "ct-organ-dose", **others: Any) -> Estimate:  # noqa: ANN401  fields of several types
    """Return an estimate whose true value lies between three quarters and one and a half of it."""
    return Estimate(
        **{
            "value": value,
            "unit": unit,
            "interval": Interval(low=0.75 * value, high=1.5 * value, coverage=0.95, source="a paper on intervals"),
            "method_id": method,
            "method_version": "1",
            "inputs": (
                Input(name="DLP", value=400.0, unit="mGy.cm"),
                Input(name="CTDIw phantom", value=320.0, unit="mm"),
            ),
            "source": "a table of coefficients",
            **others,
        }
    )


def organ(name: str, value: float, event_uid: str | None = None, **others: Any) -> PatientDose:  # noqa: ANN401  fields of an estimate
    """Return the dose of an organ in mGy."""
    return PatientDose(quantity="organ_dose_mgy", of=name, event_uid=event_uid, estimate=estimated(value, **others))


def ssde(value: float, event_uid: str = FIRST, **others: Any) -> PatientDose:  # noqa: ANN401  fields of an estimate
    """Return the SSDE of one event in mGy."""
    return PatientDose(quantity="ssde_mgy", event_uid=event_uid, estimate=estimated(value, method="ct-ssde", **others))


def skin(value: float, **others: Any) -> PatientDose:  # noqa: ANN401  fields of an estimate
    """Return the highest dose of the skin in mGy."""
    return PatientDose(quantity="peak_skin_dose_mgy", estimate=estimated(value, method="skin-dose-map", **others))


def effective(value: float, of: str | None = None, event_uid: str | None = None) -> PatientDose:
    """Return an effective dose in mSv."""
    estimate = estimated(value, "mSv", "ct-effective-dose-icrp103")
    return PatientDose(quantity="effective_dose_msv", of=of, event_uid=event_uid, estimate=estimate)


def used_report(*event_uids: str, number: int = 1, study: str = STUDY) -> UsedReport:
    """Return a dose report of a device with these events."""
    return UsedReport(
        evidence=Evidence(
            study_instance_uid=study,
            series_instance_uid=f"{study}.9",
            sop_class_uid="1.2.840.10008.5.1.4.1.1.88.67",
            sop_instance_uid=f"{study}.9.{number}",
        ),
        event_uids=event_uids,
    )

"""
The dose check of a CT event: what was configured and foreseen, and who went on why.

Source: PS3.16, TID 10015 (CT Dose Check Details), with TID 1020 (Person Participant).
"""

from typing import Any

from dose_core.model import Code, CtEvent, DoseCheck
from dose_core.writers import concepts as c
from dose_core.writers.devices import NOT_STATED
from dose_core.writers.measured import measured
from dose_core.writers.templates.fill import Given, With
from dose_core.writers.templates.values import words
from dose_core.writers.valid import is_person_name, shown

_LEVELS = {
    "alert": ("Alert", "Accumulated "),
    "notification": ("Notification", ""),
}


def dose_checks(event: CtEvent) -> Given:
    """Return the first alert and the first notification (TID 10015)."""
    found = {one.level: one for one in reversed(event.dose_checks)}
    return {
        f"Dose Check {_LEVELS[level][0]} Details": With(below=_dose_check(found[level], *_LEVELS[level]))
        for level in _LEVELS
        if level in found
    }


def _dose_check(check: DoseCheck, level: str, accumulated: str) -> Given:
    name = check.authorized_by
    person = name if name is not None and is_person_name(name) and shown(name) else NOT_STATED
    given: dict[str, Any] = {
        f"DLP {level} Value Configured": _is_configured(check, check.dlp_limit_mgy_cm),
        f"CTDIvol {level} Value Configured": _is_configured(check, check.ctdi_vol_limit_mgy),
        **measured(
            check,
            {
                f"DLP {level} Value": "dlp_limit_mgy_cm",
                f"CTDIvol {level} Value": "ctdi_vol_limit_mgy",
                f"{accumulated}DLP Forward Estimate": "dlp_forward_mgy_cm",
                f"{accumulated}CTDIvol Forward Estimate": "ctdi_vol_forward_mgy",
            },
        ),
    }
    if shown(check.reason):
        given["Reason for Proceeding"] = check.reason
    if name is not None or _is_exceeded(check):
        given["Person Name"] = With(value=person, below={"Person Role in Procedure": c.IRRADIATION_AUTHORIZING})
    return given


def _is_configured(check: DoseCheck, limit: float | None) -> Code:
    """Return whether a limit was set; a source that sets one of two and says no more leaves the other open."""
    if limit is not None:
        return words("230")["yes"]
    return words("230")["no"] if check.is_configured is False else c.UNDETERMINED


def _is_exceeded(check: DoseCheck) -> bool:
    pairs = (
        (check.dlp_forward_mgy_cm, check.dlp_limit_mgy_cm),
        (check.ctdi_vol_forward_mgy, check.ctdi_vol_limit_mgy),
    )
    return any(forward is not None and limit is not None and forward > limit for forward, limit in pairs)

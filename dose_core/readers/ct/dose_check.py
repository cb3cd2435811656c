"""
Read the Dose Check of one CT event: what was configured, what was foreseen, who went on and why.

Source: PS3.16, TID 10015 (CT Dose Check Details), which records NEMA XR 25.
"""

from dataclasses import dataclass

from dose_core.model import DoseCheck
from dose_core.readers.ct import codes as ct
from dose_core.readers.sr import codes
from dose_core.readers.sr.codes import Concept
from dose_core.readers.sr.tree import SrNode
from dose_core.units import MGY, MGY_CM


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    name: str
    container: Concept
    configured: tuple[Concept, Concept]
    dlp_limit: Concept
    dlp_forward: Concept
    ctdi_vol_limit: Concept
    ctdi_vol_forward: Concept


_LEVELS = (
    _Level(
        name="alert",
        container=ct.DOSE_CHECK_ALERT,
        configured=(ct.DLP_ALERT_CONFIGURED, ct.CTDI_VOL_ALERT_CONFIGURED),
        dlp_limit=ct.DLP_ALERT_VALUE,
        dlp_forward=ct.ACCUMULATED_DLP_FORWARD,
        ctdi_vol_limit=ct.CTDI_VOL_ALERT_VALUE,
        ctdi_vol_forward=ct.ACCUMULATED_CTDI_VOL_FORWARD,
    ),
    _Level(
        name="notification",
        container=ct.DOSE_CHECK_NOTIFICATION,
        configured=(ct.DLP_NOTIFICATION_CONFIGURED, ct.CTDI_VOL_NOTIFICATION_CONFIGURED),
        dlp_limit=ct.DLP_NOTIFICATION_VALUE,
        dlp_forward=ct.DLP_FORWARD,
        ctdi_vol_limit=ct.CTDI_VOL_NOTIFICATION_VALUE,
        ctdi_vol_forward=ct.CTDI_VOL_FORWARD,
    ),
)


def read_dose_checks(dose: SrNode, field: str) -> tuple[DoseCheck, ...]:
    """
    Return the alert and the notification details below CT Dose, in mGy and mGy·cm; ``field`` names the event.

    ``is_configured`` tells if a limit for DLP or for CTDIvol was set; forward estimates may stand without one
    (Spectrum Dynamics).
    """
    found: list[DoseCheck] = []
    for level in _LEVELS:
        for node in dose.all(level.container):
            found.append(_read(node, level, f"{field}.dose_checks[{len(found)}]"))
    return tuple(found)


def _read(node: SrNode, level: _Level, field: str) -> DoseCheck:
    flags = [node.enum(flag, ct.YES_NO, field=f"{field}.is_configured") for flag in level.configured]
    return DoseCheck(
        level=level.name,
        is_configured=True if True in flags else False if False in flags else None,
        dlp_limit_mgy_cm=node.number(level.dlp_limit, unit=MGY_CM, field=f"{field}.dlp_limit_mgy_cm"),
        dlp_forward_mgy_cm=node.number(level.dlp_forward, unit=MGY_CM, field=f"{field}.dlp_forward_mgy_cm"),
        ctdi_vol_limit_mgy=node.number(level.ctdi_vol_limit, unit=MGY, field=f"{field}.ctdi_vol_limit_mgy"),
        ctdi_vol_forward_mgy=node.number(level.ctdi_vol_forward, unit=MGY, field=f"{field}.ctdi_vol_forward_mgy"),
        reason=node.text(ct.REASON_FOR_PROCEEDING, field=f"{field}.reason"),
        authorized_by=node.text(codes.PERSON_NAME, field=f"{field}.authorized_by"),
    )

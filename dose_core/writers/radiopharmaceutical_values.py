"""
What one administration of a radiopharmaceutical states, by the concepts of TID 10022 with 1020 and 10023.

Source: PS3.16, these templates.
"""

from collections.abc import Iterator
from typing import Any

from dose_core.ledger.exam import Counted
from dose_core.ledger.nuclides import nuclide_of
from dose_core.ledger.radiopharmaceuticals import activity
from dose_core.model import Administration, Code, OrganDose
from dose_core.units import MBQ, MGY, S
from dose_core.writers import concepts as c
from dose_core.writers.measured import measured
from dose_core.writers.templates.fill import Given, Measured, With
from dose_core.writers.templates.values import words
from dose_core.writers.valid import is_person_name, shown, writable

_NUMBERS = {
    "Estimated Extravasation Activity": "extravasation_percent",
    "Radiopharmaceutical Volume": "volume_ml",
    "Pre-Administration Measured Activity": "pre_activity_mbq",
    "Post-Administration Measured Activity": "post_activity_mbq",
}
_NUCLIDES = ("4020", "18")  # those of PET, then all
_NOBODY = "Unknown"  # a name is mandatory (TID 10022, row 23); devices write this one for a person they do not know


def administration_values(counted: Counted[Administration]) -> Given:
    """Return what a report states of one administration; it must have a start."""
    stated = counted.event
    names = [name for name in (stated.administered_by or "").split(" | ") if name and is_person_name(name)]
    given: dict[str, Any] = {
        "Radiopharmaceutical agent": _agent(stated),
        "Radiopharmaceutical Administration Event UID": counted.event_uid,
        "Radiopharmaceutical Start DateTime": stated.start,
        "Administered activity": Measured(value=activity(stated), unit=MBQ),
        **measured(stated, _NUMBERS),
        "Organ Dose Information": [_organ_dose(dose) for dose in stated.organ_doses if writable(dose.organ_code)],
        "Route of administration": _route(stated),
        "Person Name": [
            With(value=name, below={"Person Role in Procedure": c.IRRADIATION_ADMINISTERING})
            for name in names or [_NOBODY]
        ],
    }
    if stated.stop:
        given["Radiopharmaceutical Stop DateTime"] = stated.stop
    comment = " ".join(_sentences(counted))
    return {**given, "Comment": comment} if comment else given


def _agent(stated: Administration) -> With:
    half_life = Measured(value=stated.half_life_s, unit=S)
    return With(
        value=writable(stated.agent_code) or c.UNKNOWN,
        below={"Radionuclide": _nuclide(stated) or c.UNKNOWN, "Radionuclide Half Life": half_life},
    )


def _nuclide(stated: Administration) -> Code | None:
    """Return the nuclide as coded, else the code of its name."""
    name = nuclide_of(stated) or ""
    by_name = (words(group).get(name) for group in _NUCLIDES)
    return writable(stated.radionuclide_code) or next((code for code in by_name if code), None)


def _route(stated: Administration) -> With:
    code = _route_code(stated)
    site = _site_code(stated)
    if site is None and not stated.laterality:
        return With(value=code or c.UNKNOWN)
    side = {"Laterality": words("244")[stated.laterality]} if stated.laterality else {}
    return With(value=code or c.UNKNOWN, below={"Site of": With(value=site or c.UNKNOWN, below=side)})


def _route_code(stated: Administration) -> Code | None:
    return writable(stated.route_code) or words("11").get((stated.route or "").casefold().removesuffix(" route"))


def _site_code(stated: Administration) -> Code | None:
    return writable(stated.site_code) or words("3746").get((stated.site or "").casefold())


def _organ_dose(dose: OrganDose) -> With:
    below: dict[str, Any] = {"Finding Site": writable(dose.organ_code)}
    if dose.laterality:
        below["Laterality"] = words("244")[dose.laterality]
    authority: Given = {}
    if dose.method and shown(dose.method):
        authority = {"Reference Authority": words("10040").get(dose.method, dose.method)}
    below["Organ Dose"] = With(value=Measured(value=dose.dose_mgy, unit=MGY), below=authority)
    return With(below=below)


def _sentences(counted: Counted[Administration]) -> Iterator[str]:
    """Yield the comment of the source, what no code says, and where the UID comes from."""
    stated = counted.event
    if stated.comment and shown(stated.comment):
        yield stated.comment
    for name, text, code in (
        ("Radiopharmaceutical", stated.agent, writable(stated.agent_code)),
        ("Radionuclide", stated.radionuclide, _nuclide(stated)),
        ("Route", stated.route, _route_code(stated)),
        ("Site", stated.site, _site_code(stated)),
    ):
        if code is None and shown(text):
            yield f"{name} as stated: {text}."
    if counted.uid_is_stand_in:
        yield "No source states an Administration Event UID that can be trusted; this one was made."

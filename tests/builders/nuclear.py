"""
Nuclear medicine objects, for tests: radiopharmaceutical dose reports (PS3.16, TID 10021 to 10024), PET and NM images.

All people and places are invented.
"""

from dose_core.ledger.administration_groups import NuclearStatement
from dose_core.ledger.exam import Statement
from dose_core.model import Administration, Kind, NuclearReport
from tests.builders.ct_rdsr import HEADER
from tests.builders.dicom import part10
from tests.builders.sr import Concept, Item, code, coded, container, date_time, num, person, text, uidref

RRDSR_CLASS = "1.2.840.10008.5.1.4.1.1.88.68"
PET_CLASS = "1.2.840.10008.5.1.4.1.1.128"
CONVERTED_PET_CLASS = "1.2.840.10008.5.1.4.1.1.128.1"
ENHANCED_PET_CLASS = "1.2.840.10008.5.1.4.1.1.130"
NM_CLASS = "1.2.840.10008.5.1.4.1.1.20"

TITLE: Concept = ("113500", "DCM", "Radiopharmaceutical Radiation Dose Report")
FDG: Concept = ("35321007", "SCT", "Fluorodeoxyglucose F^18^")
FDG_SRT: Concept = ("C-B1031", "SRT", "Fluorodeoxyglucose F^18^")
FLUORINE: Concept = ("77004003", "SCT", "^18^Fluorine")
FLUORINE_SRT: Concept = ("C-111A1", "SRT", "^18^Fluorine")
TECHNETIUM_99SDM: Concept = ("C-163A8", "99SDM", "99m Technetium")
LIVER: Concept = ("10200004", "SCT", "Liver")
KIDNEY: Concept = ("64033007", "SCT", "Kidney")
BILATERAL: Concept = ("51440002", "SCT", "Bilateral")
LEFT: Concept = ("7771000", "SCT", "Left")
INTRAVENOUS: Concept = ("47625008", "SCT", "Intravenous route")

# The concept names of the templates in their SCT form, and in the SRT form of 2014 that Siemens sends.
SCT: dict[str, Concept] = {
    "procedure": ("363589002", "SCT", "Associated Procedure"),
    "intent": ("363703001", "SCT", "Has Intent"),
    "agent": ("349358000", "SCT", "Radiopharmaceutical agent"),
    "nuclide": ("89457008", "SCT", "Radionuclide"),
    "half_life": ("304283002", "SCT", "Radionuclide Half Life"),
    "route": ("410675002", "SCT", "Route of administration"),
    "site": ("272737002", "SCT", "Site of"),
    "laterality": ("272741003", "SCT", "Laterality"),
    "finding_site": ("363698007", "SCT", "Finding Site"),
}
SRT: dict[str, Concept] = {
    "procedure": ("G-C2D0", "SRT", "Associated Procedure"),
    "intent": ("G-C0E8", "SRT", "Has Intent"),
    "agent": ("F-61FDB", "SRT", "Radiopharmaceutical agent"),
    "nuclide": ("C-10072", "SRT", "Radionuclide"),
    "half_life": ("R-42806", "SRT", "Radionuclide Half Life"),
    "route": ("G-C340", "SRT", "Route of administration"),
    "site": ("G-C581", "SRT", "Site of"),
    "laterality": ("G-C171", "SRT", "Laterality"),
    "finding_site": ("G-C0E3", "SRT", "Finding Site"),
}
DIAGNOSTIC: Concept = ("261004008", "SCT", "Diagnostic Intent")
PET_STUDY: Concept = ("443271005", "SCT", "PET/CT FDG imaging of whole body")


def rrdsr_bytes(
    *content: Item, words: dict[str, Concept] = SCT, intent: Concept | None = DIAGNOSTIC, **header: object
) -> bytes:
    """Return the file of a report with the content given; a header value of None leaves it out, as does no intent."""
    stated = [code(words["intent"], intent, relationship="HAS CONCEPT MOD")] if intent else []
    procedure = code(words["procedure"], PET_STUDY, *stated)
    elements = {
        **HEADER,
        "SOPClassUID": RRDSR_CLASS,
        "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": [coded(TITLE)],
        "ContinuityOfContent": "SEPARATE",
        "ContentSequence": [procedure, *content],
        **header,
    }
    return part10({keyword: value for keyword, value in elements.items() if value is not None})


def administration(
    *more: Item,
    uid: str = "2.25.7001",
    agent: Item | None = None,
    start: str | None = "20260301090000",
    activity: str | None = "370",
    unit: str = "MBq",
    words: dict[str, Concept] = SCT,
) -> Item:
    """Return Radiopharmaceutical Administration (TID 10022): FDG, unless another agent item is given."""
    items = [agent or agent_item(words=words), uidref(("113503", "DCM", "Administration Event UID"), uid)]
    if start is not None:
        items.append(date_time(("123003", "DCM", "Radiopharmaceutical Start DateTime"), start))
    if activity is not None:
        items.append(num(("113507", "DCM", "Administered activity"), activity, unit))
    return container(("113502", "DCM", "Radiopharmaceutical Administration"), *items, *more)


def agent_item(
    agent: Concept | str = FDG,
    nuclide: Concept = FLUORINE,
    *,
    half_life_s: str = "6586.2",
    words: dict[str, Concept] = SCT,
) -> Item:
    """Return the agent with its nuclide and half-life; as TEXT where a string is given."""
    below = (code(words["nuclide"], nuclide), num(words["half_life"], half_life_s, "s"))
    if isinstance(agent, str):
        return text(words["agent"], agent, *below)
    return code(words["agent"], agent, *below)


def route(*site: Item, words: dict[str, Concept] = SCT) -> Item:
    """Return the intravenous route."""
    return code(words["route"], INTRAVENOUS, *site)


def site(side: Concept, words: dict[str, Concept] = SCT) -> Item:
    """Return an arm vein of one side."""
    return code(words["site"], ("113254009", "SCT", "Arm vein"), code(words["laterality"], side))


def organ_dose(
    organ: Concept | None,
    dose: str | None,
    *,
    unit: str = "mGy",
    side: Concept | None = None,
    authority: Item | None = None,
    words: dict[str, Concept] = SCT,
) -> Item:
    """Return Organ Dose Information (TID 10023)."""
    items = [] if organ is None else [code(words["finding_site"], organ)]
    items += [] if side is None else [code(words["laterality"], side)]
    items += [num(("113518", "DCM", "Organ Dose"), dose, unit, *([authority] if authority else []))]
    return container(("113517", "DCM", "Organ Dose Information"), *items)


def authority(name: str | Concept) -> Item:
    """Return the Reference Authority as TEXT or CODE."""
    concept = ("121406", "DCM", "Reference Authority")
    return text(concept, name) if isinstance(name, str) else code(concept, name)


def effective_dose(msv: str, name: str = "ICRP Publication 128") -> Item:
    """Return an Effective Dose with its authority."""
    return num(("113839", "DCM", "Effective Dose"), msv, "mSv", authority(name))


def siemens_effective_dose(msv: str) -> Item:
    """Return the private container of Siemens devices around it."""
    return container(("220001", "99SHS", "Effective Dose Information"), effective_dose(msv))


def administered_by(name: str, role: Concept = ("113851", "DCM", "Irradiation Administering")) -> Item:
    """Return a Person Participant (TID 1020)."""
    return person(("113870", "DCM", "Person Name"), name, code(("113875", "DCM", "Person Role in Procedure"), role))


def characteristics(height: str, height_unit: str, weight: str, weight_unit: str = "kg") -> Item:
    """Return Patient Characteristics (TID 10024)."""
    return container(
        ("121118", "DCM", "Patient Characteristics"),
        num(("8302-2", "LN", "Patient Height"), height, height_unit),
        num(("29463-7", "LN", "Patient Weight"), weight, weight_unit),
    )


def radiopharmaceutical(**elements: object) -> Item:
    """Return an item of the Radiopharmaceutical Information Sequence: FDG, 370 MBq in Bq; None leaves out."""
    item: Item = {
        "Radiopharmaceutical": "Fluorodeoxyglucose",
        "RadiopharmaceuticalStartDateTime": "20260301090000",
        "RadionuclideTotalDose": "370000000",
        "RadionuclideHalfLife": "6586.2",
        "RadionuclideCodeSequence": [coded(FLUORINE_SRT)],
        "RadiopharmaceuticalCodeSequence": [coded(FDG_SRT)],
    }
    item.update(elements)
    return {keyword: value for keyword, value in item.items() if value is not None}


def pet_image_bytes(*items: Item, **elements: object) -> bytes:
    """Return a PET image without pixel data; an element given as None is left out."""
    header: Item = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "SOPClassUID": PET_CLASS,
        "SOPInstanceUID": "2.25.7101",
        "StudyInstanceUID": "2.25.7102",
        "SeriesInstanceUID": "2.25.7103",
        "StudyDate": "20260301",
        "StudyTime": "095000",
        "SeriesDate": "20260301",
        "AcquisitionDate": "20260301",
        "AcquisitionTime": "100000",
        "Modality": "PT",
        "Manufacturer": "ACME",
        "PatientName": "Beispiel^Bo",
        "PatientID": "P-2",
        "PatientSize": "1.8",
        "PatientWeight": "80",
        "RadiopharmaceuticalInformationSequence": list(items) or [radiopharmaceutical()],
        "InstanceNumber": "1",
    }
    header.update(elements)
    return part10({keyword: value for keyword, value in header.items() if value is not None})


def nm_image_bytes(*items: Item, **elements: object) -> bytes:
    """Return an NM image; without items: sestamibi by its name alone, 320 MBq in MBq, no start, as Siemens writes."""
    sestamibi: Item = {
        "Radiopharmaceutical": "Sestamibi",
        "RadionuclideTotalDose": "320",
        "RadionuclideCodeSequence": [coded(TECHNETIUM_99SDM)],
    }
    return pet_image_bytes(*(items or (sestamibi,)), SOPClassUID=NM_CLASS, Modality="NM", **elements)


def stated(key: str, *events: Administration, kind: Kind = Kind.NUCLEAR_IMAGE, **fields: object) -> NuclearStatement:
    """Return what an object with this key states."""
    report = NuclearReport(kind=kind, sop_instance_uid=f"2.25.{key}", events=events, **fields)  # type: ignore[arg-type]  # fields of the report by name
    return Statement(key=key, report=report)

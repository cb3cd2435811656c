"""Messages about orders, results, appointments and visits for tests. All people are invented."""

from tests.builders.hl7 import message, msh, pid

AT = "20260301090000"


def order(  # noqa: PLR0913 - a message has many fields, of which a test names one
    control: str = "NW",
    *,
    placer: str = "PL1",
    filler: str = "FL1",
    status: str = "",
    accession: str = "ACC-1",
    study: str | None = None,
    modality: str = "CT",
    identifiers: str = "P-1^^^HOSP^MR",
    planned: str = "20260301101500",
    indication: str = "fall from a ladder",
    visit: str = "",
    account: str = "",
    at: str = AT,
    control_id: str = "ORD1",
) -> bytes:
    """Return an ORM^O01 of one order, as IHE RAD-4 has it in version 2.3.1."""
    return message(
        msh("ORM^O01", control_id=control_id, at=at, version="2.3.1"),
        whose(identifiers, account),
        stay(visit),
        f"ORC|{control}|{placer}^RIS|{filler}^RIS||{status}||^^^{planned}^^R",
        f"OBR|1|{placer}^RIS|{filler}^RIS|CTCHEST^CT chest^L|||||||||{indication}|||0815^Roe^Rita|"
        f"|{accession}|RP1|SPS1||||{modality}|||||||R07.4^Chest pain^I10",
        *([f"ZDS|{study}^RIS^Application^DICOM"] if study else []),
    )


def imaging_order(
    control: str = "NW",
    *,
    study: str,
    accession: str = "ACC-1",
    modality: str = "CT",
    station: str = "CTROOM1",
    identifiers: str = "P-1^^^HOSP^MR",
    at: str = AT,
    control_id: str = "OMI1",
) -> bytes:
    """Return an OMI^O23 of one order."""
    return message(
        msh("OMI^O23^OMI_O23", control_id=control_id, at=at),
        pid(identifiers),
        stay(""),
        f"ORC|{control}|PL1^RIS|FL1^RIS||SC",
        "TQ1|1||||||20260301101500||S",
        "OBR|1|PL1^RIS|FL1^RIS|CTCHEST^CT chest^L|||||||||known stone|||0815^Roe^Rita",
        f"IPC|{accession}^RIS|RP1|{study}|SPS1|{modality}|CTCHEST^Thorax routine^L|Room 1|Radiology|{station}",
    )


def result(
    status: str = "F",
    *,
    placer: str = "PL1",
    filler: str = "FL1",
    modality: str = "CT",
    identifiers: str = "P-1^^^HOSP^MR",
    at: str = "20260301113000",
    control_id: str = "RES1",
) -> bytes:
    """Return an ORU^R01 that reports on an order."""
    return message(
        msh("ORU^R01^ORU_R01", control_id=control_id, at=at),
        pid(identifiers),
        f"ORC|RE|{placer}^RIS|{filler}^RIS",
        f"OBR|1|{placer}^RIS|{filler}^RIS|CTCHEST^CT chest^L|||20260301101500|||||||||||||||{at}||{modality}|{status}",
        "OBX|1|TX|18782-3^Findings^LN||nothing new||||||F",
    )


def moved_visit(
    *, to: str, source: str, visit: str, at: str = "20260301123000", control_id: str = "MOV1", event: str = "A45"
) -> bytes:
    """Return an A45 that moves a visit from one patient to another."""
    return message(
        msh(f"ADT^{event}^ADT_{event}", control_id=control_id, at=at),
        f"EVN|{event}|{at}",
        pid(to, "Ek^Alma"),
        f"MRG|{source}||||{visit}",
        stay(visit),
    )


def renumbered_visit(
    *, identifiers: str, old: str, new: str, at: str = "20260301122000", event: str = "A50", control_id: str = "NUM1"
) -> bytes:
    """Return an A50 (or an A42) by which a visit has another number from then on."""
    return message(
        msh(f"ADT^{event}^ADT_{event}", control_id=control_id, at=at),
        f"EVN|{event}|{at}",
        pid(identifiers),
        f"MRG|{identifiers}||||{old}",
        stay(new),
    )


def whose(identifiers: str, account: str = "") -> str:
    """Return a PID with an account number (PID-18)."""
    return f"{pid(identifiers)}||||||||||{account}"


def stay(visit: str) -> str:
    """Return a PV1 with a visit number (PV1-19)."""
    return f"PV1|1|O||||||4711^Poe^Paul|||||||||||{visit}"

"""HL7 messages for tests. All people are invented."""

CONTROL_ID = "MSG00001"


def message(*segments: str) -> bytes:
    """Return segments as a message in UTF-8, each ended by CR."""
    return "".join(f"{segment}\r" for segment in segments).encode()


def msh(
    message_type: str = "ADT^A08^ADT_A01",
    *,
    control_id: str = CONTROL_ID,
    at: str = "20240306101500",
    version: str = "2.5.1",
    charset: str = "UNICODE UTF-8",
    processing_id: str = "P",
    sender: str = "HIS|HOSP",
    asks: str = "|",
) -> str:
    """Return an MSH segment; ``asks`` is MSH-15 and MSH-16."""
    begin = rf"MSH|^~\&|{sender}|DOSE|XRAY|{at}||{message_type}|{control_id}|{processing_id}|{version}"
    return f"{begin}|||{asks}||{charset}"


def pid(
    identifiers: str = "P100^^^HOSP^MR", name: str = "Ek^Alma", birth_date: str = "19600101", sex: str = "F"
) -> str:
    """Return a PID segment."""
    return f"PID|1||{identifiers}||{name}||{birth_date}|{sex}"


def adt(
    event: str = "A08",
    *,
    identifiers: str = "P100^^^HOSP^MR",
    name: str = "Ek^Alma",
    birth_date: str = "19600101",
    sex: str = "F",
    at: str = "20240306101500",
    control_id: str = CONTROL_ID,
) -> bytes:
    """Return an ADT message that states one patient."""
    return message(
        msh(f"ADT^{event}^ADT_A01", control_id=control_id, at=at),
        f"EVN|{event}|{at}",
        pid(identifiers, name, birth_date, sex),
        "PV1|1|O",
    )


def merge(
    *, survivor: str, subsumed: str, at: str = "20240306101500", control_id: str = CONTROL_ID, name: str = "Ek^Alma"
) -> bytes:
    """Return an A40 that merges ``subsumed`` (MRG-1) into ``survivor`` (PID-3)."""
    return message(
        msh("ADT^A40^ADT_A39", control_id=control_id, at=at),
        f"EVN|A40|{at}",
        pid(survivor, name),
        f"MRG|{subsumed}",
    )

"""
What the status codes mean by which an archive answers to a store, over DICOM and over HTTP alike.

Source: PS3.4, B.2.3 (C-STORE), PS3.18, I.2.1 and I.2.2 (STOW-RS), PS3.7, Annex C (codes of all services).
"""

from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError

SUCCESS = 0x0000
_DUPLICATE = 0x0111  # it has the instance already

_WARNINGS = {
    0xB000: "it changed elements of the object (coercion)",
    0xB006: "it discarded elements of the object",
    0xB007: "it finds that the object does not match its SOP Class",
}
_OTHER_WARNINGS = frozenset({0x0001, 0x0107, 0x0116})
_LATER = {
    0x0110: "it failed to process the object",
    0x0124: "it does not allow us to store; allow it for our AE title or user there",
    0x0213: "it is out of resources",
}
_NEVER = {
    0x0117: "it finds the instance invalid",
    0x0122: "it does not support the SOP Class; allow dose SRs there, then have it sent again",
    0xC122: "it does not support the transfer syntax; allow explicit VR little endian there",
}
# By the first digits, as the standard gives them.
_A7, _A9 = 0xA7, 0xA9
_B, _C = 0xB, 0xC


def warning_of(code: int) -> str | None:
    """
    Return what an archive warned of that has stored an object, ``None`` if of nothing.

    The texts are ours: what an archive adds in its own words may name a patient.

    Raises:
        ArchiveUnavailableError: it did not store the object, and may do so later.
        ArchiveRefusedError: it did not, and never will.
    """
    if code in {SUCCESS, _DUPLICATE}:
        return None
    if code in _OTHER_WARNINGS or code >> 12 == _B:
        return f"the archive stored it with status {code:04X}: {_WARNINGS.get(code, 'a warning of its own')}"
    if code in _LATER or code >> 8 == _A7:
        msg = f"the archive answered with status {code:04X}: {_LATER.get(code, 'it is out of resources')}"
        raise ArchiveUnavailableError(msg)
    msg = f"the archive refused with status {code:04X}: {_NEVER.get(code) or _family(code)}"
    raise ArchiveRefusedError(msg)


def _family(code: int) -> str:
    if code >> 8 == _A9:
        return "it finds that the object does not match its SOP Class"
    if code >> 12 == _C:
        return "it cannot understand the object"
    return "a status that the standard does not give for a store; see its log"

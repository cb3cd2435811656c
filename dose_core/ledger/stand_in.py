"""
Deterministic UIDs for events whose sources state none.

Source: PS3.5, B.2: a UID may be ``2.25.`` followed by a UUID as a decimal number.
"""

from uuid import UUID, uuid5

from dose_core.own import OUR_UID_ROOT

_NAMESPACE = UUID("6f0f8f2e-5d0c-4c53-9a3b-3a1c2c2f9d1e")  # drawn once for DoseLedger


def uid_of(*parts: object) -> str:
    """Return the same UID for the same parts, whatever the order in which objects came."""
    name = "\x1f".join("" if part is None else str(part) for part in parts)
    return f"{OUR_UID_ROOT}{uuid5(_NAMESPACE, name).int}"

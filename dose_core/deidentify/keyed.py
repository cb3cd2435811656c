"""What takes the place of identifiers: always the same for the same one, and not to be traced back without the key."""

import hashlib
import hmac

from dose_core.own import OUR_UID_ROOT

# Ours: a year hides on which day of which season somebody was there, and leaves the years for trends within one.
MOST_DAYS = 365
_VERSION, _VARIANT = 0xF << 76, 0x3 << 62  # where RFC 9562, 4, has them in the 128 bits


def uid_for(key: bytes, uid: str) -> str:
    """
    Return the UID that takes the place of another one.

    Source: PS3.5, B.2 (UUID as UID); RFC 9562, 5.8 (UUIDs of version 8 are made as one likes).
    """
    number = int.from_bytes(_digest(key, "uid", uid)[:16], "big")
    return f"{OUR_UID_ROOT}{number & ~_VERSION & ~_VARIANT | 8 << 76 | 2 << 62}"


def pseudonym_for(key: bytes, subject: str) -> str:
    """Return what stands for a person, as Patient ID and as name."""
    return f"P{_digest(key, 'subject', subject).hex()[:16].upper()}"


def serial_for(key: bytes, serial_number: str) -> str:
    """Return what stands for the serial number of a device, so that devices are still told apart."""
    return f"D{_digest(key, 'serial', serial_number).hex()[:12].upper()}"


def days_for(key: bytes, subject: str) -> int:
    """Return by how many whole days the dates of a person are moved into the past: 1 to 365."""
    return 1 + int.from_bytes(_digest(key, "days", subject)[:8], "big") % MOST_DAYS


def _digest(key: bytes, what: str, value: str) -> bytes:
    return hmac.new(key, f"{what}\x1f{value}".encode(), hashlib.sha256).digest()

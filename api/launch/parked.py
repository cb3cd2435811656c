"""
A query that waits while its person signs in: sealed, so that no address tells whom it is about.

It is sealed with authenticated encryption (Fernet: AES-128-CBC and HMAC-SHA-256) under a key of its own, derived from
the secret that signs tokens, and works for ten minutes, for whoever signs in.
"""

import base64
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.launch.signed import LinkRejectedError

WAITS = timedelta(minutes=10)  # ours: for a sign-in with a second factor


def seal(secret: bytes, query: str, *, now: datetime) -> str:
    """Return a query so that only this service can read it."""
    return _box(secret).encrypt_at_time(query.encode(), int(now.timestamp())).decode()


def unseal(secret: bytes, sealed: str, *, now: datetime) -> str:
    """
    Return the query.

    Raises:
        LinkRejectedError: it was sealed by nobody here, or too long ago; the text does not say which.
    """
    try:
        kept = _box(secret).decrypt_at_time(sealed.encode(), int(WAITS.total_seconds()), int(now.timestamp()))
    except (InvalidToken, ValueError):
        raise LinkRejectedError(
            "this link does not hold, was used before or has expired; open the view again"
        ) from None
    return kept.decode()


def _box(secret: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"doseledger parked launch").derive(secret)
    return Fernet(base64.urlsafe_b64encode(derived))

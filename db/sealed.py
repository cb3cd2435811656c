"""
Bytes that can be made unreadable for good: sealed under a key of their own, which may be destroyed.

Source: NIST SP 800-38D (AES-GCM; a nonce of 96 bits, never used twice under a key) and SP 800-88, 2.6
(destroying the key destroys what it sealed).
"""

import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dose_core.errors import DoseError

_KEY_BYTES = 32
_NONCE_BYTES = 12


class ErasedError(DoseError):
    """The key was destroyed when the time to keep this was over; nobody can read it any more."""


def new_key() -> bytes:
    """Return a key for one object."""
    return secrets.token_bytes(_KEY_BYTES)


def seal(key: bytes, plain: bytes) -> bytes:
    """Return the bytes, readable only with the key."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def unseal(key: bytes | None, sealed: bytes) -> bytes:
    """
    Return what was sealed.

    Raises:
        ErasedError: the key was destroyed.
    """
    if key is None:
        raise ErasedError("the key of this object was destroyed when the time to keep it was over")
    return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)

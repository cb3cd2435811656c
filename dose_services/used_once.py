"""What another system signed for one use: a token by its ``jti``, an address by its nonce."""

from datetime import datetime
from hashlib import sha256

from db.repositories import used_once
from db.session import Session


def use(session: Session, issuer: str, value: str, *, until: datetime, now: datetime) -> bool:
    """
    Use a ``jti`` or a nonce of an issuer, and tell whether this is the first time; all processes of a house agree.

    ``until`` is when what carried it is refused anyway. Commit before acting on it, or a failure afterwards would
    let it be used again.
    """
    # The lengths keep two pairs apart whose letters are the same.
    digest = sha256(f"{len(issuer)}:{issuer}{value}".encode()).hexdigest()
    return used_once.add(session, digest, until=until, now=now)

"""The states of a publication, apart from all that works with them: a command line names them before it needs that."""

from enum import StrEnum


class PublicationState(StrEnum):
    """How a publication stands, see ``db.tables.publication.PublicationRow``."""

    WAITING = "waiting"
    SENT = "sent"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    PARKED = "parked"

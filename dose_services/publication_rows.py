"""How the row of one publication changes when its object is wanted again, or is wanted no more."""

from datetime import datetime

from db.tables.publication import PublicationRow

TAKEN_BACK = frozenset({"cancelled", "superseded", "withdrawn"})  # it may be wanted again


def is_hidden(row: PublicationRow) -> bool:
    """Tell if an archive was told by a note to hide the object, so that it does not take it again."""
    return row.state in TAKEN_BACK and row.note_made_at is not None


def want_again(row: PublicationRow, *, not_before: datetime) -> None:
    """Have an object wait again that was taken back, or that was settled."""
    if row.state in TAKEN_BACK:
        row.attempts = 0  # whatever the archive had of it left it
    row.state, row.not_before, row.ended_at = "waiting", not_before, None
    row.superseded_by = None


def take_back(row: PublicationRow, *, now: datetime, superseded_by: int | None = None) -> None:
    """
    Take one publication back.

    After an attempt the archive may hold the object although no answer came, so that it is taken back
    there; deleting what is not there does no harm.
    """
    may_be_stored = row.state in {"waiting", "parked", "refused", "unchanged"} and row.attempts > 0
    if row.state == "sent" or may_be_stored:
        row.state, row.not_before, row.ended_at = "withdrawing", now, None
    elif row.state in {"waiting", "refused", "unchanged"}:
        row.state, row.ended_at = ("superseded" if superseded_by else "cancelled"), now
    else:
        return
    row.superseded_by = superseded_by

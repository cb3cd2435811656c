"""The id under which a number explains itself: what holds it, and its field there."""

import re
from dataclasses import dataclass
from uuid import UUID

from dose_core.errors import DoseError

_INDEX = re.compile(r"\[([0-9]+)\]")
_FIELD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_NUMBER = re.compile(r"\.([0-9]+)(?=\.|$)")


class NotAValueIdError(DoseError):
    """The text is no value id; take one from the ``value_id`` of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueId:
    """
    ``holder`` is a statement, or the revision of an exam for what DoseLedger added up or chose.

    ``field`` is named as the readers name it: ``events[2].ctdi_vol_mgy``. As a text, which may stand in
    an address, the id is ``<holder>.events.2.ctdi_vol_mgy``.
    """

    holder: UUID
    field: str

    def __str__(self) -> str:
        return f"{self.holder}." + _INDEX.sub(r".\1", self.field)


def parse_value_id(text: str) -> ValueId:
    """
    Return the id that a text spells.

    Raises:
        NotAValueIdError: it spells none.
    """
    holder, _, field = text.partition(".")
    if not _FIELD.fullmatch(field) or len(text) > 200:  # noqa: PLR2004 - longer than any field of ours
        raise NotAValueIdError("a value id is written <id>.<field>, as 'value_id' in the answers shows it")
    try:
        return ValueId(holder=UUID(holder), field=_NUMBER.sub(r"[\1]", field))
    except ValueError:
        raise NotAValueIdError("a value id begins with a UUID; take it from 'value_id' of an answer") from None

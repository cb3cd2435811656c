"""What a rejection note states: which objects of an archive were taken back, and why."""

from dataclasses import dataclass

from dose_core.model.common import Code, DoseReport


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionNote(DoseReport):
    """
    A Key Object Selection that rejects objects (IHE RAD TF, RAD-66); it states no dose itself.

    ``reason`` is its title, ``rejected`` the SOP Instance UIDs of the objects, each once, in the order of the note.
    """

    reason: Code
    rejected: tuple[str, ...] = ()

"""Why an object gives no dose report. The texts are read by physicists and name no patient."""

from dose_core.errors import DoseError


class UnreadableError(DoseError):
    """The object is damaged, hostile or beyond the limits; ask the sender for a sound copy."""


class NoReaderError(UnreadableError):
    """The object is about dose, but this version has no reader for its kind; it is kept for one that has."""


class NotDoseError(DoseError):
    """The object is sound and states no radiation dose; nothing is to be done."""

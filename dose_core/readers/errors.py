"""Why an object gives no dose report. The texts are read by physicists and name no patient."""

from dose_core.errors import DoseError


class UnreadableError(DoseError):
    """The object is damaged, hostile or beyond the limits; ask the sender for a sound copy."""


class NotDoseError(DoseError):
    """The object is sound and states no radiation dose; nothing is to be done."""

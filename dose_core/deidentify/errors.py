"""Why an object cannot be de-identified."""

from dose_core.errors import DoseError


class NotDeidentifiableError(DoseError):
    """The object is none whose parts are all known, so that nothing of it may leave; no patient data."""


class WeakKeyError(DoseError):
    """The secret under which identifiers are replaced could be guessed."""

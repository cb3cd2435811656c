"""How a bench says that it cannot be run here."""


class SkipError(Exception):
    """Something that a bench needs is not on this machine; the text says what, and how to name it."""

"""The root of every failure that DoseLedger foresees."""


class DoseError(Exception):
    """
    A failure that was foreseen; its text says what is wrong and what to do.

    Subclasses stand where they are raised. A text names UIDs and our own ids only, never a patient.
    """

"""Why a dose SR cannot be written."""

from dose_core.errors import DoseError


class NotWritableError(DoseError):
    """The exam or its study lacks what a valid dose SR must state; ``missing`` names each part."""

    def __init__(self, study_instance_uid: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"no dose SR can be written for study {study_instance_uid}; missing: {'; '.join(missing)}")
        self.missing = missing


class UnusableHeaderError(DoseError):
    """The kept header does not tell which study it belongs to, or its text cannot be decoded."""

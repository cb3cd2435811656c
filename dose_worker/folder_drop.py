"""A folder that somebody empties, as a place to which de-identified dose SRs are forwarded."""

import os
from pathlib import Path

from dose_worker.archive import ArchiveUnavailableError


def drop(folder: Path, sop_instance_uid: str, dicom: bytes) -> None:
    """
    Write an object into a folder, under its new UID: the name of the file says no more than the object.

    It is there as a whole or not at all. The same object overwrites itself.

    Raises:
        ArchiveUnavailableError: the folder cannot be written; try again later.
    """
    whole = folder / f"{sop_instance_uid}.dcm"
    part = folder / f".{sop_instance_uid}.part"
    try:
        with part.open("wb") as file:
            file.write(dicom)
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)
    except OSError as error:
        msg = f"the folder cannot be written ({type(error).__name__})"
        raise ArchiveUnavailableError(msg) from error

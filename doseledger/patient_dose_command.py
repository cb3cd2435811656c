"""``doseledger patient-dose``: what DoseLedger estimated of an exam, as DICOM objects in a folder."""

import os
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from dose_core.errors import DoseError
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

ExamOption = Annotated[UUID, typer.Option("--exam", help="Our id of the exam; `explain --study` tells it.")]
OutOption = Annotated[Path, typer.Option(help="Folder for the files, which only you can read; made if missing.")]


class NothingToTellError(DoseError):
    """There is no patient dose report of this exam (yet)."""


class UnusableFolderError(DoseError):
    """The files cannot be written there."""


def patient_dose(exam: ExamOption, out: OutOption) -> None:
    """
    Write the patient dose reports of an exam, one for each method, and its map of skin dose as an image.

    Effective dose is among them only where the site's physicist switched it on. This look is on record.
    """
    from dose_services import viewing
    from dose_services.patient_dose_document import objects_of
    from dose_worker.main import recorder_of
    from doseledger.processes import site_of
    from doseledger.settings import Settings

    settings = Settings.load()
    recorder = recorder_of(site_of(settings), software_version=version("doseledger"))
    with transaction(settings) as session:
        viewing.look_at_exam(session, exam, looker=replace(looker("patient-dose"), reads_uncounted=True), now=now())
        found = objects_of(session, exam, recorder)
    if not found:
        raise NothingToTellError(
            "nothing to tell: the exam must count, have a dose report of its device and estimates of it that are made"
        )
    for one in found:
        if one.dicom is None:
            typer.echo(f"{one.kind}: not written; missing: {'; '.join(one.missing)}", err=True)
        else:
            path = out / f"{one.uids.sop_instance_uid}.dcm"
            _write(path, one.dicom)
            typer.echo(f"{path}\t{one.kind}")


def _write(path: Path, content: bytes) -> None:
    """Write a file unless it is there: one of this name has this content, since its UID tells what it says."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        return
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}"
        raise UnusableFolderError(msg) from error

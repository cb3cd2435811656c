"""Who works at the command line, and whom they mean."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from dose_core.errors import DoseError

if TYPE_CHECKING:
    from db.session import Session
    from dose_services.audit import Looker

PatientId = Annotated[UUID | None, typer.Option("--patient", help="Our id of the patient.")]
Identifier = Annotated[str | None, typer.Option(help="An identifier of the patient; the shell may keep what you type.")]
Authority = Annotated[str | None, typer.Option(help="The assigning authority of the identifier, if there are several.")]


class WhichPatientError(DoseError):
    """The options name no patient, or two."""


def whoever() -> str:
    """Return who runs the command, as the access log names them."""
    return f"command:{getpass.getuser()}"


def looker(command: str) -> Looker:
    """Return who looks by a command."""
    from dose_services.audit import Looker, Via

    return Looker(subject=whoever(), user_id=None, via=Via.COMMAND, reference=None, route=f"doseledger {command}")


def meant(session: Session, patient: UUID | None, identifier: str | None, authority: str | None) -> UUID:
    """
    Return our id of the patient whom the options name.

    Raises:
        WhichPatientError: none of ``--patient`` and ``--identifier`` is given, or both are.
        UnknownPatientError: nobody has the identifier, or several authorities gave it to somebody.
    """
    from db.repositories import patients
    from dose_services.launch import UnknownPatientError

    if (patient is None) == (identifier is None):
        raise WhichPatientError("name the patient by --patient or by --identifier")
    if patient is not None:
        return patient
    found = patients.find_by_identifier(session, identifier or "", authority)
    if found is None:
        raise UnknownPatientError("nobody has this identifier, or several do: then name its --authority as well")
    return found.id

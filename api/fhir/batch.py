"""
Batches and transactions of reads and searches (HL7 FHIR R4, 3.1.0.11).

Nobody creates or changes a resource here: doses come from what devices state. So a transaction that would change
something is refused as a whole, and of a batch the entry that would.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

from pydantic import BaseModel, ConfigDict, Field

from api.auth.principals import NotPermittedError
from api.errors import status_of
from api.fhir.negotiation import NotOfferedError
from api.fhir.serving import CUMULATIVE_DOSE, Desk, cumulative_dose, read, search
from dose_core.errors import DoseError
from dose_core.fhir.bundles import Answered, answered, outcome
from dose_core.fhir.terms import Json
from dose_services.audit import Action, record_look

MOST_ENTRIES = 50  # ours
_ONE = 2  # parts of the path of one resource
_OPERATION = 3  # and of an operation on it


class Request(BaseModel):
    """What an entry asks for; it may hold more than is read here, as may the entry and the bundle."""

    model_config = ConfigDict(extra="ignore")

    method: Literal["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"]
    url: str = Field(max_length=4000)


class Entry(BaseModel):
    """One entry."""

    model_config = ConfigDict(extra="ignore")

    request: Request


class BatchIn(BaseModel):
    """A bundle of requests."""

    model_config = ConfigDict(extra="ignore")

    resource_type: Literal["Bundle"] = Field(alias="resourceType")
    type: Literal["batch", "transaction"]
    entry: list[Entry] = Field(default=[], max_length=MOST_ENTRIES)


def answer_batch(desk: Desk, batch: BatchIn) -> Json:
    """
    Return the answers of a batch or transaction, entry by entry.

    Raises:
        DoseError: an entry of a transaction cannot be answered; that of a batch is answered with an outcome.
    """
    return answered(batch.type, list(_answers(desk, batch)), desk.base)


def _answers(desk: Desk, batch: BatchIn) -> Iterator[Answered]:
    for one in batch.entry:
        try:
            resource = _asked(desk, one.request)
        except DoseError as error:
            if batch.type == "transaction":
                raise
            if isinstance(error, NotPermittedError) and error.looker is not None:
                record_look(desk.session, error.looker, Action.REFUSED, now=desk.now, outcome=str(error))
            status = status_of(error)
            yield Answered(status=status, resource=outcome(status, str(error)))
        else:
            version: dict[str, Any] = resource.get("meta", {})
            etag = f'W/"{version["versionId"]}"' if version else None
            yield Answered(status=HTTPStatus.OK, resource=resource, etag=etag)


def _asked(desk: Desk, request: Request) -> Json:
    if request.method != "GET":
        raise NotOfferedError("resources are read here, never created or changed; doses come from what devices state")
    path, _, query = request.url.partition("?")
    parts = [unquote(part) for part in path.strip("/").split("/")]
    parameters = parse_qsl(query, keep_blank_values=True)
    if len(parts) == 1:
        return search(desk, parts[0], parameters, in_body=True)
    if len(parts) == _ONE:
        return read(desk, parts[0], parts[1])
    if len(parts) == _OPERATION and (parts[0], parts[2]) == ("Patient", CUMULATIVE_DOSE):
        return cumulative_dose(desk, parts[1], parameters)
    raise NotOfferedError("the entry's url leads nowhere; see /fhir/metadata")

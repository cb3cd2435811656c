"""What may be wanted: reads, answered in JSON (HL7 FHIR R4, 3.1.0.1.11)."""

from fastapi import Depends, Request

from dose_core.errors import DoseError

_JSON = frozenset(("json", "application/json", "application/fhir+json", "text/json"))
_ANY = frozenset(("*/*", "application/*"))
_VERSION = "4.0"  # as a client names it in fhirVersion (R4, 3.1.0.1.12)


class NotAcceptableError(DoseError):
    """The answer is wanted in another form than JSON of FHIR R4."""


class NotOfferedError(DoseError):
    """Something is asked for that this service does not do."""


async def _json(request: Request) -> None:
    wanted = request.query_params.get("_format")
    ranges = [wanted] if wanted is not None else request.headers.get("accept", "*/*").split(",")
    if not any(map(_is_ours, ranges)):
        raise NotAcceptableError("answers are JSON of FHIR R4 alone: Accept: application/fhir+json")


def _is_ours(media_range: str) -> bool:
    media_type, *parameters = (part.strip().lower() for part in media_range.split(";"))
    versions = {part.partition("=")[2].strip('"') for part in parameters if part.startswith("fhirversion=")}
    # A plus sign in an address is a blank.
    return media_type.replace(" ", "+") in _JSON | _ANY and versions <= {_VERSION}


JSON_WANTED = Depends(_json)

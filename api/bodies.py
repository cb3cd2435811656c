"""Taking a body in, never more of it than allowed."""

from typing import Annotated

from fastapi import Depends, Request

from api.auth.principals import IngestPrincipalDep
from dose_core.contract import DICOM_MEDIA_TYPE, MAX_OBJECT_BYTES, MAX_REQUEST_BYTES, TooLargeError
from dose_core.errors import DoseError


class UnsupportedMediaTypeError(DoseError):
    """The body is of another media type than this address takes."""


async def _object(request: Request, _: IngestPrincipalDep) -> bytes:
    _expect(request, DICOM_MEDIA_TYPE)
    return await read_body(request, MAX_OBJECT_BYTES)


async def _series(request: Request, _: IngestPrincipalDep) -> bytes:
    _expect(request, "multipart/related")
    return await read_body(request, MAX_REQUEST_BYTES)


def _expect(request: Request, media_type: str) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        msg = f"this address takes {media_type}"
        raise UnsupportedMediaTypeError(msg)


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Return the body as it is on the wire; what is too large is refused before it is held."""
    too_large = f"the body is larger than {max_bytes} bytes on the wire; send less per request"
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > max_bytes:
        raise TooLargeError(too_large)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise TooLargeError(too_large)
        chunks.append(chunk)
    return b"".join(chunks)


# Both ask for the principal first: nobody's body is taken in before the token was checked.
ObjectBodyDep = Annotated[bytes, Depends(_object)]
SeriesBodyDep = Annotated[bytes, Depends(_series)]

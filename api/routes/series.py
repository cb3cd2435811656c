"""Take image headers, gathered per series, from the Orthanc plugin."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response, status

from api.answers import answer
from api.bodies import SeriesBodyDep
from api.reception import ReceptionDep
from api.schemas.ingest import SeriesReceipt
from dose_core.contract import checked_uid, decode_series, unpack

router = APIRouter(prefix="/api/v1/series", tags=["ingest"])

_BODY = {"multipart/related": {"schema": {"type": "string", "format": "binary"}}}
SeriesInstanceUid = Annotated[str, Path(min_length=1, max_length=64)]  # opaque: real UIDs break the grammar


@router.put(
    "/{series_instance_uid}/headers",
    summary="Hand in image headers of one series",
    status_code=status.HTTP_201_CREATED,
    response_model=SeriesReceipt,
    responses={200: {"model": SeriesReceipt, "description": "All of it was kept before"}},
    openapi_extra={"requestBody": {"required": True, "content": _BODY}},
)
def put_series_headers(
    series_instance_uid: SeriesInstanceUid,
    request: Request,
    reception: ReceptionDep,
    body: SeriesBodyDep,
) -> Response:
    """
    Keep image headers without pixels, then read them and bring the exam up to date.

    The body is ``multipart/related; type="application/dicom"`` as in STOW-RS (PS3.18, 10.5), one part
    per image with its SOP Instance UID as Content-Location; at most 8 MB on the wire and 64 MB
    unpacked. Each image is kept once per UID and content, so a message may be repeated, and a later
    one adds to what is there.
    """
    checked_uid(series_instance_uid)
    unpacked = unpack(body, request.headers.get("content-encoding"))
    envelopes = decode_series(request.headers.get("content-type", ""), unpacked)
    kept, states = reception.take(envelopes)
    is_news = any(one.is_new for one in kept)
    return answer(SeriesReceipt.of(kept, states), status.HTTP_201_CREATED if is_news else status.HTTP_200_OK)

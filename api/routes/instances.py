"""Take whole DICOM objects from the Orthanc plugin."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response, status

from api.bodies import ObjectBodyDep
from api.reception import ReceptionDep
from api.schemas.ingest import InstanceReceipt
from dose_core.contract import DICOM_MEDIA_TYPE, MAX_OBJECT_BYTES, decode_envelope, unpack

router = APIRouter(prefix="/api/v1/instances", tags=["ingest"])

_BODY = {DICOM_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
SopInstanceUid = Annotated[str, Path(min_length=1, max_length=64)]  # opaque: real UIDs break the grammar


@router.put(
    "/{sop_instance_uid}",
    summary="Hand in one DICOM object",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": InstanceReceipt, "description": "This content was kept before"}},
    openapi_extra={"requestBody": {"required": True, "content": _BODY}},
)
def put_instance(
    sop_instance_uid: SopInstanceUid, request: Request, reception: ReceptionDep, body: ObjectBodyDep, response: Response
) -> InstanceReceipt:
    """
    Keep one DICOM object (at most 64 MB, gzip allowed), then read the dose it states.

    Answers 201 for new evidence and 200 for what is already kept, also when it cannot be read:
    the receipt then says why. The sender may repeat the call until it has an answer.
    """
    dicom = unpack(body, request.headers.get("content-encoding"), max_wire_bytes=MAX_OBJECT_BYTES)
    envelope = decode_envelope(sop_instance_uid, request.headers, dicom)
    (kept,), (state,) = reception.take([envelope])
    response.status_code = status.HTTP_201_CREATED if kept.is_new else status.HTTP_200_OK
    return InstanceReceipt.of(kept, state)

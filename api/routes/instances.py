"""Take whole DICOM objects from the Orthanc plugin."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response, status

from api.answers import answer
from api.bodies import ObjectBodyDep
from api.reception import ReceptionDep
from api.schemas.ingest import InstanceReceipt
from dose_core.contract import DICOM_MEDIA_TYPE, MAX_OBJECT_BYTES, decode_envelope, unpack
from dose_services.ingest import Kept
from dose_services.reading import ReadState

router = APIRouter(prefix="/api/v1/instances", tags=["ingest"])

_BODY = {DICOM_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
SopInstanceUid = Annotated[str, Path(min_length=1, max_length=64)]  # opaque: real UIDs break the grammar


@router.put(
    "/{sop_instance_uid}",
    summary="Hand in one DICOM object",
    status_code=status.HTTP_201_CREATED,
    response_model=InstanceReceipt,
    responses={
        200: {"model": InstanceReceipt, "description": "This content was kept before"},
        202: {"model": InstanceReceipt, "description": "Kept, and contradicts what is kept under this UID"},
    },
    openapi_extra={"requestBody": {"required": True, "content": _BODY}},
)
def put_instance(
    sop_instance_uid: SopInstanceUid, request: Request, reception: ReceptionDep, body: ObjectBodyDep
) -> Response:
    """
    Keep one DICOM object (at most 64 MB, gzip allowed), then read the dose it states.

    Answers 201 for new evidence, also when it cannot be read: the receipt then says why. 200 for what is
    already kept, or differs from it in identity or encoding alone. 202 if another object of this UID states
    another dose: both are kept and a finding tells. The sender may repeat the call until it has an answer.
    """
    dicom = unpack(body, request.headers.get("content-encoding"), max_wire_bytes=MAX_OBJECT_BYTES)
    envelope = decode_envelope(sop_instance_uid, request.headers, dicom)
    (kept,), (state,) = reception.take([envelope])
    return answer(InstanceReceipt.of(kept, state), _status(kept, state))


def _status(kept: Kept, state: ReadState) -> int:
    if state.contradicts:
        return status.HTTP_202_ACCEPTED
    return status.HTTP_201_CREATED if kept.is_new and not kept.is_known_content else status.HTTP_200_OK

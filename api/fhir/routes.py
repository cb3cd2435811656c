"""The addresses of FHIR. What names a patient never stands in one: such searches are forms (POST _search)."""

from importlib.metadata import version
from typing import Annotated
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Depends, Header, Request, Response

from api.auth.principals import DeviceReaderDep, PatientReaderDep
from api.bodies import UnsupportedMediaTypeError
from api.deps import NowDep, SessionDep, SettingsDep, SiteDep
from api.fhir.batch import BatchIn, answer_batch
from api.fhir.negotiation import JSON_WANTED
from api.fhir.outcomes import PREFIX
from api.fhir.serving import CUMULATIVE_DOSE, DEVICE, Desk, cumulative_dose, read, search
from dose_core.fhir.asked import BadSearchError
from dose_core.fhir.capability import capability_statement
from dose_core.fhir.terms import MEDIA_TYPE, Json

router = APIRouter(prefix=PREFIX, tags=["fhir"], dependencies=[JSON_WANTED], include_in_schema=False)

_FORM = "application/x-www-form-urlencoded"  # R4, 3.1.0.9


async def _desk(
    principal: PatientReaderDep, session: SessionDep, settings: SettingsDep, site: SiteDep, now: NowDep
) -> Desk:
    return Desk(session=session, principal=principal, settings=settings, site=site, now=now)


async def _device_desk(  # for who may read devices, and no patients
    principal: DeviceReaderDep, session: SessionDep, settings: SettingsDep, site: SiteDep, now: NowDep
) -> Desk:
    return Desk(session=session, principal=principal, settings=settings, site=site, now=now)


async def _form(request: Request) -> list[tuple[str, str]]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        msg = f"a search by POST is a form: Content-Type: {_FORM}"
        raise UnsupportedMediaTypeError(msg)
    try:
        body = (await request.body()).decode()
    except UnicodeDecodeError:
        raise BadSearchError("the form is not UTF-8") from None
    return parse_qsl(body, keep_blank_values=True)


async def _address(request: Request) -> list[tuple[str, str]]:
    return request.query_params.multi_items()


DeskDep = Annotated[Desk, Depends(_desk)]
DeviceDeskDep = Annotated[Desk, Depends(_device_desk)]
FormDep = Annotated[list[tuple[str, str]], Depends(_form)]
AddressDep = Annotated[list[tuple[str, str]], Depends(_address)]
IfNoneMatch = Annotated[str | None, Header(max_length=4000)]


@router.get("/metadata")
def read_metadata(settings: SettingsDep) -> Response:
    """Return what this service can do; for everybody, since it holds nobody's data."""
    return _answer(capability_statement(settings.address(PREFIX), version("doseledger")))


@router.get("")
@router.get("/")
def search_any(desk: DeskDep, address: AddressDep) -> Response:
    """Return a page of a search of the type that ``_type`` names."""
    return _answer(search(desk, _type(address), address, in_body=False))


@router.post("/_search")
def search_any_by_form(desk: DeskDep, form: FormDep) -> Response:
    """Return a page of a search of the type that ``_type`` names, whose parameters stand in the body."""
    return _answer(search(desk, _type(form), form, in_body=True))


@router.post("")
@router.post("/")
def answer_bundle(batch: BatchIn, desk: DeskDep) -> Response:
    """Return the answers of a batch or transaction of reads and searches."""
    return _answer(answer_batch(desk, batch))


@router.get("/Patient/{patient_id}/" + CUMULATIVE_DOSE)
def read_cumulative_dose(patient_id: str, desk: DeskDep, address: AddressDep) -> Response:
    """Return what a patient's exams add up to; outside the guide, which adds nothing up over time."""
    return _answer(cumulative_dose(desk, patient_id, address))


@router.post("/Device/_search")
def search_devices_by_form(desk: DeviceDeskDep, form: FormDep) -> Response:
    """Return a page of the machines that fit."""
    return _answer(search(desk, DEVICE, form, in_body=True))


@router.get("/Device")
def search_devices(desk: DeviceDeskDep, address: AddressDep) -> Response:
    """Return a page of the machines that fit."""
    return _answer(search(desk, DEVICE, address, in_body=False))


@router.get("/Device/{device_id}")
def read_device(device_id: str, desk: DeviceDeskDep, if_none_match: IfNoneMatch = None) -> Response:
    """Return one machine, or that it is as the caller knows it."""
    return _answer_one(read(desk, DEVICE, device_id), if_none_match)


@router.post("/{kind}/_search")
def search_by_form(kind: str, desk: DeskDep, form: FormDep, address: AddressDep) -> Response:
    """Return a page of a search whose parameters stand in the body, where they may name a patient."""
    if any(name != "_format" for name, _ in address):
        raise BadSearchError("the parameters of a search by POST stand in its body, and none in its address")
    return _answer(search(desk, kind, form, in_body=True))


@router.get("/{kind}")
def search_by_address(kind: str, desk: DeskDep, address: AddressDep) -> Response:
    """Return a page of a search."""
    return _answer(search(desk, kind, address, in_body=False))


@router.get("/{kind}/{resource_id}")
def read_resource(kind: str, resource_id: str, desk: DeskDep, if_none_match: IfNoneMatch = None) -> Response:
    """Return one resource, or that it is as the caller knows it."""
    return _answer_one(read(desk, kind, resource_id), if_none_match)


def _answer_one(resource: Json, if_none_match: str | None) -> Response:
    etag = f'W/"{resource["meta"]["versionId"]}"'
    if if_none_match is not None and etag in {one.strip() for one in if_none_match.split(",")}:
        return Response(status_code=304, headers={"ETag": etag})
    return _answer(resource, {"ETag": etag})


def _type(parameters: list[tuple[str, str]]) -> str:
    kinds = [text for name, text in parameters if name == "_type"]
    if len(kinds) != 1 or "," in kinds[0]:
        raise BadSearchError("name one type to search: _type=Observation")
    return kinds[0]


def _answer(body: Json, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), media_type=MEDIA_TYPE, headers=headers)

"""Is everything refused that has to be, and does the page open for the one whom it may?"""

import urllib.error
import urllib.request
from http.cookiejar import CookieJar

from doseledger.demo.doors import Door, basic
from doseledger.demo.dose_report import dose_report
from doseledger.demo.feed import Modality, RefusedError
from doseledger.demo.hospital import ANNA, ANNA_CHEST, AUTHORITY, CT_ONE
from doseledger.demo.house import House, NotSoError, expect, same
from doseledger.demo.orthanc_server import PERSON

_OTHER_ADDRESS = "127.0.0.2"
_UNAUTHORIZED, _FORBIDDEN = 401, 403
_TIMEOUT_S = 30
_INTENDED_USE = "not a medical device"


def known_modality_may_echo(house: House) -> str:
    """A scanner that Orthanc knows is answered; without this, the refusals below would prove nothing."""
    house.modality(CT_ONE).echo()
    return f"C-ECHO of {CT_ONE.ae_title} answered"


def unknown_modality_is_refused(house: House) -> str:
    """Who calls under an unknown AE title may neither echo nor store."""
    _refused(Modality(ae_title="STRANGER", port=house.place.orthanc_dicom_port))
    return "C-ECHO and C-STORE of STRANGER refused"


def foreign_address_is_refused(house: House) -> str:
    """A known AE title from an address that is not the scanner's may neither echo nor store."""
    port = house.place.orthanc_dicom_port
    _refused(Modality(ae_title=CT_ONE.ae_title, port=port, address=_OTHER_ADDRESS))
    return f"C-ECHO and C-STORE of {CT_ONE.ae_title} from {_OTHER_ADDRESS} refused"


def http_needs_credentials(house: House) -> str:
    """Neither Orthanc nor the service answers to who shows nothing, or the wrong thing."""
    orthanc, api = house.place.orthanc_http_port, house.place.api_port
    _answered(Door(port=orthanc), "/system", _UNAUTHORIZED)
    _answered(Door(port=orthanc, authorization=basic(PERSON, "wrong")), "/system", _UNAUTHORIZED)
    _answered(Door(port=orthanc), "/dose/status", _UNAUTHORIZED)
    _answered(Door(port=api), f"/api/v1/patients/{house.patient(ANNA)['id']}/exams", _UNAUTHORIZED)
    return "Orthanc, plugin and service answer 401"


def tokens_do_one_thing(house: House) -> str:
    """The plugin's token for objects opens no view, and its token for views reads nothing."""
    asked = house.ingester.call("POST", "/api/v1/launch/handles", _wanted(PERSON))
    same("the answer to the ingest token", asked.status, _FORBIDDEN)
    _answered(house.launcher, f"/api/v1/patients/{house.patient(ANNA)['id']}/exams", _FORBIDDEN)
    unmapped = house.launcher.call("POST", "/api/v1/launch/handles", _wanted("nobody-known"))
    same("the answer to an unmapped person", unmapped.status, _FORBIDDEN)
    return "ingest token: no view; launch token: no data; unmapped person: no view"


def history_opens_once(house: House) -> str:
    """What Orthanc's Dose button asks for opens the history page of that patient, once."""
    patients = expect(
        house.orthanc.door,
        "POST",
        "/tools/find",
        {"Level": "Patient", "Query": {"PatientID": ANNA.identifier}},
    )
    same("the number of patients in Orthanc with this number", len(patients), 1)
    pressed = {"level": "patient", "orthanc_id": patients[0]}
    url = expect(house.orthanc.door, "POST", "/dose/launch", pressed)["url"]
    page = _page(url)
    if _INTENDED_USE not in page.lower():
        raise NotSoError("the page does not state its intended use")
    if ANNA_CHEST.accession_number not in page and ANNA_CHEST.description not in page:
        raise NotSoError("the page does not show the exam")
    try:
        _page(url)
    except NotSoError:
        return "opened through Orthanc, answered 200 with the exams; the address works once"
    raise NotSoError("the address worked a second time")


def _wanted(person: str) -> dict[str, str]:
    return {
        "person": person,
        "level": "patient",
        "patient_id": ANNA.identifier,
        "issuer_of_patient_id": AUTHORITY,
    }


def _refused(stranger: Modality) -> None:
    for name, attempt in (
        ("C-ECHO", stranger.echo),
        ("C-STORE", lambda: stranger.store([dose_report(ANNA_CHEST)])),
    ):
        try:
            attempt()
        except RefusedError:
            continue
        msg = f"{name} of {stranger.ae_title} from {stranger.address} was taken"
        raise NotSoError(msg)


def _answered(door: Door, path: str, status: int) -> None:
    same(f"the answer to GET on port {door.port}", door.call("GET", path).status, status)


def _page(url: str) -> str:
    # A browser: keeps the view's cookie and follows the redirect to the page.
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    try:
        with browser.open(url, timeout=_TIMEOUT_S) as answer:
            content: bytes = answer.read()
            return content.decode("utf-8")
    except urllib.error.HTTPError as error:
        msg = f"the page was answered {error.code}"
        raise NotSoError(msg) from error

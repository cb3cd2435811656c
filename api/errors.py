"""From foreseen failures to answers: one table, the only place that knows a status for an error."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api.auth.directory import DirectoryDownError
from api.auth.jwks import ForeignTokenRejectedError
from api.auth.origin import ForeignOriginError
from api.auth.outgoing import AddressRefusedError, PeerFailedError
from api.auth.principals import MissingTokenError, NotPermittedError, ScopeMissingError
from api.bodies import UnsupportedMediaTypeError
from api.cds_hooks.asking import NoPatientDataError
from api.cds_hooks.principals import HookTokenRejectedError, KeysUnavailableError
from api.cds_hooks.routes import UnknownHookServiceError
from api.deps import route_template, time_now, unit_of_work_of
from api.fhir.negotiation import NotAcceptableError, NotOfferedError
from api.launch.signed import LinkNotUnderstoodError, LinkRejectedError
from api.launch.smart import SmartRejectedError
from api.logging import FAILURE, told
from api.problems import is_page, problem
from api.routes.single_sign_on import NoProviderError
from api.web.break_glass_page import break_glass_page
from api.web.pages import message_page
from db.look_chain import LookNotRecordedError
from db.outage import DatabaseError, Outage, outage_of
from dose_core.contract import ContractError, TooLargeError
from dose_core.errors import DoseError
from dose_core.fhir.asked import BadSearchError
from dose_core.ledger.value_id import NotAValueIdError
from dose_core.retention.wording import NoReasonError
from dose_services.access import PurposeNotAllowedError
from dose_services.audit import Action, Looker, record_look
from dose_services.browser_sessions import NotSignedInError
from dose_services.desk import DecisionRefusedError
from dose_services.destination_places import ChangedMeanwhileError, NotMovableError
from dose_services.device_desk import DeviceDecisionRefusedError
from dose_services.devices import UnknownDeviceError
from dose_services.fhir import UnknownResourceError
from dose_services.fhir_people import TooManyFoundError
from dose_services.findings import UnknownFindingError
from dose_services.forwarding_values import ForwardNotMovableError, UnknownForwardError
from dose_services.grants import GrantRefusedError, UnknownGrantError
from dose_services.hook_feedback import UnknownCardError
from dose_services.identity_desk import IdentityRefusedError
from dose_services.launch import HandleRejectedError, UnknownPatientError, ViewClosedError
from dose_services.launch_windows import OutsideWindowError
from dose_services.manual import UnknownValuesError, ValuesSupersededError
from dose_services.orders import MatchRefusedError, UnknownOrderError
from dose_services.organisations import OrganisationRefusedError, UnknownOrganisationError
from dose_services.outbound_values import MessageNotMovableError, UnknownDestinationError, UnknownMessageError
from dose_services.pacs_values import UnknownPacsError
from dose_services.password_hashing import HashingBusyError
from dose_services.placeholders import NotMergeableError
from dose_services.provenance import UnknownValueError
from dose_services.publication_desk import PublicationNotMovableError, UnknownPublicationError
from dose_services.rates import TooOftenError
from dose_services.restriction import NotRestrictedError, RestrictedError
from dose_services.role_permissions import RoleChangeRefusedError
from dose_services.skin_reactions import UnknownReactionError
from dose_services.skin_views import NoSkinMapError
from dose_services.tokens import TokenRejectedError
from dose_services.users import UserNotAllowedError
from dose_services.viewing import UnknownExamError

_REALM = 'Bearer realm="doseledger"'  # RFC 6750, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    slug: str
    headers: dict[str, str] | None = None
    title: str = "This cannot be shown"


# Looked up along the error's classes, so that a subclass may have a status of its own.
_ANSWERS: dict[type[Exception], _Answer] = {
    MissingTokenError: _Answer(status=401, slug="token-missing", headers={"WWW-Authenticate": _REALM}),
    TokenRejectedError: _Answer(
        status=401, slug="token-rejected", headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
    ),
    ScopeMissingError: _Answer(
        status=403, slug="scope-missing", headers={"WWW-Authenticate": f'{_REALM}, error="insufficient_scope"'}
    ),
    ForeignTokenRejectedError: _Answer(
        status=401, slug="token-rejected", headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
    ),
    NotSignedInError: _Answer(status=401, slug="not-signed-in", headers={"WWW-Authenticate": _REALM}),
    ForeignOriginError: _Answer(status=403, slug="foreign-origin", title="This was sent from elsewhere"),
    TooOftenError: _Answer(status=429, slug="too-often", title="Too many requests"),
    DirectoryDownError: _Answer(
        status=503, slug="directory-unavailable", headers={"Retry-After": "5"}, title="Not available now"
    ),
    NoProviderError: _Answer(status=404, slug="no-single-sign-on", title="Nothing here"),
    HashingBusyError: _Answer(status=503, slug="busy", headers={"Retry-After": "5"}, title="Not available now"),
    AddressRefusedError: _Answer(status=403, slug="address-refused"),
    PeerFailedError: _Answer(status=502, slug="peer-failed", title="Another system did not answer"),
    NotPermittedError: _Answer(status=403, slug="not-permitted"),
    PurposeNotAllowedError: _Answer(status=403, slug="not-permitted"),
    UnknownOrganisationError: _Answer(status=404, slug="unknown-organisation"),
    OrganisationRefusedError: _Answer(status=409, slug="organisation-refused"),
    UnknownGrantError: _Answer(status=404, slug="unknown-grant"),
    GrantRefusedError: _Answer(status=409, slug="grant-refused"),
    RoleChangeRefusedError: _Answer(status=409, slug="role-change-refused"),
    UserNotAllowedError: _Answer(status=403, slug="user-not-allowed", title="You may not see this"),
    LinkRejectedError: _Answer(status=403, slug="link-rejected", title="This link no longer works"),
    SmartRejectedError: _Answer(status=403, slug="smart-rejected", title="This launch does not hold"),
    LinkNotUnderstoodError: _Answer(status=400, slug="link-not-understood", title="This link is not understood"),
    HandleRejectedError: _Answer(status=403, slug="handle-rejected", title="This link no longer works"),
    ViewClosedError: _Answer(status=403, slug="view-closed", title="This view has ended"),
    OutsideWindowError: _Answer(status=404, slug="outside-window", title="Not part of this view"),
    UnknownPatientError: _Answer(status=404, slug="unknown-patient", title="No dose data"),
    UnknownExamError: _Answer(status=404, slug="unknown-exam", title="No such examination"),
    UnknownValueError: _Answer(status=404, slug="unknown-value", title="No such number"),
    NotAValueIdError: _Answer(status=422, slug="not-a-value-id", title="No such number"),
    UnknownFindingError: _Answer(status=404, slug="unknown-finding"),
    UnknownDeviceError: _Answer(status=404, slug="unknown-device"),
    UnknownOrderError: _Answer(status=404, slug="unknown-order"),
    MatchRefusedError: _Answer(status=409, slug="match-refused"),
    NoSkinMapError: _Answer(status=404, slug="no-skin-map"),
    UnknownReactionError: _Answer(status=404, slug="unknown-reaction"),
    UnknownValuesError: _Answer(status=404, slug="unknown-values"),
    ValuesSupersededError: _Answer(status=409, slug="values-superseded"),
    NotRestrictedError: _Answer(status=409, slug="not-restricted"),
    NoReasonError: _Answer(status=422, slug="no-reason", title="A reason is needed"),
    DecisionRefusedError: _Answer(status=409, slug="decision-refused"),
    IdentityRefusedError: _Answer(status=409, slug="identity-refused"),
    NotMergeableError: _Answer(status=409, slug="not-mergeable"),
    DeviceDecisionRefusedError: _Answer(status=409, slug="device-decision-refused"),
    UnknownDestinationError: _Answer(status=404, slug="unknown-destination"),
    UnknownMessageError: _Answer(status=404, slug="unknown-message"),
    MessageNotMovableError: _Answer(status=409, slug="message-not-movable"),
    UnknownPublicationError: _Answer(status=404, slug="unknown-publication"),
    PublicationNotMovableError: _Answer(status=409, slug="publication-not-movable"),
    UnknownPacsError: _Answer(status=404, slug="unknown-archive"),
    NotMovableError: _Answer(status=409, slug="destination-not-movable"),
    ChangedMeanwhileError: _Answer(status=409, slug="changed-meanwhile"),
    UnknownForwardError: _Answer(status=404, slug="unknown-forward"),
    ForwardNotMovableError: _Answer(status=409, slug="forward-not-movable"),
    UnknownResourceError: _Answer(status=404, slug="unknown-resource"),
    BadSearchError: _Answer(status=400, slug="bad-search"),
    NotAcceptableError: _Answer(status=406, slug="not-acceptable"),
    NotOfferedError: _Answer(status=405, slug="not-offered"),
    HookTokenRejectedError: _Answer(
        status=401, slug="token-rejected", headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
    ),
    KeysUnavailableError: _Answer(status=503, slug="keys-unavailable", headers={"Retry-After": "5"}),
    NoPatientDataError: _Answer(status=412, slug="no-patient-data"),
    UnknownHookServiceError: _Answer(status=404, slug="unknown-service"),
    UnknownCardError: _Answer(status=404, slug="unknown-card"),
    ContractError: _Answer(status=400, slug="contract"),
    TooLargeError: _Answer(status=413, slug="too-large"),
    UnsupportedMediaTypeError: _Answer(status=415, slug="media-type"),
    LookNotRecordedError: _Answer(
        status=503, slug="not-recorded", headers={"Retry-After": "30"}, title="Not available now"
    ),
    DoseError: _Answer(status=422, slug="refused"),
}

_FULL = (
    "the disk of the database is full, and it takes nothing, not even the record of a look. "
    "Make room there: then the same request goes well, without a restart"
)
_AGAIN: dict[Outage, tuple[_Answer, str]] = {  # the request is as good as before, only later
    Outage.AWAY: (
        _Answer(status=503, slug="database-unavailable", headers={"Retry-After": "5"}, title="Not available now"),
        "the database does not answer; try again in a moment",
    ),
    Outage.BUSY: (
        _Answer(status=503, slug="database-busy", headers={"Retry-After": "1"}, title="Not available now"),
        "the database gave this up in favour of other work; nothing was changed, try again",
    ),
    # Room is made by a person, so that asking often is of no use.
    Outage.FULL: (
        _Answer(status=507, slug="database-full", headers={"Retry-After": "30"}, title="No room left"),
        _FULL,
    ),
}


def add_error_handlers(app: FastAPI) -> None:
    """Have the application answer failures by the table."""
    app.add_exception_handler(DoseError, _foreseen)
    app.add_exception_handler(DatabaseError, _database_failed)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)


def status_of(error: DoseError) -> int:
    """Return the status of an error, for an answer that holds several."""
    return _answer_to(error).status


def _answer_to(error: Exception) -> _Answer:
    return next(_ANSWERS[cls] for cls in type(error).__mro__ if cls in _ANSWERS)


def _foreseen(request: Request, error: Exception) -> Response:
    if isinstance(error, NotPermittedError | TooManyFoundError) and error.looker is not None:
        _record_refusal(request, error.looker, str(error))
    if isinstance(error, LookNotRecordedError):
        cause = error.__cause__ or error
        FAILURE.error("a look could not be recorded", extra={"route": route_template(request), **told(cause)})
    answer = _answer_to(error)
    headers = dict(answer.headers or {})
    if isinstance(error, TooOftenError):
        headers["Retry-After"] = str(error.retry_after_s)
    if is_page(route_template(request)):
        if isinstance(error, NotSignedInError):
            return _to_sign_in(request)
        if isinstance(error, RestrictedError) and error.may_break_glass:
            return break_glass_page(request.scope, request.path_params["view_id"])
        return message_page(request.scope, status=answer.status, title=answer.title, text=str(error), headers=headers)
    return problem(answer.status, slug=answer.slug, detail=str(error), headers=headers)


def _to_sign_in(request: Request) -> Response:
    """Lead to where people sign in, and back; what stood behind the question mark may be about a patient, and goes."""
    prefix = request.app.state.settings.path_prefix
    back = f"?next={quote(request.url.path, safe='/')}" if request.method == "GET" else ""
    return RedirectResponse(f"{prefix}/sign-in{back}", status_code=303)


def _record_refusal(request: Request, looker: Looker, why: str) -> None:
    """Put on record who asked for what they may not; what they asked for is refused even if that fails."""
    try:
        with unit_of_work_of(request)() as session:
            record_look(session, looker, Action.REFUSED, now=time_now(), outcome=why)
    except (DatabaseError, LookNotRecordedError) as error:
        FAILURE.error("a refusal could not be recorded", extra={"route": route_template(request), **told(error)})


def _database_failed(request: Request, error: Exception) -> Response:
    outage = outage_of(error)
    if outage is None:
        raise error  # a statement that was refused is a bug
    answer, detail = _AGAIN[outage]
    if is_page(route_template(request)):
        return message_page(
            request.scope, status=answer.status, title=answer.title, text=detail, headers=answer.headers
        )
    return problem(answer.status, slug=answer.slug, detail=detail, headers=answer.headers)


def _not_valid(request: Request, error: Exception) -> Response:
    """Name the place and the kind of each mistake, never the value: it may be a patient's."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
    if is_page(route_template(request)):
        return message_page(request.scope, status=404, title="Nothing here", text="this address leads nowhere")
    mistakes = [{"at": _place(one["loc"], one["type"]), "problem": one["type"]} for one in error.errors()]
    detail = "the request does not have the form that /openapi.json describes"
    return problem(422, slug="not-valid", detail=detail, extensions={"mistakes": mistakes})


def _place(location: tuple[int | str, ...], kind: str) -> str:
    # The last part of an unexpected field's place is its name, which the sender chose.
    known = location[:-1] if kind == "extra_forbidden" else location
    return "/".join(str(part) for part in known if isinstance(part, int) or re.fullmatch(r"[a-z_]{1,40}", part))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    if is_page(route_template(request)):
        return message_page(request.scope, status=error.status_code, title="Nothing here", text="there is no such page")
    told = {
        404: "there is no such address",
        405: "this address does not know the method",
        408: "the body did not come in time; send it again",
        413: "the body is larger than this address takes",
    }
    detail = told.get(error.status_code, "the request cannot be served")
    return problem(error.status_code, slug="http", detail=detail, headers=dict(error.headers or {}))

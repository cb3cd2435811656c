"""
Who calls, by bearer token (RFC 6750), or by the session of a browser: one type per scope.

A route that takes an ``IngestPrincipalDep`` cannot be called with a token that may only read, and
the other way round; there is no principal that may do everything.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth.origin import require_our_script
from api.auth.session_cookie import secret_in
from api.deps import NowDep, RouteDep, SettingsDep, UnitOfWorkDep
from dose_core.errors import DoseError
from dose_services import browser_sessions, tokens
from dose_services.access import NOTHING, PurposeNotAllowedError, Rights
from dose_services.audit import Looker, Via
from dose_services.launch import View
from dose_services.roles import Permission, Purpose, Scope
from dose_services.tokens import Bearer


class MissingTokenError(DoseError):
    """The request has no bearer token; send ``Authorization: Bearer <token>``."""


class ScopeMissingError(DoseError):
    """The token is valid but not for this use; a token of another scope is needed."""


class NotPermittedError(DoseError):
    """No role of the caller allows this; ``looker`` is who asked, as far as it is known, for the record."""

    def __init__(self, message: str, looker: Looker | None = None) -> None:
        super().__init__(message)
        self.looker = looker


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPrincipal:
    """A program that may hand objects in, and nothing else; what it hands in belongs to its site."""

    subject: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPrincipal:
    """A program that may ask for launch handles, and nothing else."""

    looker: Looker


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPrincipal:
    """A user or a program that may do what its ``rights`` tell; what it states belongs to its site."""

    rights: Rights
    looker: Looker
    site: str


_scheme = HTTPBearer(auto_error=False, bearerFormat="JWT", description="from `doseledger token issue`")
_BreakGlassHeader = Annotated[
    str | None,
    Header(
        alias="X-Break-Glass",
        max_length=6000,  # a reason of 500 characters, each of twelve at most when it is percent-encoded
        description="why somebody must be seen who is restricted, or whose exams are out of reach, percent-encoded "
        "UTF-8; on record, and told to a supervisor",
    ),
]
_PurposeHeader = Annotated[
    Purpose | None,
    Header(
        alias="X-Purpose-Of-Use",
        description="what the data are used for, a code of HL7's PurposeOfUse; left out, it is treatment, or what each "
        "of the caller's roles is for",
    ),
]
_CredentialsDep = Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]


def _bearer(
    request: Request, credentials: _CredentialsDep, settings: SettingsDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> Bearer:
    secret = secret_in(request, settings) if "authorization" not in request.headers else None
    if credentials is None and secret is None:
        raise MissingTokenError("send a bearer token: Authorization: Bearer <token>")
    # A unit of work of its own: the connection is free again while a large body comes in.
    with unit_of_work() as session:
        if credentials is not None:
            return tokens.check(session, settings.tokens, credentials.credentials, now=now)
        require_our_script(request, settings)
        signed_in = browser_sessions.enter(session, secret, limits=settings.sign_in.limits, now=now)
        return tokens.bearer_of(session, signed_in, now=now)


_BearerDep = Annotated[Bearer, Depends(_bearer)]


def _require(bearer: Bearer, scope: Scope) -> None:
    if scope not in bearer.scopes:
        msg = f"this needs a token of scope '{scope}'"
        raise ScopeMissingError(msg)


def looker_by(looker: Looker, rights: Rights, permission: Permission) -> Looker:
    """Return who looks, with what they may see by a permission."""
    return replace(
        looker,
        reads_uncounted=rights.may(Permission.READ_UNCOUNTED),
        may_break_glass=rights.may(Permission.BREAK_GLASS),
        reach=rights.reach(permission),
        broken_reach=rights.reach(Permission.BREAK_GLASS),
        purpose=rights.purpose_of(permission),
    )


def _looker(bearer: Bearer, route: str) -> Looker:
    return Looker(
        subject=bearer.subject, user_id=bearer.user_id, via=bearer.via, reference=bearer.jti, route=route, reach=NOTHING
    )


async def _ingest(bearer: _BearerDep) -> IngestPrincipal:
    _require(bearer, Scope.INGEST)
    return IngestPrincipal(subject=bearer.subject, site=bearer.site)


async def _launch(bearer: _BearerDep, route: RouteDep) -> LaunchPrincipal:
    _require(bearer, Scope.LAUNCH)
    return LaunchPrincipal(looker=_looker(bearer, route))


async def _read(
    bearer: _BearerDep, route: RouteDep, reason: _BreakGlassHeader = None, purpose: _PurposeHeader = None
) -> ReadPrincipal:
    _require(bearer, Scope.READ)
    looker = _looker(bearer, route)
    try:
        rights = bearer.access.rights_for(purpose)
    except PurposeNotAllowedError as error:
        raise NotPermittedError(str(error), looker) from error
    if reason is not None:
        _check_may(rights, Permission.BREAK_GLASS, looker)
        looker = replace(looker, break_glass=unquote(reason))
    return ReadPrincipal(rights=rights, looker=looker, site=bearer.site)


def _check_may(rights: Rights, permission: Permission, looker: Looker) -> None:
    if not rights.may(permission):
        what_for = f" for the purpose {rights.purpose}" if rights.purpose else ""
        msg = f"no role of the caller allows '{permission}'{what_for}"
        raise NotPermittedError(msg, looker)


def _with(permission: Permission) -> Callable[[ReadPrincipal], Awaitable[ReadPrincipal]]:
    async def permitted(principal: Annotated[ReadPrincipal, Depends(_read)]) -> ReadPrincipal:
        _check_may(principal.rights, permission, principal.looker)
        return replace(principal, looker=looker_by(principal.looker, principal.rights, permission))

    return permitted


def looker_of(view: View, route: str) -> Looker:
    """Return who looks in a view."""
    looker = Looker(
        subject=view.user.subject,
        user_id=view.user.id,
        via=Via.VIEW,
        reference=view.id,
        route=route,
        break_glass=view.break_glass,
        launched_for=view.patient_id,
    )
    # What is held, or no patient's, no view shows.
    return replace(looker_by(looker, view.rights, Permission.VIEW_LAUNCHED_PATIENT), reads_uncounted=False)


IngestPrincipalDep = Annotated[IngestPrincipal, Depends(_ingest)]
LaunchPrincipalDep = Annotated[LaunchPrincipal, Depends(_launch)]
PatientReaderDep = Annotated[ReadPrincipal, Depends(_with(Permission.SEARCH_PATIENTS))]
FindingReaderDep = Annotated[ReadPrincipal, Depends(_with(Permission.READ_FINDINGS))]
FindingCloserDep = Annotated[ReadPrincipal, Depends(_with(Permission.CLOSE_FINDINGS))]
DeciderDep = Annotated[ReadPrincipal, Depends(_with(Permission.DECIDE_EXAMS))]
StaterDep = Annotated[ReadPrincipal, Depends(_with(Permission.STATE_VALUES))]
RestricterDep = Annotated[ReadPrincipal, Depends(_with(Permission.RESTRICT_PATIENTS))]
DeviceReaderDep = Annotated[ReadPrincipal, Depends(_with(Permission.READ_DEVICES))]
DeviceSetterDep = Annotated[ReadPrincipal, Depends(_with(Permission.SET_DEVICES))]
EffectiveDoseSwitcherDep = Annotated[ReadPrincipal, Depends(_with(Permission.SWITCH_EFFECTIVE_DOSE))]
SkinCalibratorDep = Annotated[ReadPrincipal, Depends(_with(Permission.CALIBRATE_SKIN_DOSE))]
LocaliserCalibratorDep = Annotated[ReadPrincipal, Depends(_with(Permission.CALIBRATE_LOCALISERS))]
ReactionRecorderDep = Annotated[ReadPrincipal, Depends(_with(Permission.RECORD_REACTIONS))]
QueueRunnerDep = Annotated[ReadPrincipal, Depends(_with(Permission.RUN_QUEUES))]
DestinationManagerDep = Annotated[ReadPrincipal, Depends(_with(Permission.MANAGE_DESTINATIONS))]
AuditReaderDep = Annotated[ReadPrincipal, Depends(_with(Permission.READ_AUDIT))]
AccessReaderDep = Annotated[ReadPrincipal, Depends(_with(Permission.READ_ACCESS))]
AccessManagerDep = Annotated[ReadPrincipal, Depends(_with(Permission.MANAGE_ACCESS))]

"""
The dependencies of routes that ask who is signed in.

A page takes ``SignedInDep``; if nobody is signed in, the answer is the way to the page of signing in. A page that
changes something takes ``FormDep`` beside it, which has checked that a page of ours sent the form. The REST API takes
the cookie in place of a bearer token (``api.auth.principals``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from api.auth.origin import ForeignOriginError, require_our_page
from api.auth.session_cookie import secret_in
from api.bodies import read_body
from api.deps import NowDep, SettingsDep, UnitOfWorkDep
from dose_services import browser_sessions
from dose_services.browser_sessions import NotSignedInError, SignedIn

_MAX_FORM_BYTES = 16_384  # ours: some passwords of 256 characters, percent-encoded, and room


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who is signed in, and what forms of theirs carry."""

    person: SignedIn
    form_token: str


def _signed_in(request: Request, settings: SettingsDep, unit_of_work: UnitOfWorkDep, now: NowDep) -> Signed:
    secret = secret_in(request, settings)
    with unit_of_work() as session:
        person = browser_sessions.enter(session, secret, limits=settings.sign_in.limits, now=now)
    return Signed(person=person, form_token=browser_sessions.form_token(secret or ""))


def _signed_in_or_nobody(
    request: Request, settings: SettingsDep, unit_of_work: UnitOfWorkDep, now: NowDep
) -> Signed | None:
    try:
        return _signed_in(request, settings, unit_of_work, now)
    except NotSignedInError:
        return None


async def _form(request: Request, settings: SettingsDep) -> Mapping[str, str]:
    require_our_page(request, settings)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise ForeignOriginError("this takes a form of ours")
    sent = (await read_body(request, _MAX_FORM_BYTES)).decode("utf-8", "replace")
    fields = parse_qs(sent, keep_blank_values=True, max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}


async def _own_form(
    form: Annotated[Mapping[str, str], Depends(_form)],
    _: Annotated[Signed, Depends(_signed_in)],
    request: Request,
    settings: SettingsDep,
) -> Mapping[str, str]:
    if not browser_sessions.is_form_token(secret_in(request, settings) or "", form.get("token", "")):
        raise ForeignOriginError("this form is of another session; open the page again")
    return form


SignedInDep = Annotated[Signed, Depends(_signed_in)]
MaybeSignedInDep = Annotated[Signed | None, Depends(_signed_in_or_nobody)]
FormDep = Annotated[Mapping[str, str], Depends(_form)]  # of nobody yet: that of signing in
OwnFormDep = Annotated[Mapping[str, str], Depends(_own_form)]  # of who is signed in

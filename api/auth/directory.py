"""
People in a directory (LDAP, Active Directory): found by a service account, then bound with their own password.

Nothing goes over the wire in clear: ``ldaps``, or StartTLS before anything else, by the authorities of the site. What
was typed is a value and never part of a filter, and an empty password is nobody's, although directories take it for an
anonymous bind (RFC 4513, 5.1.2).
"""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ldap3 import AUTO_BIND_NONE, NONE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException, LDAPSASLPrepError, LDAPStartTLSError
from ldap3.core.results import RESULT_BUSY, RESULT_SIZE_LIMIT_EXCEEDED, RESULT_SUCCESS, RESULT_UNAVAILABLE
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from dose_core.errors import DoseError
from dose_services import directory_users
from dose_services.directory_users import Duty
from dose_services.reading import UnitOfWork
from dose_services.users import User

SYSTEM = "directory"  # that vouches for people
_TIMEOUT_S = 5  # ours: for each step, since somebody waits for it
_MANY_GROUPS = 1000  # ours
# LDAP_MATCHING_RULE_IN_CHAIN: members of members too. Source: [MS-ADTS] 3.1.1.3.4.4.3.
_IN_CHAIN = ":1.2.840.113556.1.4.1941:"


_CANNOT_TELL = {RESULT_BUSY, RESULT_UNAVAILABLE}


class _NotBoundError(LDAPException):
    """The directory answered a bind with this code (RFC 4511, 4.1.9)."""


class _NotSearchedError(LDAPException):
    """The directory ended a search with this code (RFC 4511, 4.1.9), so that what it found is not all."""


class DirectoryDownError(DoseError):
    """The directory does not answer, or not as it should; try again in a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapSettings:
    """
    Where people are looked up.

    ``urls`` are asked one after the other until one answers. ``authorities`` is a PEM file of who vouches for them;
    ``None`` are those whom the machine trusts. People stand below ``base`` under ``login_attribute``; groups below
    ``group_base`` name them by their DN in ``member_attribute``. ``duties`` are those of each group, by its DN.
    """

    urls: tuple[str, ...]
    authorities: str | None = None
    bind_dn: str
    bind_password: str = field(repr=False)
    base: str
    login_attribute: str = "uid"
    person_filter: str = "(objectClass=person)"
    group_base: str
    member_attribute: str = "member"
    nested_groups: bool = False
    duties: Mapping[str, Sequence[Duty]]


class LdapDirectory:
    """Looks people up; used by many threads, each time by connections of its own."""

    def __init__(self, settings: LdapSettings) -> None:
        self._settings = settings
        self._duties = {_comparable(dn): tuple(duties) for dn, duties in settings.duties.items()}

    def admit(self, unit_of_work: UnitOfWork, login: str, password: str, *, now: datetime) -> User | None:
        """
        Return the person whose password this is; ``None`` if it is nobody's, or no group of theirs has a duty.

        Raises:
            DirectoryDownError: no server answers as it should.
        """
        if not password or not login:
            return None
        found = self._look_up(login, password)
        if found is None:
            return None
        name, groups = found
        duties = {duty for group in groups for duty in self._duties.get(_comparable(group), ())}
        with unit_of_work() as session:
            return directory_users.admit(session, system=SYSTEM, name=name, login=name, duties=duties, now=now)

    def _look_up(self, login: str, password: str) -> tuple[str, list[str]] | None:
        """Return somebody's login as the directory spells it, in small letters, and the DNs of their groups."""
        told: DirectoryDownError | None = None
        for url in self._settings.urls:
            try:
                with self.bound(url, self._settings.bind_dn, self._settings.bind_password) as service:
                    person = self._person(service, login)
                    if person is None or not self._is_password_of(url, person[0], password):
                        return None
                    return person[1], self._groups(service, person[0])
            except (LDAPException, OSError, ssl.SSLError) as error:
                # A class of ldap3 says what happened, without a name or a password.
                told = DirectoryDownError(f"the directory does not answer as it should ({type(error).__name__})")
        raise told or DirectoryDownError("no directory is named")

    def _person(self, service: Connection, login: str) -> tuple[str, str] | None:
        settings = self._settings
        service.search(
            settings.base,
            f"(&{settings.person_filter}({settings.login_attribute}={escape_filter_chars(login)}))",
            search_scope=SUBTREE,
            attributes=[settings.login_attribute],
            size_limit=2,
            time_limit=_TIMEOUT_S,
        )
        entries = _entries(service, may_be_more=True)
        if len(entries) != 1:  # nobody, or two: then nobody can tell who it is
            return None
        names = entries[0].attributes.get(settings.login_attribute)
        name = names[0] if isinstance(names, list) and names else names
        return (entries[0].dn, name.casefold()) if isinstance(name, str) else None

    def _groups(self, service: Connection, dn: str) -> list[str]:
        settings = self._settings
        service.search(
            settings.group_base,
            membership_filter(settings.member_attribute, dn, is_nested=settings.nested_groups),
            search_scope=SUBTREE,
            attributes=["1.1"],  # none (RFC 4511, 4.5.1.8)
            size_limit=_MANY_GROUPS,
            time_limit=_TIMEOUT_S,
        )
        return [entry.dn for entry in _entries(service)]

    def _is_password_of(self, url: str, dn: str, password: str) -> bool:
        try:
            with self.bound(url, dn, password):
                return True
        except LDAPSASLPrepError:  # it has what no password has (RFC 4013, 2.3), so it was not sent
            return False
        except _NotBoundError as error:
            if error.args[0] in _CANNOT_TELL:
                raise
            return False

    @contextmanager
    def bound(self, url: str, dn: str, password: str, *, is_read_only: bool = True) -> Iterator[Connection]:
        """Yield a connection on which the password of a DN was shown, over TLS; it is closed at the end."""
        parts = urlsplit(url)
        is_ldaps = parts.scheme == "ldaps"
        server = Server(
            parts.hostname or "",
            port=parts.port or (636 if is_ldaps else 389),
            use_ssl=is_ldaps,
            tls=_VerifiedTls(validate=ssl.CERT_REQUIRED, ca_certs_file=self._settings.authorities),
            get_info=NONE,
            connect_timeout=_TIMEOUT_S,
        )
        connection = Connection(
            server,
            user=dn,
            password=password,
            auto_bind=AUTO_BIND_NONE,
            read_only=is_read_only,
            receive_timeout=_TIMEOUT_S,
            auto_referrals=False,  # a referral would take a password to whatever server it names
            check_names=False,
        )
        try:
            connection.open(read_server_info=False)
            if not is_ldaps and not connection.start_tls(read_server_info=False):
                raise LDAPStartTLSError
            if not connection.bind(read_server_info=False):
                raise _NotBoundError(connection.result["result"])
            yield connection
        finally:
            connection.unbind()
            if connection.socket is not None:  # ldap3 forgets one that could not connect
                connection.socket.close()


class _VerifiedTls(Tls):
    """TLS in which Python checks the certificate and the name in it; ldap3 does so by a function that is gone."""

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as ldap3 calls it
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 9325, 3.1.1
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


class _Entry(NamedTuple):
    dn: str
    attributes: Mapping[str, Any]


def membership_filter(member_attribute: str, dn: str, *, is_nested: bool) -> str:
    """Return the filter of the groups that a DN is a member of; nested ones too, where the directory can tell."""
    rule = _IN_CHAIN if is_nested else ""
    return f"({member_attribute}{rule}={escape_filter_chars(dn)})"


def _entries(connection: Connection, *, may_be_more: bool = False) -> list[_Entry]:
    """Return what a search found; who asks for two entries only may be told that there are more."""
    result = connection.result["result"]
    if result != RESULT_SUCCESS and not (may_be_more and result == RESULT_SIZE_LIMIT_EXCEEDED):
        raise _NotSearchedError(result)
    found: list[dict[str, Any]] = connection.response or []
    return [_Entry(dn=one["dn"], attributes=one["attributes"]) for one in found if one.get("type") == "searchResEntry"]


def _comparable(dn: str) -> tuple[tuple[str, str], ...]:
    """Return a DN so that two ways to write one are equal: blanks and the case of letters do not count."""
    return tuple((kind.strip().casefold(), value.strip().casefold()) for kind, value, _ in parse_dn(dn, strip=True))

"""The file that names the directory and the identity provider by which people sign in, and what groups may do here."""

import tomllib
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dose_core.errors import DoseError
from dose_services.directory_users import Duty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.auth.directory import LdapDirectory
    from api.auth.oidc import OidcProvider

_Word = Annotated[str, Field(min_length=1, max_length=500)]


class UnusableSignInPeersError(DoseError):
    """The file of sign-in peers does not hold; the text says what is wrong."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Ldap(_Part):
    urls: tuple[_Word, ...] = Field(min_length=1)
    authority_file: Path | None = None
    bind_dn: _Word
    bind_password_file: Path
    base: _Word
    login_attribute: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] = "uid"
    person_filter: Annotated[str, Field(pattern=r"^\(.+\)$")] = "(objectClass=person)"
    group_base: _Word
    member_attribute: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] = "member"
    nested_groups: bool = False
    groups: dict[str, tuple[str, ...]] = Field(min_length=1)

    @field_validator("urls")
    @classmethod
    def _are_of_ldap(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            if urlsplit(url).scheme not in {"ldap", "ldaps"} or not urlsplit(url).hostname:
                raise ValueError("each starts with ldaps:// or ldap:// and names a host")
        return urls


class _Oidc(_Part):
    issuer: Annotated[str, Field(pattern=r"^https?://")]
    label: _Word = "single sign-on"
    client_id: _Word
    client_secret_file: Path
    scopes: tuple[_Word, ...] = ("openid", "profile")
    algorithms: tuple[Literal["RS256", "RS384", "ES256", "ES384"], ...] = Field(("RS256", "ES256"), min_length=1)
    login_claim: _Word = "preferred_username"
    groups_claim: _Word = "groups"
    origins: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    allow_http: bool = False
    authority_file: Path | None = None
    groups: dict[str, tuple[str, ...]] = Field(min_length=1)


class _File(_Part):
    ldap: _Ldap | None = None
    oidc: _Oidc | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPeers:
    """Who vouches for people."""

    directories: "Sequence[LdapDirectory]" = ()
    oidc: "OidcProvider | None" = None


def read_sign_in_peers(path: Path | None) -> SignInPeers:
    """
    Return who vouches for people; nobody without a file. Files in it are named from where it stands.

    Raises:
        UnusableSignInPeersError: it cannot be read, or something in it is wrong; the text names the place.
    """
    from api.auth.outgoing import AddressRefusedError

    if path is None:
        return SignInPeers()
    try:
        told = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        return SignInPeers(
            directories=[] if told.ldap is None else [_directory(told.ldap, path.parent)],
            oidc=None if told.oidc is None else _provider(told.oidc, path.parent),
        )
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) + f" ({one['type']})" for one in error.errors()})
        msg = f"{path}: {', '.join(places)}"
        raise UnusableSignInPeersError(msg) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError, AddressRefusedError) as error:
        msg = f"{path}: {error}"
        raise UnusableSignInPeersError(msg) from None


def _directory(told: _Ldap, folder: Path) -> "LdapDirectory":
    from api.auth.directory import LdapDirectory, LdapSettings

    settings = LdapSettings(
        urls=told.urls,
        authorities=str(folder / told.authority_file) if told.authority_file else None,
        bind_dn=told.bind_dn,
        bind_password=(folder / told.bind_password_file).read_text(encoding="utf-8").strip(),
        base=told.base,
        login_attribute=told.login_attribute,
        person_filter=told.person_filter,
        group_base=told.group_base,
        member_attribute=told.member_attribute,
        nested_groups=told.nested_groups,
        duties={group: tuple(map(Duty.parse, written)) for group, written in told.groups.items()},
    )
    return LdapDirectory(settings)


def _provider(told: _Oidc, folder: Path) -> "OidcProvider":
    from api.auth.oidc import OidcProvider, OidcSettings
    from api.auth.outgoing import OutgoingRules, origin_of

    settings = OidcSettings(
        issuer=told.issuer,
        label=told.label,
        client_id=told.client_id,
        client_secret=(folder / told.client_secret_file).read_text(encoding="utf-8").strip(),
        scopes=told.scopes,
        algorithms=told.algorithms,
        login_claim=told.login_claim,
        groups_claim=told.groups_claim,
        duties={group: tuple(map(Duty.parse, written)) for group, written in told.groups.items()},
        outgoing=OutgoingRules(
            origins=frozenset(map(origin_of, (told.issuer, *told.origins))),
            networks=tuple(map(ip_network, told.networks)),
            allows_http=told.allow_http,
            authorities=str(folder / told.authority_file) if told.authority_file else None,
        ),
    )
    return OidcProvider(settings)

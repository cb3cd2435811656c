"""The file that names the directory by which people sign in, and what its groups may do here."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dose_core.errors import DoseError
from dose_services.directory_users import Duty

if TYPE_CHECKING:
    from api.auth.directory import LdapDirectory

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


class _File(_Part):
    ldap: _Ldap | None = None


def read_sign_in_peers(path: Path | None) -> "list[LdapDirectory]":
    """
    Return the directories that a file names; none without a file. Files in it are named from where it stands.

    Raises:
        UnusableSignInPeersError: it cannot be read, or something in it is wrong; the text names the place.
    """
    if path is None:
        return []
    try:
        told = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        return [] if told.ldap is None else [_directory(told.ldap, path.parent)]
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) + f" ({one['type']})" for one in error.errors()})
        msg = f"{path}: {', '.join(places)}"
        raise UnusableSignInPeersError(msg) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
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

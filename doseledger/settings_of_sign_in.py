"""Settings of how people sign in; ``doseledger.settings`` reads them with all others."""

import ipaddress
from pathlib import Path

from pydantic import BaseModel, Field, field_validator


class SignInSettings(BaseModel):
    """How long people stay signed in, and whose word of their address is believed."""

    session_idle_minutes: int = Field(
        default=30, ge=1, le=24 * 60, description="minutes without a request after which a browser is signed out"
    )
    session_hours: int = Field(
        default=12, ge=1, le=24 * 7, description="hours after which a browser is signed out, whatever is done"
    )
    sign_in_peers: Path | None = Field(
        default=None,
        description="TOML file of the directory and the identity provider by which people sign in; else none is asked",
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        description="IP addresses and networks of reverse proxies whose X-Forwarded-For is believed",
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError as error:
                msg = f"{proxy} is no IPv4 or IPv6 address, nor a network without bits of a host"
                raise ValueError(msg) from error
        return proxies

"""Tests of api.cds_hooks.settings: which EHRs may call."""

import pytest

from api.cds_hooks.settings import (
    UnusableHookSettingError,
    read_client,
    read_clients,
    read_identifier_systems,
)

KARL = "name=karl issuer=https://ehr.example jwks=https://ehr.example/jwks.json"


def test_a_client_is_read_with_all_that_is_said_of_it() -> None:
    client = read_client(
        f"{KARL} tenant=t1 fhir=https://ehr.example/r4/ site=NORD origin=https://a.example origin=https://b.example"
    )

    assert (client.name, client.issuer, client.jwks_url) == (
        "karl",
        "https://ehr.example",
        "https://ehr.example/jwks.json",
    )
    assert (client.tenant, client.fhir_server, client.site) == ("t1", "https://ehr.example/r4", "NORD")
    assert client.origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name=karl", "issuer= is missing"),
        (f"{KARL} colour=red", "is no part of a client"),
        (f"{KARL} name=again", "is no part of a client"),
        (f"{KARL} tenant=", "is no part of a client"),
        ("name=k issuer=i jwks=ftp://ehr.example/k", "must start with https://"),
        (f"{KARL} origin=https://ehr.example/page", "is no origin"),
        (f"{KARL} fhir=https://user@ehr.example/r4", "must start with https://"),
    ],
)
def test_a_client_that_cannot_be_worked_with_says_why(text: str, told: str) -> None:
    with pytest.raises(UnusableHookSettingError, match=told):
        read_client(text)


def test_clients_of_one_issuer_are_told_apart_by_their_tenants() -> None:
    other = KARL.replace("karl", "kurt")
    assert len(read_clients((f"{KARL} tenant=1", f"{other} tenant=2"))) == 2

    for second in (other, f"{other} tenant=1"):
        with pytest.raises(UnusableHookSettingError, match="need a tenant each"):
            read_clients((f"{KARL} tenant=1", second))


def test_two_clients_have_not_one_name() -> None:
    with pytest.raises(UnusableHookSettingError, match="one name"):
        read_clients((KARL, KARL.replace("https://ehr", "https://other")))


def test_a_system_of_identifiers_is_that_of_an_authority() -> None:
    assert read_identifier_systems(("urn:oid:1.2.3=HOSP", "https://x.example/?a=b=OTHER")) == {
        "urn:oid:1.2.3": "HOSP",
        "https://x.example/?a=b": "OTHER",
    }
    for wrong in ("HOSP", "=HOSP", "urn:x="):
        with pytest.raises(UnusableHookSettingError):
            read_identifier_systems((wrong,))

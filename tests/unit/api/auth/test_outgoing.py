"""Tests of api.auth.outgoing: what may be asked, and how it ends."""

import time
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from api.auth.outgoing import AddressRefusedError, Outgoing, OutgoingRules, PeerFailedError, origin_of
from api.auth.reachable import is_reachable
from tests.support.https_peer import NAME, Peer, https_peer


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with https_peer(Path(tmp_path_factory.mktemp("peer"))) as peer:
        yield peer


@pytest.fixture
def peer(listening: Peer) -> Peer:
    listening.answers.clear()
    listening.asked.clear()
    listening.drips = False
    return listening


def test_asks_an_origin_on_the_list_and_returns_its_answer(peer: Peer) -> None:
    peer.answers["/keys?of=all"] = (200, {"X-Kind": "keys"}, b'{"keys": []}')

    answer = peer.outgoing().ask("GET", f"{peer.origin}/keys?of=all")

    assert (answer.status, answer.headers["x-kind"], answer.json()) == (200, "keys", {"keys": []})


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/",
        "https://ehr.example.attacker.example/",
        "https://ehr.example:8443/",
        "http://ehr.example/",
        "https://ehr.example@attacker.example/",
        "https://attacker.example#@ehr.example/",
        "https://attacker.example\\@ehr.example/",
        "https://ehr.example /",
        "https://ehr.example\t.attacker.example/",
        "https://ehr.example/\r\nHost: attacker.example",
        "https://ehr\u3002example/",
        "file:///etc/passwd",
        "gopher://ehr.example/",
        "//ehr.example/",
        "",
    ],
)
def test_refuses_every_other_address_without_asking_anybody(url: str) -> None:
    def unasked(_host: str, _port: int) -> list[str]:
        raise AssertionError

    outgoing = Outgoing(OutgoingRules(origins=frozenset({"https://ehr.example"})), resolve=unasked)

    with pytest.raises(AddressRefusedError):
        outgoing.ask("GET", url)
    assert not outgoing.allows(url)


def test_takes_plain_http_only_where_the_site_says_so() -> None:
    origins = frozenset({"http://ehr.example"})

    assert not Outgoing(OutgoingRules(origins=origins)).allows("http://ehr.example/fhir")
    assert Outgoing(OutgoingRules(origins=origins, allows_http=True)).allows("http://ehr.example/fhir")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTPS://EHR.example/", None),  # schemes are written small
        ("https://EHR.example:443/fhir?x=1", "https://ehr.example"),
        ("https://ehr.example:8443", "https://ehr.example:8443"),
        ("http://ehr.example:80/", "http://ehr.example"),
        ("https://[2001:DB8::1]:9/", "https://[2001:db8::1]:9"),
    ],
)
def test_spells_an_origin_in_one_way(url: str, origin: str | None) -> None:
    if origin is None:
        with pytest.raises(AddressRefusedError):
            origin_of(url)
    else:
        assert origin_of(url) == origin


INWARD = [
    "127.0.0.1",
    "127.255.0.9",
    "0.0.0.0",  # noqa: S104 - an address that is refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",  # shared between carriers
    "100.100.100.200",  # metadata of a cloud
    "169.254.169.254",  # metadata of most clouds
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",  # metadata of a cloud
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "not an address",
]


@pytest.mark.parametrize("address", INWARD)
def test_never_reaches_inward_by_itself(address: str) -> None:
    assert not is_reachable(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_reaches_public_addresses(address: str) -> None:
    assert is_reachable(address)


def test_reaches_a_private_network_that_the_site_names_but_no_link_local_one() -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))

    assert is_reachable("10.1.2.3", (ip_network("10.1.0.0/16"),))
    assert is_reachable("::ffff:10.1.2.3", (ip_network("10.1.0.0/16"),))
    assert not is_reachable("10.2.2.3", (ip_network("10.1.0.0/16"),))
    assert not is_reachable("169.254.169.254", everything)
    assert not is_reachable("::ffff:169.254.169.254", everything)
    assert not is_reachable("fe80::1", everything)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_sends_nothing_to_a_name_that_leads_inward(peer: Peer, address: str) -> None:
    outgoing = peer.outgoing(resolve=lambda _host, _port: ["93.184.215.14", address], networks="10.0.0.0/8")

    with pytest.raises(AddressRefusedError):
        outgoing.ask("GET", f"{peer.origin}/")
    assert peer.asked == []


@pytest.mark.parametrize("literal", ["127.0.0.1", "[::1]", "169.254.169.254", "2130706433", "0x7f.1", "localhost"])
def test_sends_nothing_inward_although_the_list_has_the_address(literal: str) -> None:
    outgoing = Outgoing(OutgoingRules(origins=frozenset({f"https://{literal}"})))

    with pytest.raises((AddressRefusedError, PeerFailedError)) as raised:
        outgoing.ask("GET", f"https://{literal}/", timeout_s=1)
    assert isinstance(raised.value, AddressRefusedError) or "not known" in str(raised.value)


def test_resolves_a_name_once_and_connects_to_what_was_checked(peer: Peer) -> None:
    """A name that leads elsewhere at the second question (DNS rebinding) gains nothing: there is none."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    peer.answers["/"] = (200, {}, b"{}")

    assert peer.outgoing(resolve=lambda _host, _port: next(answers)).ask("GET", f"{peer.origin}/").status == 200
    assert next(answers) == ["169.254.169.254"]


def test_verifies_the_name_in_the_certificate_and_not_the_address(peer: Peer) -> None:
    other = f"https://other.example:{peer.port}"
    rules = OutgoingRules(
        origins=frozenset({other}), networks=(ip_network("127.0.0.0/8"),), authorities=str(peer.authorities)
    )

    with pytest.raises(PeerFailedError, match="certificate"):
        Outgoing(rules, resolve=lambda _host, _port: ["127.0.0.1"]).ask("GET", f"{other}/")
    assert peer.asked == []


def test_trusts_no_authority_that_nobody_named(peer: Peer) -> None:
    rules = OutgoingRules(origins=frozenset({peer.origin}), networks=(ip_network("127.0.0.0/8"),))

    with pytest.raises(PeerFailedError, match="certificate"):
        Outgoing(rules, resolve=lambda _host, _port: ["127.0.0.1"]).ask("GET", f"{peer.origin}/")


def test_follows_no_redirect(peer: Peer) -> None:
    peer.answers["/"] = (302, {"Location": "https://169.254.169.254/latest/meta-data"}, b"")

    assert peer.outgoing().ask("GET", f"{peer.origin}/").status == 302
    assert peer.asked == ["/"]


def test_stops_reading_a_body_that_is_too_large(peer: Peer) -> None:
    peer.answers["/"] = (200, {}, b"x" * 300_000)

    with pytest.raises(PeerFailedError, match="more than 1000 bytes"):
        peer.outgoing().ask("GET", f"{peer.origin}/", max_bytes=1000)


def test_takes_nothing_that_was_packed(peer: Peer) -> None:
    peer.answers["/"] = (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b")

    with pytest.raises(PeerFailedError, match="packed"):
        peer.outgoing().ask("GET", f"{peer.origin}/")


def test_ends_in_time_although_a_byte_comes_now_and_then(peer: Peer) -> None:
    peer.answers["/"] = (200, {}, b"x" * 200)  # ten seconds of it
    peer.drips = True
    started = time.monotonic()

    with pytest.raises(PeerFailedError, match="in time"):
        peer.outgoing().ask("GET", f"{peer.origin}/", timeout_s=0.4)
    assert time.monotonic() - started < 3


def test_tells_nothing_of_the_address_when_it_fails(peer: Peer) -> None:
    with pytest.raises(PeerFailedError) as raised:
        peer.outgoing(resolve=lambda _host, _port: ["127.0.0.9"]).ask("GET", f"{peer.origin}/Patient?name=planted")
    assert "planted" not in str(raised.value)
    assert NAME not in str(raised.value)

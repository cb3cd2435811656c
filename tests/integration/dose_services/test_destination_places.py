"""Tests of dose_services.destination_places: where destinations are, changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from db.repositories import pacs
from db.session import unit_of_work
from dose_services import destination_places, forwarding_desk, outbound_destinations, pacs_destinations
from dose_services.archive_values import DicomNode, StowNode, TlsFiles, UnusableNodeError
from dose_services.destination_places import NotMovableError, Place
from dose_services.forwarding_values import FolderNode, ForwardRule, UnknownForwardError
from dose_services.outbound_values import Endpoint, Form, Rule, UnknownDestinationError
from dose_services.pacs_values import PacsRule, UnknownPacsError
from tests.support.forward_house import KEY, OPERATOR

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY: dict[str, Any] = {"looker": OPERATOR, "now": NOW}
PACS = DicomNode(host="old.example", port=104, called_ae_title="PACS", tls=TlsFiles(ca_file="/etc/ca.pem"))
WEB = StowNode(url="https://old.example/rs", token_file="/etc/token")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A house with an archive of each protocol, and a registry and a receiver of results."""
    with unit_of_work(engine) as made:
        for name, node in (("dicom", PACS), ("web", WEB)):
            pacs_destinations.add_pacs(made, name, node, PacsRule(deletes=False), **BY)
        for name, place in (("registry", WEB), ("folder", FolderNode(path="/srv/out"))):
            forwarding_desk.add_destination(made, name, place, ForwardRule(since=NOW), site_key=KEY, **BY)
        endpoint = Endpoint(host="old.example", port=2575, uses_tls=True, ca_file="/etc/ca.pem")
        form = Form(receiving_application="RIS")
        outbound_destinations.add_destination(made, "ris", endpoint, Rule(exams_since=NOW), form, **BY)
        yield made


def node(session: Session, name: str) -> object:
    found = pacs_destinations.destination_named(session, name)
    assert found is not None
    return found.node


def test_an_archive_moves_and_keeps_what_is_not_named(session: Session) -> None:
    destination_places.move_pacs(session, "dicom", Place(host="new.example", port=11112), **BY)
    destination_places.move_pacs(session, "web", Place(url="https://new.example/rs"), **BY)

    assert node(session, "dicom") == DicomNode(
        host="new.example", port=11112, called_ae_title="PACS", tls=TlsFiles(ca_file="/etc/ca.pem")
    )
    assert node(session, "web") == StowNode(url="https://new.example/rs", token_file="/etc/token")


def test_an_archive_that_somebody_else_changed_meanwhile_keeps_that(engine: Engine) -> None:
    with unit_of_work(engine) as made:
        for name, place in (("dicom", PACS), ("web", WEB)):
            pacs_destinations.add_pacs(made, name, place, PacsRule(deletes=False), **BY)
    with unit_of_work(engine) as mine:
        read = [pacs.named(mine, name) for name in ("dicom", "web")]
        with unit_of_work(engine) as other:
            destination_places.move_pacs(other, "dicom", Place(host="new.example"), **BY)
            pacs_destinations.set_active(other, "web", is_active=False, **BY)
        destination_places.move_pacs(mine, "dicom", Place(port=11112), **BY)
        pacs_destinations.set_rule(mine, "web", kinds=(), **BY)

        assert all(read)
        assert node(mine, "dicom") == replace(PACS, host="new.example", port=11112)
        web = pacs_destinations.destination_named(mine, "web")
        assert web is not None
        assert not web.is_active


def test_tls_is_switched_on_and_off(session: Session) -> None:
    destination_places.move_pacs(session, "dicom", Place(uses_tls=False), **BY)
    assert getattr(node(session, "dicom"), "tls", ()) is None

    destination_places.move_pacs(session, "dicom", Place(uses_tls=True, server_name="pacs"), **BY)
    assert getattr(node(session, "dicom"), "tls", None) == TlsFiles(server_name="pacs")


def test_a_registry_moves_and_is_asked_at_once(session: Session) -> None:
    session.execute(text("UPDATE forward_destination SET failures = 9, waits_until = now(), problem = 'away'"))
    destination_places.move_forwarding(session, "registry", Place(url="https://new.example/rs"), **BY)

    (one,) = (found for found in forwarding_desk.destinations(session) if found.name == "registry")
    assert (one.address, one.problem) == ("https://new.example/rs", None)


def test_a_receiver_of_results_moves(session: Session) -> None:
    destination_places.move_receiver(session, "ris", Place(host="10.1.2.3", port=2576), **BY)
    (one,) = outbound_destinations.destinations(session)
    assert one.endpoint == Endpoint(host="10.1.2.3", port=2576, uses_tls=True, ca_file="/etc/ca.pem")

    destination_places.move_receiver(session, "ris", Place(uses_tls=False), **BY)
    (one,) = outbound_destinations.destinations(session)
    assert one.endpoint == Endpoint(host="10.1.2.3", port=2576)


@pytest.mark.parametrize("url", ["https://thief.example/rs", "https://old.example:8443/rs"])
def test_no_secret_goes_elsewhere_for_somebody_who_does_not_hold_the_files(session: Session, url: str) -> None:
    away = Place(url=url, moves_secrets=False)
    for move, name in ((destination_places.move_pacs, "web"), (destination_places.move_forwarding, "registry")):
        with pytest.raises(NotMovableError, match="command line"):
            move(session, name, away, **BY)

    destination_places.move_pacs(session, "web", Place(url="https://old.example/other", moves_secrets=False), **BY)


def test_no_secret_goes_by_plain_http(session: Session) -> None:
    with pytest.raises(UnusableNodeError, match="https alone"):
        destination_places.move_pacs(session, "web", Place(url="http://old.example/rs"), **BY)


def test_what_does_not_fit_is_refused(session: Session) -> None:
    refused = [
        ("dicom", Place(url="https://new.example/rs")),
        ("web", Place(host="new.example")),
        ("orthanc", Place(host="new.example")),
        ("dicom", Place()),
    ]
    for name, place in refused:
        with pytest.raises(NotMovableError):
            destination_places.move_pacs(session, name, place, **BY)
    with pytest.raises(NotMovableError):
        destination_places.move_forwarding(session, "folder", Place(host="new.example"), **BY)
    with pytest.raises(NotMovableError):
        destination_places.move_receiver(session, "ris", Place(url="https://new.example"), **BY)


def test_who_is_not_known_is_not_moved(session: Session) -> None:
    with pytest.raises(UnknownPacsError):
        destination_places.move_pacs(session, "nobody", Place(port=1), **BY)
    with pytest.raises(UnknownForwardError):
        destination_places.move_forwarding(session, "nobody", Place(port=1), **BY)
    with pytest.raises(UnknownDestinationError):
        destination_places.move_receiver(session, "nobody", Place(port=1), **BY)

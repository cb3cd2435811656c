"""Tests of dose_services.addresses: nothing of a patient goes where a machine hears of itself."""

import pytest

from dose_services.addresses import is_never_a_destination
from dose_services.archive_values import DicomNode, StowNode, UnusableNodeError
from dose_services.outbound_values import Endpoint, UnusableDestinationError

FORBIDDEN = (
    "169.254.169.254",
    "169.254.0.1",
    "2852039166",  # the first one as one number, which resolvers understand
    "0xa9fea9fe",
    "169.254.43518",
    "::ffff:169.254.169.254",
    "[fe80::1]",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104  refused
    "::",
    "224.0.0.1",
    "metadata.google.internal",
    "Metadata.Google.Internal.",
)
ALLOWED = ("10.1.2.3", "192.168.0.7", "127.0.0.1", "::1", "fd12:3456::7", "pacs.hospital.example", "8.8.8.8")


@pytest.mark.parametrize("host", FORBIDDEN)
def test_a_host_that_tells_a_machine_of_itself_is_no_destination(host: str) -> None:
    assert is_never_a_destination(host)


@pytest.mark.parametrize("host", ALLOWED)
def test_a_host_of_the_house_or_of_the_world_is_one(host: str) -> None:
    assert not is_never_a_destination(host)


def test_no_archive_registry_or_receiver_is_there() -> None:
    with pytest.raises(UnusableNodeError, match="link-local"):
        DicomNode(host="169.254.169.254", port=80, called_ae_title="PACS")
    with pytest.raises(UnusableNodeError, match="link-local"):
        StowNode(url="http://[fe80::1]/rs")
    with pytest.raises(UnusableDestinationError, match="link-local"):
        Endpoint(host="2852039166", port=2575)

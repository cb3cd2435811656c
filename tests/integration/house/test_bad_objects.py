"""Broken and hostile objects through the real doors: kept with a reason, and the next good one is read."""

import zlib
from dataclasses import replace

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA_FOLLOW_UP
from tests.builders.envelopes import part10
from tests.support.living_house import LivingHouse

pytestmark = [pytest.mark.orthanc, pytest.mark.timeout(600)]

_DEFLATED = b"1.2.840.10008.1.2.1.99"  # PS3.5, A.5


def nested() -> bytes:
    report = dose_report(replace(ANNA_FOLLOW_UP, key="nested"))
    for _ in range(200):
        outer = Dataset()
        outer.ValueType = "CONTAINER"
        outer.ContentSequence = Sequence(report.ContentSequence)
        report.ContentSequence = Sequence([outer])
    return part10(report)


def bomb() -> bytes:
    """A deflated object of about one megabyte that would inflate to a gigabyte."""
    head = b"\0" * 128 + b"DICM"
    syntax = b"\x02\x00\x10\x00UI" + len(_DEFLATED).to_bytes(2, "little") + _DEFLATED
    length = b"\x02\x00\x00\x00UL\x04\x00" + len(syntax).to_bytes(4, "little")
    deflate = zlib.compressobj(9, wbits=-15)
    body = b"".join(deflate.compress(b"\0" * 2**20) for _ in range(1024)) + deflate.flush()
    return head + length + syntax + body


@pytest.mark.parametrize("make", [nested, bomb, bytes], ids=["nested", "bomb", "zero bytes"])
def test_a_bad_object_is_kept_with_its_reason_and_the_next_is_read(house: LivingHouse, make: type[bytes]) -> None:
    sop_instance_uid = f"1.2.826.0.1.3680043.10.999.{len(make.__name__)}"
    good = replace(ANNA_FOLLOW_UP, key=f"after {make.__name__}")
    put = {"Content-Type": "application/dicom"}

    answer = house.doors.ingester.call("PUT", f"/api/v1/instances/{sop_instance_uid}", make(), headers=put)
    house.doors.modality(good.scanner).store([dose_report(good)])
    house.wait_until_delivered()

    receipt = answer.json()
    assert answer.status == 201
    assert receipt["read_status"] == "unreadable"
    assert receipt["read_reason"]
    assert house.doors.exam(good)["dlp_mgy_cm"] == pytest.approx(good.dlp_mgy_cm)

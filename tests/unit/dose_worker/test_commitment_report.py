"""Tests of dose_worker.commitment_report, by PS3.4, J.3.3 and PS3.3, C.14.1.1."""

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dose_worker.commitment_report import UnreadableReportError, report_of


def reference(uid: str, reason: int | None = None) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.67"
    item.ReferencedSOPInstanceUID = uid
    if reason is not None:
        item.FailureReason = reason
    return item


def information(kept: tuple[Dataset, ...] = (), failed: tuple[Dataset, ...] = ()) -> Dataset:
    made = Dataset()
    made.TransactionUID = "2.25.1"
    if kept:
        made.ReferencedSOPSequence = Sequence(kept)
    if failed:
        made.FailedSOPSequence = Sequence(failed)
    return made


def test_tells_what_is_kept_and_what_is_not() -> None:
    report = report_of(information((reference("2.25.2"),), (reference("2.25.3", 0x0112),)))

    assert report.transaction_uid == "2.25.1"
    assert report.kept == ("2.25.2",)
    (failed,) = report.not_kept
    assert failed.sop_instance_uid == "2.25.3"
    assert failed.reason == "it does not have the object"


def test_what_is_said_to_be_kept_and_not_kept_is_not_kept() -> None:
    report = report_of(information((reference("2.25.2"),), (reference("2.25.2", 0x0110),)))

    assert report.kept == ()
    assert len(report.not_kept) == 1


@pytest.mark.parametrize(("code", "words"), [(None, "no reason"), (0x0131, "transaction"), (0x7777, "7777")])
def test_says_the_reason_in_words_of_ours(code: int | None, words: str) -> None:
    (failed,) = report_of(information(failed=(reference("2.25.3", code),))).not_kept

    assert words in failed.reason


def test_an_item_without_a_uid_says_nothing() -> None:
    report = report_of(information((Dataset(),), (Dataset(),)))

    assert report.kept == ()
    assert report.not_kept == ()


def test_a_report_without_a_transaction_is_of_no_request() -> None:
    with pytest.raises(UnreadableReportError, match="transaction"):
        report_of(Dataset())


def test_a_report_on_thousands_of_objects_is_not_read() -> None:
    with pytest.raises(UnreadableReportError, match="more instances"):
        report_of(information(tuple(reference(f"2.25.{number}") for number in range(1001))))

"""Tests of dose_core.ledger.versions, for what a person typed and for what a device corrected."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from dose_core.ledger.exam import Statement
from dose_core.ledger.versions import Version, speaking
from dose_core.readers.typed import read_typed
from tests.builders.statements import event, report
from tests.builders.typed import TYPED_AT, record, value


def version(number: int, content: bytes) -> Version:
    """Return an entry, kept a minute after the one with the number before."""
    return Version(
        statement=Statement(key=f"statement-{number}", report=read_typed(content)),
        evidence=f"evidence-{number}",
        content_digest=bytes([number]),
        received_at=TYPED_AT + timedelta(minutes=number),
    )


FIRST, SECOND = (version(number, record(value("dlp", number, "mGy.cm"))) for number in (1, 2))
WITHDRAWAL = version(3, record(typed=b"{}", is_withdrawal=True))


def test_the_newest_entry_counts_whatever_is_looked_at_first_and_contradicts_nothing() -> None:
    for versions in permutations((FIRST, SECOND)):
        said = speaking(versions)
        assert said.statements == (SECOND.statement,)
        assert said.contradicting == frozenset()


def test_a_withdrawn_entry_brings_no_earlier_one_back() -> None:
    for versions in permutations((FIRST, SECOND, WITHDRAWAL)):
        assert speaking(versions).statements == ()


def test_an_entry_after_a_withdrawal_counts() -> None:
    again = version(4, record(value("dlp", 4, "mGy.cm")))

    assert speaking((again, WITHDRAWAL, FIRST)).statements == (again.statement,)


def test_entries_of_two_modalities_stand_side_by_side() -> None:
    other = replace(SECOND.statement.report, sop_instance_uid="2.25.9")
    beside = replace(SECOND, statement=Statement(key="other", report=other))

    assert len(speaking((FIRST, beside)).statements) == 2


def test_of_equally_full_contents_of_one_object_the_newest_document_counts() -> None:
    """A device corrects its report under the same UID: the digests are drawn, the later content time is not."""
    wrong, right = report(1, event(1), total_mgy_cm=900.0), report(2, event(1, dlp_mgy_cm=90.0), total_mgy_cm=90.0)
    right = replace(right, report=replace(right.report, sop_instance_uid=wrong.report.sop_instance_uid))

    for digests in permutations((b"1", b"2")):
        versions = [
            Version(
                statement=Statement(key=made.key, report=made.report),
                evidence=made.key,
                content_digest=digest,
                received_at=TYPED_AT,
            )
            for made, digest in zip((wrong, right), digests, strict=True)
        ]
        for arrived in permutations(versions):
            said = speaking(arrived)
            assert [one.key for one in said.statements] == [right.key]
            assert said.contradicting == {wrong.key, right.key}

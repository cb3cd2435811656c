"""Of several contents under one SOP Instance UID, which one speaks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dose_core.ledger.exam import Statement
from dose_core.ledger.precedence import time_among
from dose_core.model import DoseReport, Kind

WITHDRAWN = "WITHDRAWN"  # as ``completion`` of what takes typed values back


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """
    What one kept object states.

    ``content_digest`` is equal for objects that differ in identity or encoding alone, and ``None`` as long as no other
    object of the UID is kept; ``evidence`` is the key of the kept bytes. ``is_gone`` tells that its archive has deleted
    it.
    """

    statement: Statement[DoseReport]
    evidence: str
    content_digest: bytes | None
    received_at: datetime
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """
    The statements that count, and the evidence whose dose content contradicts that of another of its UID.

    ``superseded`` are the statements that gave way to another version of their object, in an order of their own: they
    state no dose that counts, and still tell whom the object named. ``gone`` are the keys of the statements that count
    though the archive has deleted their objects.
    """

    statements: tuple[Statement[DoseReport], ...]
    contradicting: frozenset[str]
    superseded: tuple[Statement[DoseReport], ...] = ()
    gone: frozenset[str] = frozenset()


def speaking(versions: Iterable[Version]) -> Speaking:
    """
    Return one statement for each SOP Instance UID; of a performed procedure step all, since it grows by messages.

    A PACS corrects identity under the same UID: then the newest counts. Where the dose itself differs, both are
    kept and named, and the fullest counts, of equally full ones the newest document, whatever came first. What was
    cut short gives way to the whole. What a person typed is corrected by typing it anew, or withdrawn: there the
    newest counts.
    """
    by_uid: dict[str, list[Version]] = defaultdict(list)
    typed: dict[str, list[Version]] = defaultdict(list)
    counted: list[Version] = []
    for version in versions:
        if version.statement.report.kind is Kind.MPPS:
            counted.append(version)
        elif version.statement.report.kind is Kind.MANUAL:
            typed[version.statement.report.sop_instance_uid].append(version)
        else:
            by_uid[version.statement.report.sop_instance_uid].append(version)
    newest = map(newest_typed, typed.values())
    counted += [one for one in newest if one.statement.report.completion != WITHDRAWN]
    contradicting: set[str] = set()
    superseded: list[Version] = []
    for alike in by_uid.values():
        whole = [one for one in alike if not one.statement.report.is_cut_short] or alike
        if len({one.content_digest for one in whole}) > 1:
            contradicting |= {one.evidence for one in whole}
        fullest = _fullest(whole).content_digest
        speaks = max((one for one in whole if one.content_digest == fullest), key=_age)
        counted.append(speaks)
        superseded += [one for one in alike if one is not speaks]
    return Speaking(
        statements=_in_order(counted),
        contradicting=frozenset(contradicting),
        superseded=_in_order(superseded),
        gone=frozenset(one.statement.key for one in counted if one.is_gone),
    )


def is_compared(version: Version) -> bool:
    """Tell if several contents under the UID of this object are told apart by what they state."""
    return version.statement.report.kind not in {Kind.MPPS, Kind.MANUAL}


def newest_typed(alike: Iterable[Version]) -> Version:
    """Return what was typed last of several entries; an export of a former system was typed when it was exported."""
    return max(alike, key=lambda one: (one.statement.report.content_at or one.received_at, *_age(one)))


def _in_order(versions: Iterable[Version]) -> tuple[Statement[DoseReport], ...]:
    return tuple(one.statement for one in sorted(versions, key=lambda one: one.statement.key))


def _fullest(alike: Sequence[Version]) -> Version:
    """Return the version with most events, of several the newest document, else one without meaning."""
    time = time_among(one.statement.report.content_at for one in alike)
    return max(
        alike,
        key=lambda one: (
            len(getattr(one.statement.report, "events", ())),
            time(one.statement.report.content_at),
            one.content_digest or b"",
        ),
    )


def _age(version: Version) -> tuple[datetime, str]:
    return version.received_at, version.evidence

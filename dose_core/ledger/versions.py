"""Of several contents under one SOP Instance UID, which one speaks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dose_core.ledger.exam import Statement
from dose_core.model import DoseReport, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """
    What one kept object states.

    ``content_digest`` is equal for objects that differ in identity or encoding alone; ``evidence`` is
    the key of the kept bytes.
    """

    statement: Statement[DoseReport]
    evidence: str
    content_digest: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """The statements that count, and the evidence whose dose content contradicts that of another of its UID."""

    statements: tuple[Statement[DoseReport], ...]
    contradicting: frozenset[str]


def speaking(versions: Iterable[Version]) -> Speaking:
    """
    Return one statement for each SOP Instance UID; of a performed procedure step all, since it grows by messages.

    A PACS corrects identity under the same UID: then the newest counts. Where the dose itself differs, both are
    kept and named, and the fullest counts, whatever came first. What was cut short gives way to the whole.
    """
    by_uid: dict[str, list[Version]] = defaultdict(list)
    counted: list[Version] = []
    for version in versions:
        if version.statement.report.kind is Kind.MPPS:
            counted.append(version)
        else:
            by_uid[version.statement.report.sop_instance_uid].append(version)
    contradicting: set[str] = set()
    for alike in by_uid.values():
        whole = [one for one in alike if not one.statement.report.is_cut_short] or alike
        if len({one.content_digest for one in whole}) > 1:
            contradicting |= {one.evidence for one in whole}
        fullest = max(whole, key=_fullness).content_digest
        counted.append(max((one for one in whole if one.content_digest == fullest), key=_age))
    return Speaking(
        statements=tuple(one.statement for one in sorted(counted, key=lambda one: one.statement.key)),
        contradicting=frozenset(contradicting),
    )


def _fullness(version: Version) -> tuple[int, bytes]:
    return len(getattr(version.statement.report, "events", ())), version.content_digest


def _age(version: Version) -> tuple[datetime, str]:
    return version.received_at, version.evidence

"""Whether the looks that are kept are those that were recorded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from dose_core.auditing.anchors import Anchor, digest_of_anchor
from dose_core.auditing.chain import NOTHING_BEFORE, Stated, digest_of

# Looks from before there were chains are taken as one, in the order of time.
UNCHAINED = UUID(int=0)


class Fault(StrEnum):
    """What can be wrong."""

    CHANGED = "changed"  # a look does not have the digest that was recorded with it
    MISSING = "missing"  # a position of a chain is empty, or given twice
    CUT_OFF = "cut_off"  # a chain ends before, or otherwise than, where an anchor saw it
    ANCHOR_CHANGED = "anchor_changed"
    ANCHOR_MISSING = "anchor_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault, and where. ``look`` is the id of the look at which it shows, if it shows at one."""

    fault: Fault
    chain: UUID | None = None
    position: int | None = None
    look: UUID | None = None
    anchor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A look as it is kept: what its digest is taken of, and that digest; ``None`` for one from before the chains."""

    chain: UUID
    position: int
    look: Mapping[str, Stated]
    digest: bytes | None


@dataclass(slots=True)
class Verdict:
    """What was looked through, and what is wrong with it."""

    looks: int = 0
    chains: int = 0
    anchors: int = 0
    last_anchor: bytes | None = None
    findings: list[Finding] = field(default_factory=list)


def verify(links: Iterable[Link], anchors: Iterable[Anchor]) -> Verdict:
    """
    Return whether chains and anchors hold.

    Args:
        links: by chain, in it by position. They may come from a stream: one is in memory at a time.
        anchors: by number.
    """
    verdict = Verdict()
    seen = _heads(anchors, verdict)
    for chain, its_links in groupby(links, key=lambda link: link.chain):
        verdict.chains += 1
        verdict.findings.extend(_broken(chain, its_links, seen.pop(chain, {}), verdict))
    verdict.findings.extend(
        Finding(fault=Fault.CUT_OFF, chain=chain, position=max(heads)) for chain, heads in seen.items()
    )
    return verdict


def _heads(anchors: Iterable[Anchor], verdict: Verdict) -> dict[UUID, dict[int, bytes]]:
    """Return what the anchors saw: of each chain the digests at some positions."""
    seen: dict[UUID, dict[int, bytes]] = {}
    previous, expected = NOTHING_BEFORE, 1
    for anchor in anchors:
        verdict.anchors += 1
        if anchor.number != expected:
            verdict.findings.append(Finding(fault=Fault.ANCHOR_MISSING, anchor=expected))
        elif digest_of_anchor(previous, anchor) != anchor.digest:
            verdict.findings.append(Finding(fault=Fault.ANCHOR_CHANGED, anchor=anchor.number))
        previous, expected = anchor.digest, anchor.number + 1
        verdict.last_anchor = anchor.digest
        for chain, head in anchor.heads.items():
            seen.setdefault(chain, {})[head.position] = head.digest
    return seen


def _broken(chain: UUID, links: Iterable[Link], heads: dict[int, bytes], verdict: Verdict) -> Iterator[Finding]:
    previous, expected = NOTHING_BEFORE, 1
    for link in links:
        verdict.looks += 1
        digest = digest_of(previous, link.look)
        if link.position != expected:
            yield Finding(fault=Fault.MISSING, chain=chain, position=expected)
        elif link.digest is not None and digest != link.digest:
            yield _at(Fault.CHANGED, link)
        # What follows is measured by what was recorded, so that one change is told once.
        previous, expected = link.digest or digest, link.position + 1
        if heads.pop(link.position, previous) != previous:
            yield _at(Fault.CUT_OFF, link)
    if heads:
        yield Finding(fault=Fault.CUT_OFF, chain=chain, position=max(heads))


def _at(fault: Fault, link: Link) -> Finding:
    look = link.look.get("id")
    return Finding(fault=fault, chain=link.chain, position=link.position, look=look if isinstance(look, UUID) else None)

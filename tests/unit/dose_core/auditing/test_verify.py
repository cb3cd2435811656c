"""Tests of dose_core.auditing: whoever changes the record of looks is found out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from dose_core.auditing.anchors import Anchor, Head, digest_of_anchor
from dose_core.auditing.chain import NOTHING_BEFORE, Stated, digest_of, written
from dose_core.auditing.verify import Fault, Finding, Link, verify

AT = datetime(2026, 3, 5, 9, 30, 0, 120, tzinfo=UTC)
CHAINS = (UUID(int=1), UUID(int=2))


def look(number: int, chain: UUID = CHAINS[0]) -> dict[str, Any]:
    return {
        "id": UUID(int=100 * chain.int + number),
        "at": AT + timedelta(seconds=number),
        "subject": "user:ada",
        "patient_id": None,
        "chain_id": chain,
        "position": number,
    }


def chain_of(count: int, chain: UUID = CHAINS[0]) -> list[Link]:
    links, digest = [], NOTHING_BEFORE
    for number in range(1, count + 1):
        stated = look(number, chain)
        digest = digest_of(digest, stated)
        links.append(Link(chain=chain, position=number, look=stated, digest=digest))
    return links


def anchors_on(*seen: Mapping[UUID, Link]) -> list[Anchor]:
    anchors: list[Anchor] = []
    previous = NOTHING_BEFORE
    for number, links in enumerate(seen, start=1):
        heads = {chain: Head(position=link.position, digest=link.digest or b"") for chain, link in links.items()}
        bare = Anchor(number=number, at=AT + timedelta(minutes=number), heads=heads)
        previous = digest_of_anchor(previous, bare)
        anchors.append(replace(bare, digest=previous))
    return anchors


def changed(link: Link, **values: Stated) -> Link:
    return replace(link, look={**link.look, **values})


class TestALook:
    def test_is_written_in_one_way(self) -> None:
        """By hand: names in order, no spaces, ASCII, what is not stated left out, UTC with microseconds."""
        told: dict[str, Stated] = {
            "subject": "user:zoë",
            "at": AT.astimezone(timezone(timedelta(hours=2))),
            "reason": None,
            "position": 7,
        }

        assert written(told) == rb'{"at":"2026-03-05T09:30:00.000120+00:00","position":7,"subject":"user:zo\u00eb"}'

    def test_has_a_digest_that_anybody_can_compute(self) -> None:
        text = json.dumps({"position": 1}, separators=(",", ":")).encode()

        assert digest_of(NOTHING_BEFORE, {"position": 1}) == sha256(b"\0" * 32 + text).digest()


class TestWhatWasRecorded:
    def test_holds(self) -> None:
        first, second = chain_of(3), chain_of(2, CHAINS[1])
        anchors = anchors_on({CHAINS[0]: first[1]}, {CHAINS[0]: first[2], CHAINS[1]: second[1]})

        verdict = verify(first + second, anchors)

        assert verdict.findings == []
        assert (verdict.looks, verdict.chains, verdict.anchors) == (5, 2, 2)
        assert verdict.last_anchor == anchors[-1].digest

    def test_may_go_on_after_the_last_anchor(self) -> None:
        links = chain_of(3)

        assert verify(links, anchors_on({CHAINS[0]: links[0]})).findings == []


def altered(links: list[Link]) -> list[Link]:
    return [links[0], changed(links[1], subject="user:eve"), *links[2:]]


def emptied(links: list[Link]) -> list[Link]:
    return [links[0], changed(links[1], subject=None), *links[2:]]


def taken_out(links: list[Link]) -> list[Link]:
    return [links[0], *links[2:]]


def put_in(links: list[Link]) -> list[Link]:
    return [*links[:2], changed(links[1], id=UUID(int=9)), *links[2:]]


def ended_early(links: list[Link]) -> list[Link]:
    return links[:2]


def beheaded(links: list[Link]) -> list[Link]:
    return links[1:]


def forged(links: list[Link]) -> list[Link]:
    """A whole chain made anew around one change, as who knows the rule can."""
    made, digest = [], NOTHING_BEFORE
    for link in altered(links):
        digest = digest_of(digest, link.look)
        made.append(replace(link, digest=digest))
    return made


class TestOneChange:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (altered, {(Fault.CHANGED, 2)}),
            (emptied, {(Fault.CHANGED, 2)}),
            (taken_out, {(Fault.MISSING, 2)}),
            (put_in, {(Fault.MISSING, 3)}),
            (ended_early, {(Fault.CUT_OFF, 4)}),
            (beheaded, {(Fault.MISSING, 1)}),
            (forged, {(Fault.CUT_OFF, 4)}),
            (lambda _: [], {(Fault.CUT_OFF, 4)}),
        ],
        ids=["altered", "emptied", "taken out", "put in", "ended early", "beheaded", "forged", "all gone"],
    )
    def test_is_found(self, change: Callable[[list[Link]], list[Link]], expected: set[tuple[Fault, int]]) -> None:
        links = chain_of(4)

        findings = verify(change(links), anchors_on({CHAINS[0]: links[3]})).findings

        assert {(one.fault, one.position) for one in findings} == expected

    def test_names_the_look(self) -> None:
        (finding,) = verify(altered(chain_of(3)), []).findings

        assert finding == Finding(fault=Fault.CHANGED, chain=CHAINS[0], position=2, look=UUID(int=102))

    def test_in_looks_from_before_the_chains_is_found_by_the_anchor(self) -> None:
        links = [replace(link, digest=None) for link in chain_of(3)]
        anchors = anchors_on({CHAINS[0]: chain_of(3)[2]})
        assert verify(links, anchors).findings == []

        assert [one.fault for one in verify(altered(links), anchors).findings] == [Fault.CUT_OFF]


class TestAnAnchor:
    def test_that_was_changed_is_found(self) -> None:
        links = chain_of(3)
        first, second = anchors_on({CHAINS[0]: links[0]}, {CHAINS[0]: links[2]})

        findings = verify(links, [replace(first, at=AT), second]).findings

        assert findings == [Finding(fault=Fault.ANCHOR_CHANGED, anchor=1)]

    def test_that_was_taken_out_is_found(self) -> None:
        links = chain_of(3)
        _, second = anchors_on({CHAINS[0]: links[0]}, {CHAINS[0]: links[2]})

        assert verify(links, [second]).findings == [Finding(fault=Fault.ANCHOR_MISSING, anchor=1)]

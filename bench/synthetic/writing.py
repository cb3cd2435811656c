"""One process that writes its share of persons and exams as binary COPY, in pieces that name their table."""

import os
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bench.synthetic.population import Choice, Population, person_id
from bench.synthetic.templates import Template
from bench.synthetic.tokens import Given

HEAD = struct.Struct("!BI")  # the number of a table, or what was done, and how many bytes or exams
DONE = 255
_PIECE_BYTES = 256 * 1024
_TURN = 500  # exams that one process writes before the next ones are another's


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSite:
    """The templates of one site."""

    exams: tuple[Template, ...]
    choice: Choice
    person: Template
    look: Template


def write_share(
    sites: list[OfSite], population: Population, *, tables: int, share: int, shares: int, to: BinaryIO
) -> None:
    """Write every person and exam that falls to this share, and tell after each turn how many exams are done."""
    chance = random.Random(share)  # noqa: S311 - invented ids and values, no secret
    pieces: list[list[bytes]] = [[] for _ in range(tables)]
    sizes = [0] * tables

    def put(rows: Iterator[tuple[int, bytes]]) -> None:
        for table, row in rows:
            pieces[table].append(row)
            sizes[table] += len(row)
            if sizes[table] > _PIECE_BYTES:
                flush(table)

    def flush(table: int) -> None:
        to.write(HEAD.pack(table, sizes[table]))
        to.writelines(pieces[table])
        pieces[table].clear()
        sizes[table] = 0

    for person in range(share, population.persons, shares):
        template = sites[person % len(sites)].person
        put(template.write(_given(template, population, chance, exam=0, person=person)))
    for start in range(share * _TURN, population.exams, shares * _TURN):
        turn = range(start, min(start + _TURN, population.exams))
        for exam in turn:
            person = population.person_of(exam)
            site = sites[person % len(sites)]
            for template in (site.exams[site.choice.of(exam)], site.look):
                put(template.write(_given(template, population, chance, exam=exam, person=person)))
        to.write(HEAD.pack(DONE, len(turn)))
    for table in range(tables):
        flush(table)
    to.flush()


def _given(template: Template, population: Population, chance: random.Random, *, exam: int, person: int) -> Given:
    shift = population.shift_of(exam)
    drawn = os.urandom(16 * template.ids + 32)
    return Given(
        number=exam,
        person=person,
        person_ids=(person_id(person), person_id((person + 1) % population.persons)),
        shift=shift,
        shift_us=round(shift.total_seconds()) * 1_000_000,
        factor=chance.randrange(1, 6),  # whole, so that sums stay sums
        ids=[drawn[16 * n : 16 * n + 16] for n in range(template.ids)],
        key=drawn[-32:],
    )

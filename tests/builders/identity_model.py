"""Days of messages about few people, made by Hypothesis, and what holds at their end by a model of its own."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

Said = tuple[str, str, str]
"""What is said, of whom, and which other is named: a name for an update, an identifier for all else."""

_IDS = st.sampled_from("ABCDE")
_PAIRS = st.permutations("ABCDE").map(lambda order: (order[0], order[1]))
_UPDATES = st.tuples(st.just("update"), _IDS, st.sampled_from(["Ek^Alma", "Ek^Berta", "Al^Bo", ""]))
_BESIDE = st.tuples(st.just("listed"), _IDS, st.sampled_from("XY"))  # of which nobody is ever named
_OF_TWO = st.tuples(st.sampled_from(["listed", "merge", "merge", "move", "change", "link", "unlink"]), _PAIRS).map(
    lambda said: (said[0], *said[1])
)
DAYS = st.lists(st.one_of(_UPDATES, _BESIDE, _OF_TWO), min_size=2, max_size=7)
"""Messages of one minute each, in the order of their events."""


@dataclass
class Model:
    """
    The same rules once more, in the fewest words: people are numbers, and all is told in the order of events.

    ``name`` is by person, ``owner`` by identifier; ``into`` is who stands for whom, ``old`` are replaced identifiers.
    """

    owner: dict[str, int] = field(default_factory=dict)
    name: dict[int, str | None] = field(default_factory=dict)
    into: dict[int, int] = field(default_factory=dict)
    links: set[frozenset[int]] = field(default_factory=set)
    old: set[str] = field(default_factory=set)

    def hear(self, said: Said) -> None:
        """Take one message in."""
        kind, who, other = said
        getattr(self, f"_{kind}")(who, other)

    def family(self, who: str) -> frozenset[str]:
        """Return the identifiers of all whose doses are shown with those of ``who``."""
        ties = [{one, other} for one, other in self.into.items()] + [set(link) for link in self.links]
        people, size = {self.owner[who]}, 0
        while len(people) != size:
            size = len(people)
            for tie in ties:
                people |= tie if tie & people else set()
        return frozenset(value for value, one in self.owner.items() if one in people)

    def top(self, one: int) -> int:
        """Return who stands for a person."""
        return self.top(self.into[one]) if one in self.into else one

    def _made(self, who: str, name: str | None = None) -> int:
        if who not in self.owner:
            self.owner[who] = len(self.name)
            self.name[self.owner[who]] = name
        return self.owner[who]

    def _hears(self, who: str) -> bool:
        return who not in self.owner or (self.owner[who] not in self.into and who not in self.old)

    def _update(self, who: str, name: str) -> None:
        if self._hears(who):
            one = self._made(who)
            self.name[one] = name or self.name[one]

    def _listed(self, who: str, other: str) -> None:
        if self._hears(who):
            one = self._made(who)
            self.owner.setdefault(other, one)

    def _merge(self, who: str, other: str) -> None:
        one, two = self.owner.get(who), self.owner.get(other)
        if one is not None and two is not None and one != two:
            if self.top(one) != self.top(two) and two in self.into:
                return
        elif two is not None and two in self.into and one is None:
            return
        one, two = self._made(who, "Ek^Alma"), self._made(other)
        if one == two or (self.top(one) == self.top(two) and two in self.into):
            return
        if self.top(one) == two:
            if self.into[one] != two:
                return
            del self.into[one]
        self.into[two] = self.top(one)

    def _move(self, who: str, other: str) -> None:
        one = self._made(who, "Ek^Alma")
        if self.owner.get(other) != one:
            self.owner[other] = one
            self.old.discard(other)

    def _change(self, who: str, other: str) -> None:
        new, one = self.owner.get(who), self.owner.get(other)
        if one is not None and (one in self.into or new not in {None, one}):
            return
        if one is None:
            one = new if new is not None else self._made(other, "Ek^Alma")
        self.owner[who] = self.owner[other] = one
        self.old.discard(who)
        self.old.add(other)

    def _link(self, who: str, other: str) -> None:
        one = self._made(who, "Ek^Alma")
        two = self._made(other, "Ek^Alma")
        if one != two:
            self.links.add(frozenset({one, two}))

    def _unlink(self, who: str, other: str) -> None:
        if who in self.owner and other in self.owner:
            self.links.discard(frozenset({self.owner[who], self.owner[other]}))

"""The children of a content item by what they are called, so that to ask for one of sixty is one look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dose_core.readers.sr.codes import is_known, key_of, normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dose_core.readers.sr.codes import Concept
    from dose_core.readers.sr.items import SrItem


class ChildIndex:
    """Children by code, and those whose code no reader knows by their meaning."""

    __slots__ = ("_by_code", "_by_meaning", "_children", "has_unknown")

    def __init__(self, children: Sequence[SrItem]) -> None:
        self._children = children
        self._by_code: dict[tuple[str, str], list[SrItem]] = {}
        self._by_meaning: dict[str, list[SrItem]] = {}
        for child in children:
            concept = child.concept
            if concept is None:
                continue
            key = key_of(concept)
            self._by_code.setdefault(key, []).append(child)
            if concept.meaning and not is_known(key):
                self._by_meaning.setdefault(normalised(concept.meaning), []).append(child)
        self.has_unknown = bool(self._by_meaning)  # whether some child has a code that no reader knows

    def by_code(self, concept: Concept) -> Sequence[SrItem]:
        """Return the children whose name is one of the concept's codes, in order."""
        if concept.only_code is not None:
            return self._by_code.get(concept.only_code, ())
        found = [self._by_code[key] for key in concept.codes if key in self._by_code]
        if len(found) < 2:  # noqa: PLR2004 - one coding of a concept is the rule
            return found[0] if found else ()
        return [child for child in self._children if child.concept and key_of(child.concept) in concept.codes]

    def lacks(self, concept: Concept) -> bool:
        """Tell if no child can be meant, whatever it is called."""
        only = concept.only_code
        by_code = self._by_code
        absent = by_code.keys().isdisjoint(concept.codes) if only is None else only not in by_code
        return absent and concept.plain_meaning not in self._by_meaning

    def by_meaning(self, concept: Concept) -> Sequence[SrItem]:
        """Return the children of unknown code that are called like the concept, in order."""
        return self._by_meaning.get(concept.plain_meaning, ())

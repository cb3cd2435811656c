"""The numbers that a page shows, told apart by whether they lead to where they come from."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# What holds digits and is no number: dates, identifiers, texts as the objects state them, labels of axes, ordinals.
_NO_NUMBERS = frozenset({"uid", "id", "text", "tick", "nr", "count", "modality", "part", "device"})
_NO_NUMBERS |= {"own", "statement", "periods"}
_NO_NUMBER_TAGS = frozenset({"time", "code", "title", "footer", "header", "nav", "h1", "h2", "summary", "caption"})
_VOID = frozenset({"meta", "link", "br", "line", "circle", "img", "input"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One number with the address that explains it, and what is said of it to those who hear the page."""

    href: str
    raw: str
    text: str


@dataclass
class PageNumbers(HTMLParser):
    """
    Gathers the numbers of a page.

    ``shown`` lead on, ``own`` is what the page itself explains, and ``bare`` are texts with digits that do neither.
    """

    shown: list[Shown] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin at the top of a page."""
        super().__init__()
        self._open: list[tuple[str, frozenset[str], str]] = []
        self._raw, self._text = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Step into an element."""
        named = {name: value or "" for name, value in attrs}
        self.anchors.add(named.get("id", ""))
        if tag not in _VOID:
            self._open.append((tag, frozenset(named.get("class", "").split()), named.get("href", "")))
        if tag == "data":
            self._raw = named["value"]
        if "own" in named.get("class", "").split():
            self.own.add(named["value"])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass by an element without content."""

    def handle_endtag(self, tag: str) -> None:
        """Step out of an element."""
        opened, classes, href = self._open.pop()
        assert opened == tag, f"<{opened}> ends with </{tag}>"
        if tag == "a" and "why" in classes:
            self.shown.append(Shown(href=href, raw=self._raw, text=" ".join(self._text.split())))
            self._text = ""

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        if any(tag == "a" and "why" in classes for tag, classes, _ in self._open):
            self._text += data
        elif re.search(r"\d", data) and not any(map(self._is_no_number, self._open)):
            self.bare.append(data.strip())

    @staticmethod
    def _is_no_number(opened: tuple[str, frozenset[str], str]) -> bool:
        tag, classes, href = opened
        leads_on = tag == "a" and "/exams/" in href  # the name of an exam, or the number of its events
        return tag in _NO_NUMBER_TAGS or bool(classes & _NO_NUMBERS) or leads_on


def numbers_of(page: str) -> PageNumbers:
    """Return the numbers of a page."""
    found = PageNumbers()
    found.feed(page)
    return found

"""Change few things in a DICOM object that stays one, so that the fuzzer reaches what stands behind the parser."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from random import Random

from tests.fuzz.nodes import Node, NotATreeError, encode, parse

_DATA_SET = 132  # after preamble and prefix (PS3.10, 7.1); the meta information is a data set too
_MAX_NODES = 4000  # copies of copies would else outgrow the memory that the target may take

_CODE_VALUE, _SCHEME, _MEANING = 0x00080100, 0x00080102, 0x00080104
_CONTENT, _CONCEPT_NAME, _VALUE_TYPE = 0x0040A730, 0x0040A043, 0x0040A040
_MEASURED, _NUMERIC, _UNITS = 0x0040A300, 0x0040A30A, 0x004008EA
_TEXT, _CONCEPT_CODE, _UID, _DATE_TIME, _PERSON = 0x0040A160, 0x0040A168, 0x0040A124, 0x0040A120, 0x0040A123

# What devices and attackers write where a number, a date, a name, a code or a character set is expected.
_TEXTS = (
    b"", b" ", b"0", b"-1", b"1e400", b"-1e308", b"nan", b"inf", b"1_0", b"0x10", b"1.5,2.5", b"12\\13\\0", b"\\" * 40,
    b"9" * 400, b"1e-320", b"\0\0", b"\xff\xfe", b"YES", b"20260230", b"00000000", b"99991231235960.999999+1400",
    b"20260301101500-1200", b"UTC-04:00", b"+9999", b"ISO_IR 192", b"\\ISO 2022 IR 87", b"ISO 2022 IR 149", b"GB18030",
    b"ISO_IR 999", b"Muster^Mara=\x1b$B;3ED\x1b(B", b"\x1b$)C\xb1\xe8", b"1.2.840.10008.5.1.4.1.1.88.67", b"2.25.1",
    b"1.2.840.10008.5.1.4.1.1.88.22", b"1.2.840.10008.5.1.4.1.1.2", b"NUM", b"CODE", b"CONTAINER", b"120", b"0.5",
    b"<Position SRData='HFS '/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"X-ray Modulation Type = XYZ_EC",
    b"TotalDLP=1748.68\\Event=1", b"CU_0.1_MM", b"ALUMINUM,COPPER", b"PHILIPS", b"SIEMENS", b"TOSHIBA", b"GE",
)  # fmt: skip
_VRS = (b"DS", b"IS", b"LO", b"UN", b"UT", b"SQ", b"OB", b"PN", b"DT", b"UI", b"FD", b"US", b"AT", b"??")
_LENGTHS = (0, 1, 7, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
_UNIT_TEXTS = (b"Gy.m2", b"mGy", b"Gy", b"mGy.cm", b"dGy.cm2", b"s", b"ms", b"mm", b"kV", b"mA", b"uA.s", b"1", b"foo")
_VALUES = {b"TEXT": _TEXT, b"UIDREF": _UID, b"DATETIME": _DATE_TIME, b"PNAME": _PERSON}


@dataclass(frozen=True, slots=True)
class Words:
    """What the readers know, so that a change can be one that they heed: codes (value, scheme), tags with their VR."""

    codes: Sequence[tuple[str, str]]
    tags: Sequence[tuple[int, str]]


def mutated(data: bytes, seed: int, words: Words) -> bytes | None:
    """Return the object with one to four changes that the seed chooses, ``None`` if it cannot be cut into elements."""
    try:
        nodes = parse(data, _DATA_SET)
    except NotATreeError:
        return None
    random = Random(seed)  # noqa: S311 - a finding must be repeatable; nothing is secret
    for _ in range(random.randint(1, 4)):
        places = [place for place in _places(nodes) if place]
        if not places or sum(map(len, places)) > _MAX_NODES:
            break
        _Change(random, words, places).make()
    return data[:_DATA_SET] + encode(nodes)


def _places(nodes: list[Node]) -> list[list[Node]]:
    """Return every list of elements in the tree: the data set and all items, each a place for a change."""
    places, todo = [], [nodes]
    while todo:
        place = todo.pop()
        places.append(place)
        todo.extend(item for node in place if node.items for item in node.items)
    return places


class _Change:
    def __init__(self, random: Random, words: Words, places: list[list[Node]]) -> None:
        self._random = random
        self._words = words
        self._places = places
        self._place = random.choice(places)
        self._node = random.choice(self._place)

    def make(self) -> None:
        """Change something at the chosen place."""
        changes = (
            self._replace_value, self._replace_value, self._swap_value, self._remove, self._repeat, self._repeat_item,
            self._empty_sequence, self._nest, self._change_form, self._change_vr, self._change_length,
            self._replace_code, self._replace_code, self._add_content, self._add_content, self._add_content,
            self._add_element, self._add_element, self._reorder,
        )  # fmt: skip
        self._random.choice(changes)()

    def _replace_value(self) -> None:
        self._node.items, self._node.value = None, self._text()

    def _swap_value(self) -> None:
        other = self._random.choice(self._random.choice(self._places))
        self._node.value, self._node.items, self._node.vr = other.value, deepcopy(other.items), other.vr

    def _remove(self) -> None:
        self._place.remove(self._node)

    def _repeat(self) -> None:
        self._place.insert(self._random.randrange(len(self._place) + 1), deepcopy(self._node))

    def _repeat_item(self) -> None:
        if self._node.items:
            times = self._random.choice((1, 2, 20))
            self._node.items.extend(deepcopy(self._random.choice(self._node.items)) for _ in range(times))

    def _empty_sequence(self) -> None:
        if self._node.items is not None:
            self._node.items = [[] for _ in range(self._random.choice((0, 1)))]

    def _nest(self) -> None:
        node = self._node
        if node.items is not None:
            for _ in range(self._random.choice((1, 8, 45))):
                node.items = [[Node(node.tag, b"SQ", items=node.items, is_undefined=node.is_undefined)]]

    def _change_form(self) -> None:
        self._node.is_undefined = not self._node.is_undefined

    def _change_vr(self) -> None:
        self._node.vr = self._random.choice(_VRS)

    def _change_length(self) -> None:
        self._node.stated_length = self._random.choice(_LENGTHS)

    def _replace_code(self) -> None:
        """Let a code sequence state another code that the readers know."""
        sequences = [node for place in self._places for node in place if node.items and _is_code(node.items[0])]
        if sequences:
            self._random.choice(sequences).items = [self._code()]

    def _add_content(self) -> None:
        """Add a content item that the readers know, at any level of the tree."""
        sequences = [node for place in self._places for node in place if node.tag == _CONTENT and node.items]
        if sequences:
            items = self._random.choice(sequences).items
            assert items is not None
            items.insert(self._random.randrange(len(items) + 1), self._content())

    def _add_element(self) -> None:
        tag, vr = self._random.choice(self._words.tags)
        if vr == "SQ":
            self._place.append(Node(tag, b"SQ", items=[self._code()]))
        else:
            self._place.append(Node(tag, vr.encode(), self._text()))
        self._place.sort(key=lambda node: node.tag)

    def _reorder(self) -> None:
        """Let the elements stand in another order than that of their tags."""
        self._random.shuffle(self._place)

    def _content(self) -> list[Node]:
        kind = self._random.choice((b"NUM", b"NUM", b"CODE", b"CONTAINER", *_VALUES))
        item = [Node(_VALUE_TYPE, b"CS", kind), Node(_CONCEPT_NAME, b"SQ", items=[self._code()])]
        if kind == b"NUM":
            unit = [Node(_CODE_VALUE, b"SH", self._random.choice(_UNIT_TEXTS)), Node(_SCHEME, b"SH", b"UCUM")]
            measured = [Node(_UNITS, b"SQ", items=[unit]), Node(_NUMERIC, b"DS", self._text())]
            item.append(Node(_MEASURED, b"SQ", items=[measured]))
        elif kind == b"CODE":
            item.append(Node(_CONCEPT_CODE, b"SQ", items=[self._code()]))
        elif kind == b"CONTAINER":
            item.append(Node(_CONTENT, b"SQ", items=[self._content() for _ in range(self._random.choice((1, 3)))]))
        else:
            item.append(Node(_VALUES[kind], b"UT", self._text()))
        return item

    def _code(self) -> list[Node]:
        value, scheme = self._random.choice(self._words.codes)
        return [Node(_CODE_VALUE, b"SH", value.encode()), Node(_SCHEME, b"SH", scheme.encode())]

    def _text(self) -> bytes:
        return self._random.choice(_TEXTS)


def _is_code(item: list[Node]) -> bool:
    return any(node.tag in (_CODE_VALUE, _MEANING) for node in item)

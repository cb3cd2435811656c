"""Tests of dose_core.hl7.framing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dose_core.hl7.framing import Block, Event, MllpDecoder, NotMllp, TooLongBlock, encode_block

ONE = b"MSH|^~\\&|A\rPID|1\r"
TWO = b"MSH|^~\\&|B\r"

# Name, what came over the wire, what it means, and whether a block is open at the end.
STREAMS = [
    ("nothing", b"", [], False),
    ("one block", b"\x0b" + ONE + b"\x1c\x0d", [Block(ONE)], False),
    ("an empty block", b"\x0b\x1c\x0d", [Block(b"")], False),
    ("a half block", b"\x0b" + ONE, [], True),
    ("only the start", b"\x0b", [], True),
    ("no final CR", b"\x0b" + ONE + b"\x1c", [Block(ONE)], False),
    ("two without final CR", b"\x0b" + ONE + b"\x1c\x0b" + TWO + b"\x1c", [Block(ONE), Block(TWO)], False),
    ("two blocks, pipelined", encode_block(ONE) + encode_block(TWO), [Block(ONE), Block(TWO)], False),
    (
        "CR, LF and NUL between",
        b"\r\n\0 " + encode_block(ONE) + b"\n\0" + encode_block(TWO) + b"\n",
        [Block(ONE), Block(TWO)],
        False,
    ),
    ("text before the first block", ONE + encode_block(TWO), [Block(TWO)], False),
    ("a vertical tab inside stays", b"\x0bMSH|a\x0bb\x1c\x0d", [Block(b"MSH|a\x0bb")], False),
    ("exactly as long as allowed", encode_block(b"x" * 100), [Block(b"x" * 100)], False),
    ("too long, no end yet", b"\x0b" + b"x" * 101, [TooLongBlock(b"x" * 100)], False),
    (
        "nothing is read after a block that is too long",
        encode_block(b"x" * 101) + encode_block(TWO),
        [TooLongBlock(b"x" * 100)],
        False,
    ),
    ("another protocol", b"GET / HTTP/1.1\r\nHost: a.example\r\n" * 2, [NotMllp()], False),
    ("a block ends the count of stray bytes", b"n" * 49 + encode_block(ONE) + b"n" * 49, [Block(ONE)], False),
]


class TestMllpDecoder:
    @pytest.mark.parametrize(
        ("stream", "expected", "is_open"), [row[1:] for row in STREAMS], ids=[row[0] for row in STREAMS]
    )
    def test_cuts_a_stream_that_comes_at_once(self, stream: bytes, expected: list[Event], is_open: object) -> None:
        decoder = MllpDecoder(max_block_bytes=100, max_stray_bytes=50)

        assert decoder.feed(stream) == expected
        assert decoder.is_inside_block is is_open

    @pytest.mark.parametrize(
        ("stream", "expected", "is_open"), [row[1:] for row in STREAMS], ids=[row[0] for row in STREAMS]
    )
    def test_cuts_it_the_same_byte_by_byte(self, stream: bytes, expected: list[Event], is_open: object) -> None:
        decoder = MllpDecoder(max_block_bytes=100, max_stray_bytes=50)

        events = [event for byte in stream for event in decoder.feed(bytes([byte]))]

        assert events == expected
        assert decoder.is_inside_block is is_open

    @given(
        messages=st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\x1c", b"")), max_size=5),
        cuts=st.lists(st.integers(min_value=0, max_value=250), max_size=10),
        between=st.sampled_from([b"", b"\r", b"\n\0", b"\r\n"]),
    )
    def test_every_split_gives_the_same_messages(self, messages: list[bytes], cuts: list[int], between: bytes) -> None:
        stream = between.join(encode_block(message) for message in messages)
        places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
        decoder = MllpDecoder()

        events = [event for a, b in itertools.pairwise(places) for event in decoder.feed(stream[a:b])]

        assert events == [Block(message) for message in messages]

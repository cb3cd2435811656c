"""A bar for what takes long, where somebody looks at a terminal."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

import typer

T = TypeVar("T")


def with_bar(steps: Iterable[T], *, length: int, label: str) -> Iterator[T]:
    """Yield the steps, and show on standard error how many of them are done, if that is a terminal."""
    if not sys.stderr.isatty():
        yield from steps
        return
    with typer.progressbar(steps, length=length, label=label, file=sys.stderr, show_pos=True) as shown:
        yield from shown

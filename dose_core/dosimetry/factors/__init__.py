"""
Published factors, as tables of the package; each row names its source, and how its digits were checked.

Rows that nobody could check against a public text stay in the files, so that it is seen which; no method gets them.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_CHECKED = "yes"


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """
    Return the rows of ``<name>.csv`` whose digits were read in their source, in the order of the file.

    Every row has ``source`` (the publication), ``evidence`` (how the digits were checked) and ``verified``, beside the
    columns of its table, all as texts. Units stand in the names of the columns.

    Raises:
        FileNotFoundError: there is no such table.
    """
    text = (files(__name__) / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(MappingProxyType(row) for row in csv.DictReader(text.splitlines()) if row["verified"] == _CHECKED)

"""
What a radionuclide is called, however it is spelt, and whether it is seen by PET.

Devices write "^18^Fluorine", "F-18", "18F" or "99m Technetium"; totals of one nuclide must meet under one name.

Source: PS3.16, CID 18 (Radiopharmaceutical isotopes) and CID 4020 (PET radionuclides); symbols after IUPAC.
"""

import re

from dose_core.model import Administration

_SYMBOLS = {
    "actinium": "Ac",
    "bromine": "Br",
    "carbon": "C",
    "chromium": "Cr",
    "cobalt": "Co",
    "copper": "Cu",
    "erbium": "Er",
    "fluorine": "F",
    "gallium": "Ga",
    "germanium": "Ge",
    "holmium": "Ho",
    "indium": "In",
    "iodine": "I",
    "iron": "Fe",
    "krypton": "Kr",
    "lutetium": "Lu",
    "manganese": "Mn",
    "nitrogen": "N",
    "oxygen": "O",
    "phosphorus": "P",
    "radium": "Ra",
    "rhenium": "Re",
    "rubidium": "Rb",
    "samarium": "Sm",
    "scandium": "Sc",
    "selenium": "Se",
    "sodium": "Na",
    "strontium": "Sr",
    "technetium": "Tc",
    "terbium": "Tb",
    "thallium": "Tl",
    "xenon": "Xe",
    "yttrium": "Y",
    "zinc": "Zn",
    "zirconium": "Zr",
}
_KNOWN = _SYMBOLS | {symbol.lower(): symbol for symbol in _SYMBOLS.values()}
_SEEN_BY_PET = frozenset(
    (
        *(
            "C-11",
            "N-13",
            "O-14",
            "O-15",
            "F-18",
            "Na-22",
            "K-38",
            "Sc-43",
            "Sc-44",
            "Mn-51",
            "Mn-52",
            "Mn-52m",
            "Fe-52",
        ),
        *("Cu-60", "Cu-61", "Cu-62", "Cu-64", "Zn-62", "Ga-66", "Ga-68", "Ge-68", "Se-73", "Br-75", "Br-76", "Rb-82"),
        *("Y-86", "Zr-89", "Tc-94m", "I-124", "Tb-152"),
    )
)
_FDG = "FDG"
_CALLED_FDG = frozenset(("fdg", "fluorodeoxyglucose", "fludeoxyglucose"))  # PS3.16, CID 4021; INN
_MASS = re.compile(r"([0-9]{1,3}m?)(?![0-9])")
_LETTERS = re.compile(r"[A-Za-z]+")


def nuclide_of(administration: Administration) -> str | None:
    """Return the nuclide as ``F-18``; in the words of the source if they are none that we know."""
    stated = administration.radionuclide
    if not stated:
        return None
    mass = _MASS.search(stated)
    words = _LETTERS.findall(_MASS.sub(" ", stated, count=1))
    symbol = next((_KNOWN[word.lower()] for word in words if word.lower() in _KNOWN), None)
    return f"{symbol}-{mass[1]}" if symbol and mass else stated.strip() or None


def is_seen_by_pet(administration: Administration) -> bool:
    """Test if the nuclide emits positrons."""
    return nuclide_of(administration) in _SEEN_BY_PET


def kind_of(administration: Administration) -> str | None:
    """Return radionuclide and agent as a total names them, ``None`` if neither is stated."""
    return " ".join(word for word in (nuclide_of(administration), _agent(administration)) if word) or None


def _agent(administration: Administration) -> str:
    """Return the agent as stated; the one that has many names in daily use by its short one."""
    stated = (administration.agent or "").strip()
    words = {word.lower() for word in _LETTERS.findall(stated)}
    return _FDG if words & _CALLED_FDG else stated

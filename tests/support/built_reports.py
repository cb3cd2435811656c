"""Dose reports of all kinds as bytes, in several character sets and in all ways to encode a data set."""

from tests.builders import ct_rdsr
from tests.builders.dicom import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    Elements,
    deflate,
    encode,
    meta,
)
from tests.builders.sr import Item, code, container, person, text
from tests.fuzz.seeds import seeds

# Specific Character Set, how Python names it, and a word that has letters of it. The same bytes are other letters in
# another set: that of the first, read as the second, is a different word.
CHARACTER_SETS = {
    "Latin 1": ("ISO_IR 100", "latin-1", "Schädel"),
    "Latin 2": ("ISO_IR 101", "iso8859-2", "Křížová"),
    "Cyrillic": ("ISO_IR 144", "iso8859-5", "Череп"),
    "Greek": ("ISO_IR 126", "iso8859-7", "Κρανίο"),
    "UTF-8": ("ISO_IR 192", "utf-8", "头颅"),
    "GB18030": ("GB18030", "gb18030", "头颅"),
    "none stated": (None, "ascii", "Skull"),
    "code extensions": ("\\ISO 2022 IR 87", "iso2022_jp", "頭部"),
}
ENCODINGS = {
    f"{syntax}, {length}": (uid, length == "defined")
    for syntax, uid in {
        "explicit": EXPLICIT_LITTLE,
        "implicit": IMPLICIT_LITTLE,
        "big endian": EXPLICIT_BIG,
        "deflated": DEFLATED,
    }.items()
    for length in ("defined", "undefined")
}


def of_all_kinds() -> dict[str, bytes]:
    """Return a report of each kind, as the builders make them."""
    return seeds("sr")


def in_words_of(character_set: str, encoding: str) -> bytes:
    """Return a CT dose report whose texts, names and code meanings are in a character set."""
    term, charset, word = CHARACTER_SETS[character_set]
    transfer_syntax, defined = ENCODINGS[encoding]
    elements = _worded(term, word)
    body = encode(
        elements,
        explicit=transfer_syntax != IMPLICIT_LITTLE,
        little=transfer_syntax != EXPLICIT_BIG,
        defined=defined,
        charset=charset,
    )
    return meta(elements, transfer_syntax) + (deflate(body) if transfer_syntax == DEFLATED else body)


def _worded(term: str | None, word: str) -> Elements:
    private = ("100", "99ACME", f"{word} 1")
    region: Item = code(("123014", "DCM", "Target Region"), ("69536005", "SCT", word))
    spoken = container(
        private,
        text(("121106", "DCM", f"{word} 2"), f"{word} 3"),
        person(("113870", "DCM", word), f"{word}^{word}"),
        code(private, ("1", "99ACME", word), text(private, word)),
        text(private, ""),
    )
    # The parts repeat, so that the second of each is known by its bytes.
    events = [ct_rdsr.acquisition(region, spoken, ct_rdsr.dose(), uid=f"2.25.{n}") for n in (2001, 2002)]
    return ct_rdsr.ct_rdsr(
        *ct_rdsr.irradiated(), *events, spoken, SpecificCharacterSet=term, PatientName=f"{word}^{word}"
    )

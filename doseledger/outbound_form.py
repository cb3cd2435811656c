"""What a destination gets, as options of ``doseledger outbound add`` and ``change``."""

from typing import Annotated, Any

import typer

from dose_core.errors import DoseError
from dose_core.hl7.observations import QUANTITIES, Code, TextType
from dose_core.ledger.totals import Quantity

Quantities = Annotated[list[Quantity] | None, typer.Option("--quantity", help="Tell this one; may repeat. None: all.")]
Codes = Annotated[
    list[str] | None,
    typer.Option(
        "--code", metavar="QUANTITY=CODE", help="How it knows a quantity: 'dlp_mgy_cm=ID^text^system'; may repeat."
    ),
]
Sentence = Annotated[str | None, typer.Option(help="Language of the report sentence, such as de; '' for no sentence.")]
SentenceType = Annotated[TextType | None, typer.Option(help="TX, or FT.")]
LinkAddress = Annotated[str | None, typer.Option(help="Address of more, with {StudyInstanceUID}; '' for no link.")]
LinkType = Annotated[TextType | None, typer.Option(help="RP, or ED.")]
TellMerged = Annotated[
    bool | None, typer.Option("--tell-merged/--no-tell-merged", help="Tell exams again under the survivor of a merge.")
]


class UnusableCodeError(DoseError):
    """The code of a quantity is not written as the command wants it."""


def fields_of(
    *,
    quantity: list[Quantity] | None,
    code: list[str] | None,
    sentence: str | None,
    sentence_type: TextType | None,
    link: str | None,
    link_type: TextType | None,
    tell_merged: bool | None,
) -> dict[str, Any]:
    """
    Return the fields of ``Form`` that options name.

    Raises:
        UnusableCodeError: a code is written otherwise.
    """
    named = {
        "quantities": tuple(quantity) if quantity else None,
        "codes": dict(map(_code, code)) if code else None,
        "sentence_type": sentence_type,
        "link_type": link_type,
        "tells_merged": tell_merged,
    }
    texts = {"sentence_language": sentence, "link": link}
    return {
        **{field: value for field, value in named.items() if value is not None},
        **{field: value or None for field, value in texts.items() if value is not None},
    }


def _code(text: str) -> tuple[Quantity, Code]:
    name, _, code = text.partition("=")
    match name in {*QUANTITIES}, code.split("^"):
        case True, [identifier, words, system]:
            return Quantity(name), Code(identifier=identifier, text=words, system=system)
    msg = f"a code is written as QUANTITY=ID^text^system; quantities are {', '.join(QUANTITIES)}"
    raise UnusableCodeError(msg)

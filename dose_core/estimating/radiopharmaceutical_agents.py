"""
Which tabulated radiopharmaceutical an administration is: by its code, else by its name with its nuclide.

A compound is never told from the nuclide alone. A name counts only if nothing of it is left over, so that
"fluorodeoxythymidine" is not taken for anything like it.

Source: PS3.16, CID 25 (Radiopharmaceuticals) and CID 4021 (PET Radiopharmaceuticals), SNOMED CT and SNOMED RT codes;
ICRP Publication 80, abstract: phosphates and phosphonates of technetium share their coefficients.
"""

import re
from dataclasses import dataclass

from dose_core.ledger.nuclides import nuclide_of
from dose_core.model import Administration

_SCHEMES = {"SCT": "SCT", "SRT": "SRT", "SNM3": "SRT", "99SDM": "SRT"}  # PS3.16, 8.1: retired designators


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent: its nuclide and its name in the table of coefficients, its codes, and what it is called."""

    nuclide: str
    name: str
    sct: frozenset[str]
    srt: frozenset[str]
    called: frozenset[str]


def _agent(nuclide: str, name: str, codes: str, called: str) -> Agent:
    """Take codes (those of SNOMED CT are digits alone) and names, parted by blanks."""
    given = codes.split()
    return Agent(
        nuclide=nuclide,
        name=name,
        sct=frozenset(code for code in given if code.isdigit()),
        srt=frozenset(code for code in given if not code.isdigit()),
        called=frozenset(called.split()),
    )


_AGENTS = (
    _agent("F-18", "FDG", "35321007 C-B1031", "fdg fluorodeoxyglucose fludeoxyglucose"),
    _agent("F-18", "fluoride", "129501009 C-B1032", "naf fluoride sodiumfluoride natriumfluoride"),
    _agent("F-18", "fluorodopa", "5811000122108 C-E0241", "fdopa fluorodopa fluoroldopa ldopa"),
    _agent("O-15", "water", "129505000 C-B1039", "water h2o oxygenwater"),
    _agent("C-11", "acetate", "129513004 C-B1043", "acetate"),
    _agent("C-11", "methionine", "129510001 C-B103E", "methionine"),
    _agent("Tc-99m", "MDP", "96390006 C-B1218", "mdp medronate medronicacid methylenediphosphonate"),
    _agent("Tc-99m", "MDP", "53951001 C-B1213", "hdp hmdp oxidronate oxidronicacid"),
    _agent("Tc-99m", "MDP", "", "dpd butedronate"),
    _agent("Tc-99m", "sestamibi at rest", "424299003 C-163AB", "sestamibi mibi"),
    _agent("Tc-99m", "ECD", "766886003", "ecd bicisate"),
    _agent("Tc-99m", "pertechnetate, no blocking", "19495007 C-B1206", "pertechnetate sodiumpertechnetate"),
    _agent("Tc-99m", "MAG3", "446536001 C-163B8", "mag3 mertiatide mercaptoacetyltriglycine"),
    _agent("Tc-99m", "DMSA", "24511001 C-B1221", "dmsa succimer dimercaptosuccinicacid"),
    _agent("I-123", "ioflupane", "429296007 C-B07EC", "ioflupane datscan"),
    _agent("Tl-201", "thallous ion", "73685002 C-B1231", "chloride thallouschloride thalliumchloride"),
    _agent("I-123", "MIBG", "395787009 C-B110E", "mibg iobenguane metaiodobenzylguanidine"),
    _agent("Ga-67", "citrate", "73065000 C-B1041", "citrate galliumcitrate"),
    _agent("Cr-51", "EDTA", "", "edta edetate"),
)
# How the nuclide is written beside the name: "18F", "F^18^", "Tc-99m", "Technetium Tc^99m^".
_NUCLIDE_WORDS = frozenset(
    (
        *("c", "11", "11c", "c11", "o", "15", "15o", "o15", "f", "18", "18f", "f18", "cr", "51", "51cr", "cr51"),
        *(
            "ga",
            "67",
            "67ga",
            "ga67",
            "tl",
            "201",
            "201tl",
            "tl201",
            "tc",
            "99m",
            "99mtc",
            "tc99m",
            "i",
            "123",
            "123i",
            "i123",
        ),
        *("carbon", "oxygen", "fluorine", "fluor", "chromium", "technetium", "iodine", "thallium", "thallous"),
    )
)
_WORD = re.compile(r"[^\W_]+")


def agent_of(administration: Administration) -> Agent | None:
    """
    Return the tabulated agent, ``None`` where code and name tell none, or where they and the nuclide contradict.

    The nuclide must be stated: a coefficient of the right compound with another nuclide would be wrong by far.
    """
    found = {id(one): one for one in (_by_code(administration), _by_name(administration)) if one is not None}
    if len(found) != 1:
        return None
    (agent,) = found.values()
    return agent if nuclide_of(administration) == agent.nuclide else None


def _by_code(administration: Administration) -> Agent | None:
    code = administration.agent_code
    scheme = _SCHEMES.get(code.scheme) if code else None
    if code is None or scheme is None:
        return None
    return next((one for one in _AGENTS if code.value in (one.sct if scheme == "SCT" else one.srt)), None)


def _by_name(administration: Administration) -> Agent | None:
    words = [word for word in _WORD.findall((administration.agent or "").casefold()) if word not in _NUCLIDE_WORDS]
    if not words:
        return None
    nuclide = nuclide_of(administration)
    return next(
        (
            one
            for one in _AGENTS
            if one.nuclide == nuclide and ("".join(words) in one.called or one.called.issuperset(words))
        ),
        None,
    )

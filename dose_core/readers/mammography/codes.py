"""
The coded concepts of mammography dose reports, as far as projection reports do not have them too.

Source: PS3.16, TID 10001 to 10005 and 10003A to 10003C; the CIDs named below. UMLS codes: reports of real devices.
"""

from dose_core.readers.projection import codes as xray
from dose_core.readers.sr.codes import Concept, dcm, snomed

# TID 10001, CID 10005. The specimen is exposed on the same device, and accumulated in the same report.
MAMMOGRAPHY_PROCEDURES = (
    snomed("71651007", "P5-40010", "Mammography", "C0024671"),
    snomed("80865008", "P5-40030", "Specimen radiography of breast"),
)

# TID 10005
ACCUMULATED_AGD = dcm("111637", "Accumulated Average Glandular Dose")

# TID 10003
IMAGE_VIEW_MODIFIER = dcm("111032", "Image View Modifier")
AVERAGE_GLANDULAR_DOSE = dcm("111631", "Average Glandular Dose")
PERCENT_FIBROGLANDULAR = dcm("111046", "Percent Fibroglandular Tissue")

# TID 10003B
ANODE_MATERIAL = dcm("111632", "Anode Target Material")

# TID 10003C
COMPRESSION_THICKNESS = dcm("111633", "Compression Thickness")
COMPRESSION_FORCE = dcm("111647", "Compression Force")
COMPRESSION_PRESSURE = dcm("111648", "Compression Pressure")
COMPRESSION_AREA = dcm("111649", "Compression Contact Area")

# CID 10002: a tomosynthesis is a rotation of the tube, a 2D image a standing one.
IS_TOMOSYNTHESIS = (
    (dcm("113613", "Rotational Acquisition"), True),
    (dcm("113611", "Stationary Acquisition"), False),
)

# CID 244 for the laterality of a breast, CID 6022 for the breast itself.
SIDES = (
    *((side, letter) for side, letter in xray.SIDES if letter != "U"),  # no breast is without a pair
    (snomed("80248007", "T-04030", "Left breast", "C0222601"), "L"),
    (snomed("73056007", "T-04020", "Right breast", "C0222600"), "R"),
    (snomed("63762007", "T-04080", "Both breasts", "C0222605"), "B"),
)

# CID 4014, with the abbreviations of the American College of Radiology that stand beside the codes there.
VIEWS = (
    (snomed("399162004", "R-10242", "cranio-caudal"), "CC"),
    (snomed("399368009", "R-10226", "medio-lateral oblique"), "MLO"),
    (snomed("399260004", "R-10224", "medio-lateral"), "ML"),
    (snomed("399352003", "R-10228", "latero-medial"), "LM"),
    (snomed("399099002", "R-10230", "latero-medial oblique"), "LMO"),
    (snomed("399196006", "R-10244", "caudo-cranial (from below)"), "FB"),
    (snomed("399188001", "R-102D0", "superolateral to inferomedial oblique"), "SIO"),
    (snomed("441555000", "R-40AAA", "inferomedial to superolateral oblique"), "ISO"),
    (snomed("399192008", "R-1024A", "cranio-caudal exaggerated laterally"), "XCCL"),
    (snomed("399101009", "R-1024B", "cranio-caudal exaggerated medially"), "XCCM"),
    (snomed("127457009", "G-8310", "tissue specimen from breast"), "SPECIMEN"),
)

# CID 4015
VIEW_MODIFIERS = (
    snomed("399161006", "R-102D2", "Cleavage"),
    snomed("399011000", "R-102D1", "Axillary Tail"),
    snomed("399197002", "R-102D3", "Rolled Lateral"),
    snomed("399226006", "R-102D4", "Rolled Medial"),
    snomed("414493004", "R-102CA", "Rolled Inferior"),
    snomed("415670009", "R-102C9", "Rolled Superior"),
    snomed("399209000", "R-102D5", "Implant Displaced"),
    snomed("399163009", "R-102D6", "Magnification"),
    snomed("399055006", "R-102D7", "Spot Compression"),
    snomed("399110001", "R-102C2", "Tangential"),
    snomed("442581004", "R-40AB3", "Nipple in profile"),
    snomed("441752004", "P2-00161", "Anterior compression"),
    snomed("442593008", "R-40ABE", "Infra-mammary fold"),
    snomed("442580003", "R-40AB2", "Axillary tissue"),
)

GRIDS = tuple(grid for grid, _ in xray.GRIDS)

# CID 10006 (filter) and CID 10016 (anode)
MATERIALS = (
    *xray.FILTER_MATERIALS,
    (snomed("26194003", "C-16400", "Tungsten"), "tungsten"),
    (Concept("Tungsten or Tungsten compound", frozenset({("C-164F9", "SRT")})), "tungsten"),
)

# PS3.3, C.8.11.7 and C.8.7.10: the defined terms of Anode Target Material and Filter Material, with the spellings
# that devices write instead.
MATERIAL_WORDS = {word: word for _, word in MATERIALS} | {
    "aluminium": "aluminum",
    "al": "aluminum",
    "mo": "molybdenum",
    "rh": "rhodium",
    "ag": "silver",
    "w": "tungsten",
    "cu": "copper",
}

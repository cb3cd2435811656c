"""No change to the bytes of an object makes reading fail in a way that was not foreseen."""

from random import Random

import pytest

from dose_core.errors import DoseError
from dose_core.readers.registry import read_dose
from tests.builders.ct_image import ct_image
from tests.builders.ct_rdsr import accumulated, chest_ct, ct_rdsr, dlp_total, event_count, irradiated
from tests.builders.dicom import DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Elements, part10

REPORT = ct_rdsr(*irradiated(), accumulated(event_count("1"), dlp_total("150")), chest_ct())
ROUNDS = 300


@pytest.mark.parametrize("elements", [REPORT, ct_image()], ids=["report", "image"])
@pytest.mark.parametrize("transfer_syntax", [EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED])
def test_gives_a_report_or_a_foreseen_error(elements: Elements, transfer_syntax: str) -> None:
    whole = part10(elements, transfer_syntax=transfer_syntax, defined=False)
    random = Random(20260301)  # noqa: S311 - the same mutations in each run; nothing is secret

    outcomes = []
    for _ in range(ROUNDS):
        mutated = bytearray(whole)
        for _ in range(random.randint(1, 4)):
            mutated[random.randrange(128, len(mutated))] = random.choice((0, 0xFF, 0x5C, random.randrange(256)))
        try:
            outcomes.append(read_dose(bytes(mutated)).sop_instance_uid)
        except DoseError as error:
            outcomes.append(str(error))

    assert len(outcomes) == ROUNDS
    assert all(outcomes)

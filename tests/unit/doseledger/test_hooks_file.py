"""Tests of doseledger.hooks_file: which EHRs may call, and what their cards tell."""

from datetime import timedelta
from pathlib import Path

import pytest

from dose_core.orders.procedures import Asked, Coding
from dose_services.viewer_links import ViewerTemplate
from doseledger.hooks_file import UnusableHooksFileError, read_hooks_file

VIEWER = ViewerTemplate("https://pacs.example/{StudyInstanceUID}")
KARL = """
[ehr.karl]
issuer = "https://ehr.example"
jwks_url = "https://ehr.example/jwks.json"
authorities = { "urn:oid:1.2.3" = "HOSP" }
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "hooks.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_nobody_is_let_in_and_prior_exams_open_all_the_same() -> None:
    hooks = read_hooks_file(None, viewer=VIEWER)

    assert hooks.clients == ()
    assert hooks.links.images is VIEWER


def test_a_file_names_the_ehrs_and_what_their_cards_tell(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("system,code,kind,regions,name\n,CTTH,ct,chest,CT Thorax\n", encoding="utf-8")
    file = written(
        tmp_path,
        'language = "de"\nprior_days = 90\nages_asked = [12, 55]\nprocedures_file = "own.csv"\n'
        'report_url = "https://ris.example/{AccessionNumber}"\n'
        + KARL
        + 'tenant = "t1"\nfhir_server = "https://fhir.example/r4/"\norigins = ["https://Pages.example"]\n'
        '[outgoing]\nnetworks = ["10.0.0.0/8"]\n',
    )

    hooks = read_hooks_file(file, viewer=None)

    (client,) = hooks.clients
    assert (client.name, client.issuer, client.tenant) == ("karl", "https://ehr.example", "t1")
    assert (client.fhir_server, client.authorities) == ("https://fhir.example/r4", {"urn:oid:1.2.3": "HOSP"})
    assert hooks.origins == ("https://pages.example",)
    assert hooks.outgoing.origins == {"https://ehr.example", "https://fhir.example"}
    assert (hooks.language, hooks.prior_within) == ("de", timedelta(days=90))
    assert (hooks.asked_from_years, hooks.asked_to_years) == (12, 55)
    assert hooks.procedures.procedure(Asked(codings=(Coding(system="", code="CTTH"),))) is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense = 1", "nonsense"),
        ("[ehr.karl]\nissuer = 'i'\n", "ehr.karl.jwks_url"),
        (KARL.replace('{ "urn:oid:1.2.3" = "HOSP" }', "{}"), "ehr.karl.authorities"),
        (KARL.replace("https://ehr.example/jwks.json", "ftp://ehr.example/keys"), "no plain address"),
        (KARL + "origins = ['https://ehr.example@evil.example']", "no plain address"),
        (KARL + KARL.replace("karl", "kurt"), "need a tenant each"),
        (KARL.replace("[ehr.karl]", '[ehr."Karl the EHR"]'), "ehr"),
        ("language = 'fr'", "language"),
        ("report_url = 'ris.example'", "must start with http"),
        ("procedures_file = 'missing.csv'", "missing.csv"),
        ("not toml", "hooks.toml"),
    ],
)
def test_a_file_that_does_not_hold_says_where(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UnusableHooksFileError, match=told):
        read_hooks_file(written(tmp_path, text), viewer=None)

"""Tests of ``doseledger launch``."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from dose_services.users import UnknownUserError, UserExistsError
from doseledger.main import app
from tests.support.signing import ec_key

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``doseledger launch`` on the fresh database, on which Ada and Eve are users."""
    monkeypatch.setenv("DOSELEDGER_DATABASE_URL", database_url)
    for login in ("ada", "eve"):
        assert CliRunner().invoke(app, ["user", "add", login, "--role", "radiologist"]).exit_code == 0
    return lambda *arguments: CliRunner().invoke(app, ["launch", *arguments])


def test_a_person_is_known_to_another_system_by_one_name_and_who_said_so_is_on_record(run: Run, engine: Engine) -> None:
    name = ("--system", "https://ehr.example/fhir", "--name", "Practitioner/123")

    told = [run("know", "ada", *name) for _ in range(2)]

    assert [one.exit_code for one in told] == [0, 0]
    assert isinstance(run("know", "eve", *name).exception, UserExistsError)
    assert isinstance(run("know", "nobody", *name).exception, UnknownUserError)
    with engine.connect() as connection:
        looks = connection.execute(text("SELECT route, reason FROM access_log WHERE via = 'command'")).all()
    assert [tuple(one) for one in looks if "know" in one[0]] == [
        ("doseledger launch know", "user:ada is known to https://ehr.example/fhir")
    ]


def test_a_file_of_programs_is_read_and_listed_without_secrets(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kis.pem").write_bytes(ec_key("any", "ES256").public_pem)
    (tmp_path / "old.secret").write_text("an invented secret, 32 bytes or more", encoding="utf-8")
    file = tmp_path / "launch.toml"
    file.write_text(
        '[client.kis]\nalgorithm = "ES256"\nkey_file = "kis.pem"\n'
        '[client.old]\nalgorithm = "HMAC-SHA-256"\nkey_file = "old.secret"\npeople = "kis"\n'
        '[smart."https://ehr.example/fhir"]\nclient_id = "dose"\nauthorities = { "urn:oid:2.999.1" = "DEMO" }\n',
        encoding="utf-8",
    )

    told = run("check", str(file))

    assert told.stdout.splitlines() == [
        "signs\tkis\tES256\tpeople: kis",
        "signs\told\tHMAC-SHA-256\tpeople: kis",
        "SMART\thttps://ehr.example/fhir\tdose\tpublic",
    ]

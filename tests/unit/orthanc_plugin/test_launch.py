"""Tests of orthanc_plugin.launch: who is who."""

import base64
from pathlib import Path

import pytest

from orthanc_plugin.launch import LaunchError, ask_for_handle, person_of
from orthanc_plugin.settings import Settings
from tests.support.basic_auth import basic_auth


def settings(
    *,
    orthanc_authenticates: bool = True,
    has_proxy: bool = False,
    launch_token: str | None = "t",  # noqa: S107 - of a test
) -> Settings:
    """Return settings with what matters here."""
    return Settings(
        service_url="http://127.0.0.1:9",
        ingest_token="i",
        launch_token=launch_token,
        ca_file=None,
        plaintext_reason=None,
        spool_folder=Path("spool"),
        quiet_s=1,
        catch_up_s=1,
        identity_header="x-user" if has_proxy else None,
        identity_secret_header="x-secret" if has_proxy else None,
        identity_secret="proxy-secret" if has_proxy else None,
        orthanc_authenticates=orthanc_authenticates,
        orthanc_url="http://127.0.0.1:9",
        orthanc_certificate=None,
    )


class TestPersonOf:
    def test_is_the_user_whom_orthanc_let_in(self) -> None:
        assert person_of(settings(), {"authorization": basic_auth("ada", "pass:word")}) == "ada"

    def test_is_nobody_where_orthanc_checks_no_passwords(self) -> None:
        """Then anybody may write any name into the header."""
        assert person_of(settings(orthanc_authenticates=False), {"authorization": basic_auth("ada", "x")}) is None

    @pytest.mark.parametrize(
        "authorization",
        ["", "Basic", "Basic !!!", "Bearer abc", "Basic " + base64.b64encode(b"ada").decode(), basic_auth("", "x"),
         basic_auth("a\nb", "x"), "Basic " + base64.b64encode(b"\xff:x").decode()],
    )  # fmt: skip
    def test_is_nobody_without_usable_credentials(self, authorization: str) -> None:
        assert person_of(settings(), {"authorization": authorization}) is None

    def test_is_whom_the_proxy_names_and_proves(self) -> None:
        headers = {"x-user": "grace", "x-secret": "proxy-secret", "authorization": basic_auth("proxy", "x")}

        assert person_of(settings(has_proxy=True), headers) == "grace"

    @pytest.mark.parametrize("secret", [None, "", "wrong", "proxy-secre", "pröxy"])
    def test_a_forged_identity_is_nobody_even_with_a_password(self, secret: str | None) -> None:
        headers = {"x-user": "grace", "authorization": basic_auth("ada", "x")}
        if secret is not None:
            headers["x-secret"] = secret

        assert person_of(settings(has_proxy=True), headers) is None

    def test_an_identity_header_that_is_not_configured_says_nothing(self) -> None:
        assert person_of(settings(), {"x-user": "grace", "x-secret": "proxy-secret"}) is None

    def test_the_secret_alone_names_nobody(self) -> None:
        assert person_of(settings(has_proxy=True), {"x-user": " ", "x-secret": "proxy-secret"}) is None


class TestAskForHandle:
    @pytest.mark.parametrize(
        "body",
        [b"", b"no json", b"[]", b'{"level": "study"}', b'{"level": "series", "orthanc_id": "ab"}',
         b'{"level": "study", "orthanc_id": "../../instances"}', b'{"level": "study", "orthanc_id": 7}',
         b'{"level": "patient", "orthanc_id": ""}'],
    )  # fmt: skip
    def test_refuses_what_is_no_question(self, body: bytes) -> None:
        with pytest.raises(LaunchError) as refused:
            ask_for_handle(settings(), "Bearer x", person="ada", body=body)

        assert refused.value.status == 400

    def test_says_that_the_launch_token_is_missing(self) -> None:
        with pytest.raises(LaunchError, match="LaunchTokenFile") as refused:
            ask_for_handle(settings(launch_token=None), "Bearer x", person="ada", body=b"{}")

        assert refused.value.status == 503

    def test_says_that_nobody_answers(self) -> None:
        with pytest.raises(LaunchError, match="does not answer") as refused:
            ask_for_handle(settings(), "Bearer x", person="ada", body=b'{"level": "study", "orthanc_id": "ab-1"}')

        assert refused.value.status == 502

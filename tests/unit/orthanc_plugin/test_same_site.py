"""Tests of orthanc_plugin.same_site."""

import pytest

from orthanc_plugin.same_site import RefusedError, check_same_site

JSON = {"content-type": "application/json"}


class TestCheckSameSite:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"content-type": "application/json; charset=utf-8"},
            {"content-type": "Application/JSON"},
            {"sec-fetch-site": "same-origin"},
            {"sec-fetch-site": "none"},
            {"origin": "http://pacs.example:8042", "host": "pacs.example:8042"},
            {"origin": "https://PACS.example", "host": "pacs.example"},
            {"origin": "http://[::1]:8042", "host": "[::1]:8042"},
            pytest.param(
                {"origin": "http://pacs.example:8080", "host": "pacs.example"}, id="a proxy left out the port"
            ),
            pytest.param(
                {"sec-fetch-site": "same-origin", "origin": "https://pacs.example", "host": "127.0.0.1:8042"},
                id="a proxy put its own host in",
            ),
        ],
    )
    def test_passes_our_own_pages_and_programs(self, headers: dict[str, str]) -> None:
        check_same_site(JSON | headers)

    @pytest.mark.parametrize(
        "content_type",
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None, "",
         "text/plain; application/json", "application/json-seq"],
    )  # fmt: skip
    def test_refuses_what_a_form_of_another_site_can_send(self, content_type: str | None) -> None:
        """Fetch Standard, "CORS-safelisted request-header": a page may send the first three types anywhere unasked."""
        headers = {} if content_type is None else {"content-type": content_type}

        with pytest.raises(RefusedError, match="application/json") as refused:
            check_same_site(headers)

        assert refused.value.status == 415

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": ""},
            pytest.param(
                {"sec-fetch-site": "cross-site", "origin": "http://pacs.example", "host": "pacs.example"}, id="both"
            ),
            {"origin": "http://other.example", "host": "pacs.example:8042"},
            {"origin": "http://pacs.example.other.example", "host": "pacs.example"},
            {"origin": "null", "host": "null"},
            {"origin": "", "host": ""},
            {"origin": "http://[", "host": "pacs.example"},
            {"origin": "http://other.example"},
        ],
    )
    def test_refuses_what_the_browser_says_another_site_sends(self, headers: dict[str, str]) -> None:
        with pytest.raises(RefusedError, match="another site") as refused:
            check_same_site(JSON | headers)

        assert refused.value.status == 403

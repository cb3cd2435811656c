"""Tests of doseledger.plugin_config."""

import json
from pathlib import Path

from doseledger.plugin_config import Modality, OrthancSite, orthanc_configuration, write_plugin_config
from orthanc_plugin.settings import read_settings

SITE = OrthancSite(
    service_url="https://dose.example",
    users={"ada": "invented"},
    modalities={"ct": Modality(aet="CT_1", host="127.0.0.1", port=104)},
    plugin_paths=("/plugins/libOrthancPython.so",),
    identity={},
)


class TestOrthancConfiguration:
    def test_lets_in_only_whom_the_site_names(self) -> None:
        configuration = orthanc_configuration(SITE, folder="/etc/orthanc")

        assert configuration["AuthenticationEnabled"] is True
        assert configuration["RegisteredUsers"] == {"ada": "invented"}
        assert configuration["DicomModalities"] == {"ct": ["CT_1", "127.0.0.1", 104]}
        assert configuration["DicomCheckCalledAet"] is True
        assert configuration["DicomCheckModalityHost"] is True
        assert [name for name, value in configuration.items() if name.startswith("DicomAlwaysAllow") and value] == []

    def test_names_files_where_orthanc_sees_them(self) -> None:
        configuration = orthanc_configuration(SITE, folder="/etc/orthanc")

        assert configuration["PythonScript"] == "/etc/orthanc/doseledger_plugin.py"


class TestWritePluginConfig:
    def test_writes_what_the_plugin_reads(self, tmp_path: Path) -> None:
        out = tmp_path / "a folder"
        write_plugin_config(out, SITE, ingest_token="one", launch_token="two")

        settings = read_settings(json.loads((out / "orthanc.json").read_text()), folder=out)

        assert (settings.ingest_token, settings.launch_token) == ("one", "two")
        assert settings.orthanc_authenticates

    def test_nobody_else_may_read_it(self, tmp_path: Path) -> None:
        files = write_plugin_config(tmp_path / "out", SITE, ingest_token="one", launch_token="two")

        assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}

    def test_nobody_else_may_exchange_it_in_a_folder_that_was_there(self, tmp_path: Path) -> None:
        """Orthanc runs what lies there: whoever may write to the folder could put another script in its place."""
        out = tmp_path / "out"
        out.mkdir()
        out.chmod(0o777)

        write_plugin_config(out, SITE, ingest_token="one", launch_token="two")

        assert out.stat().st_mode & 0o022 == 0

    def test_written_again_without_launch_token_leaves_none_behind(self, tmp_path: Path) -> None:
        write_plugin_config(tmp_path, SITE, ingest_token="one", launch_token="two")
        write_plugin_config(tmp_path, SITE, ingest_token="three", launch_token=None)

        settings = read_settings(json.loads((tmp_path / "orthanc.json").read_text()), folder=tmp_path)

        assert (settings.ingest_token, settings.launch_token) == ("three", None)
        assert not (tmp_path / "launch.token").exists()

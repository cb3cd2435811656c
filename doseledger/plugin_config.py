"""What ``doseledger plugin-config`` writes: Orthanc's configuration, the plugin file, and the plugin's two tokens."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from doseledger.plugin_bundle import PLUGIN_FILE_NAME, bundle_plugin

CONFIGURATION_FILE_NAME = "orthanc.json"
INGEST_TOKEN_FILE_NAME = "ingest.token"  # noqa: S105 - a file's name
LAUNCH_TOKEN_FILE_NAME = "launch.token"  # noqa: S105 - a file's name

# Where Debian's packages and the Docker images put Orthanc's plugins.
PLUGIN_FOLDERS = (Path("/usr/share/orthanc/plugins"), Path("/usr/local/share/orthanc/plugins"))
PYTHON_PLUGIN = "libOrthancPython.so"
FURTHER_PLUGINS = ("libOrthancDicomWeb.so", "libModalityWorklists.so")


@dataclass(frozen=True, slots=True, kw_only=True)
class Modality:
    """A DICOM node that Orthanc talks with, known by AE title and address."""

    aet: str
    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrthancSite:
    """What differs from site to site. Relative paths count from the folder of the configuration file."""

    service_url: str
    users: Mapping[str, str]  # name and password
    modalities: Mapping[str, Modality]
    name: str = "DoseLedger"
    aet: str = "ORTHANC"
    http_port: int = 8042
    dicom_port: int = 4242
    is_remote_access_allowed: bool = False
    storage_folder: str = "storage"
    worklist_folder: str = "worklists"
    stable_age_s: int = 60
    ca_file: str | None = None
    allow_plaintext: str | None = None
    spool_folder: str | None = None
    tells_deletions: bool = False
    identity: Mapping[str, str] = field(default_factory=dict)  # IdentityHeader, IdentitySecretHeader, ...
    plugin_paths: tuple[str, ...] | None = None  # None: what is found on this machine


def find_orthanc_plugins() -> tuple[str, ...]:
    """Return the paths of the Python, DICOMweb and worklist plugins of this machine's Orthanc, as far as installed."""
    for folder in PLUGIN_FOLDERS:
        if (folder / PYTHON_PLUGIN).exists():
            names = (PYTHON_PLUGIN, *FURTHER_PLUGINS)
            return tuple(str(folder / name) for name in names if (folder / name).exists())
    return ()


def orthanc_configuration(site: OrthancSite, *, folder: str, has_launch_token: bool = True) -> dict[str, Any]:
    """
    Return the configuration of an Orthanc that lets in only whom the site names, with the plugin's section.

    ``folder`` is where the files will lie, as Orthanc sees it: its plugins do not look beside the configuration.
    Without a launch token the plugin delivers, but offers no button.

    Source: Orthanc's documented configuration options (the Orthanc Book, "Configuration of Orthanc").
    """
    plugins = find_orthanc_plugins() if site.plugin_paths is None else site.plugin_paths
    return {
        "Name": site.name,
        "StorageDirectory": site.storage_folder,
        "StorageCompression": False,  # the catch-up reads the beginning of files
        "Plugins": list(plugins),
        "PythonScript": str(PurePosixPath(folder, PLUGIN_FILE_NAME)),
        "HttpPort": site.http_port,
        "RemoteAccessAllowed": site.is_remote_access_allowed,
        "AuthenticationEnabled": True,
        "RegisteredUsers": dict(site.users),
        "ExecuteLuaEnabled": False,
        "RestApiWriteToFileSystemEnabled": False,
        "DicomAet": site.aet,
        "DicomPort": site.dicom_port,
        "DicomCheckCalledAet": True,
        "DicomCheckModalityHost": True,
        "DicomAlwaysAllowEcho": False,
        "DicomAlwaysAllowStore": False,
        "DicomAlwaysAllowFind": False,
        "DicomAlwaysAllowFindWorklist": False,
        "DicomAlwaysAllowGet": False,
        "DicomAlwaysAllowMove": False,
        "DicomModalities": {name: [node.aet, node.host, node.port] for name, node in site.modalities.items()},
        "StableAge": site.stable_age_s,
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "EnableWado": False},
        "Worklists": {
            "Enable": any("Worklists" in path for path in plugins),
            "Database": str(PurePosixPath(folder, site.worklist_folder)),
        },
        "DoseLedger": _plugin_section(site, has_launch_token=has_launch_token),
    }


def write_plugin_config(
    out: Path,
    site: OrthancSite,
    *,
    ingest_token: str,
    launch_token: str | None,
    folder_in_orthanc: str | None = None,
) -> list[Path]:
    """
    Write configuration, plugin and tokens into a folder that only its owner may write to, and return the files.

    ``folder_in_orthanc`` is the path of that folder where Orthanc runs, if it is another one (a container).
    Safe to repeat; what stands there is replaced.
    """
    folder = folder_in_orthanc or str(out.resolve())
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    out.chmod(out.stat().st_mode & ~(stat.S_IWGRP | stat.S_IWOTH))  # one that was there may let others exchange files
    (out / site.worklist_folder).mkdir(exist_ok=True)
    configuration = orthanc_configuration(site, folder=folder, has_launch_token=launch_token is not None)
    contents = {
        CONFIGURATION_FILE_NAME: json.dumps(configuration, indent=2) + "\n",
        PLUGIN_FILE_NAME: bundle_plugin(),
        INGEST_TOKEN_FILE_NAME: ingest_token + "\n",
    }
    if launch_token:
        contents[LAUNCH_TOKEN_FILE_NAME] = launch_token + "\n"
    else:
        (out / LAUNCH_TOKEN_FILE_NAME).unlink(missing_ok=True)
    for name, content in contents.items():
        _write_private(out / name, content)
    return [out / name for name in contents]


def _plugin_section(site: OrthancSite, *, has_launch_token: bool) -> dict[str, Any]:
    optional: dict[str, Any] = {
        "LaunchTokenFile": LAUNCH_TOKEN_FILE_NAME if has_launch_token else None,
        "CaFile": site.ca_file,
        "AllowPlaintext": site.allow_plaintext,
        "SpoolFolder": site.spool_folder,
        "TellDeletions": site.tells_deletions,
    }
    return {
        "ServiceUrl": site.service_url,
        "IngestTokenFile": INGEST_TOKEN_FILE_NAME,
        **{name: value for name, value in optional.items() if value},
        **site.identity,
    }


def _write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read: the configuration holds passwords, the tokens are secrets."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    draft.replace(path)

"""The fake of the module ``orthanc`` is complete, and is what the plugin's types promise."""

import ast
import http.client
import sqlite3
import ssl
import struct
import threading
from pathlib import Path

import orthanc_plugin
from orthanc_plugin import sdk
from tests.support.fake_orthanc import FakeInstance, FakeOrthanc, FakeOutput

SOURCES = sorted(Path(orthanc_plugin.__file__).parent.glob("*.py"))


def test_the_fake_has_all_that_the_plugin_names(tmp_path: Path) -> None:
    orthanc: sdk.Orthanc = FakeOrthanc({}, tmp_path)
    instance: sdk.DicomInstance = FakeInstance(b"", {})
    output: sdk.RestOutput = FakeOutput()

    for protocol, fake in (
        (sdk.Orthanc, orthanc),
        (sdk.DicomInstance, instance),
        (sdk.RestOutput, output),
    ):
        promised = {name for name in (*vars(protocol), *protocol.__annotations__) if name[0].isupper()}
        assert promised
        assert not {name for name in promised if not hasattr(fake, name)}


def test_the_plugin_calls_nothing_of_orthanc_that_its_types_do_not_name() -> None:
    promised = {
        name
        for protocol in (sdk.Orthanc, sdk.DicomInstance, sdk.RestOutput)
        for name in (*vars(protocol), *protocol.__annotations__)
    }
    used = {
        node.attr
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Attribute) and node.attr[0].isupper() and not node.attr.isupper()
    }
    modules = (http.client, sqlite3, ssl, struct, threading)
    of_the_standard_library = {name for module in modules for name in vars(module)}

    assert used - of_the_standard_library <= promised

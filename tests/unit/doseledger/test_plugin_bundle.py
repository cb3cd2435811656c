"""Tests of doseledger.plugin_bundle."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import orthanc_plugin
from doseledger.plugin_bundle import MODULES, BundleError, _part_of_source, bundle_plugin, stated_digest
from orthanc_plugin.explorer import EXPLORER_JS

# What a bare libpython offers, with a stand-in for the module that Orthanc brings.
LOAD = """
import runpy, sys, types
sys.modules["orthanc"] = orthanc = types.ModuleType("orthanc")
said = []
for name in ("RegisterOnStoredInstanceCallback", "ExtendOrthancExplorer", "LogError"):
    setattr(orthanc, name, said.append)
orthanc.RegisterRestCallback = lambda path, callback: said.append(path)
orthanc.GetConfiguration = lambda: "{}"
orthanc.GetConfigurationPath = lambda: "."
runpy.run_path(sys.argv[1])
assert "/dose/status" in said, said
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("dose_core", "orthanc_plugin", "pydicom")))
"""


class TestBundlePlugin:
    def test_states_its_own_digest(self) -> None:
        stated, computed = stated_digest(bundle_plugin())

        assert stated == computed

    def test_is_the_same_each_time(self) -> None:
        assert bundle_plugin() == bundle_plugin()

    def test_names_its_version_and_licence(self) -> None:
        head = bundle_plugin()[:1500]

        assert head.startswith("# DoseLedger's plugin for Orthanc, version 0.1.0\n")
        assert "AGPL-3.0-or-later" in head

    def test_imports_the_standard_library_and_orthanc_alone(self) -> None:
        imported = {
            name.partition(".")[0]
            for node in ast.walk(ast.parse(bundle_plugin()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        }

        assert imported - {"orthanc"} <= sys.stdlib_module_names

    def test_runs_by_itself(self, tmp_path: Path) -> None:
        (tmp_path / "doseledger_plugin.py").write_text(bundle_plugin())

        ran = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LOAD, str(tmp_path / "doseledger_plugin.py")],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )

        assert ran.returncode == 0, ran.stderr
        assert ran.stdout == "[]\n"

    def test_holds_every_module_of_the_plugin(self) -> None:
        folder = Path(orthanc_plugin.__file__).parent
        names = {f"orthanc_plugin.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__"}

        assert names <= set(MODULES)
        assert EXPLORER_JS in bundle_plugin()

    def test_does_not_take_ours_under_another_name(self) -> None:
        with pytest.raises(BundleError, match="import ours as"):
            _part_of_source("orthanc_plugin.example", "from dose_core.errors import DoseError as Error\n")

"""The plugin runs inside Orthanc's own Python, where nothing of ours is installed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Loads every module of the plugin with a stand-in for the module that only Orthanc offers, then names what came along.
PROBE = """
import pkgutil, sys, types
sys.modules["orthanc"] = types.ModuleType("orthanc")
before = set(sys.modules)
import orthanc_plugin
for found in pkgutil.walk_packages(orthanc_plugin.__path__, "orthanc_plugin."):
    if ".script" not in found.name:
        __import__(found.name)
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(name for name in loaded if name not in sys.stdlib_module_names))
print(*sorted(name for name in sys.modules if name.startswith("dose_core.")))
"""
LIGHT_PART_OF_THE_DOMAIN = {
    *("dose_core.classify", "dose_core.contract", "dose_core.errors"),
    *("dose_core.header_cut", "dose_core.own", "dose_core.stored_instance"),
}


def _loaded_by_the_plugin() -> tuple[set[str], set[str]]:
    # -S: no site-packages, so an import of anything installed fails rather than succeeds by luck.
    probe = [sys.executable, "-S", "-c", PROBE]
    answer = subprocess.run(probe, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    packages, modules = answer.stdout.split("\n")[:2]
    return set(packages.split()), set(modules.split())


def test_it_loads_nothing_but_itself_the_domain_and_the_standard_library() -> None:
    packages, _ = _loaded_by_the_plugin()
    assert packages <= {"orthanc_plugin", "dose_core"}


def test_it_loads_only_the_light_part_of_the_domain() -> None:
    _, modules = _loaded_by_the_plugin()
    assert modules <= LIGHT_PART_OF_THE_DOMAIN

"""Packages with methods, installed for one test."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dose_core.estimating.method import ENTRY_POINT
from dose_services.methods import installed_methods
from tests.builders.packages import write_package
from tests.support.pages import code_block

PAGE = "how-to/add-a-method.md"


@contextmanager
def installed(folder: Path, module: str, source: str, **named: str) -> Iterator[None]:
    """Install a package whose module has these methods: id (with ``_``) -> class. Ours stay installed too."""
    folder.mkdir(exist_ok=True)
    points = {name.replace("_", "-"): f"{module}:{target}" for name, target in named.items()}
    write_package(folder, module, source, name=module.replace("_", "-"), entry_points=points, group=ENTRY_POINT)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        installed_methods.cache_clear()
        yield
    installed_methods.cache_clear()


@contextmanager
def the_example(folder: Path) -> Iterator[None]:
    """Install the package that the documentation shows."""
    project = tomllib.loads(code_block(PAGE, "toml"))
    (module,) = project["tool"]["setuptools"]["py-modules"]
    write_package(
        folder,
        module,
        code_block(PAGE, "python"),
        name=project["project"]["name"],
        version=project["project"]["version"],
        entry_points=project["project"]["entry-points"][ENTRY_POINT],
        group=ENTRY_POINT,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        installed_methods.cache_clear()
        yield
    installed_methods.cache_clear()

"""
Make the one file that Orthanc loads, from the modules of ``orthanc_plugin`` and the light part of ``dose_core``.

Orthanc's Python knows no package of ours, and a hospital wants to read what it runs there; so the modules are written
one below the other, their imports of each other taken out, the rest of each kept letter by letter.
"""

import ast
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from dose_core.errors import DoseError

PLUGIN_FILE_NAME = "doseledger_plugin.py"

# Each after what it imports.
MODULES = (
    "dose_core.errors",
    "dose_core.own",
    "dose_core.contract",
    "dose_core.classify",
    "dose_core.header_cut",
    "dose_core.stored_instance",
    "orthanc_plugin.version",
    "orthanc_plugin.explorer",
    "orthanc_plugin.sdk",
    "orthanc_plugin.ownership",
    "orthanc_plugin.settings",
    "orthanc_plugin.spool",
    "orthanc_plugin.gate",
    "orthanc_plugin.clients",
    "orthanc_plugin.intake",
    "orthanc_plugin.catch_up",
    "orthanc_plugin.delivery",
    "orthanc_plugin.status",
    "orthanc_plugin.launch",
    "orthanc_plugin.same_site",
    "orthanc_plugin.plugin",
)
_OURS = frozenset(name.partition(".")[0] for name in MODULES)
_ROOT = Path(__file__).resolve().parent.parent

_HEAD = '''\
# DoseLedger's plugin for Orthanc, version {version}
# SHA-256 of all below the next line: {digest}
# ----
# ruff: noqa
"""
Remember what Orthanc stores and deliver its dose to DoseLedger. Generated; do not edit.

This program is free software: you can redistribute it and/or modify it under the terms of the GNU Affero General
Public License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any
later version. It comes without any warranty. See <https://www.gnu.org/licenses/>. The parts under "dose_core" are
licensed under Apache-2.0 as well.

SPDX-License-Identifier: AGPL-3.0-or-later
"""
'''
_SEPARATOR = "# ----\n"
_TAIL = """

# ======== the start ========
import orthanc

install(orthanc)
"""


class BundleError(DoseError):
    """The modules cannot be joined; the text names the module and what stands in the way."""


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    imports: frozenset[str]
    names: frozenset[str]


def bundle_plugin() -> str:
    """
    Return the text of the self-contained plugin file, with version and digest in its head.

    Raises:
        BundleError: two modules use one name, or one imports ours under another name.
    """
    release = version("doseledger")
    imports: set[str] = set()
    owners: dict[str, str] = {}
    texts = []
    for module in MODULES:
        part = _part(module, release)
        for name in part.names:
            if name in owners:
                msg = f"{module} and {owners[name]} both define {name}; rename one"
                raise BundleError(msg)
            owners[name] = module
        imports |= part.imports
        texts.append(f"\n\n# ======== {module} ========\n{part.text.strip()}\n")
    body = "\n".join(sorted(imports)) + "\n" + "".join(texts) + _TAIL
    head = _HEAD.format(version=release, digest="{digest}")
    signed = head.partition(_SEPARATOR)[2] + body
    return head.format(digest=sha256(signed.encode()).hexdigest()) + body


def stated_digest(plugin: str) -> tuple[str, str]:
    """Return the digest that a plugin file states and the one that it has."""
    head, _, signed = plugin.partition(_SEPARATOR)
    return head.rpartition(": ")[2].strip(), sha256(signed.encode()).hexdigest()


def _part(module: str, release: str) -> _Part:
    if module == "orthanc_plugin.version":
        return _Part(f"VERSION = {release!r}\n", frozenset(), frozenset(("VERSION",)))
    path = _ROOT.joinpath(*module.split(".")).with_suffix(".py")
    if module == "orthanc_plugin.explorer":
        javascript = path.with_suffix(".js").read_text(encoding="utf-8")
        if '"""' in javascript or "\\" in javascript:
            msg = f"{module}: the script may hold neither a backslash nor three double quotes"
            raise BundleError(msg)
        return _Part(f'EXPLORER_JS = """\\\n{javascript}"""\n', frozenset(), frozenset(("EXPLORER_JS",)))
    return _part_of_source(module, path.read_text(encoding="utf-8"))


def _part_of_source(module: str, source: str) -> _Part:
    lines = source.splitlines(keepends=True)
    imports: set[str] = set()
    names: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports |= _foreign_imports(module, node)
            _blank(lines, node)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return _Part("".join(lines), frozenset(imports), frozenset(names))


def _foreign_imports(module: str, node: ast.Import | ast.ImportFrom) -> set[str]:
    """Return the imports of others, one name per statement; ours stand further up in the file already."""
    stated = (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
    if stated.partition(".")[0] in _OURS:
        if isinstance(node, ast.Import) or any(alias.asname for alias in node.names):
            msg = f"{module}: import ours as 'from {stated} import name'"
            raise BundleError(msg)
        return set()
    prefix = f"from {stated} " if isinstance(node, ast.ImportFrom) else ""
    return {f"{prefix}import {alias.name}" + (f" as {alias.asname}" if alias.asname else "") for alias in node.names}


def _blank(lines: list[str], node: ast.stmt) -> None:
    for number in range(node.lineno - 1, node.end_lineno or node.lineno):
        lines[number] = ""

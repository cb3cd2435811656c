# ruff: noqa: INP001 - Orthanc loads this file by its path
"""
The file that Orthanc loads while the plugin is being developed; a site loads the generated doseledger_plugin.py.

It stands alone in its folder, because Orthanc puts that folder first on the module path. The root of the repository
must be on the path too (PYTHONPATH).
"""

import orthanc  # type: ignore[import-not-found]  # exists inside Orthanc only

from orthanc_plugin.plugin import install

install(orthanc)

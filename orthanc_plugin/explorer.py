"""The script that adds the button to Orthanc Explorer; the generated plugin file holds its text instead."""

from pathlib import Path

EXPLORER_JS = Path(__file__).with_name("explorer.js").read_text(encoding="utf-8")

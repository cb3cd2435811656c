"""What the demo prints for the person who watches."""

from collections.abc import Sequence

from dose_core.writers.ct_rdsr import SERIES_DESCRIPTION
from doseledger.demo.checks import Outcome
from doseledger.demo.hospital import ANNA, AUTHORITY, BRUNO, CARA, DORA, UNKNOWN
from doseledger.demo.house import House
from doseledger.demo.orthanc_server import PERSON

INTENDED_USE = "For quality assurance and record keeping; not a medical device; not for diagnosis or therapy decisions."


def address_book(house: House) -> str:
    """Return the addresses, the login, and what to look at."""
    place = house.place
    orthanc = f"http://127.0.0.1:{place.orthanc_http_port}"
    api = f"http://127.0.0.1:{place.api_port}"
    token = place.folder / "read.token"
    return f"""
The house is up. {INTENDED_USE}

  Orthanc        {orthanc}/app/explorer.html    login {PERSON}, password {place.secret("orthanc-person")}
  REST           {api}/openapi.json    token in {token}
  DICOM          127.0.0.1:{place.orthanc_dicom_port}, called AE title ORTHANC, known scanners only
  HL7 (MLLP)     127.0.0.1:{house.hl7_port}
  logs and data  {place.folder}

What to look at:
  * In Orthanc, open a patient and press "Dose": the history opens in a panel.
  * {ANNA.identifier} has two exams of two scanners; {BRUNO.identifier} got a new name by HL7.
  * {CARA.identifier} and {UNKNOWN.identifier} were merged: one history.
  * {DORA.identifier} has images only. Within half a minute the study gets a dose SR of ours, the series
    "{SERIES_DESCRIPTION}".
  * By REST:
      curl -s -H "Authorization: Bearer $(cat '{token}')" -H 'Content-Type: application/json' \\
        -d '{{"identifiers": [{{"value": "{CARA.identifier}", "authority": "{AUTHORITY}"}}]}}' \\
        {api}/api/v1/patients/search

Ctrl-C stops everything. The data stay; removing {place.folder} removes them.
"""


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as a table."""
    width = max(len(outcome.name) for outcome in outcomes)
    lines = [f"{o.name:<{width}}  {'held' if o.held else 'FAILED':<6}  {o.detail}" for o in outcomes]
    rule = "-" * max(map(len, lines))
    return "\n".join(("", rule, *lines, rule))

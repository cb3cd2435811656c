"""Print what a patient's exams add up to, and the dose sentence of each study: python ris_doses.py HOSP 4711."""

import json
import os
import sys
import urllib.parse
import urllib.request
from typing import Any

FHIR = os.environ.get("DOSELEDGER_FHIR", "https://dose.example/fhir")
HEADERS = {"Authorization": f"Bearer {os.environ['DOSELEDGER_TOKEN']}", "Accept": "application/fhir+json"}


def ask(address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    body = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(urllib.request.Request(address, body, HEADERS)) as answer:
        return dict(json.load(answer))


def doses(authority: str, number: str) -> list[str]:
    page = ask(f"{FHIR}/Observation/_search", {"patient.identifier": f"{authority}|{number}", "code": "73569-6"})
    said = [entry["resource"] for entry in page.get("entry", [])]
    told = [one["valueString"] for one in said]
    sums = ask(f"{FHIR}/{said[0]['subject']['reference']}/$cumulative-dose")["parameter"] if said else []
    for part in ({each["name"]: each for each in one["part"]} for one in sums if one["name"] == "sum"):
        what = part["quantity"]["valueCodeableConcept"]["coding"][0]["display"]
        dose, of = part["value"]["valueQuantity"], part.get("of", {}).get("valueString", "all")
        told.append(f"{what} ({of}): {dose.get('comparator', '')}{dose['value']} {dose['unit']}")
    return told


if __name__ == "__main__":
    print("\n".join(doses(*sys.argv[1:3])))

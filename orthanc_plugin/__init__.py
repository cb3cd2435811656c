"""
The part of DoseLedger that runs inside Orthanc: it remembers what was stored and delivers it to the service.

Licence: AGPL-3.0-or-later, see LICENSE in this folder; the rest of DoseLedger is Apache-2.0.
"""

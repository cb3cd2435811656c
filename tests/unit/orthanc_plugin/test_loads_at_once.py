"""Python 3.14 inside Orthanc cannot import in the threads that Orthanc calls from, so nothing may load late."""

import json
import subprocess
import sys
from pathlib import Path

from doseledger.plugin_config import OrthancSite, write_plugin_config
from tests.builders.dicom_files import ct_slice, dose_report, file_of
from tests.support.basic_auth import basic_auth
from tests.support.fake_orthanc_rest import FakeOrthancRest
from tests.support.recording_service import RecordingService

# A whole life: start, store, deliver, status, launch; then the modules that came after loading.
LIFE = """
import json, runpy, sys, time, types
sys.modules["orthanc"] = orthanc = types.ModuleType("orthanc")
callbacks = {}
orthanc.RegisterOnStoredInstanceCallback = lambda callback: callbacks.update(stored=callback)
orthanc.RegisterRestCallback = lambda path, callback: callbacks.update({path: callback})
orthanc.LogError = print
orthanc.ExtendOrthancExplorer = lambda script: None
orthanc.GenerateRestApiAuthorizationToken = lambda: "Bearer x"
orthanc.GetConfiguration = lambda: open("orthanc.json").read()
orthanc.GetConfigurationPath = lambda: "orthanc.json"
class Instance:
    GetInstanceData = lambda self: open("slice.dcm", "rb").read()
    GetInstanceSize = lambda self: 1
    GetInstanceOrigin = lambda self: 2
    GetInstanceRemoteAet = lambda self: "CT_1"
    HasInstanceMetadata = lambda self, name: 0
    GetInstanceMetadata = lambda self, name: "1.2.840.10008.5.1.4.1.1.2"
class Output:
    def AnswerBuffer(self, body, mime): answers.append(body)
    def SendHttpStatus(self, status, body): answers.append(body)
answers = []
runpy.run_path("doseledger_plugin.py")
loaded = set(sys.modules)
callbacks["stored"](Instance(), "ef-1")
question = json.dumps({"level": "study", "orthanc_id": "ab"}).encode()
headers = {"authorization": sys.argv[1], "content-type": "application/json"}
headers |= {"origin": "http://h", "host": "h"}
for path in ("/dose/whoami", "/dose/launch", "/dose/retry"):
    callbacks[path](Output(), path, method="POST", headers=headers, body=question)
deadline = time.monotonic() + 20
while time.monotonic() < deadline:
    answers.clear()
    callbacks["/dose/status"](Output(), "/dose/status", method="GET", headers=headers)
    status = json.loads(answers[0])
    if status["queue"]["length"] == 0 and status["last_delivery_age_s"] is not None:
        break
    time.sleep(0.05)
print(json.dumps({"late": sorted(set(sys.modules) - loaded), "status": status}))
"""


def test_no_module_loads_after_the_plugin(tmp_path: Path) -> None:
    one, report = ct_slice(), dose_report()
    (tmp_path / "slice.dcm").write_bytes(file_of(one))
    with RecordingService() as service, FakeOrthancRest() as orthanc:
        orthanc.store("ab-1", file_of(report), SopClassUid=report.SOPClassUID)
        url = service.url.replace("127.0.0.1", "localhost")  # a name, so that it has to be looked up
        site = OrthancSite(service_url=url, users={}, modalities={}, stable_age_s=1, http_port=orthanc.port)
        write_plugin_config(tmp_path, site, ingest_token="one", launch_token="two")

        ran = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LIFE, basic_auth("ada", "x")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ran.returncode == 0, ran.stderr
    ended = json.loads(ran.stdout)
    assert ended["late"] == []
    assert set(service.received) == {one.SOPInstanceUID, report.SOPInstanceUID}, ended

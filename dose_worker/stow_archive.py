"""
Any PACS as the archive that gets our dose SRs, by STOW-RS.

Source: PS3.18, 10.5 (store) and 10.6 (search).
"""

import base64
import ssl
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlencode

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from dose_core.writers.document import Evidence
from dose_services.archive_values import StowNode, TlsFiles
from dose_worker import stow_answer
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError, Stored
from dose_worker.client_tls import client_context
from dose_worker.http_client import Answer, ask

_DICOM, _JSON = "application/dicom", "application/dicom+json"
_NO_CONTENT = 204
_UNKNOWN = frozenset({400, 404, 405, 406, 501})  # it has no search, or not this one
_MAX_SECRET_BYTES = 64 * 1024


class StowArchive:
    """A PACS that takes objects by STOW-RS. Each call is a connection of its own."""

    can_delete = False

    def __init__(self, node: StowNode) -> None:
        self._node = node

    def store(self, dicom: bytes) -> Stored:
        """See ``Archive``. If the answer leaves it open, a search tells if the object is there."""
        try:
            dataset = dcmread(BytesIO(dicom), stop_before_pixels=True)
        except InvalidDicomError as error:
            raise ArchiveRefusedError("what was to be stored is no DICOM object") from error
        content_type, body = _related(dicom)
        answer = self._ask("POST", "/studies", body, content_type)
        uid = str(dataset.SOPInstanceUID)
        try:
            return stow_answer.stored(answer.status, answer.body, uid)
        except stow_answer.UnclearAnswerError:
            instance = Evidence(
                study_instance_uid=str(dataset.StudyInstanceUID),
                series_instance_uid=str(dataset.SeriesInstanceUID),
                sop_class_uid=str(dataset.SOPClassUID),
                sop_instance_uid=uid,
            )
            if not self.holds(instance):
                raise
            return Stored(archive_id=uid, warning="the archive's answer is unclear, but it has the object")

    def holds(self, instance: Evidence) -> bool | None:
        """See ``Archive``. A service without a search cannot be asked."""
        study, series = quote(instance.study_instance_uid, safe=""), quote(instance.series_instance_uid, safe="")
        query = urlencode({"SOPInstanceUID": instance.sop_instance_uid})
        answer = self._ask("GET", f"/studies/{study}/series/{series}/instances?{query}")
        if answer.status == _NO_CONTENT:
            return False
        if answer.status in _UNKNOWN:
            return None
        stow_answer.raise_for(answer.status)
        return stow_answer.is_listed(answer.body, instance.sop_instance_uid)

    def delete(self, sop_instance_uid: str) -> bool:
        """Refuse: STOW-RS has no deletion. What is in a PACS is taken back by a rejection note."""
        msg = f"a PACS does not delete by STOW-RS; take {sop_instance_uid} back by a rejection note"
        raise ArchiveRefusedError(msg)

    def echo(self) -> None:
        """
        Ask the service if it knows us: a search for a study that nobody has.

        Raises:
            ArchiveUnavailableError: it does not, and the text says why.
        """
        answer = self._ask("GET", "/studies?" + urlencode({"StudyInstanceUID": "2.25.0", "limit": "1"}))
        try:
            stow_answer.raise_for(answer.status)
        except ArchiveRefusedError as error:
            raise ArchiveUnavailableError(str(error)) from error
        if answer.status != _NO_CONTENT and stow_answer.is_listed(answer.body, "2.25.0") is None:
            raise ArchiveUnavailableError("the archive answers, but no DICOM JSON; is this a DICOMweb service?")

    def close(self) -> None:
        """Have nothing to close: each connection ends with its answer."""

    def _ask(self, method: str, path: str, body: bytes | None = None, content_type: str | None = None) -> Answer:
        headers = {"Accept": _JSON} | self._authorization()
        if content_type is not None:
            headers["Content-Type"] = content_type
        return ask(
            method,
            self._node.url.rstrip("/") + path,
            headers=headers,
            body=body,
            tls=self._tls(),
            timeout_s=self._node.timeout_s,
        )

    def _tls(self) -> ssl.SSLContext | None:
        if not self._node.url.lower().startswith("https:"):
            return None
        return client_context(self._node.tls or TlsFiles())

    def _authorization(self) -> dict[str, str]:
        if self._node.token_file is not None:  # RFC 6750, 2.1
            return {"Authorization": f"Bearer {_secret(self._node.token_file)}"}
        if self._node.user is not None and self._node.password_file is not None:  # RFC 7617, 2
            pair = f"{self._node.user}:{_secret(self._node.password_file)}".encode()
            return {"Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}
        return {}


def _related(dicom: bytes) -> tuple[str, bytes]:
    """Return content type and body of a request with one part (RFC 2046, 5.1; RFC 2387)."""
    boundary = sha256(dicom).hexdigest()
    while boundary.encode("ascii") in dicom:
        boundary = sha256(boundary.encode("ascii")).hexdigest()
    head = f"--{boundary}\r\nContent-Type: {_DICOM}\r\n\r\n".encode("ascii")
    tail = f"\r\n--{boundary}--\r\n".encode("ascii")
    return f'multipart/related; type="{_DICOM}"; boundary={boundary}', head + dicom + tail


def _secret(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            secret = file.read(_MAX_SECRET_BYTES).decode("utf-8").strip()
    except (OSError, ValueError) as error:
        msg = f"the file of the archive's password or token cannot be read ({type(error).__name__})"
        raise ArchiveUnavailableError(msg) from None
    if not secret or not secret.isprintable():
        raise ArchiveUnavailableError("the file of the archive's password or token does not hold one line of text")
    return secret

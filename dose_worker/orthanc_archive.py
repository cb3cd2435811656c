"""
Orthanc as the archive that gets our dose SRs.

Source: the Orthanc Book, REST API; reached through orthanc-api-client.
"""

import warnings
from typing import Any

from requests import Response

from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError

with warnings.catch_warnings():
    # The client's sources hold "\\." in plain strings, of which Python warns when it compiles them first.
    warnings.simplefilter("ignore", DeprecationWarning)
    from orthanc_api_client import OrthancApiClient, exceptions  # type: ignore[import-untyped]  # ships no types

# Answers that another attempt may change; any other answer of 400 and above is final.
_PASSING = frozenset({401, 403, 408, 409, 425, 429})
_SERVER_ERROR = 500
_NOT_FOUND = 404
_STORED = frozenset({"Success", "AlreadyStored"})


class OrthancArchive:
    """An Orthanc. One client per archive; its connections may be used from several threads."""

    def __init__(self, url: str, user: str | None = None, password: str | None = None, *, timeout_s: float) -> None:
        self._client = OrthancApiClient(url.rstrip("/") + "/", user=user, pwd=password)
        self._timeout_s = timeout_s

    def store(self, dicom: bytes) -> str:
        """See ``Archive``. Orthanc answers a second store of one instance with its id and AlreadyStored."""
        # `upload` of the client takes no time limit, its `post` does.
        told = _json(self._ask("post", "instances", data=dicom))
        if told.get("Status") not in _STORED:  # such as FilteredOut, by a script of the site's Orthanc
            msg = f"the archive answered {told.get('Status')} to a store"
            raise ArchiveRefusedError(msg)
        return str(told["ID"])

    def find(self, sop_instance_uid: str) -> tuple[str, ...]:
        """See ``Archive``. Several patients may hold one SOP Instance UID, so that there may be several ids."""
        answer = self._ask("post", "tools/lookup", data=sop_instance_uid)
        return tuple(str(found["ID"]) for found in _json(answer) if found["Type"] == "Instance")

    def delete(self, sop_instance_uid: str) -> bool:
        """See ``Archive``. The series goes with its only instance."""
        ids = self.find(sop_instance_uid)
        for orthanc_id in ids:
            self._ask("delete", f"instances/{orthanc_id}", missing_is_fine=True)
        return bool(ids)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, method: str, path: str, *, missing_is_fine: bool = False, **arguments: Any) -> Response:  # noqa: ANN401  passed on to requests
        try:
            answer: Response | None = getattr(self._client, method)(path, timeout=self._timeout_s, **arguments)
        except exceptions.HttpError as error:
            status = error.http_status_code or _SERVER_ERROR
            if status == _NOT_FOUND and missing_is_fine:
                return Response()
            msg = f"the archive answered {status} to {method.upper()} {path}"  # its own text may name a patient
            if status in _PASSING or status >= _SERVER_ERROR:
                raise ArchiveUnavailableError(msg) from error
            raise ArchiveRefusedError(msg) from error
        except exceptions.OrthancApiException as error:
            msg = f"the archive cannot be reached ({type(error).__name__})"
            raise ArchiveUnavailableError(msg) from error
        if answer is None:  # the client swallows what it does not know, such as a connection cut in an answer
            msg = f"the archive broke off its answer to {method.upper()} {path}"
            raise ArchiveUnavailableError(msg)
        return answer


def _json(answer: Response) -> Any:  # noqa: ANN401  JSON is what it is
    try:
        return answer.json()
    except ValueError as error:
        msg = "the archive answered something that is no JSON; is the address that of an Orthanc?"
        raise ArchiveUnavailableError(msg) from error

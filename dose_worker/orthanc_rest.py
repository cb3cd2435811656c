"""
Orthanc's REST API, with the two ways in which it may not do what it is asked.

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


class OrthancRest:
    """One Orthanc; its connections may be used from several threads."""

    def __init__(self, url: str, user: str | None = None, password: str | None = None, *, timeout_s: float) -> None:
        self._client = OrthancApiClient(url.rstrip("/") + "/", user=user, pwd=password)
        self._timeout_s = timeout_s

    def ask(self, method: str, path: str, **arguments: Any) -> Response:  # noqa: ANN401  passed on to requests
        """
        Return the answer of one call.

        Raises:
            ArchiveUnavailableError: Orthanc cannot be reached or cannot answer now; try again later.
            ArchiveRefusedError: it will never do this.
        """
        answer = self.ask_for(method, path, **arguments)
        if answer is None:
            raise ArchiveRefusedError(_told(_NOT_FOUND, method, path))
        return answer

    def ask_for(self, method: str, path: str, **arguments: Any) -> Response | None:  # noqa: ANN401  likewise
        """Return the answer of one call, ``None`` if there is no such thing; raises as ``ask`` does."""
        try:
            answer: Response | None = getattr(self._client, method)(path, timeout=self._timeout_s, **arguments)
        except exceptions.HttpError as error:
            status = error.http_status_code or _SERVER_ERROR
            if status == _NOT_FOUND:
                return None
            if status in _PASSING or status >= _SERVER_ERROR:
                raise ArchiveUnavailableError(_told(status, method, path)) from error
            raise ArchiveRefusedError(_told(status, method, path)) from error
        except exceptions.OrthancApiException as error:
            msg = f"the archive cannot be reached ({type(error).__name__})"
            raise ArchiveUnavailableError(msg) from error
        if answer is None:  # the client swallows what it does not know, such as a connection cut in an answer
            msg = f"the archive broke off its answer to {method.upper()} {path}"
            raise ArchiveUnavailableError(msg)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def json_of(answer: Response) -> Any:  # noqa: ANN401  JSON is what it is
    """
    Return the JSON of an answer.

    Raises:
        ArchiveUnavailableError: it is none.
    """
    try:
        return answer.json()
    except ValueError as error:
        msg = "the archive answered something that is no JSON; is the address that of an Orthanc?"
        raise ArchiveUnavailableError(msg) from error


def _told(status: int, method: str, path: str) -> str:
    return f"the archive answered {status} to {method.upper()} {path}"  # its own text may name a patient

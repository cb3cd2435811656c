"""What the plugin uses of Orthanc's Python SDK, as types; Orthanc 1.10 to 1.13 have all of it."""

from collections.abc import Callable
from typing import Any, Protocol


class DicomInstance(Protocol):
    """The instance that the callback is handed; valid within the callback only."""

    def GetInstanceData(self) -> bytes: ...  # noqa: N802, D102 - names are Orthanc's
    def GetInstanceSize(self) -> int: ...  # noqa: N802, D102
    def GetInstanceOrigin(self) -> int: ...  # noqa: N802, D102
    def GetInstanceRemoteAet(self) -> str: ...  # noqa: N802, D102
    def HasInstanceMetadata(self, name: str, /) -> int: ...  # noqa: N802, D102
    def GetInstanceMetadata(self, name: str, /) -> str: ...  # noqa: N802, D102


class RestOutput(Protocol):
    """The answer of one REST call."""

    def AnswerBuffer(self, body: str | bytes, mime_type: str, /) -> None: ...  # noqa: N802, D102
    def SendHttpStatus(self, status: int, body: str, /, *size: int) -> None: ...  # noqa: N802, D102
    def SendHttpStatusCode(self, status: int, /) -> None: ...  # noqa: N802, D102


class Orthanc(Protocol):
    """The module ``orthanc`` that exists inside Orthanc only."""

    def GetConfiguration(self) -> str: ...  # noqa: N802, D102
    def GetConfigurationPath(self) -> str: ...  # noqa: N802, D102
    def GenerateRestApiAuthorizationToken(self) -> str: ...  # noqa: N802, D102
    def RegisterOnStoredInstanceCallback(self, callback: Callable[[Any, str], None], /) -> None: ...  # noqa: N802, D102
    def RegisterOnChangeCallback(self, callback: Callable[[int, int, str], None], /) -> None: ...  # noqa: N802, D102
    def RegisterRestCallback(self, pattern: str, callback: Callable[..., None], /) -> None: ...  # noqa: N802, D102
    def ExtendOrthancExplorer(self, javascript: str, /) -> None: ...  # noqa: N802, D102
    def LogWarning(self, text: str, /) -> None: ...  # noqa: N802, D102
    def LogError(self, text: str, /) -> None: ...  # noqa: N802, D102

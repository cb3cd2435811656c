"""
A stand-in for the module ``orthanc`` that exists inside Orthanc only.

It has what ``orthanc_plugin.sdk`` names and no more; ``tests/unit/orthanc_plugin/test_fake_orthanc.py`` proves it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class FakeInstance:
    """A stored instance as the callback gets it."""

    data: bytes
    metadata: dict[str, str]
    origin: int = 2
    remote_aet: str = "CT_INVENTED"
    reported_size: int | None = None
    was_copied: bool = False

    def GetInstanceData(self) -> bytes:  # noqa: N802 - names are Orthanc's
        self.was_copied = True
        return self.data

    def GetInstanceSize(self) -> int:  # noqa: N802
        return len(self.data) if self.reported_size is None else self.reported_size

    def GetInstanceOrigin(self) -> int:  # noqa: N802
        return self.origin

    def GetInstanceRemoteAet(self) -> str:  # noqa: N802
        return self.remote_aet

    def HasInstanceMetadata(self, name: str, /) -> int:  # noqa: N802
        return int(name in self.metadata)

    def GetInstanceMetadata(self, name: str, /) -> str:  # noqa: N802
        return self.metadata[name]


@dataclass
class FakeOutput:
    """The answer of one REST call; ``wants_size`` plays the plugin 4.0, which asks for the body's size."""

    wants_size: bool = False
    status: int = 0
    body: str = ""

    def AnswerBuffer(self, body: str | bytes, mime_type: str, /) -> None:  # noqa: ARG002, N802
        self.status = 200
        self.body = body if isinstance(body, str) else body.decode()

    def SendHttpStatus(self, status: int, body: str, /, *size: int) -> None:  # noqa: N802
        if self.wants_size != bool(size):
            msg = "function takes another number of arguments"
            raise TypeError(msg)
        self.status, self.body = status, body

    def SendHttpStatusCode(self, status: int, /) -> None:  # noqa: N802
        self.status = status

    def json(self) -> Any:  # noqa: ANN401 - JSON is what it is
        """Return the JSON that was answered."""
        return json.loads(self.body)


@dataclass
class FakeOrthanc:
    """The module itself."""

    configuration: dict[str, Any]
    folder: Path
    log: list[str] = field(default_factory=list)
    explorer: str = ""
    rest: dict[str, Callable[..., None]] = field(default_factory=dict)
    on_stored: Callable[[Any, str], None] | None = None
    on_change: Callable[[int, int, str], None] | None = None

    def GetConfiguration(self) -> str:  # noqa: N802
        return json.dumps(self.configuration)

    def GetConfigurationPath(self) -> str:  # noqa: N802
        return str(self.folder / "orthanc.json")

    def GenerateRestApiAuthorizationToken(self) -> str:  # noqa: N802
        return "Bearer of-the-fake"

    def RegisterOnStoredInstanceCallback(self, callback: Callable[[Any, str], None], /) -> None:  # noqa: N802
        self.on_stored = callback

    def RegisterOnChangeCallback(self, callback: Callable[[int, int, str], None], /) -> None:  # noqa: N802
        self.on_change = callback

    def RegisterRestCallback(self, pattern: str, callback: Callable[..., None], /) -> None:  # noqa: N802
        self.rest[pattern] = callback

    def ExtendOrthancExplorer(self, javascript: str, /) -> None:  # noqa: N802
        self.explorer = javascript

    def LogWarning(self, text: str, /) -> None:  # noqa: N802
        self.log.append(text)

    def LogError(self, text: str, /) -> None:  # noqa: N802
        self.log.append(text)

    def call(self, path: str, **request: Any) -> FakeOutput:  # noqa: ANN401 - as Orthanc calls
        """Return the answer of a REST callback, in the way of the plugin 4.0."""
        output = FakeOutput(wants_size=True)
        self.rest[path](output, path, **request)
        return output

"""
The plugin put together: what Orthanc calls, and the threads that it starts.

Orthanc calls functions of the module (a bound method or a lambda that nobody else holds crashes it at exit), and
nothing here raises into it. The plugin does not listen to Orthanc's changes unless it is to tell of deletions, which
the change log does not hold: that is five more calls for each slice, which cost more CPU than all its other work. Where
the plugin cannot run, Orthanc runs without it and ``/dose/status`` says why.
"""

import http.client
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dose_core.errors import DoseError
from orthanc_plugin.catch_up import CatchUp
from orthanc_plugin.clients import orthanc_client, service_client
from orthanc_plugin.delivery import Delivery
from orthanc_plugin.explorer import EXPLORER_JS
from orthanc_plugin.intake import Intake
from orthanc_plugin.launch import LaunchError, ask_for_handle, person_of
from orthanc_plugin.same_site import RefusedError, check_same_site
from orthanc_plugin.sdk import DicomInstance, Orthanc, RestOutput
from orthanc_plugin.settings import Settings, read_settings
from orthanc_plugin.spool import Spool
from orthanc_plugin.status import SPOOL_WAS_BROKEN, running_status, stopped_status

_JSON = "application/json"
_CHANGE_DELETED, _LEVEL_INSTANCE = 1, 3  # OrthancPluginChangeType and OrthancPluginResourceType of the SDK


class Plugin:
    """What lives as long as Orthanc does."""

    def __init__(self, orthanc: Orthanc) -> None:
        self.orthanc = orthanc
        self.problem: str | None = None
        self.settings: Settings | None = None
        self.spool: Spool | None = None
        self.intake: Intake | None = None
        self.delivery: Delivery | None = None

    def start(self) -> None:
        """
        Read the settings, open the spool, and start the threads; they wait for Orthanc's REST API by themselves.

        Raises:
            DoseError: the configuration is wrong.
            OSError, sqlite3.Error: the spool cannot be opened.
        """
        settings = read_settings(
            json.loads(self.orthanc.GetConfiguration()), folder=_configuration_folder(self.orthanc)
        )
        self.settings = settings
        service = service_client(settings, settings.ingest_token)
        orthanc = orthanc_client(settings, self.orthanc.GenerateRestApiAuthorizationToken())
        self.spool = Spool(settings.spool_folder)
        if self.spool.was_broken:
            self.orthanc.LogWarning(f"DoseLedger: {SPOOL_WAS_BROKEN}")
        self.intake = Intake(self.spool, on_urgent=self._wake)
        catch_up = CatchUp(self.spool, orthanc, self.intake)
        self.delivery = Delivery(
            settings, self.spool, service=service, orthanc=orthanc, intake=self.intake, catch_up=catch_up
        )
        # Daemon threads: Orthanc waits for ever at exit for any other.
        threading.Thread(target=self.intake.run, name="doseledger-intake", daemon=True).start()
        threading.Thread(target=self.delivery.run, name="doseledger-delivery", daemon=True).start()

    def stop(self) -> None:
        """Let the threads end. Orthanc need not call it: it just ends, and nothing is lost by that either."""
        if self.intake is not None:
            self.intake.stop()
        if self.delivery is not None:
            self.delivery.stop()

    def status(self) -> dict[str, Any]:
        """Return what ``/dose/status`` shows."""
        if self.problem or not (self.settings and self.spool and self.intake and self.delivery):
            return stopped_status(self.problem or "not configured")
        return running_status(self.settings, self.spool, self.intake, self.delivery)

    def _wake(self) -> None:
        if self.delivery is not None:
            self.delivery.wake()


class _Holder:
    """Where the callbacks find the plugin; they are functions of the module and take no ``self``."""

    plugin: Plugin | None = None


def install(orthanc: Orthanc) -> None:
    """Register everything with Orthanc. Called once, when Orthanc loads its script; never raises."""
    plugin = Plugin(orthanc)
    _Holder.plugin = plugin
    try:
        orthanc.RegisterRestCallback("/dose/status", get_status)
        orthanc.RegisterRestCallback("/dose/retry", post_retry)
        orthanc.RegisterRestCallback("/dose/whoami", get_whoami)
        orthanc.RegisterRestCallback("/dose/launch", post_launch)
        plugin.start()
        orthanc.RegisterOnStoredInstanceCallback(on_stored_instance)
        if plugin.settings is not None and plugin.settings.tells_deletions:
            orthanc.RegisterOnChangeCallback(on_change)
        orthanc.ExtendOrthancExplorer(EXPLORER_JS)
    except DoseError as error:
        _cannot_run(plugin, str(error))
    except Exception as error:  # noqa: BLE001 - Orthanc must start whatever is wrong here
        _cannot_run(plugin, f"{type(error).__name__}: {error}")


def on_stored_instance(instance: DicomInstance, orthanc_id: str) -> None:
    """Remember a stored instance (OnStoredInstance: before the sender has its answer)."""
    if _Holder.plugin is not None and _Holder.plugin.intake is not None:
        _Holder.plugin.intake.take(instance, orthanc_id)


def on_change(change_type: int, level: int, orthanc_id: str) -> None:
    """Remember an instance that was deleted (OnChange: in a thread of Orthanc's own, after it is gone)."""
    is_deletion = change_type == _CHANGE_DELETED and level == _LEVEL_INSTANCE
    if is_deletion and _Holder.plugin is not None and _Holder.plugin.intake is not None:
        _Holder.plugin.intake.note_deleted(orthanc_id)


def get_status(output: RestOutput, uri: str, **request: Any) -> None:  # noqa: ANN401, ARG001 - Orthanc's signature
    """Answer ``GET /dose/status``."""
    plugin = _Holder.plugin
    try:
        status = stopped_status("not installed") if plugin is None else plugin.status()
    except Exception as error:  # noqa: BLE001 - nothing may reach Orthanc
        status = stopped_status(f"the spool cannot be read: {type(error).__name__}")
    _answer(output, http.client.OK, status)


def post_retry(output: RestOutput, uri: str, **request: Any) -> None:  # noqa: ANN401, ARG001 - Orthanc's signature
    """Answer ``POST /dose/retry``: look at everything that was parked once more."""
    plugin = _Holder.plugin
    try:
        _check_post(request)
    except RefusedError as error:
        _answer(output, error.status, {"detail": str(error)})
        return
    if plugin is None or plugin.spool is None or plugin.delivery is None:
        _answer(output, http.client.SERVICE_UNAVAILABLE, {"detail": "the plugin does not run, see /dose/status"})
    else:
        number = plugin.spool.retry_parked()
        plugin.delivery.wake()
        _answer(output, http.client.OK, {"queued_again": number})


def get_whoami(output: RestOutput, uri: str, **request: Any) -> None:  # noqa: ANN401, ARG001 - Orthanc's signature
    """Answer ``GET /dose/whoami``: who calls, and whether a button makes sense."""
    person = _person(request.get("headers", {}))
    plugin = _Holder.plugin
    is_able = plugin is not None and plugin.settings is not None and plugin.settings.launch_token is not None
    _answer(output, http.client.OK, {"person": person, "may_launch": bool(person) and is_able})


def post_launch(output: RestOutput, uri: str, **request: Any) -> None:  # noqa: ANN401, ARG001 - Orthanc's signature
    """Answer ``POST /dose/launch``: a one-time address of the dose view."""
    try:
        handle = _launch(_Holder.plugin, request)
    except (LaunchError, RefusedError) as error:
        _answer(output, error.status, {"detail": str(error)})
    except Exception as error:  # noqa: BLE001 - nothing may reach Orthanc
        _answer(output, http.client.INTERNAL_SERVER_ERROR, {"detail": f"unexpected: {type(error).__name__}"})
    else:
        _answer(output, http.client.OK, handle)


def _launch(plugin: Plugin | None, request: Mapping[str, Any]) -> dict[str, Any]:
    _check_post(request)
    if plugin is None or plugin.settings is None:
        raise LaunchError(http.client.SERVICE_UNAVAILABLE, "the plugin does not run, see /dose/status")
    person = _person(request.get("headers", {}))
    if person is None:
        raise LaunchError(http.client.FORBIDDEN, "nobody is logged in, so nobody's rights apply")
    body = request.get("body") or b""
    content = body.encode() if isinstance(body, str) else bytes(body)
    authorization = plugin.orthanc.GenerateRestApiAuthorizationToken()
    return ask_for_handle(plugin.settings, authorization, person=person, body=content)


def _check_post(request: Mapping[str, Any]) -> None:
    if request.get("method") != "POST":
        raise RefusedError(http.client.METHOD_NOT_ALLOWED, "POST only")
    check_same_site(request.get("headers", {}))


def _person(headers: Mapping[str, str]) -> str | None:
    plugin = _Holder.plugin
    return None if plugin is None or plugin.settings is None else person_of(plugin.settings, headers)


def _answer(output: RestOutput, status: int, content: Mapping[str, Any]) -> None:
    text = json.dumps(content)
    if status == http.client.OK:
        output.AnswerBuffer(text, _JSON)
        return
    try:
        output.SendHttpStatus(int(status), text)
    except TypeError:  # Orthanc 1.10: the size of the body is the third argument
        output.SendHttpStatus(int(status), text, len(text))


def _cannot_run(plugin: Plugin, reason: str) -> None:
    plugin.problem = reason
    plugin.orthanc.LogError(f"DoseLedger does not run, doses are not delivered: {reason}")


def _configuration_folder(orthanc: Orthanc) -> Path:
    path = Path(orthanc.GetConfigurationPath())
    return path if path.is_dir() else path.parent

"""HL7 software of others, as scripts/peers.sh and the development packages bring it."""

import asyncio
import json
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

# python-hl7 0.4.5 ships no types.
import hl7  # type: ignore[import-untyped]
from hl7.client import MLLPClient  # type: ignore[import-untyped]
from hl7.mllp import open_hl7_connection  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
_NODE_PEER = ROOT / "tests" / "peers" / "node"
_NODE = ROOT / ".venv" / "bin" / "node"


def is_node_peer_installed() -> bool:
    """Tell whether this machine has node-hl7-client."""
    return (_NODE_PEER / "node_modules" / ".locked").exists()


def send_by_node(port: int, messages: Sequence[str], *, version: str = "2.5.1", **tls: Path) -> list[tuple[str, str]]:
    """
    Send messages by node-hl7-client over one connection and return MSA-1 and MSA-2 of their answers as it reads them.

    ``tls`` are ``authorities`` and ``shown``, PEM files.
    """
    asked = {"port": port, "version": version, "messages": list(messages)} | {k: str(v) for k, v in tls.items()}
    program = [str(_NODE), str(_NODE_PEER / "send.mjs")]
    ended = subprocess.run(program, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=60)
    return [(code, control_id) for code, control_id in json.loads(ended.stdout)]


def send_by_python_hl7(
    port: int,
    messages: Sequence[str],
    *,
    encoding: str = "utf-8",
    reading: str | None = None,
    answers: int | None = None,
    tls: ssl.SSLContext | None = None,
) -> list[tuple[str, str]]:
    """
    Send all messages by python-hl7's asyncio client, then read as many answers and return their MSA-1 and MSA-2.

    Args:
        port: of the listener on 127.0.0.1.
        messages: with CR behind each segment.
        encoding: the set in which the client writes.
        reading: the set in which it reads, if another.
        answers: how many it waits for, if not one of each message.
        tls: how it secures the connection.
    """

    async def talk() -> list[tuple[str, str]]:
        reader, writer = await open_hl7_connection("127.0.0.1", port, encoding=encoding, ssl=tls)
        reader.encoding = reading or encoding
        try:
            for message in messages:
                writer.writemessage(hl7.parse(message))
            await writer.drain()
            count = len(messages) if answers is None else answers
            return [_told(await reader.readmessage()) for _ in range(count)]
        finally:
            writer.close()
            await writer.wait_closed()

    return asyncio.run(asyncio.wait_for(talk(), 30))


def send_by_mllp_send(port: int, message: str) -> tuple[str, str]:
    """Send one message by the blocking client behind python-hl7's command ``mllp_send``; return MSA-1 and MSA-2."""
    with MLLPClient("127.0.0.1", port) as client:
        return _told(hl7.parse(cast("bytes", client.send_message(message)).decode()[1:-2]))


def _told(ack: Any) -> tuple[str, str]:  # noqa: ANN401 - python-hl7 has no types
    return str(ack["MSA"][0][1]), str(ack["MSA"][0][2])

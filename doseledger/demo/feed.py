"""What the demo sends through the real doors: objects by C-STORE, messages by MLLP."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, XRayRadiationDoseSRStorage
from pynetdicom import AE
from pynetdicom.association import Association

from dose_core.errors import DoseError

CALLED_AE_TITLE = "ORTHANC"
_VERIFICATION = "1.2.840.10008.1.1"  # PS3.4, A.4
_SUCCESS = 0x0000  # PS3.7, C
_TIMEOUT_S = 20


_BLOCK_START, _BLOCK_END = b"\x0b", b"\x1c\r"  # MLLP Release 1


class RefusedError(DoseError):
    """The other side refused the association, the request or the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modality:
    """Who sends: an AE title, and the loopback address that the connection comes from."""

    ae_title: str
    port: int
    address: str = "127.0.0.1"

    def echo(self) -> None:
        """
        Send C-ECHO (PS3.7, 9.1.5).

        Raises:
            RefusedError: it was refused.
        """
        association = self._associate(_VERIFICATION)
        try:
            _check(association.send_c_echo())
        finally:
            association.release()

    def store(self, objects: Iterable[Dataset]) -> int:
        """
        Send objects by C-STORE (PS3.7, 9.1.1) and return how many were taken.

        One that gets no answer is sent once more over a new association, as devices do.

        Raises:
            RefusedError: the association or an object was refused.
        """
        sop_classes = (XRayRadiationDoseSRStorage, CTImageStorage)
        association = self._associate(*sop_classes)
        count = 0
        try:
            for one in objects:
                status = association.send_c_store(one)
                if "Status" not in status:
                    association = self._associate(*sop_classes)
                    status = association.send_c_store(one)
                _check(status)
                count += 1
        except ValueError as error:  # pynetdicom's way to say that the context for this object was not accepted
            raise RefusedError("the presentation context was not accepted") from error
        finally:
            association.release()
        return count

    def _associate(self, *sop_classes: str) -> Association:
        entity = AE(ae_title=self.ae_title)
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = _TIMEOUT_S
        for sop_class in sop_classes:
            entity.add_requested_context(sop_class, ExplicitVRLittleEndian)
        association = entity.associate("127.0.0.1", self.port, ae_title=CALLED_AE_TITLE, bind_address=(self.address, 0))
        if not association.is_established:
            raise RefusedError("the association was refused")
        return association


def send_message(message: bytes, port: int) -> None:
    """
    Send one HL7 message by MLLP and return when it is acknowledged.

    Raises:
        RefusedError: the acknowledgement is none, or not AA (HL7 v2.5.1, table 0008).
    """
    with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S) as connection:
        connection.sendall(_BLOCK_START + message + _BLOCK_END)
        answer = b""
        while not answer.endswith(_BLOCK_END):
            received = connection.recv(4096)
            if not received:
                raise RefusedError("the connection was closed without an acknowledgement")
            answer += received
    if b"\rMSA|AA|" not in answer:
        raise RefusedError("the message was not accepted")


def _check(status: Dataset) -> None:
    if "Status" not in status:
        raise RefusedError("the association was ended without an answer")
    if status.Status != _SUCCESS:
        msg = f"the answer was status {status.Status:#06x}"
        raise RefusedError(msg)

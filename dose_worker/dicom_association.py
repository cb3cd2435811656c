"""
A conversation with a PACS over DICOM, as the one who asks.

Source: PS3.8, 9.3 (associations), by pynetdicom.
"""

import logging
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pynetdicom.association import Association
from pynetdicom.events import EventHandlerType
from pynetdicom.presentation import PresentationContext

from dose_core.errors import DoseError
from dose_services.archive_values import DicomNode
from dose_worker.archive import ArchiveUnavailableError
from dose_worker.client_tls import client_context
from dose_worker.deadline import Deadline
from dose_worker.dicom_connection import Entity
from dose_worker.peer_check import FORBIDDEN, ForbiddenPeerError

# By source and reason, PS3.8, table 9-21.
_REJECTIONS = {
    (1, 2): "it does not support the DICOM application context",
    (1, 3): "it does not know our AE title {calling}; make it known there",
    (1, 7): "it is not called {called}; mend the AE title of the destination",
    (2, 2): "it does not support our version of the protocol",
    (3, 1): "it is busy",
    (3, 2): "it has too many connections",
}

_END_S = 2.0  # pynetdicom's thread looks up a thousand times a second

# It writes of each message, parts of objects among them; what matters of a failure our errors say without a patient.
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL + 1)


class NotOfferedError(DoseError):
    """The PACS talks to us, but takes part in nothing of what was proposed."""


@contextmanager
def association(
    node: DicomNode, contexts: Sequence[PresentationContext], handlers: Sequence[EventHandlerType] = ()
) -> Iterator[Association]:
    """
    Yield an association in which at least one of the contexts is accepted; it is released in the end.

    All of it, from connecting to releasing, is over soon after ``node.timeout_s``.

    Raises:
        ArchiveUnavailableError: there is none, and the text says why.
        NotOfferedError: the PACS accepts none of the contexts.
    """
    with Deadline(node.timeout_s) as deadline:
        entity = Entity(node.calling_ae_title, deadline)
        made = _requested(entity, node, list(contexts), list(handlers))
        try:
            if not made.is_established:
                raise _refusal(made, node, entity, deadline)
            yield made
        except RuntimeError as error:  # pynetdicom's, if the PACS ended the association before we asked
            if made.is_established:
                raise
            raise ArchiveUnavailableError("the PACS broke off") from error
        finally:
            _end(made, entity)


def _requested(
    entity: Entity, node: DicomNode, contexts: list[PresentationContext], handlers: list[EventHandlerType]
) -> Association:
    entity.connection_timeout = entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = node.timeout_s
    tls = None if node.tls is None else (client_context(node.tls), node.tls.server_name or node.host)
    try:
        return entity.associate(
            node.host, node.port, contexts=contexts, ae_title=node.called_ae_title, tls_args=tls, evt_handlers=handlers
        )
    except OSError as error:  # the name of the host cannot be resolved
        raise ArchiveUnavailableError(_unconnected(error)) from None


def _refusal(made: Association, node: DicomNode, entity: Entity, deadline: Deadline) -> DoseError:
    """Return why there is no association."""
    if made.is_rejected:
        return ArchiveUnavailableError(_rejection(made, node))
    if _answers(made):
        return NotOfferedError("the PACS accepts none of what was proposed")
    failure = entity.connection.failure if entity.connection else None
    return ArchiveUnavailableError(_silence(deadline) if failure is None else _unconnected(failure))


def _end(made: Association, entity: Entity) -> None:
    if made.is_established:
        made.release()
    made.dul.join(_END_S)  # it reads of the connection
    if entity.connection is not None:
        entity.connection.close_for_good()


def _answers(made: Association) -> bool:
    """Tell if the PACS accepted the association and said of each context that it does not."""
    answer = made.acceptor.primitive
    return answer is not None and bool(answer.presentation_context_definition_results_list)


def _rejection(made: Association, node: DicomNode) -> str:
    answer = made.acceptor.primitive
    source, reason = getattr(answer, "result_source", None), getattr(answer, "diagnostic", None)
    words = _REJECTIONS.get((source or 0, reason or 0), "it gives no reason; is our AE title {calling} known there?")
    return "the PACS rejected us: " + words.format(calling=node.calling_ae_title, called=node.called_ae_title)


def _silence(deadline: Deadline) -> str:
    if deadline.is_over:
        return "the PACS did not answer in time; is this its DICOM port?"
    return "the PACS broke off instead of answering; is this its DICOM port, and does it want TLS and a certificate?"


def _unconnected(error: OSError) -> str:
    if isinstance(error, ForbiddenPeerError):
        return f"the PACS is not connected to: {FORBIDDEN}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of the PACS is not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with the PACS ({error.reason or type(error).__name__}); does it speak TLS 1.2 on this port?"
    return f"the PACS cannot be reached ({type(error).__name__}); is it running, at this host and port?"

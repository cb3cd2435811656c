"""
Find what the callback could not bring to disk: after kill -9, with a lost spool, or stored before the plugin came.

Orthanc's change log is durable and ordered. It is read from the watermark on; the watermark moves in the transaction
that queues what was found.
"""

import time
from collections.abc import Callable

from dose_core.classify import may_state_dose
from dose_core.header_cut import HeaderError
from orthanc_plugin.clients import OrthancClient
from orthanc_plugin.gate import item_of_metadata
from orthanc_plugin.intake import Intake
from orthanc_plugin.spool import Spool

PAGE = 1000
MAX_UNSEEN = 5 * PAGE  # a large archive is caught up in pieces, not copied into the spool
_NEW_INSTANCE = "NewInstance"


class CatchUp:
    """Reads Orthanc's change log, and looks at instances of which only the id is known."""

    def __init__(self, spool: Spool, orthanc: OrthancClient, intake: Intake) -> None:
        self._spool = spool
        self._orthanc = orthanc
        self._intake = intake

    def read_changes(self, *, until: Callable[[], bool]) -> bool:
        """
        Queue the instances that the change log knows and the callback did not, page by page until ``until()``.

        Return whether the end of the log was reached.

        Raises:
            OSError: Orthanc's REST API does not answer.
        """
        watermark = self._spool.watermark()
        if watermark:
            last = self._orthanc.json("/changes?last") or {}
            if int(last.get("Last", 0)) < watermark:  # another database under the same spool
                watermark = 0
        while not until():
            if self._spool.counts().unseen >= MAX_UNSEEN:
                return False
            page = self._orthanc.json(f"/changes?since={watermark}&limit={PAGE}") or {}
            changes = page.get("Changes", [])
            found = [change["ID"] for change in changes if change["ChangeType"] == _NEW_INSTANCE]
            self._intake.flush()
            if changes:
                watermark = int(changes[-1]["Seq"])
                self._spool.add_found(self._intake.not_seen(found), change_seq=watermark, now=time.time())
            if page.get("Done", True):
                return True
        return False

    def look_at(self, orthanc_id: str) -> None:
        """
        Replace an instance of which only the id is known by what is to be delivered of it, if anything.

        Raises:
            OSError: Orthanc's REST API does not answer; try again later.
        """
        metadata = self._orthanc.json(f"/instances/{orthanc_id}/metadata?expand")
        try:
            # Orthanc's own note of the SOP class spares the file of what is of no interest.
            is_of_interest = metadata is not None and may_state_dose(metadata.get("SopClassUid"))
            header = self._orthanc.header(orthanc_id) if is_of_interest else None
            item = None if header is None else item_of_metadata(header, orthanc_id=orthanc_id, metadata=metadata)
        except HeaderError as error:
            self._spool.park_unseen(orthanc_id, reason=f"its header cannot be cut: {error}")
            return
        if item is None:
            self._spool.forget_unseen(orthanc_id)
        else:
            self._spool.add([item], now=time.time())

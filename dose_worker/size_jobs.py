"""The job that measures patients in CT images; where a site has switched that on."""

from collections.abc import Callable
from datetime import datetime

from procrastinate import App

from db.retry import UnitOfWork
from dose_services import ct_sizes
from dose_worker.ct_images import CtImages
from dose_worker.measuring import measure

# Nobody waits for a size: the job is low in the queue, one at a time, and gives way after each few exams.
_CRON = "* * * * * */10"  # croniter: the sixth field is the seconds
_PRIORITY = -10
_BATCH = 20


def add_measuring(app: App, unit_of_work: UnitOfWork, images: CtImages, *, clock: Callable[[], datetime]) -> None:
    """Have the images of exams measured that have come to rest."""

    @app.periodic(cron=_CRON, periodic_id="sizes")
    @app.task(name="measure", queueing_lock="measure", lock="measure", priority=_PRIORITY, pass_context=False)
    def measure_due(timestamp: int) -> None:  # noqa: ARG001  procrastinate hands it over
        with unit_of_work() as session:
            due = ct_sizes.due(session, now=clock(), limit=_BATCH)
        for exam_id in due:
            measure(unit_of_work, images, exam_id, clock=clock)

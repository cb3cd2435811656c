"""Which of the server's processes serves an engine."""

from sqlalchemy import Engine, text

from db.session import unit_of_work

OWN_PID = "SELECT pg_backend_pid()"


def backend_of(engine: Engine) -> int:
    """Return the id of the server's process behind the connection that the engine's pool hands out now."""
    with unit_of_work(engine) as session:
        return int(session.scalar(text(OWN_PID)) or 0)


def end_backend(engine: Engine, pid: int) -> None:
    """Have the server end one of its processes, and return when it is gone."""
    with unit_of_work(engine) as session:
        session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

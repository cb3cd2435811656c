"""What the server does for a use case: each statement's plan with the rows that it really met."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from bench.house import Database
from db.session import Session, make_engine, unit_of_work

_SHOWN = re.compile(r"actual|Execution Time|Index Cond|Recheck Cond|Filter|Rows Removed")
_ESTIMATE = re.compile(r"\s+\(cost=[^)]*\)")


def print_plans(database: Database, use_case: Callable[[Session], object]) -> None:
    """Print the plan of each statement that a use case runs, as EXPLAIN (ANALYZE) tells it; nothing is kept."""
    asked: list[tuple[str, Any]] = []
    engine = make_engine(database.url, pool_size=1)
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    try:
        with unit_of_work(engine) as session:
            use_case(session)
            explained = [one for one in asked if not one[0].lstrip().startswith(("PREPARE", "DEALLOCATE"))]
            connection = session.connection()
            for statement, values in explained:
                print(f"  {' '.join(statement.split())[:110]}")
                for (line,) in connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {statement}", values):
                    if _SHOWN.search(line):
                        print(f"    {_ESTIMATE.sub('', line)}")
            session.rollback()
    finally:
        engine.dispose()

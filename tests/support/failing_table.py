"""A table whose rows the database refuses to write, with the error that a test names."""

from sqlalchemy import Engine, text


def refuse_rows(engine: Engine, table: str, sqlstate: str, *, times: int) -> None:
    """Let the next ``times`` statements that write rows of the table fail with this SQLSTATE."""
    with engine.begin() as connection:
        # A sequence counts on when a transaction is rolled back.
        connection.execute(text(f"CREATE SEQUENCE attempts_on_{table}"))
        connection.execute(
            text(
                f"""
                CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF nextval('attempts_on_{table}') <= {times} THEN
                        RAISE EXCEPTION 'refused by a test' USING ERRCODE = '{sqlstate}';
                    END IF;
                    RETURN NULL;
                END $$
                """
            )
        )
        connection.execute(
            text(
                f"CREATE TRIGGER refuse_{table} BEFORE INSERT OR UPDATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}()"
            )
        )


def attempts_on(engine: Engine, table: str) -> int:
    """Return how many statements tried to write rows of the table since ``refuse_rows``."""
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT last_value FROM attempts_on_{table}")).scalar_one())  # noqa: S608  a test's own name

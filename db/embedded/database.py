"""DoseLedger's role and database on the embedded server."""

import psycopg2
from psycopg2 import sql

from db.embedded.folder import DataFolder

_NAME = "doseledger"  # of the role and of its database
_CONNECT_S = 10


def url_of(folder: DataFolder, port: int) -> str:
    """Return the URL of DoseLedger's database; it holds the password."""
    return f"postgresql://{_NAME}:{folder.password()}@127.0.0.1:{port}/{_NAME}"


def connect_as_superuser(folder: DataFolder, port: int) -> "psycopg2.extensions.connection":
    """Return a connection that may make roles and databases."""
    return psycopg2.connect(
        host="127.0.0.1",
        port=port,
        user="postgres",
        password=folder.superuser_password(),
        dbname="postgres",
        connect_timeout=_CONNECT_S,
    )


def make_database(folder: DataFolder, port: int) -> None:
    """Make the role and the database if they are missing, and set the role's password to that of the folder."""
    role = sql.Identifier(_NAME)
    connection = connect_as_superuser(folder, port)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (_NAME,))
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            password = sql.Literal(folder.password())
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, password))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_NAME,))
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(role))
    finally:
        connection.close()

"""
Roles that read by SQL: of the views in the schema ``doseledger_sql``, and of nothing else.

Roles belong to the server and not to the database, so that neither a migration nor a backup holds them.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import connection as Connection  # noqa: N812  a class that its library spells small
from psycopg2.extensions import cursor as Cursor  # noqa: N812  likewise
from psycopg2.extensions import encrypt_password

from db.embedded import url_of_running
from db.embedded.database import connect_as_superuser
from db.embedded.folder import DataFolder
from db.reach import reached
from dose_core.errors import DoseError

SCHEMA = "doseledger_sql"

_EXISTS = "SELECT 1 FROM pg_roles WHERE rolname = %s"
# What a role could read or do beyond the views, by its own rights or those of roles that it is a member of.
_MORE = """
SELECT 'it is a superuser' FROM pg_roles WHERE rolname = %(role)s AND rolsuper
UNION ALL
SELECT 'it may read or change the table ' || c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND (has_table_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE'))
LIMIT 1
"""
_VIEWS = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'v' ORDER BY relname"


class RoleNotMadeError(DoseError):
    """We may not make roles on this server; the text says what its administrator runs."""


class UnknownRoleError(DoseError):
    """The server has no such role."""


class RoleMayMoreError(DoseError):
    """The role has rights beyond the views; choose another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A connection that may make roles, as far as that is ours to do, and one of the views' owner."""

    admin: Connection
    owner: Connection


@contextmanager
def on_server(database_url: str) -> Iterator[Server]:
    """
    Yield the database at the URL.

    Raises:
        DatabaseUnreachableError: no database answers there.
    """
    with reached(database_url), closing(psycopg2.connect(database_url)) as owner:
        yield Server(admin=owner, owner=owner)


@contextmanager
def in_folder(data_dir: Path) -> Iterator[Server]:
    """
    Yield the database that another process runs in the folder.

    Raises:
        NotRunningError: no server runs there.
    """
    with (
        closing(psycopg2.connect(url_of_running(data_dir))) as owner,
        closing(connect_as_superuser(DataFolder(data_dir), owner.info.port)) as admin,
    ):
        yield Server(admin=admin, owner=owner)


def make_role(server: Server, role: str, password: str | None) -> bool:
    """
    Make a role that may log in, or set the password of one that exists; return whether it is new.

    The password is hashed here (RFC 5802), so that no log of the server can hold it.

    Raises:
        RoleMayMoreError: it exists and may read or change tables, or all of the server.
        RoleNotMadeError: we may not do that here.
    """
    with server.admin as admin, admin.cursor() as cursor:
        cursor.execute(_EXISTS, (role,))
        is_new = cursor.fetchone() is None
        if not is_new:
            _check_may_not_more(cursor, role)
        if not is_new and password is None:
            return False
        secret = encrypt_password(password, role, scope=admin, algorithm="scram-sha-256") if password else None
        clause = sql.SQL("PASSWORD {}").format(sql.Literal(secret)) if secret else sql.SQL("")
        verb = sql.SQL("CREATE ROLE {} LOGIN {}" if is_new else "ALTER ROLE {} {}")
        try:
            cursor.execute(verb.format(sql.Identifier(role), clause))
        except InsufficientPrivilege as error:
            what = f"CREATE ROLE {role} LOGIN" if is_new else f"ALTER ROLE {role}"
            msg = (
                f"we may not do that here; have the server's administrator run {what} PASSWORD '...', then grant again"
            )
            raise RoleNotMadeError(msg) from error
    return is_new


def grant(server: Server, role: str) -> list[str]:
    """
    Let a role read the views, those of later releases among them; return their names.

    Raises:
        RoleMayMoreError: it may read or change tables, or all of the server.
    """
    name, schema = sql.Identifier(role), sql.Identifier(SCHEMA)
    with server.owner as owner, owner.cursor() as cursor:
        _check_may_not_more(cursor, role)
        for statement in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(schema=schema, role=name))
        cursor.execute(_VIEWS, (SCHEMA,))
        return [view for (view,) in cursor.fetchall()]


def _check_may_not_more(cursor: Cursor, role: str) -> None:
    cursor.execute(_MORE, {"role": role})
    if found := cursor.fetchone():
        msg = f"the role {role} must read the views alone, but {found[0]}; choose another role"
        raise RoleMayMoreError(msg)


def revoke(server: Server, role: str) -> None:
    """
    Take back what ``grant`` gave; the role stays.

    Raises:
        UnknownRoleError: there is none.
    """
    name, schema = sql.Identifier(role), sql.Identifier(SCHEMA)
    with server.owner as owner, owner.cursor() as cursor:
        cursor.execute(_EXISTS, (role,))
        if cursor.fetchone() is None:
            msg = f"the server has no role {role}"
            raise UnknownRoleError(msg)
        for statement in (
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE SELECT ON TABLES FROM {role}",
            "REVOKE SELECT ON ALL TABLES IN SCHEMA {schema} FROM {role}",
            "REVOKE USAGE ON SCHEMA {schema} FROM {role}",
        ):
            cursor.execute(sql.SQL(statement).format(schema=schema, role=name))

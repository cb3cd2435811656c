"""
What names a patient is sealed under keys that can be destroyed: objects whole, of statements the identity.

Revision: 0007, after 0006
"""

import json
import secrets
import zlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BATCH = 200
_FIRST = "00000000-0000-0000-0000-000000000000"
_NAMES = ("id", "issuer", "name", "birth_date", "sex")
_REST = ("accession_number", "physicians", "comment")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE evidence ADD COLUMN key bytea")
    op.execute("ALTER TABLE statement ADD COLUMN identity bytea, ADD COLUMN identity_key bytea")
    _rewrite("evidence", "content", "content = :content, key = :key", _sealed_evidence)
    _rewrite("statement", "content", "content = :content, identity = :identity, identity_key = :key", _parted)
    _rewrite("exam_revision", "content", "content = :content", _nameless_exam)
    op.execute("ALTER TABLE statement ALTER COLUMN identity SET NOT NULL")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # What was destroyed stays destroyed: of an object nothing is left, of a statement all but its identity.
    op.execute("UPDATE evidence SET read_status = 'unreadable', read_reason = 'erased' WHERE key IS NULL")
    _rewrite("evidence", "content, key", "content = :content", _opened_evidence)
    _rewrite("statement", "content, identity, identity_key", "content = :content", _joined)
    op.execute("ALTER TABLE evidence DROP COLUMN key")
    op.execute("ALTER TABLE statement DROP COLUMN identity, DROP COLUMN identity_key")


def _rewrite(table: str, columns: str, change: str, changed: Callable[..., dict[str, Any]]) -> None:
    """Change the rows of a table, some at a time."""
    connection = op.get_bind()
    fill = sa.text(f"UPDATE {table} SET {change} WHERE id = :id")  # noqa: S608 - ours
    later = sa.text(f"SELECT id, {columns} FROM {table} WHERE id > :last ORDER BY id LIMIT :batch")  # noqa: S608 - ours
    first = sa.text(f"SELECT id, {columns} FROM {table} WHERE id = :last")  # noqa: S608 - ours
    found = connection.execute(first, {"last": _FIRST}).all()
    found = found or connection.execute(later, {"last": _FIRST, "batch": _BATCH}).all()
    while found:
        rows = [
            {"id": row[0], **changed(*(None if value is None else bytes(value) for value in row[1:]))} for row in found
        ]
        connection.execute(fill, rows)
        found = connection.execute(later, {"last": found[-1][0], "batch": _BATCH}).all()


def _seal(plain: bytes) -> tuple[bytes, bytes]:
    key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
    return key, nonce + AESGCM(key).encrypt(nonce, plain, None)


def _unseal(key: bytes, sealed: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], None)


def _sealed_evidence(content: bytes) -> dict[str, Any]:
    key, sealed = _seal(content)
    return {"key": key, "content": sealed}


def _opened_evidence(content: bytes, key: bytes | None) -> dict[str, Any]:
    return {"content": zlib.compress(b"") if key is None else _unseal(key, content)}


def _parted(content: bytes) -> dict[str, Any]:
    report = json.loads(zlib.decompress(content))
    identity: dict[str, Any] = {"patient": report.get("patient") or {}}
    identity |= {name: report.pop(name) for name in _REST if report.get(name)}
    report["patient"] = {
        name: value for name, value in identity["patient"].items() if name not in _NAMES and value is not None
    }
    key, sealed = _seal(_pack(identity))
    return {"content": _pack(report), "identity": sealed, "key": key}


def _joined(content: bytes, identity: bytes, key: bytes | None) -> dict[str, Any]:
    report = json.loads(zlib.decompress(content))
    return {"content": _pack(report | ({} if key is None else json.loads(zlib.decompress(_unseal(key, identity)))))}


def _nameless_exam(content: bytes) -> dict[str, Any]:
    exam = json.loads(zlib.decompress(content))
    ct = exam.get("ct") or {}
    for name in ("accession_number", "physicians"):
        exam.pop(name, None)
    exam["patients"] = []
    if ct:
        ct |= {"patient": {}, "accession_number": None, "physicians": []}  # a CT exam has no default for these
    return {"content": _pack(exam)}


def _pack(content: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode())

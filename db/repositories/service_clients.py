"""Queries on the programs that get tokens by themselves."""

from sqlalchemy import select

from db.session import Session
from db.tables.service_client import ServiceClientRow


def by_client_id(session: Session, client_id: str) -> ServiceClientRow | None:
    """Return one program; disabled ones too."""
    return session.scalar(select(ServiceClientRow).where(ServiceClientRow.client_id == client_id))


def add(session: Session, row: ServiceClientRow) -> None:
    """Add a program."""
    session.add(row)
    session.flush()


def everyone(session: Session) -> list[ServiceClientRow]:
    """Return all programs by their ids."""
    return list(session.scalars(select(ServiceClientRow).order_by(ServiceClientRow.client_id)))

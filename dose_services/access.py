"""
Who may do what, where and what for: permission = role x organisation x purpose.

Found out once per request from the grants of the caller, and given to every look as a reach (``db.reaching``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from db.reaching import Reach
from db.repositories import grants
from db.repositories.grants import Held
from db.session import Session
from db.tables.organisation import ROOT
from dose_core.errors import DoseError
from dose_services.roles import Permission, Purpose, Role, Span, role_named, shipped_span

__all__ = ["NOTHING", "ROOT", "Access", "PurposeNotAllowedError", "Reach", "Rights", "access_from", "access_of"]

Organisations = frozenset[UUID] | None  # None: all
_NOWHERE: frozenset[UUID] = frozenset()
NOTHING = Reach(organisations=_NOWHERE, uncounted=_NOWHERE)  # of whom no permission was asked for yet


class PurposeNotAllowedError(DoseError):
    """No role of the caller is for this purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What somebody may do for one purpose: each permission with the organisations that it reaches."""

    purpose: Purpose
    roles: frozenset[Role]
    where: Mapping[Permission, Organisations]

    def may(self, permission: Permission) -> bool:
        """Tell whether somebody may do this anywhere."""
        return permission in self.where

    def organisations(self, permission: Permission) -> Organisations:
        """Return where somebody may do this; ``None`` is everywhere."""
        return self.where.get(permission, _NOWHERE)

    def reach(self, permission: Permission) -> Reach | None:
        """Return whose exams somebody may see by a permission; ``None`` are all, so far as exams of a standing are."""
        its = self.organisations(permission)
        uncounted = self.organisations(Permission.READ_UNCOUNTED)
        # Who sees no uncounted exam at all is told so by ``Looker.reads_uncounted``, without a condition.
        if its is None and not uncounted:
            return None
        return Reach(organisations=its, uncounted=uncounted)


@dataclass(frozen=True, kw_only=True)
class Access:
    """All that somebody was granted, and all that decides what follows from it."""

    held: tuple[tuple[Role, UUID, tuple[Purpose, ...]], ...]
    changed: tuple[tuple[str, str, str, str], ...]
    tree: tuple[tuple[UUID, UUID | None, str], ...]  # () where every grant is at the root

    @property
    def roles(self) -> frozenset[Role]:
        """The duties that somebody has anywhere."""
        return frozenset(role for role, _, _ in self.held)

    @cached_property
    def usual(self) -> Rights:
        """What somebody may do where they state no purpose: for treatment, else for the first that a role is for."""
        return self.rights(next(iter(_allowed(self)), Purpose.TREAT))

    def rights(self, purpose: Purpose) -> Rights:
        """Return what somebody may do for a purpose."""
        return _rights(self.held, self.changed, self.tree, purpose)

    def rights_for(self, purpose: Purpose | None) -> Rights:
        """
        Return what somebody may do for a purpose that they state, or state not.

        Raises:
            PurposeNotAllowedError: no role of theirs is for this purpose.
        """
        if purpose is None:
            return self.usual
        if purpose not in _allowed(self):
            raise PurposeNotAllowedError("no role of the caller is for this purpose")
        return self.rights(purpose)


def access_of(session: Session, subject: str, *, now: datetime) -> Access:
    """Return what somebody, ``user:LOGIN`` or ``system:NAME``, may do now."""
    return access_from(session, grants.held_by(session, subject, now=now))


def access_from(session: Session, found: Held) -> Access:
    """Return what follows from grants that were asked for; only where one is below the root, the tree is read."""
    held = tuple(
        (role_named(role), UUID(organisation), tuple(map(Purpose, purposes)))
        for role, organisation, purposes in found.held or ()
    )
    is_below = any(organisation != ROOT for _, organisation, _ in held)
    return Access(
        held=held,
        changed=_changes(found.changed),
        tree=tuple(sorted(grants.tree(session), key=lambda one: one[0])) if is_below else (),
    )


def _changes(rows: Sequence[Sequence[Any]] | None) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((role, permission, purpose, span) for role, permission, purpose, span in rows or ())


def _allowed(access: Access) -> list[Purpose]:
    """Return the purposes that somebody's roles are for, in the order of ``Purpose``."""
    return [purpose for purpose in Purpose if access.rights(purpose).where]


@lru_cache(maxsize=1024)  # ours: as many people and programs as call within a while; what differs is few
def _rights(
    held: tuple[tuple[Role, UUID, tuple[Purpose, ...]], ...],
    changed: tuple[tuple[str, str, str, str], ...],
    tree: tuple[tuple[UUID, UUID | None, str], ...],
    purpose: Purpose,
) -> Rights:
    changes = {(role, permission): Span(span) for role, permission, what_for, span in changed if what_for == purpose}
    where: dict[Permission, Organisations] = {}
    for role, organisation, purposes in held:
        if purposes and purpose not in purposes:
            continue
        for permission in Permission:
            span = changes.get((role, permission)) or shipped_span(role, permission, purpose)
            if span is not Span.NONE:
                where[permission] = _joined(where.get(permission, _NOWHERE), _spanned(organisation, span, tree))
    return Rights(purpose=purpose, roles=frozenset(role for role, _, _ in held), where=where)


def _joined(one: Organisations, other: Organisations) -> Organisations:
    return None if one is None or other is None else one | other


def _spanned(organisation: UUID, span: Span, tree: tuple[tuple[UUID, UUID | None, str], ...]) -> Organisations:
    """Return the organisations of a span: one with all below it."""
    above = {id_: parent for id_, parent, _ in tree}
    if span is Span.REGION:
        regions = {id_ for id_, _, kind in tree if kind == "region"}
        while organisation not in regions and above.get(organisation) is not None:
            organisation = above[organisation] or ROOT
    if span is Span.EVERYWHERE or organisation == ROOT:
        return None
    below = {organisation}
    while more := {id_ for id_, parent, _ in tree if parent in below} - below:
        below |= more
    return frozenset(below)

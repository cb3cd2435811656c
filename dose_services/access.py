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
    """
    What somebody may do for one purpose: each permission with the organisations that it reaches.

    Where no purpose is stated (``None``), each duty is for treatment, or for the first that it is for.
    """

    purpose: Purpose | None
    roles: frozenset[Role]
    where: Mapping[Permission, Organisations]
    what_for: Mapping[Permission, Purpose]

    def may(self, permission: Permission) -> bool:
        """Tell whether somebody may do this anywhere."""
        return permission in self.where

    def purpose_of(self, permission: Permission) -> Purpose:
        """Return what somebody does this for."""
        return self.what_for.get(permission, Purpose.TREAT)

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
        """What somebody may do where they state no purpose."""
        return self.rights(None)

    def rights(self, purpose: Purpose | None) -> Rights:
        """Return what somebody may do for a purpose, or where they state none."""
        return _rights(self.held, self.changed, self.tree, purpose)

    def rights_for(self, purpose: Purpose | None) -> Rights:
        """
        Return what somebody may do for a purpose that they state, or state not.

        Raises:
            PurposeNotAllowedError: no role of theirs is for this purpose.
        """
        if purpose is None:
            return self.usual
        found = self.rights(purpose)
        if not found.where:
            raise PurposeNotAllowedError("no role of the caller is for this purpose")
        return found


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


@lru_cache(maxsize=1024)  # ours: as many people and programs as call within a while; what differs is few
def _rights(
    held: tuple[tuple[Role, UUID, tuple[Purpose, ...]], ...],
    changed: tuple[tuple[str, str, str, str], ...],
    tree: tuple[tuple[UUID, UUID | None, str], ...],
    purpose: Purpose | None,
) -> Rights:
    changes = {(role, permission, what_for): Span(span) for role, permission, what_for, span in changed}
    where: dict[Permission, Organisations] = {}
    what_for: dict[Permission, Purpose] = {}
    for role, organisation, purposes in held:
        asked = Purpose if purpose is None else (purpose,)
        spans = ({one: _spans(role, one, changes) for one in asked if not purposes or one in purposes}).items()
        chosen, allowed = next(((one, its) for one, its in spans if its), (Purpose.TREAT, {}))
        for permission, span in allowed.items():
            where[permission] = _joined(where.get(permission, _NOWHERE), _spanned(organisation, span, tree))
            what_for.setdefault(permission, chosen)
    return Rights(purpose=purpose, roles=frozenset(role for role, _, _ in held), where=where, what_for=what_for)


def _spans(role: Role, purpose: Purpose, changes: Mapping[tuple[str, str, str], Span]) -> dict[Permission, Span]:
    """Return what a role allows for a purpose, and how far that reaches."""
    found = {one: changes.get((role, one, purpose)) or shipped_span(role, one, purpose) for one in Permission}
    return {permission: span for permission, span in found.items() if span is not Span.NONE}


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

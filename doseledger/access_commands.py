"""``doseledger organisation``, ``grant`` and ``role``: the tree, who has which duty where, and what a duty allows."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from dose_services.organisation_kinds import Kind
from dose_services.roles import Permission, Purpose, Role, Span
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.role_option import role_of
from doseledger.who import looker

organisation_app = typer.Typer(no_args_is_help=True, help="Regions, hospitals and departments.")
grant_app = typer.Typer(no_args_is_help=True, help="Who has which duty where.")
role_app = typer.Typer(no_args_is_help=True, help="What a duty allows.")

Where = Annotated[str | None, typer.Option("--organisation", help="Name of the organisation; the root if left out.")]
RoleArgument = Annotated[Role, typer.Argument(parser=role_of, metavar="ROLE")]


@organisation_app.command("list")
def list_organisations() -> None:
    """List all organisations, each after the one above it: id, kind, name, and the site for which it stands."""
    from dose_services import organisations

    with transaction() as session:
        for one in organisations.list_organisations(session):
            stands = "-" if one.site is None else f"site: {one.site or '(main)'}"
            typer.echo("\t".join((str(one.id), one.kind, one.name, stands)))


@organisation_app.command("add")
def add_organisation(
    name: str,
    kind: Kind,
    below: Annotated[str | None, typer.Option(help="Name of the organisation above it; the root if left out.")] = None,
    site: Annotated[str | None, typer.Option(help="Name of the site for which it stands.")] = None,
) -> None:
    """Add an organisation below another."""
    from dose_services import organisations

    with transaction() as session:
        parent = organisations.ROOT if below is None else organisations.of_name(session, below).id
        who = looker("organisation add")
        added = organisations.add(session, name, kind, parent_id=parent, site=site, looker=who, now=now())
    typer.echo(f"{added.name} added")


@organisation_app.command("change")
def change_organisation(
    name: Annotated[str, typer.Argument(help="Name as it is now.")],
    rename: Annotated[str | None, typer.Option(help="Another name.")] = None,
    below: Annotated[str | None, typer.Option(help="Name of another organisation above it.")] = None,
    site: Annotated[str | None, typer.Option(help="Name of the site for which it stands.")] = None,
    no_site: Annotated[bool, typer.Option("--no-site", help="It stands for no site any more.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Rename an organisation, move it with all below it, or say for which site it stands."""
    from dose_services import organisations
    from dose_services.organisations import Change

    with transaction() as session:
        parent = None if below is None else organisations.of_name(session, below).id
        wanted = Change(name=rename, parent_id=parent, site=site, has_no_site=no_site)
        own = organisations.of_name(session, name).id
        changed = organisations.change(session, own, wanted, looker=looker("organisation change"), now=now())
    typer.echo(f"{changed.name} changed")


@grant_app.command("list")
def list_grants(
    subject: Annotated[str | None, typer.Option(help="user:LOGIN or system:NAME; everybody if left out.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,  # noqa: FBT002 - an option
) -> None:
    """List grants: id, who, duty, where, what for, until when, and who gave it."""
    from dose_services import grants

    with transaction() as session:
        for one in grants.list_grants(session, subject=subject, now=None if all_ else now()):
            purposes = ",".join(one.purposes) or "all"
            until = f"until {one.valid_until:%Y-%m-%d %H:%M}" if one.valid_until else "no end"
            line = (
                str(one.id),
                one.subject,
                one.role,
                one.organisation,
                purposes,
                until,
                f"{one.origin}:{one.granted_by}",
            )
            typer.echo("\t".join(line))


@grant_app.command("give")
def give(
    subject: Annotated[str, typer.Argument(help="user:LOGIN or system:NAME.")],
    role: RoleArgument,
    organisation: Where = None,
    purpose: Annotated[
        list[Purpose] | None, typer.Option(help="What for; all that the duty is for if left out.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it ends; no end if left out.")] = None,
) -> None:
    """Give somebody a duty in an organisation and all below it."""
    from dose_services import grants, organisations

    at = now()
    with transaction() as session:
        given = grants.give(
            session,
            subject,
            role,
            organisations.ROOT if organisation is None else organisations.of_name(session, organisation).id,
            purposes=purpose or (),
            until=at + timedelta(days=days) if days else None,
            looker=looker("grant give"),
            now=at,
        )
    typer.echo(f"{given.subject} is {given.role} of {given.organisation}")


@grant_app.command("end")
def end(grant_id: UUID) -> None:
    """End a grant at once."""
    from dose_services import grants

    with transaction() as session:
        ended = grants.end(session, grant_id, looker=looker("grant end"), now=now())
    typer.echo(f"{ended.subject} is {ended.role} of {ended.organisation} no more")


@role_app.command("list")
def list_roles() -> None:
    """List what each duty allows: duty, permission, purpose, how far it reaches, and who changed that."""
    from dose_services import role_permissions

    with transaction() as session:
        for one in role_permissions.list_permissions(session):
            by = f"changed by {one.changed_by}, shipped {one.shipped}" if one.changed_by else "as shipped"
            typer.echo(f"{one.role}\t{one.permission}\t{one.purpose}\t{one.span}\t{by}")


@role_app.command("set")
def set_role(
    role: RoleArgument,
    permission: Permission,
    purpose: Purpose,
    span: Annotated[str, typer.Argument(help=f"{', '.join(Span)}, or shipped.")],
) -> None:
    """Let a permission of a duty reach so far for a purpose; ``shipped`` takes that back."""
    from dose_services import role_permissions

    if span != "shipped" and span not in set(Span):
        msg = f"name one of {', '.join(Span)}, or shipped"
        raise typer.BadParameter(msg)
    wanted = None if span == "shipped" else Span(span)
    with transaction() as session:
        role_permissions.change(session, role, permission, purpose, wanted, looker=looker("role set"), now=now())
    typer.echo(f"{role}: {permission} for {purpose} {span}")

"""How a role is named at the command line."""

import typer

from dose_services.roles import Role, role_named

ROLE_HELP = f"Duty: {', '.join(role for role in Role if role is not Role.INTEGRATOR)}; may be given more than once."


def role_of(word: str | Role) -> Role:
    """
    Return the role of a word.

    Raises:
        typer.BadParameter: there is no such role.
    """
    try:
        return role_named(str(word))
    except ValueError:
        msg = f"no role is named so; there are {', '.join(Role)}"
        raise typer.BadParameter(msg) from None

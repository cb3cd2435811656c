"""``doseledger report-sentence``: the dose of an exam in a sentence, and how a site words it."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import typer

from dose_core.report_sentence.parts import Part
from doseledger.clock import now
from doseledger.database import transaction
from doseledger.who import looker

app = typer.Typer(no_args_is_help=True, help="The dose of an exam in a sentence for a report, and how a site words it.")

Language = Annotated[str, typer.Option(help="A language, or for show a locale such as de-AT.")]
SiteLabel = Annotated[str, typer.Option("--site", help="The site's label; empty where there is one.")]


@app.command("show")
def show(exam_id: UUID, language: Language = "en") -> None:
    """Show the sentence of an exam; the look is on record."""
    from dose_services import report_sentences
    from doseledger.processes import site_of
    from doseledger.settings import Settings

    settings = Settings.load()
    # Whoever has the database in their hands may see what waits at the desk, too.
    who = replace(looker("report-sentence show"), reads_uncounted=True)
    with transaction(settings) as session:
        said = report_sentences.read(
            session, exam_id, language=language, zone=site_of(settings).timezone, looker=who, now=now()
        )
    typer.echo(said.text)


@app.command("templates")
def list_templates(site: SiteLabel = "") -> None:
    """List language, part, whose it is, and template; an effective dose is said only by a template of the site."""
    from dose_services import report_sentences

    with transaction() as session:
        for one in report_sentences.templates(session, site):
            whose = "site" if one.is_of_site else "default"
            typer.echo(f"{one.language}\t{one.part}\t{whose}\t{one.text}")


@app.command("set")
def set_template(language: str, part: Part, template: str, site: SiteLabel = "") -> None:
    """Let a site word the sentence of a part so from now on; a template that cannot be used is refused."""
    _set(language, part, template, site)
    typer.echo(f"sentences about {part} in {language} are worded so")


@app.command("reset")
def reset(language: str, part: Part, site: SiteLabel = "") -> None:
    """Let the sentence of a part be worded as the language does by default."""
    _set(language, part, None, site)
    typer.echo(f"sentences about {part} in {language} have the default again")


def _set(language: str, part: Part, text: str | None, site: str) -> None:
    from dose_services import report_sentences

    command = looker("report-sentence set" if text is not None else "report-sentence reset")
    with transaction() as session:
        report_sentences.set_template(session, site, language=language, part=part, text=text, looker=command, now=now())

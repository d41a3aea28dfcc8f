"""`leadrules report`: what the rules make of all leads, on a page that people can argue about."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from datetime import date
from typing import TYPE_CHECKING

import click

from leadrules.cli.evidence import outcome_options_if_known
from leadrules.cli.leads import fitted, lead_options, open_source
from leadrules.cli.progress import progress
from leadrules.cli.types import Day, exceeds, max_rejects_option

if TYPE_CHECKING:
    from leadrules.leads.block import LeadSource
    from leadrules.reporting.figures import Report
    from leadrules.ruleset import Model

EXAMPLE = """
\b
Example:
  leadrules report inbound.rules leads.csv --by "Lead Source" -o report.html
  leadrules report inbound.rules closed.csv --outcome "Stage=Closed Won" -o report.html --png pictures
"""


@click.command(epilog=EXAMPLE, short_help="Draw what RULES make of all LEADS.")
@click.argument("rules", type=click.Path())
@click.argument("leads", type=click.Path(allow_dash=True))
@click.option("-o", "--output", metavar="OUT", default="-", help="Where to write; standard output unless said.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["html", "json"]),
    help="A page, or its figures for programs; what the ending of OUT says, html unless said.",
)
@click.option("--png", "pictures", metavar="DIR", help="Write each chart as a picture into this folder too.")
@click.option("--by", metavar="COLUMN", help="Compare the values of this column, such as a campaign or a source.")
@outcome_options_if_known
@click.option("--as-of", "as_of", type=Day(), help="The date to score for; today in UTC unless said.")
@max_rejects_option
@lead_options
@click.option("--allow-outside", is_flag=True, help="Let includes leave the folder of RULES.")
def report(
    rules: str,
    leads: str,
    output: str,
    format_: str | None,
    pictures: str | None,
    by: str | None,
    outcome: str | None,
    lost: Sequence[str],
    still_open: Sequence[str],
    as_of: date | None,
    max_rejects: tuple[float, bool],
    sheet: str | None,
    encoding: str | None,
    delimiter: str | None,
    allow_outside: bool,
) -> int:
    """Draw what RULES make of all LEADS, on one page.

    Stages, scores, rules, and why leads are not for sales; with --outcome also
    how often the score was right, and what to expect of open leads. The page is
    one file that needs no network.

    Exit code: 0 done, 1 done, and more leads were rejected than --max-rejects, 2
    it could not be done.
    """
    if (lost or still_open) and outcome is None:
        raise click.UsageError("--lost and --open say what values of the outcome mean: name it with --outcome")

    from leadrules.cli.rulesets import load_or_exit

    model, files = load_or_exit(rules, allow_outside=allow_outside)

    from leadrules.leads.output import OutputFile, stopped_by_signals
    from leadrules.meaning.days import today

    with (
        stopped_by_signals(),
        closing(open_source(leads, sheet=sheet, encoding=encoding, delimiter=delimiter)) as source,
        ExitStack() as outputs,
    ):
        headers = fitted(source, model, rules).headers
        inputs = [source.path, *files]
        file = outputs.enter_context(OutputFile(output, inputs=inputs))
        folder = None if pictures is None else outputs.enter_context(_Folder(pictures))
        found = _counted(model, as_of or today(), source, headers, outcome, lost, still_open, by)
        as_json = (format_ or ("json" if output.lower().endswith(".json") else "html")) == "json"
        file.write(_written(found, as_json).encode("utf-8"))
        drawn = []
        if folder is not None:
            from leadrules.reporting.drawing.canvas import png
            from leadrules.reporting.drawing.charts import charts_of

            for chart in charts_of(found):
                place = os.path.join(folder.path, f"{chart.name}.png")
                picture = outputs.enter_context(OutputFile(place, inputs=inputs, option="--png"))
                picture.write(png(chart.draw(), chart.title))
                drawn.append(picture)
        for picture in drawn:
            picture.commit()
        if folder is not None:
            folder.keep()
        file.commit()

    from leadrules.reporting.words import accounting

    where = "standard output" if output == "-" else output
    also = f", {len(drawn)} pictures to {pictures}" if pictures is not None else ""
    click.echo(f"{accounting(found.leads)}; report written to {where}{also}", err=True)
    return int(exceeds(max_rejects, found.leads.rejected, found.leads.read))


def _counted(
    model: Model,
    as_of: date,
    source: LeadSource,
    headers: Mapping[int, str],
    outcome: str | None,
    lost: Sequence[str],
    still_open: Sequence[str],
    by: str | None,
) -> Report:
    """Read and score all leads, and count them. Raises LeadsError."""
    from leadrules.engine.scorer import Scorer
    from leadrules.evidence.outcome import OutcomeReader, outcome_column
    from leadrules.leads import LeadsError
    from leadrules.reporting.build import report_of
    from leadrules.reporting.counting import Counts, column_named
    from leadrules.running.ordered import scored_blocks

    fields = {model.fields[position].name: header for position, header in headers.items()}
    reader = None
    if outcome is not None:
        reader = OutcomeReader(outcome_column(outcome, source.headers, lost=lost, open=still_open, fields=fields))
    column = None if by is None else column_named(by, source.headers, fields)
    counts = Counts(model, reader, column)
    also = [*([reader.column.header] if reader else []), *([column] if column is not None else [])]
    with (
        progress(source) as shown,
        closing(scored_blocks(Scorer(model, as_of), source, headers, also)) as blocks,
    ):
        for block, scored in blocks:
            counts.add(block, scored)
            if shown is not None:
                shown(block, counts.tally)
    if not counts.tally.read:
        raise LeadsError(f"`{source.name}` has no leads: there is nothing to report", "name a file with leads in it")
    if reader is not None:
        reader.finish()
    return report_of(counts, as_of, source.name, headers)


def _written(found: Report, as_json: bool) -> str:
    if as_json:
        from leadrules.reporting import objects

        return objects.as_json(found)
    from leadrules.reporting.rendering import page

    return page(found)


class _Folder:
    """The folder for pictures; one that was made for them goes again if they do not come about."""

    def __init__(self, path: str):
        from leadrules.leads.errors import cannot_write

        self.path = path
        self._made = not os.path.isdir(path)
        try:
            if self._made:
                os.mkdir(path)
        except FileExistsError:
            raise click.UsageError(f"--png names `{path}`, which is a file: name a folder") from None
        except OSError as error:
            raise cannot_write(path, error, "--png") from error

    def keep(self) -> None:
        self._made = False

    def __enter__(self) -> _Folder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._made:
            with suppress(OSError):
                os.rmdir(self.path)

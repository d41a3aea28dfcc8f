"""The command `leadrules` and what holds for all its commands: exit codes, faults, spelling.

A command's module is imported when that command runs: `leadrules check` on a
small file must not wait for what only `leadrules run` uses. The short helps
stand here for the same reason; a test holds them against the commands.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from io import StringIO
from typing import NoReturn

import click

COMMANDS: Mapping[str, str] = {
    "check": "Find problems in rulesets.",
    "run": "Score LEADS by the ruleset in RULES.",
    "explain": "Explain one lead's score, rule by rule.",
    "test": "Run the examples of rulesets.",
    "bounds": "Show the range of each score and the way into each stage.",
    "fmt": "Write rulesets in the one layout.",
    "init": "Write a ruleset to start from, for LEADS.",
    "diff": "Compare two versions of a ruleset, in meaning.",
    "report": "Draw what RULES make of all LEADS.",
    "calibrate": "Find points in LEADS whose outcome is known.",
    "sql": "Write the ruleset in RULES as one SELECT.",
    "backtest": "Hold RULES against LEADS whose outcome is known.",
}

COULD_NOT = 2
FAULT = 70


class Commands(click.Group):
    """Commands found by name: `leadrules.cli.NAME` has the command `NAME`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"leadrules.cli.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from leadrules.problems.near import near_names
            from leadrules.problems.wording import did_you_mean

            near = did_you_mean(near_names(args[0], COMMANDS))
            hint = near or f"the commands are {', '.join(f'`{one}`' for one in COMMANDS)}"
            ctx.fail(f"no command is called `{args[0]}`: {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from leadrules import __version__

        click.echo(f"leadrules {__version__}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def leadrules() -> None:
    """Lead scoring and qualification by rules that everyone can read.

    \b
    Example:
      leadrules check inbound.rules
      leadrules run inbound.rules leads.csv -o scored.csv
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and leave with its exit code."""
    sys.exit(exit_code(arguments))


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code. Whatever happens is said in a line or two, never as a bare traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        result = leadrules.main(
            list(arguments) if arguments is not None else None, prog_name="leadrules", standalone_mode=False
        )
        if sys.stdout is not None:
            sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        told = StringIO()
        error.show(told)
        _say(told.getvalue().rstrip("\n"))
        return COULD_NOT
    except (click.Abort, KeyboardInterrupt):
        _say("\nstopped")
        return 130
    except BrokenPipeError:
        # Whoever read the output has left; what Python would still flush goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT
    except OSError as error:
        name = f"{error.filename}: " if error.filename is not None else ""
        _say(f"error: {name}{(error.strerror or str(error)).lower()}")
        return COULD_NOT
    except Exception as error:
        from leadrules.leads.errors import LeadsError
        from leadrules.leads.output import OutputClosed

        if isinstance(error, OutputClosed):
            return COULD_NOT
        if isinstance(error, LeadsError):
            _say(f"error: {error.message}" + (f"\n  = help: {error.help}" if error.help else ""))
            return COULD_NOT
        _report_fault(error)
        return FAULT
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how Polars breaks down
            raise
        _report_fault(error)
        return FAULT


def _say(text: str) -> None:
    """To standard error; where that is full or gone, the exit code has to do."""
    with suppress(OSError):
        click.echo(_hidden(text), err=True)


def _hidden(text: str) -> str:
    """A message without the passwords of URLs, whatever it repeats of the command."""
    if ":/" not in text:
        return text
    from leadrules.databases.url import without_secrets

    return without_secrets(text)


def _report_fault(error: BaseException) -> None:
    """A fault of the program: what and where, in a few lines; the whole of it with LEADRULES_TRACEBACK set."""
    if os.environ.get("LEADRULES_TRACEBACK"):
        _say("".join(traceback.format_exception(error)))
    place = traceback.extract_tb(error.__traceback__)[-1]
    summary = " ".join(str(error).split())[:200]
    _say(
        f"fault in leadrules: {type(error).__name__}: {summary}\n"
        f"  at {os.path.basename(place.filename)}:{place.lineno}, in {place.name}\n"
        "This is not your mistake: please report it, with what LEADRULES_TRACEBACK=1 prints."
    )

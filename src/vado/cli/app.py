"""The application, the options that commands share, and how an answer reaches the terminal."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.errors import DescriptionError, VadoError

if TYPE_CHECKING:
    import pandas as pd

    from vado.answer import Answer
    from vado.ledger.ledger import Ledger

app = typer.Typer(
    name="vado",
    help="A runnable model of a migration system: how many people are here, how many are coming, "
    "and where each number comes from.",
    epilog="For planning reception, judging policy and checking numbers. "
    "Not for targeting or intercepting people, nor for judging individuals.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
data = typer.Typer(
    help="Look at the ledger: measures, sources, observations.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(data, name="data")


AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="Use only what was published by this day.")]
Json = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of everything random.")]
LedgerPath = Annotated[
    str | None,
    typer.Option("--ledger", metavar="FILE", help="A DuckDB ledger of your own instead of the packaged one."),
]
Months = Annotated[int, typer.Option("--months", help="Months ahead, 1 to 12.")]
OutFile = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Also write the table: .csv, .csv.gz or .parquet.")
]


def replaceable(folder: Path | None) -> Path | None:
    """Refuse a folder that a report may not replace before anything is computed for it."""
    if folder is not None:
        from vado.report.target import check_replaceable

        check_replaceable(folder.resolve())
    return folder


OutFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Also write charts, tables and a report.", callback=replaceable),
]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 2 input that cannot be used, 130 stopped by the user."""
    try:
        code = app(arguments, prog_name="vado", standalone_mode=False)
    except (VadoError, typer.TyperException) as error:
        message = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        lines = [str(fault) for fault in error.faults] if isinstance(error, DescriptionError) else [message]
        fail("\n".join(" ".join(line.split()) for line in lines), 2)
    except (KeyboardInterrupt, typer.Abort):
        fail("stopped", 130)
    except BrokenPipeError:
        # The reader of the pipe has had enough, which is no error; nothing more may be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code or 0)


@contextlib.contextmanager
def opened_ledger(path: str | None) -> Iterator[Ledger]:
    """Open a ledger for as long as a command needs it."""
    from vado.ledger.ledger import open_ledger

    with open_ledger(path) as opened:
        yield opened


def show(
    answer: Answer,
    *,
    json: bool,
    out: Path | None = None,
    written: Path | None = None,
    tables: Sequence[str] | None = None,
) -> None:
    """Show an answer, in a terminal only these tables; write it as a small report to the folder ``out``."""
    from vado import terminal
    from vado.terminal import say

    write_out(answer, out)
    if written is not None:
        say(f"Written: {written}")
    if json:
        sys.stdout.write(answer.to_json() + "\n")
    else:
        terminal.show(answer, tables=tables)


def write_out(answer: Answer, out: Path | None) -> None:
    """Write an answer as a small report to a folder, if one is given."""
    if out is None:
        return
    from vado.report import write_report
    from vado.run import PREAMBLE
    from vado.terminal import say

    say(f"Report: {write_report([answer], out, title=answer.question, preamble=PREAMBLE)}")


def show_table(title: str, frame: pd.DataFrame, json: bool, rows: int = 60) -> None:
    """Print a table of the ledger, or its rows as JSON."""
    from vado.terminal import console, print_table

    if json:
        print_json(records_of(frame))
    else:
        print_table(title, frame.rename(columns={"source_id": "source id"}), {}, rows, console())


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON knows them."""
    from vado.answer import rows_of

    return rows_of(frame)


def print_json(content: object) -> None:
    """Print anything as JSON."""
    import json

    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def typed() -> str:
    """Return the command as it was typed, for the record of the answer."""
    return shlex.join(["vado", *sys.argv[1:]])


def fail(message: str, code: int) -> None:
    """End with one line on standard error."""
    sys.stderr.write(f"vado: {message}\n")
    sys.exit(code)

"""The command line: one command a question, thin over the public functions.

Every command takes its heavy imports when it runs, so that ``vado --help`` answers at once. An input that cannot be
used ends with one line on standard error and exit code 2.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

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


class Member(StrEnum):
    """Forecasting members by name, here again so that the help needs no heavy import; a test holds them equal."""

    rw = "rw"
    srw = "srw"
    ensemble = "ensemble"
    seasons = "seasons"
    pooled = "pooled"
    signals = "signals"
    policy = "policy"
    corridor = "corridor"
    snaive = "snaive"
    ets = "ets"
    arima = "arima"
    theta = "theta"


class Period(StrEnum):
    """Periods of a record by name."""

    month = "month"
    week = "week"


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
OutFolder = Annotated[
    Path | None, typer.Option("--out", metavar="FOLDER", help="Also write charts, tables and a report.")
]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 2 input that cannot be used, 130 stopped by the user."""
    try:
        code = app(arguments, prog_name="vado", standalone_mode=False)
    except (VadoError, typer.TyperException) as error:
        message = error.format_message() if isinstance(error, typer.TyperException) else str(error)
        lines = [str(fault) for fault in error.faults] if isinstance(error, DescriptionError) else [message]
        _fail("\n".join(" ".join(line.split()) for line in lines), 2)
    except (KeyboardInterrupt, typer.Abort):
        _fail("stopped", 130)
    except BrokenPipeError:
        # The reader of the pipe has had enough, which is no error; nothing more may be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code or 0)


@app.command()
def run(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the report goes.")] = Path("vado-report"),
    as_of: AsOf = None,
    months: Months = 12,
    seed: Seed = 1,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Answer every question for the corridor that ships with Vado, and write one report."""
    from vado.run import run_all
    from vado.terminal import console, print_overview, progress, say

    with _ledger(ledger) as opened:
        result = run_all(opened, out=out, as_of=as_of, months=months, seed=seed, command=_command(), progress=progress)
    if json:
        _print_json([answer.to_dict() for answer in result.answers])
        say(f"Report: {result.report}")
        return
    print_overview("What the report says", result.overview)
    console().print(f"\nReport: {result.report}", soft_wrap=True)


@app.command()
def stock(as_of: AsOf = None, out: OutFolder = None, ledger: LedgerPath = None, json: Json = False) -> None:
    """How many people live in the US without legal status: every published estimate, by publisher and vintage."""
    from vado.stock.published import stock as ask

    with _ledger(ledger) as opened:
        _answer(ask(opened, as_of=as_of, command=_command()), json=json, out=out)


@app.command()
def forecast(
    as_of: AsOf = None,
    origin: Annotated[
        str | None, typer.Option("--origin", metavar="MONTH", help="Last month known, named directly.")
    ] = None,
    months: Months = 12,
    member: Annotated[Member, typer.Option("--member", help="Which forecaster.")] = Member.ensemble,
    nationality: Annotated[
        str | None, typer.Option("--nationality", help="One nationality: ISO 3166 alpha-3, OTH or ALL.")
    ] = None,
    location: Annotated[
        str | None, typer.Option("--location", help="swb, a sector such as 'Del Rio', or OFO (ports).")
    ] = None,
    seed: Seed = 1,
    out: OutFile = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """How many encounters are coming at the southwest border: by nationality and sector, 1 to 12 months ahead."""
    from vado.forecast.predict import forecast as ask

    with _ledger(ledger) as opened:
        answer = ask(
            opened,
            as_of=as_of,
            origin=origin,
            months=months,
            member=member.value,
            nationality=nationality,
            location=location,
            command=_command(),
            seed=seed,
            out=out,
        )
    shown = ["total", "forecast", "weights", "moves", "left_out", "record"]
    _answer(answer, json=json, written=out, tables=[name for name in shown if name in answer.tables])


@app.command()
def fit(
    as_of: AsOf = None,
    seed: Seed = 1,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Fit the corridor of the southwest border to all counters at once, and say what the data taught."""
    from vado.forecast.fit.ask import fit_corridor as ask
    from vado.terminal import progress

    with _ledger(ledger) as opened:
        answer = ask(opened, as_of=as_of, seed=seed, command=_command(), progress=progress)
    _answer(answer, json=json)


@app.command()
def backtest(
    first_origin: Annotated[str, typer.Option("--first-origin", metavar="MONTH", help="First origin.")] = "2020-12",
    last_origin: Annotated[str, typer.Option("--last-origin", metavar="MONTH", help="Last origin.")] = "2023-06",
    months: Months = 6,
    member: Annotated[
        list[Member] | None, typer.Option("--member", help="A forecaster; may be given several times.")
    ] = None,
    seed: Seed = 1,
    out: OutFile = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Forecast from every month of the past as it was known then, and score what was said."""
    from vado.forecast.backtest import backtest as ask
    from vado.terminal import progress

    quick = ["ensemble", "rw", "srw", "snaive", "seasons", "pooled", "signals", "policy", "corridor"]
    chosen = [item.value for item in member] if member else quick
    with _ledger(ledger) as opened:
        answer = ask(
            opened,
            members=chosen,
            first_origin=first_origin,
            last_origin=last_origin,
            months=months,
            seed=seed,
            out=out,
            command=_command(),
            progress=progress,
        )
    _answer(answer, json=json, written=out)


@app.command()
def score(
    file: Annotated[Path, typer.Argument(help="Forecasts in hubverse columns: .csv, .csv.gz or .parquet.")],
    against: Annotated[
        list[Member] | None, typer.Option("--against", help="A baseline; may be given several times.")
    ] = None,
    seed: Seed = 1,
    out: OutFile = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Score a file of forecasts against what was observed, beside the naive baselines."""
    from vado.forecast.score import score as ask
    from vado.terminal import progress

    chosen = [item.value for item in against] if against else ["rw", "srw", "snaive"]
    with _ledger(ledger) as opened:
        answer = ask(file, opened, against=chosen, seed=seed, out=out, command=_command(), progress=progress)
    _answer(answer, json=json, written=out)


@app.command()
def draw(
    description: Annotated[
        str, typer.Argument(metavar="DESCRIPTION", help="A description: its file or folder, or a corridor that ships.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the drawing: .svg, .png or .html.")
    ] = None,
    as_map: Annotated[bool | None, typer.Option("--map/--graph", help="Only the map, or only the graph.")] = None,
    json: Json = False,
) -> None:
    """Draw a description: its stations and ways as a graph, its places as a map; without --out as tables."""
    from vado.network.draw import drawing
    from vado.network.read import load_corridor
    from vado.terminal import say, show

    if out is not None:
        from vado.report.picture import check_picture_name, write_picture
        from vado.run import PREAMBLE

        check_picture_name(out)
    only: dict[bool | None, Literal["graph", "map"] | None] = {None: None, False: "graph", True: "map"}
    answer = drawing(load_corridor(description), only=only[as_map], file=description, command=_command())
    if out is not None:
        write_picture(answer, out, preamble=PREAMBLE)
        say(f"Written: {out}")
    if json:
        sys.stdout.write(answer.to_json() + "\n")
    elif out is None:
        show(answer, tables=["stations", "ways"], rows=1000)


@app.command()
def simulate(
    description: Annotated[
        str, typer.Argument(metavar="DESCRIPTION", help="A description: its file or folder, or a corridor that ships.")
    ],
    months: Annotated[int, typer.Option("--months", help="Calendar months to run.")] = 24,
    members: Annotated[int, typer.Option("--members", help="Size of the ensemble.")] = 200,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write every count: .parquet, .csv, .csv.gz or .nc (NetCDF)."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--start", metavar="DAY", help="First day; that of the description if not given.")
    ] = None,
    seed: Seed = 1,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter or lever has this value throughout; repeatable."),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--change", metavar="NAME=VALUE@DAY", help="A lever has this value from a day on; repeatable."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DAY", help="Leave out what governments announced after this day.")
    ] = None,
    mean: Annotated[bool, typer.Option("--mean", help="Run expectations instead of draws.")] = False,
    every: Annotated[Period, typer.Option("--every", help="Period of the record.")] = Period.month,
    daily: Annotated[
        list[str] | None,
        typer.Option("--daily", metavar="QUEUE", help="Keep this queue's occupancy day by day; repeatable."),
    ] = None,
    threads: Annotated[int | None, typer.Option("--threads", help="Threads; all cores if not given.")] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler, or local:N for N processes."),
    ] = None,
    json: Json = False,
) -> None:
    """Run a description many times: who is counted where, who waits, and how sure that is within the description."""
    from vado.engine.day import compiled_before
    from vado.simulation.answer import answer as answered
    from vado.simulation.setting import read_changes, read_settings
    from vado.simulation.simulate import simulated
    from vado.terminal import progress_bar, say

    parameters, changes = read_settings(set_ or []), read_changes(change or [])
    notice = "" if compiled_before() else "Compiling the engine for this machine, once; this may take a minute ..."
    with progress_bar("members", notice) as progress:
        result = simulated(
            description,
            months=months,
            members=members,
            seed=seed,
            start=start,
            parameters=parameters,
            changes=changes,
            as_of=as_of,
            mean=mean,
            every=every.value,
            daily=daily or (),
            threads=threads,
            cluster=cluster,
            progress=progress,
            out=out,
        )
    answer = answered(result, parameters=parameters, as_of=as_of, file=description, command=_command())
    shown = ["totals", "waiting", "counters", "by_place", "by_nationality", "ended"]
    _answer(answer, json=json, written=out, tables=[] if out is not None else shown)
    attributes = result.outcome.attrs
    if attributes["status"] != "complete":
        where = f" are in {out}" if out is not None else " are shown"
        say(f"stopped: {attributes['members']} of {attributes['members_asked']} members{where}")
        raise typer.Exit(130)


@app.command()
def doctor(
    bench: Annotated[bool, typer.Option("--bench", help="Measure the engine; takes some minutes.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="With --bench: small runs, rougher figures.")] = False,
    json: Json = False,
) -> None:
    """Tell whether this installation is sound; with --bench, how fast the engine is here."""
    from vado.terminal import progress, say

    if quick and not bench:
        raise typer.BadParameter("--quick goes with --bench")
    if bench:
        from vado.doctor.figures import FULL, QUICK, measure

        figures = measure(QUICK if quick else FULL, progress)
        if json:
            _print_json({name: figure.to_dict() for name, figure in figures.items()})
        else:
            for name, figure in figures.items():
                sys.stdout.write(f"{name}: {figure.said()}\n    {figure.how}\n")
        return
    from vado.doctor.checks import examine, is_sound

    checks = examine()
    if json:
        _print_json([check.to_dict() for check in checks])
    else:
        for check in checks:
            sys.stdout.write(f"{check}\n")
    if not is_sound(checks):
        say("this installation is broken; see above")
        raise typer.Exit(1)


@data.command("ls")
def data_ls(ledger: LedgerPath = None, json: Json = False) -> None:
    """List all measures with their kind, unit, span and number of rows."""
    with _ledger(ledger) as opened:
        _table("Measures", opened.contents(), json)


@data.command("show")
def data_show(
    measure: Annotated[str, typer.Argument(help="A measure.")], ledger: LedgerPath = None, json: Json = False
) -> None:
    """Tell what a measure counts, what goes wrong with it, and which series it has."""
    from vado.terminal import console, format_cell

    with _ledger(ledger) as opened:
        about, series = opened.measure(measure), opened.series_table(measure)
    if json:
        _print_json(
            {
                "measure": {key: value if value == value else None for key, value in about.items()},
                "series": _records(series),
            }
        )
        return
    screen = console()
    for key, value in about.items():
        if format_cell(value):
            screen.print(f"{key.replace('_', ' ')}: {format_cell(value)}", markup=False)
    _table("Series", series, json=False)


@data.command("sources")
def data_sources(
    source: Annotated[str | None, typer.Argument(help="A source; all if none is given.")] = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """List the sources with publisher, title and licence."""
    with _ledger(ledger) as opened:
        frame = opened.sources([source] if source else None)
    columns = ["source_id", "publisher", "title", "licence", "kind", "url"]
    _table("Sources", frame if json or source else frame[columns], json, rows=1000)


@data.command("observe")
def data_observe(
    measure: Annotated[str, typer.Argument(help="A measure.")],
    as_of: AsOf = None,
    series: Annotated[str | None, typer.Option("--series", help="A series, or 'all'.")] = None,
    start: Annotated[str | None, typer.Option("--start", metavar="DAY", help="Periods from this day on.")] = None,
    end: Annotated[str | None, typer.Option("--end", metavar="DAY", help="Periods up to this day.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="A place; swb and OFO stand for their parts.")] = None,
    nationality: Annotated[str | None, typer.Option("--nationality", help="ISO 3166 alpha-3, OTH or ALL.")] = None,
    household: Annotated[str | None, typer.Option("--household", help="A household kind.")] = None,
    legal_authority: Annotated[str | None, typer.Option("--legal-authority", help="title_8 or title_42.")] = None,
    component: Annotated[str | None, typer.Option("--component", help="USBP or OFO.")] = None,
    by: Annotated[list[str] | None, typer.Option("--by", help="Add up, keeping this apart (month, place, …).")] = None,
    out: OutFile = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Print observations as they were known on a day, or their sums with --by."""
    given = {
        "place": place,
        "nationality": nationality,
        "household": household,
        "legal_authority": legal_authority,
        "component": component,
    }
    filters: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    with _ledger(ledger) as opened:
        if by:
            frame = opened.total(measure, by=by, as_of=as_of, series=series, start=start, end=end, **filters)
        else:
            frame = opened.observe(measure, as_of, series=series, start=start, end=end, **filters)
    if out is not None:
        from vado.report.tables import write_table

        write_table(frame, out)
    _table(measure, frame, json)


@data.command("load")
def data_load(
    file: Annotated[Path, typer.Argument(help="A tidy CSV or Parquet file.")],
    ledger: Annotated[
        Path, typer.Option("--ledger", metavar="FILE", help="The DuckDB ledger to load into; made if missing.")
    ],
    table: Annotated[str, typer.Option("--table", help="Which table of the ledger.")] = "observations",
) -> None:
    """Load a tidy file into a ledger of your own; bad rows go to its quarantine with the reason."""
    from vado.ledger.load import load
    from vado.terminal import console, say

    result = load(file, ledger, table)
    for line, reason in result.set_aside[:20]:
        say(f"{file.name}, line {line}: {reason}")
    if len(result.set_aside) > 20:
        say(f"… and {len(result.set_aside) - 20} more; all are in the table quarantine")
    console().print(
        f"{result.taken:,} rows taken into {table} of {ledger}, {len(result.set_aside):,} set aside in quarantine"
    )


@contextlib.contextmanager
def _ledger(path: str | None) -> Iterator[Ledger]:
    from vado.ledger.ledger import open_ledger

    with open_ledger(path) as opened:
        yield opened


def _answer(
    answer: Answer,
    *,
    json: bool,
    out: Path | None = None,
    written: Path | None = None,
    tables: Sequence[str] | None = None,
) -> None:
    """Show an answer, in a terminal only these tables; write it as a small report to the folder ``out``."""
    from vado.terminal import say, show

    if out is not None:
        from vado.report import write_report
        from vado.run import PREAMBLE

        say(f"Report: {write_report([answer], out, title=answer.question, preamble=PREAMBLE)}")
    if written is not None:
        say(f"Written: {written}")
    if json:
        sys.stdout.write(answer.to_json() + "\n")
    else:
        show(answer, tables=tables)


def _table(title: str, frame: pd.DataFrame, json: bool, rows: int = 60) -> None:
    from vado.terminal import console, print_table

    if json:
        _print_json(_records(frame))
    else:
        print_table(title, frame.rename(columns={"source_id": "source id"}), {}, rows, console())


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from vado.answer import rows_of

    return rows_of(frame)


def _print_json(content: object) -> None:
    import json

    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _command() -> str:
    """Return the command as it was typed, for the record of the answer."""
    return shlex.join(["vado", *sys.argv[1:]])


def _fail(message: str, code: int) -> None:
    sys.stderr.write(f"vado: {message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()

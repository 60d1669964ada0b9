"""Commands that look at the ledger and load into it: vado data ..."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vado.cli.app import (
    AsOf,
    Json,
    LedgerPath,
    OutFile,
    data,
    opened_ledger,
    print_json,
    records_of,
    show_table,
)


@data.command("ls")
def data_ls(ledger: LedgerPath = None, json: Json = False) -> None:
    """List all measures with their kind, unit, span and number of rows."""
    with opened_ledger(ledger) as opened:
        show_table("Measures", opened.contents(), json)


@data.command("show")
def data_show(
    measure: Annotated[str, typer.Argument(help="A measure.")], ledger: LedgerPath = None, json: Json = False
) -> None:
    """Tell what a measure counts, what goes wrong with it, and which series it has."""
    from vado.terminal import console, format_cell

    with opened_ledger(ledger) as opened:
        about, series = opened.measure(measure), opened.series_table(measure)
    if json:
        print_json(
            {
                "measure": {key: value if value == value else None for key, value in about.items()},
                "series": records_of(series),
            }
        )
        return
    screen = console()
    for key, value in about.items():
        if format_cell(value):
            screen.print(f"{key.replace('_', ' ')}: {format_cell(value)}", markup=False)
    show_table("Series", series, json=False)


@data.command("sources")
def data_sources(
    source: Annotated[str | None, typer.Argument(help="A source; all if none is given.")] = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """List the sources with publisher, title and licence."""
    with opened_ledger(ledger) as opened:
        frame = opened.sources([source] if source else None)
    columns = ["source_id", "publisher", "title", "licence", "kind", "url"]
    show_table("Sources", frame if json or source else frame[columns], json, rows=1000)


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
    with opened_ledger(ledger) as opened:
        if by:
            frame = opened.total(measure, by=by, as_of=as_of, series=series, start=start, end=end, **filters)
        else:
            frame = opened.observe(measure, as_of, series=series, start=start, end=end, **filters)
    if out is not None:
        from vado.report.tables import write_table

        write_table(frame, out)
    show_table(measure, frame, json)


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

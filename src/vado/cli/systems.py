"""Commands on descriptions of systems and on the installation: draw, simulate, doctor."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from vado.cli.app import (
    Json,
    Seed,
    app,
    print_json,
    show,
    typed,
)


class Period(StrEnum):
    """Periods of a record by name."""

    month = "month"
    week = "week"


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
    answer = drawing(load_corridor(description), only=only[as_map], file=description, command=typed())
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
    answer = answered(result, parameters=parameters, as_of=as_of, file=description, command=typed())
    shown = ["totals", "waiting", "counters", "by_place", "by_nationality", "ended"]
    show(answer, json=json, written=out, tables=[] if out is not None else shown)
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
            print_json({name: figure.to_dict() for name, figure in figures.items()})
        else:
            for name, figure in figures.items():
                sys.stdout.write(f"{name}: {figure.said()}\n    {figure.how}\n")
        return
    from vado.doctor.checks import examine, is_sound

    checks = examine()
    if json:
        print_json([check.to_dict() for check in checks])
    else:
        for check in checks:
            sys.stdout.write(f"{check}\n")
    if not is_sound(checks):
        say("this installation is broken; see above")
        raise typer.Exit(1)

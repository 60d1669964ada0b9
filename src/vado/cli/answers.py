"""Commands that answer a question about people and encounters: run, stock, forecast, fit, backtest, score."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from vado.cli.app import (
    AsOf,
    Json,
    LedgerPath,
    Months,
    OutFile,
    OutFolder,
    Seed,
    app,
    opened_ledger,
    print_json,
    replaceable,
    show,
    typed,
)


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


@app.command()
def run(
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where the report goes.", callback=replaceable)
    ] = Path("vado-report"),
    as_of: AsOf = None,
    months: Months = 12,
    seed: Seed = 1,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Answer every question for the corridor that ships with Vado, and write one report."""
    from vado.run import run_all
    from vado.terminal import console, print_overview, progress, say

    with opened_ledger(ledger) as opened:
        result = run_all(opened, out=out, as_of=as_of, months=months, seed=seed, command=typed(), progress=progress)
    if json:
        print_json([answer.to_dict() for answer in result.answers])
        say(f"Report: {result.report}")
        return
    print_overview("What the report says", result.overview)
    console().print(f"\nReport: {result.report}", soft_wrap=True)


@app.command()
def stock(
    as_of: AsOf = None,
    year: Annotated[
        int | None, typer.Option("--year", help="Year of whose 1 January the model speaks; default 2021.")
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="residual, inflow, reconciled, all, or published (estimates alone).")
    ] = "all",
    reach: Annotated[
        float | None, typer.Option("--reach", metavar="PERSONS", help="What would have to be true for this figure?")
    ] = None,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="NAME", help="How many people would this law regularize?")
    ] = None,
    parameters: Annotated[
        Path | None, typer.Option("--parameters", metavar="FILE", help="Your own parameters, row by row (YAML).")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", help="Draws of the residual and inflow configurations.")] = 4000,
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Estimate how many people live in the US without legal status, beside every published estimate."""
    from vado.stock.ask import ask
    from vado.terminal import progress

    with opened_ledger(ledger) as opened:
        answer = ask(
            opened,
            as_of=as_of,
            year=year,
            method=method,
            reach=reach,
            programme=programme,
            parameters=parameters,
            draws=draws,
            seed=seed,
            command=typed(),
            progress=progress,
        )
    hidden = {"beside_time", "configurations", "residual_parts"}
    show(answer, json=json, out=out, tables=[name for name in answer.tables if name not in hidden])


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
    from vado.terminal import progress

    with opened_ledger(ledger) as opened:
        answer = ask(
            opened,
            progress=progress,
            as_of=as_of,
            origin=origin,
            months=months,
            member=member.value,
            nationality=nationality,
            location=location,
            command=typed(),
            seed=seed,
            out=out,
        )
    shown = ["total", "forecast", "weights", "moves", "left_out", "record"]
    show(answer, json=json, written=out, tables=[name for name in shown if name in answer.tables])


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

    with opened_ledger(ledger) as opened:
        answer = ask(opened, as_of=as_of, seed=seed, command=typed(), progress=progress)
    show(answer, json=json)


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
    with opened_ledger(ledger) as opened:
        answer = ask(
            opened,
            members=chosen,
            first_origin=first_origin,
            last_origin=last_origin,
            months=months,
            seed=seed,
            out=out,
            command=typed(),
            progress=progress,
        )
    show(answer, json=json, written=out)


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
    with opened_ledger(ledger) as opened:
        answer = ask(file, opened, against=chosen, seed=seed, out=out, command=typed(), progress=progress)
    show(answer, json=json, written=out)

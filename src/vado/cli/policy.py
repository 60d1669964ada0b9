"""Commands on policy: compare, surge, effects, control, caravans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vado.cli.app import AsOf, Json, LedgerPath, OutFolder, Seed, app, opened_ledger, show, typed

Ahead = Annotated[int, typer.Option("--months", help="Months ahead, 1 to 36.")]
Members = Annotated[int, typer.Option("--members", help="Courses that are run, 20 to 10,000.")]


@app.command()
def compare(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(metavar="SCENARIO...", help="Names of shipped scenarios, or YAML files; the first is the base."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Say which scenarios ship.")] = False,
    as_of: AsOf = None,
    months: Ahead = 12,
    members: Members = 500,
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Compare scenarios: what would a policy change, on the same random numbers."""
    from vado.cli.app import print_json
    from vado.policy.compare import compare as ask
    from vado.policy.scenario import read_scenario, shipped
    from vado.terminal import progress

    if list_ or not scenarios:
        found = [read_scenario(name) for name in shipped()]
        if json:
            print_json([{"scenario": one.name, "title": one.title, "description": one.description} for one in found])
            return
        for one in found:
            typer.echo(f"{one.name:32} {one.title}")
        return
    with opened_ledger(ledger) as opened:
        answer = ask(
            [Path(name) if name.endswith((".yaml", ".yml")) else name for name in scenarios],
            opened,
            as_of=as_of,
            months=months,
            members=members,
            seed=seed,
            command=typed(),
            progress=progress,
        )
    show(answer, json=json, out=out, tables=["levers", "differences", "load", "death_rates"])


@app.command()
def surge(
    place: Annotated[
        str, typer.Argument(help="A sector such as 'Tucson', OFO (ports), or del-rio (the camp of September 2021).")
    ],
    as_of: AsOf = None,
    months: Ahead = 6,
    members: Annotated[
        int | None, typer.Option("--members", help="Courses that are run; default 300, and 400 for the camp.")
    ] = None,
    capacity: Annotated[
        float | None, typer.Option("--capacity", help="People that can wait; default what is served in a day.")
    ] = None,
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Say how likely it is that more people wait at a place than it can take, and what capacity it needs."""
    from vado.policy.surge import surge as ask
    from vado.terminal import progress

    with opened_ledger(ledger) as opened:
        answer = ask(
            place,
            opened,
            as_of=as_of,
            months=months,
            members=members,
            capacity=capacity,
            seed=seed,
            command=typed(),
            progress=progress,
        )
    show(answer, json=json, out=out)


@app.command()
def effects(
    as_of: AsOf = None,
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Say what the record tells of the effect of each lever: event studies, priors, or nothing."""
    from vado.policy.effects import effects as ask

    with opened_ledger(ledger) as opened:
        answer = ask(opened, as_of=as_of, seed=seed, command=typed())
    show(answer, json=json, out=out)


@app.command()
def control(
    as_of: AsOf = None,
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Say how far Mexico's stopping of each nationality can be told from the counts, and how it moved."""
    from vado.policy.control import control as ask

    with opened_ledger(ledger) as opened:
        answer = ask(opened, as_of=as_of, seed=seed, command=typed())
    show(answer, json=json, out=out)


@app.command()
def caravans(
    caravan: Annotated[
        str | None, typer.Option("--caravan", metavar="NAME", help="Which one is run, such as 2021_10_23.")
    ] = None,
    as_of: AsOf = None,
    members: Members = 300,
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Set what is known of caravans side by side, and one of them against the same people walking alone."""
    from vado.policy.caravans import caravans as ask
    from vado.terminal import progress

    with opened_ledger(ledger) as opened:
        answer = ask(
            opened, caravan=caravan, as_of=as_of, members=members, seed=seed, command=typed(), progress=progress
        )
    show(answer, json=json, out=out)

"""Commands on politics: approval, congress, leverage."""

from __future__ import annotations

from typing import Annotated

import typer

from vado.cli.app import AsOf, Json, LedgerPath, OutFolder, Seed, app, opened_ledger, show, typed

Bill = Annotated[str, typer.Option("--bill", metavar="NAME", help="Which sort of bill, such as legalization.")]


@app.command()
def approval(
    date: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="The day; by default that of the last poll known.")
    ] = None,
    president: Annotated[
        str | None, typer.Option("--president", metavar="NAME", help="Whose; by default whoever was in office.")
    ] = None,
    pollster: Annotated[
        str | None, typer.Option("--pollster", metavar="NAME", help="Whose poll is set against the average.")
    ] = None,
    as_of: AsOf = None,
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Say how many approve of a president on a day, and how far one poll is from the average."""
    from vado.politics.approval import approval as ask

    with opened_ledger(ledger) as opened:
        answer = ask(opened, date=date, as_of=as_of, president=president, pollster=pollster, seed=seed, command=typed())
    shown = ["polls", "house_effects", "record", "load"]
    show(answer, json=json, out=out, tables=[name for name in shown if name in answer.tables])


@app.command()
def congress(
    bill: Bill = "legalization",
    congress: Annotated[int, typer.Option("--congress", metavar="NUMBER", help="Which Congress.")] = 117,
    draws: Annotated[int, typer.Option("--draws", help="Draws of the model and of the votes.")] = 4000,
    as_of: AsOf = None,
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Say with what chance a bill passes the House and the Senate, and how well such chances did on bills not seen."""
    from vado.politics.congress import congress as ask

    with opened_ledger(ledger) as opened:
        answer = ask(opened, bill=bill, congress=congress, as_of=as_of, draws=draws, seed=seed, command=typed())
    shown = ["chambers", "pivotal", "members_by_party", "record", "s1639", "legalization"]
    show(answer, json=json, out=out, tables=[name for name in shown if name in answer.tables])


@app.command()
def leverage(
    as_of: AsOf = None,
    months: Annotated[int, typer.Option("--months", help="Months ahead of the last month known, 1 to 12.")] = 6,
    members: Annotated[int, typer.Option("--members", help="Members of the loop, 20 to 1,000.")] = 300,
    link: Annotated[
        list[str] | None,
        typer.Option(
            "--link",
            metavar="NAME=MODE",
            help="How a link stands: cut, lag:MONTHS or fixed:VALUE, such as offer=cut; may be given several times.",
        ),
    ] = None,
    bill: Bill = "legalization",
    seed: Seed = 1,
    out: OutFolder = None,
    ledger: LedgerPath = None,
    json: Json = False,
) -> None:
    """Say what each government can get from the other, whether it holds, and what each link of the loop is worth."""
    from vado.politics.leverage import leverage as ask
    from vado.terminal import progress

    with opened_ledger(ledger) as opened:
        answer = ask(
            opened,
            as_of=as_of,
            months=months,
            members=members,
            links=link or (),
            bill=bill,
            seed=seed,
            command=typed(),
            progress=progress,
        )
    hidden = {"observed", "congress"}
    show(answer, json=json, out=out, tables=[name for name in answer.tables if name not in hidden])

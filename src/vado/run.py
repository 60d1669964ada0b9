"""All questions that Vado can answer so far, for the corridor that ships with it, in one report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vado.errors import VadoError
from vado.ledger.dates import Day, add_months

if TYPE_CHECKING:
    import pandas as pd

    from vado.answer import Answer
    from vado.ledger.ledger import Ledger

TITLE = "Migration between Mexico and the United States: what is known, what is coming"

#: The scenario that a report compares with everything staying as it is, and the members that are run.
SCENARIO = "mexico_regulates"
MEMBERS = 100

PREAMBLE = {
    "What it is for": "Vado counts people; it does not track them. Use it to plan reception, to judge a policy, to "
    "check a number. Every number names its source, and a forecast is shown with its record, misses included.",
    "What it must not be used for": "Targeting or intercepting people, or judging individuals. Seeking asylum is "
    "lawful; an encounter is an event, not a person and not an offence.",
}


@dataclass(frozen=True)
class Run:
    """What a run made: the answers, an overview of them as one table, and the path of the report."""

    answers: list[Answer]
    overview: pd.DataFrame
    report: Path


def run_all(
    ledger: Ledger,
    *,
    out: Path,
    as_of: Day | None = None,
    months: int = 12,
    seed: int = 1,
    command: str = "vado run",
    progress: Callable[[str], None] = lambda message: None,
) -> Run:
    """Answer every question and write the report.

    Parameters
    ----------
    ledger
        The ledger to read.
    out
        Folder of the report; an earlier report there is replaced when the new one is complete.
    as_of
        Use only what was published by this day; None for all.
    months
        Months ahead, 1 to 12.
    seed
        Seed of the bootstrap intervals in the record.
    command
        What the answers say they were made by.
    progress
        Called with a line before each step.
    """
    from vado.claims.check import check, example
    from vado.forecast.fit.ask import fit_corridor
    from vado.forecast.predict import forecast
    from vado.forecast.volumes import volumes
    from vado.policy.compare import compare
    from vado.politics.approval import approval
    from vado.politics.congress import congress
    from vado.politics.leverage import leverage
    from vado.report import write_report
    from vado.stock.ask import ask as stock

    progress("How many are here ...")
    here = stock(ledger, as_of=as_of, seed=seed, command=command, progress=progress)
    progress("Where they were counted ...")
    where = volumes(ledger, as_of=as_of, command=command)
    progress("How many are coming, with the record of earlier forecasts ...")
    coming = forecast(ledger, as_of=as_of, months=months, seed=seed, command=command)
    answers = [here, where, coming]
    origin = add_months(coming.tables["forecast"]["origin_date"].iloc[0].date(), -months)
    # Early days have too few months before them for some questions; the report then does without.
    further: dict[str, Callable[[], Answer]] = {
        "Whether the corridor agrees with everything that was counted": lambda: fit_corridor(
            ledger, as_of=as_of, seed=seed, command=command, progress=progress
        ),
        "What it would change if Mexico regulated the flow": lambda: compare(
            [SCENARIO], ledger, as_of=as_of, months=months, members=MEMBERS, seed=seed, command=command
        ),
        "What polls say of the president on average": lambda: approval(ledger, as_of=as_of, seed=seed, command=command),
        "Whether Congress would pass a legalization": lambda: congress(ledger, as_of=as_of, seed=seed, command=command),
        "What the two governments can get from each other": lambda: leverage(
            ledger, as_of=as_of, seed=seed, command=command
        ),
        "Whether the numbers of a text are right, on an example": lambda: check(
            example(), ledger, as_of=as_of, keep_text=True, command=command
        ),
        f"What would have been said in {origin:%B %Y}, against what came": lambda: forecast(
            ledger, origin=origin, months=months, seed=seed, command=command
        ),
    }
    for question, ask in further.items():
        progress(f"{question} ...")
        try:
            answers.append(ask())
        except VadoError as reason:
            progress(f"... left out: {reason}")
    progress("Writing the report ...")
    report = write_report(answers, out, title=TITLE, preamble=PREAMBLE)
    return Run(answers, overview(answers), report)


def overview(answers: list[Answer]) -> pd.DataFrame:
    """Return a table of the questions and the sentences that answer them."""
    import pandas as pd

    rows = [(answer.question, "\n".join(answer.summary)) for answer in answers]
    return pd.DataFrame(rows, columns=["question", "answer"])

"""How many people a bill would regularize: chance of passage x who would be eligible x who would take it up, by year.

Eligible people, take-up and pace come from :mod:`vado.stock.legalized`; the chance from the draws of the two chambers.
Each draw of a bill that passes is joined to a draw of people, a bill that fails regularizes nobody. Years count from a
law at the end of the Congress.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vado.answer import Chart
from vado.ledger.dates import Day
from vado.politics.members import last_day
from vado.stock.legalized import Legalized, legalized

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Bill of :mod:`vado.politics.congress` → the programme whose eligible people it would reach.
PROGRAMMES = {"legalization": "citizenship_act_2021", "compromise": "s744_2013", "dreamers": "hr6_2021"}
PRECEDENTS = ("irca_1986", "daca")


def regularized(
    ledger: Ledger,
    bill: str,
    congress: int,
    passed: NDArray[np.bool_],
    *,
    as_of: Day | None = None,
    seed: int = 1,
) -> tuple[pd.DataFrame, list[Legalized]]:
    """Return people regularized by year, with the chance of passage and given passage, for each precedent of take-up.

    Parameters
    ----------
    ledger
        Where figures of people are read.
    bill
        A key of :data:`PROGRAMMES`.
    congress
        The Congress that would pass it.
    passed
        Whether the bill passes both chambers, shape (draw,).
    as_of
        Leave out what was published later.
    seed
        Of the draws of people.

    Returns
    -------
    tuple
        A row a precedent, case (``if it passes``, ``chance counted in``) and year, so far [persons]; and what they
        rest on.

    Raises
    ------
    BadValueError
        If a figure that is needed had not been published by ``as_of``.
    """
    rows, used = [], []
    for precedent in PRECEDENTS:
        people = legalized(
            ledger, programme=PROGRAMMES[bill], take_up=precedent, as_of=as_of, draws=len(passed), seed=seed
        )
        used.append(people)
        parameters = people.parameters.set_index("name")
        so_far = people.people.cumsum(axis=1)
        population, share = parameters.loc["population"], parameters.loc["eligible_share"]
        for case, values in (("if it passes", so_far), ("chance counted in", so_far * passed[:, None])):
            for number in range(values.shape[1]):
                low, middle, high = np.quantile(values[:, number], [0.1, 0.5, 0.9])
                rows.append(
                    {
                        "take_up_as": precedent,
                        "case": case,
                        "year": last_day(congress).year + number,
                        "year_after": number + 1,
                        "chance": float(passed.mean()),
                        "eligible": population["value"] * share["value"],
                        "eligible_low": population["low"] * share["low"],
                        "eligible_high": population["high"] * share["high"],
                        "take_up": parameters.loc["take_up", "value"],
                        "mean": float(values[:, number].mean()),
                        "low_80": float(low),
                        "median": float(middle),
                        "high_80": float(high),
                        "unit": "persons, so far",
                        "programme": people.programme.title,
                        "source_id": ";".join(sorted(set(";".join(people.parameters["source_id"]).split(";")))),
                    }
                )
    return pd.DataFrame(rows), used


def regularized_chart() -> Chart:
    """Return the picture of the rows of :func:`regularized` in a table named ``legalization``."""
    return Chart(
        kind="line",
        table="legalization",
        title="People regularized so far, mean with the chance of passage counted in",
        columns={"x": "year", "y": "mean", "color": "take_up_as"},
        where={"case": "chance counted in"},
        unit="persons",
    )

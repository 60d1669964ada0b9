"""What else would be true if a figure of the population were, held against what is published.

A population that surveys estimate lower was missed by them in part; it came in over the years, and people die. For each
of these the ledger has something, if only a quoted round figure. For three counts that could refute a figure it has
nothing: they are named with what they would have to show.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.errors import BadValueError
from vado.ledger.dates import Day
from vado.stock.inputs import Inputs
from vado.stock.process import Stock

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Floats = npt.NDArray[np.float64]

MILLION = 1e6

#: Counts that could refute a figure and are not in the ledger, with what they would have to show.
CHECKS = (
    ("deaths", "deaths of residents born abroad, from vital statistics by country of birth"),
    ("school enrolment", "pupils born abroad or with parents born abroad, from school registers"),
    ("births", "births to mothers born abroad, from vital statistics"),
)


def residual_estimates(ledger: Ledger, as_of: Day | None, date: float) -> pd.DataFrame:
    """Return the published national residual estimates within a year of a date, or else those nearest to it."""
    rows = ledger.observe("unauthorized_population", as_of, place="USA", nationality="ALL")
    said = rows["attributes"].str.lower()
    # Parts by region of birth carry ALL as nationality too.
    rows = rows[said.str.contains("residual") & ~said.str.contains("birth_region|states") & rows["value"].notna()]
    if rows.empty:
        raise BadValueError(f"no residual estimate had been published by {as_of}; use a later date")
    dates = rows["period_end"].dt.year + (rows["period_end"].dt.day_of_year - 1) / 365.25
    near: pd.DataFrame = rows[(dates - date).abs() <= max(1.0, float((dates - date).abs().min()))]
    return near


def implied_undercount(
    ledger: Ledger, population: float, date: float, as_of: Day | None = None
) -> dict[str, dict[str, Any]]:
    """Return what part of a population a survey must have missed.

    Parameters
    ----------
    ledger
        Where estimates are read.
    population
        [persons] on the date.
    date
        In years; 2000.5 is mid-2000.
    as_of
        Leave out what was published later.

    Returns
    -------
    dict
        ``beyond_correction``: over the highest residual estimate, which already adds an assumed undercount.
        ``of_count``: over what the survey itself counted, where the part of an estimate that is counted is derived from
        the printed undercount of the census of 2000 and assumed to hold in other years.
    """
    near = residual_estimates(ledger, as_of, date)
    published = float(near["value"].max())
    printed = ledger.parameters("census_2000_undercount_implied_by_fzfk", as_of=as_of)
    flow = ledger.observe("unauthorized_population", as_of, series="FZFK_conservative")
    flow = flow[flow["period_end"].dt.year == 2000]
    cited = residual_estimates(ledger, as_of, 2000.5)
    ids = joined(*near["source_id"])
    made = {"beyond_correction": {"share": 1 - published / population, "source_id": ids}}
    if len(printed) and len(flow):
        counted = (1 - float(printed["value"].iloc[0])) * float(flow["value"].iloc[0])
        part = min(1.0, counted / float(cited["value"].max()))
        all_ids = joined(ids, *printed["source_id"], *flow["source_id"], *cited["source_id"])
        made["of_count"] = {"share": 1 - part * published / population, "source_id": all_ids}
    return made


def implied(
    ledger: Ledger,
    as_of: Day | None,
    inputs: Inputs,
    both: Stock,
    values: Mapping[str, Floats],
    target: float,
    year: int,
) -> pd.DataFrame:
    """Return what else would be true, beside what is published; NaN where the ledger has nothing."""
    flows = inputs.sources()
    rows: list[dict[str, Any]] = []

    def add(what: str, unit: str, value: float, published: float, note: str, ids: str) -> None:
        rows.append(
            {"what": what, "unit": unit, "implied": value, "published": published, "note": note, "source_id": ids}
        )

    printed = ledger.parameters("census_2000_undercount_implied_by_fzfk", as_of=as_of)
    at_2000 = float(both.on(2000.5)[1].sum())
    for population, date in ((target, float(year)), (at_2000, 2000.5)):
        if date > year:
            continue
        for name, row in implied_undercount(ledger, population, date, as_of).items():
            said = "highest residual estimate, its own correction included"
            said = said if name == "beyond_correction" else "what the survey counted"
            known = float(printed["value"].iloc[0]) if date == 2000.5 and name == "of_count" else math.nan
            note = "published: at least this, if 13.3 million" if not math.isnan(known) else ""
            where = f"{date:.0f}" if date == year else "mid-2000"
            add(f"part missed, {where}, over {said}", "share", row["share"], known, note, row["source_id"])
    start = ledger.parameters("initial_unauthorized_population_1990", as_of=as_of)
    if year > 1990 and len(start):
        published = float(start["value"].max())
        ids = joined(flows, *start["source_id"])
        add("population in 1990", "persons", float(both.on(1990)[1].sum()), published, "of two residual estimates", ids)
    for rate in ledger.parameters("gross_unauthorized_inflow_per_year", as_of=as_of).to_dict("records"):
        span = [int(found) for found in re.findall(r"\d{4}", str(rate["note"]))[:2]]
        chosen = (inputs.years >= span[0]) & (inputs.years <= span[-1])
        if chosen.any() and span[-1] < year:
            gross = sum(both.flows[name][1, chosen].mean() for name in ("entries_between_ports", "overstays"))
            what = f"people settling a year, {span[0]} to {span[-1]}"
            add(what, "persons/year", gross, rate["value"], "", joined(flows, rate["source_id"]))
    for crossing in ledger.observe("undetected_entries_estimate", as_of).to_dict("records"):
        then = crossing["period_end"].year
        if then < year and then in inputs.years:
            name = "to_2000" if then <= 2000 else "2001_2009" if then <= 2009 else "from_2010"
            chance = float(values[f"apprehension_probability_{name}"][0])
            crossed = float(inputs.border[inputs.years == then].sum()) * (1 - chance) / chance
            what = f"entries between ports that succeeded, {then}"
            add(
                what,
                "persons",
                crossed,
                crossing["value"],
                "circular ones included",
                joined(flows, crossing["source_id"]),
            )
    deaths = float(both.flows["deaths"][1, inputs.years < year][-1]) if year > inputs.years[0] else math.nan
    known_deaths = ledger.parameters("deaths_unauthorized_per_year", as_of=as_of)
    published = float(known_deaths["value"].max()) if len(known_deaths) else math.nan
    note = "a quoted round figure, no count"
    add("deaths a year", "persons/year", deaths, published, note, joined(flows, *known_deaths["source_id"]))
    near = residual_estimates(ledger, as_of, float(year))
    factor = target / float(near["value"].max())
    for name, what in CHECKS:
        said = f"not in the ledger: {what}; times what the highest residual estimate implies, the same people assumed"
        add(f"check by {name}", "ratio", factor, math.nan, said, joined(*near["source_id"]))
    return pd.DataFrame(rows)


def joined(*several: str) -> str:
    """Return source ids, each once, separated by ``;``; the items may hold several themselves.

    >>> joined("b;a", "a", "")
    'a;b'
    """
    return ";".join(sorted({name for cell in several for name in str(cell).split(";") if name}))

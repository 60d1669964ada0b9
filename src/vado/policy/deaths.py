"""Deaths on the way: how many were recorded for each passage, and what a run would then come to.

IOM's Missing Migrants Project records deaths and disappearances as a minimum. For three stretches of the way the deaths
of the last two years known are set against what was counted there: the Darién against transits, Mexico and Central
America against encounters of people who came through, all but nationals of Mexico, and the border against encounters
between ports. A rate is uncertain by its own count (a gamma posterior under Jeffreys' prior) and by an undercount of
which nobody knows the size; only the first is in the interval. A member keeps its rate in all scenarios.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from vado.forecast.targets import Floats
from vado.ledger.codes import PORTS

if TYPE_CHECKING:
    from vado.forecast.archive import Archive

#: IOM's name for the route that leads to the US border; others in the same countries lead elsewhere.
ROUTE = "Central American Route"
MONTHS = 24


@dataclass(frozen=True)
class Stretch:
    """A stretch of the way.

    Parameters
    ----------
    name
        In words.
    countries
        Whose recorded deaths belong to it.
    counter
        What they are set against.
    between_ports
        Whether counts at ports of entry are left out.
    without
        Nationalities that do not pass it.
    """

    name: str
    countries: tuple[str, ...]
    counter: str
    between_ports: bool = False
    without: tuple[str, ...] = ()


STRETCHES = (
    Stretch("Darién", ("PAN", "COL"), "darien_transits"),
    Stretch(
        "Mexico and Central America", ("MEX", "GTM", "HND", "SLV", "NIC", "CRI"), "sw_encounters", without=("MEX",)
    ),
    Stretch("US border", ("USA",), "sw_encounters", between_ports=True),
)


@dataclass(frozen=True)
class DeathRates:
    """Deaths for each person or event counted.

    Parameters
    ----------
    rates
        Stretch → rate of each member, shape (draw,).
    table
        One row a stretch: deaths, passages, rate per 10,000 and its interval; 0 where nobody was counted yet.
    """

    rates: dict[str, Floats]
    table: pd.DataFrame

    def deaths(self, run: xr.Dataset) -> Floats:
        """Return the deaths that a run comes to, shape (draw,)."""
        total = np.zeros(run.sizes["draw"])
        for stretch in STRETCHES:
            counts = run[stretch.counter].drop_sel(nationality=list(stretch.without))
            counts = counts.drop_sel(place=PORTS) if stretch.between_ports else counts
            passed = counts.sum([d for d in counts.dims if d != "draw"]).to_numpy()
            total += self.rates[stretch.name] * passed
        return total


def death_rates(archive: Archive, as_of: dt.date, members: int, seed: int) -> DeathRates:
    """Return rates from what was known on a day.

    Parameters
    ----------
    archive
        The ledger.
    as_of
        The day.
    members
        Draws of each rate.
    seed
        Of the draws.
    """
    recorded = archive.observe("migrant_deaths", as_of=as_of)
    recorded = recorded[recorded["attributes"].str.contains(f'"route":"{ROUTE}"', regex=False)]
    random = np.random.default_rng([seed, 2])
    rates, rows = {}, []
    for stretch in STRETCHES:
        counts = archive.observe(stretch.counter, as_of=as_of)
        counts = counts[~counts["nationality"].isin(stretch.without)]
        counts = counts[counts["component"] != PORTS] if stretch.between_ports else counts
        here = recorded[recorded["place"].isin(stretch.countries)]
        last = min(recorded["period_end"].max(), counts["period_end"].max())
        # Deaths and passages are of the same months, also where counts began less than two years ago.
        first = max(last - pd.DateOffset(months=MONTHS), counts["period_start"].min() - pd.DateOffset(days=1))
        deaths, passages = (
            float(t.loc[(t["period_end"] > first) & (t["period_end"] <= last), "value"].sum()) for t in (here, counts)
        )
        drawn = random.gamma(deaths + 0.5, 1 / max(passages, 1.0), members) if passages else np.zeros(members)
        rates[stretch.name] = drawn
        low, high = (1e4 * np.quantile(drawn, [0.05, 0.95])).tolist()
        ids = ";".join(sorted({*here["source_id"], *counts["source_id"]}))
        per = 1e4 * deaths / max(passages, 1.0)
        rows.append((stretch.name, stretch.counter, last, deaths, passages, per, low, high, ids))
    columns = ["stretch", "against", "last_day", "deaths", "passages", "per_10000", "low_90", "high_90", "source_id"]
    return DeathRates(rates, pd.DataFrame(rows, columns=columns))

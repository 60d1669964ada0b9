"""What could have been said before the camp: how many are on the way, and how many may wait in one place.

People of a nationality who are in transit are those counted on the way (the Darién) over twelve months, less those met
at the border, returned by Mexico, or held there. Each series ends weeks or months before the day of the forecast; the
days since are taken at the last month's pace, wrong by as much as the series has moved from month to month. An
uncertain part goes on, an uncertain part of it together, to one place, within some days. There the sector's processing,
the most that it had reached in a month, meets them and the usual arrivals. All laws stand in the description; none is
fitted to the camp.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from vado.errors import BadValueError
from vado.network.model import Network
from vado.policy.camp.paths import drawn_occupancy
from vado.policy.camp.priors import draw, named

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Floats = npt.NDArray[np.float64]

NATIONALITY = "HTI"
SECTOR = "Del Rio"

#: The counts of the nationality that a forecast needs, in words.
COUNTED = {
    "darien_transits": "counted in the Darién",
    "hn_entries": "counted on entry to Honduras",
    "mx_events": "presented to Mexico's migration authority",
    "mx_returns": "returned by Mexico",
    "sw_encounters": "met at the southwest border",
}

#: Months over which people counted on the way may still be on it. Assumed.
MONTHS = 12

#: Days after the forecast that are run.
AHEAD = 60

#: Part of the change in Honduras that the Darién is taken to follow in months known there only. Assumed.
FOLLOWS = 0.5

#: People waiting from which a day counts as one on which people wait in the open.
WAITING = 500.0

#: Sizes whose chance is told.
LEVELS = (5_000, 10_000, 15_000)

#: The widest spread that a route takes.
MOST_SPREAD = 3.0

#: Counts with a month's change of a half or more give the least certain pace that is used.
MOST_CHANGE = 1.0


@dataclass(frozen=True)
class Series:
    """A monthly count of the nationality, as known on a day.

    Parameters
    ----------
    months
        Persons or events by month, the last published last.
    source_id
        Where they stand.
    """

    months: pd.Series
    source_id: str

    @property
    def end(self) -> dt.date:
        """Return the last day of the last month."""
        last: pd.Period = self.months.index[-1]
        return last.end_time.date()

    @property
    def pace(self) -> float:
        """Return the last month's count a day."""
        last: pd.Period = self.months.index[-1]
        return float(self.months.iloc[-1]) / last.days_in_month

    @property
    def change(self) -> float:
        """Return the root mean square of the changes of the logarithm from month to month."""
        changes = np.diff(np.log(self.months.to_numpy(dtype=np.float64) + 10.0))
        return float(min(np.sqrt(np.mean(changes**2)), MOST_CHANGE)) if len(changes) else MOST_CHANGE

    def total(self, as_of: dt.date, standard: Floats, drift: float = 0.0) -> Floats:
        """Return the count of these months and of the days since, for each draw.

        Parameters
        ----------
        as_of
            The day until which is counted.
        standard
            Standard normal numbers, one a draw.
        drift
            Expected change of the logarithm of the pace since the last month.
        """
        days = max((as_of - self.end).days, 0)
        spread = self.change * np.sqrt(max(days / 30.4, 0.5))
        return np.asarray(float(self.months.sum()) + days * self.pace * np.exp(drift + spread * standard))


@dataclass(frozen=True)
class Beforehand:
    """A forecast of the camp from what was known on a day.

    Parameters
    ----------
    as_of
        The day.
    in_transit
        People on the way, a draw each [persons].
    wave
        Those of them who come together to the one place, a draw each [persons].
    occupancy
        People waiting at the end of each day, ``(draw, day)`` [persons].
    known
        What it was made from: rows ``what, until, value, source_id``.
    source_ids
        All sources, separated by ``;``.
    """

    as_of: dt.date
    in_transit: Floats
    wave: Floats
    occupancy: Floats
    known: pd.DataFrame
    source_ids: str

    def row(self) -> dict[str, Any]:
        """Return the forecast as one row of a table."""
        peak = self.occupancy.max(axis=1)
        length = (self.occupancy >= WAITING).sum(axis=1)
        found: dict[str, Any] = {"as_of": self.as_of}
        for name, values in (("in_transit", self.in_transit), ("wave", self.wave), ("peak", peak), ("days", length)):
            low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
            found |= {name: round(median), f"{name}_low_90": round(low), f"{name}_high_90": round(high)}
        return found | {f"chance_{level}": float(np.mean(peak > level)) for level in LEVELS}


def beforehand(ledger: Ledger, network: Network, as_of: dt.date, members: int, seed: int) -> Beforehand:
    """Return the forecast of the camp from what was known on a day.

    Parameters
    ----------
    ledger
        The ledger; nothing published after ``as_of`` is read.
    network
        The description ``del_rio``.
    as_of
        The day.
    members
        Draws.
    seed
        Of everything random.

    Raises
    ------
    BadValueError
        If a count that it needs had not been published.
    """
    series = {name: _read(ledger, name, as_of) for name in COUNTED}
    in_sector = _read(ledger, "sw_encounters", as_of, place=SECTOR)
    title_8 = _read(ledger, "sw_encounters", as_of, nationality=None, place=SECTOR, legal_authority="title_8")
    generator = np.random.default_rng([seed, as_of.toordinal()])
    normal = generator.standard_normal((12, members))
    drift = _drift(series["darien_transits"], series["hn_entries"])
    entered = series["darien_transits"].total(as_of, normal[0], drift)
    met = series["sw_encounters"].total(as_of, normal[1])
    returned = series["mx_returns"].total(as_of, normal[2])
    held = max(float(series["mx_events"].months.iloc[-1]) - float(series["mx_returns"].months.iloc[-1]), 0.0)
    in_transit = np.maximum(entered - met - returned - held, 0.0)
    share_here = _share(in_sector, series["sw_encounters"])
    most = float((title_8.months / pd.PeriodIndex(title_8.months.index).days_in_month).max())
    names = (
        "going_on",
        "together",
        "to_one_place",
        "days_to_river",
        "spread_of_days",
        "share_of_processing",
        "give_up",
    )
    medians = {"to_one_place": share_here}
    given: dict[str, Any] = {
        name: draw(named(network, name), normal[3 + row], medians.get(name, _number(network, name)))
        for row, name in enumerate(names)
    }
    given["spread_of_days"] = np.minimum(given["spread_of_days"], MOST_SPREAD)
    wave = in_transit * given["going_on"] * given["together"] * given["to_one_place"]
    usual = in_sector.pace * np.exp(in_sector.change * normal[10]) / _part(network)
    dates = np.array([as_of, as_of + dt.timedelta(days=1)], dtype="datetime64[ns]")
    on_one_day = np.stack([in_transit / _part(network), np.zeros(members)], axis=1)
    given |= {
        "in_transit": xr.DataArray(on_one_day, {"time": dates}, ("draw", "time")),
        "arrivals": usual,
        "us.processing_capacity": most,
    }
    occupancy = drawn_occupancy(network, given, members, seed, days=AHEAD, start=as_of)
    known = _known(series, in_sector, held, share_here, title_8, most)
    ids = ";".join(sorted({one for cell in known["source_id"] for one in cell.split(";")}))
    return Beforehand(as_of, in_transit, wave, occupancy, known, ids)


def _read(
    ledger: Ledger, measure: str, as_of: dt.date, *, nationality: str | None = NATIONALITY, **where: Any
) -> Series:
    first = pd.Period(as_of, "M") - MONTHS
    code = {} if nationality is None else {"nationality": nationality}
    rows = ledger.observe(measure, as_of, **code, **where)
    rows = rows[rows["period_start"] >= first.start_time]
    if rows.empty:
        earliest = ledger.observe(measure, **code, **where)["published"].min()
        raise BadValueError(
            f"no {measure} of the twelve months before {as_of} had been published by then; "
            f"choose a day from {earliest:%Y-%m-%d} on"
        )
    months = rows.groupby(rows["period_start"].dt.to_period("M"))["value"].sum()
    whole = pd.period_range(months.index.min(), months.index.max(), freq="M")
    return Series(months.reindex(whole, fill_value=0.0), ";".join(sorted(rows["source_id"].unique())))


def _drift(entered: Series, in_honduras: Series) -> float:
    """Return the change of pace that Honduras, published earlier, tells of the months not yet known in the Darién."""
    last = entered.months.index[-1]
    later = in_honduras.months[in_honduras.months.index > last]
    if later.empty or last not in in_honduras.months.index or not in_honduras.months[last]:
        return 0.0
    return float(FOLLOWS * np.log(max(float(later.mean()), 1.0) / float(in_honduras.months[last])))


def _share(here: Series, everywhere: Series) -> float:
    """Return the sector's share of the last three months, kept off 0 and 1."""
    months = everywhere.months.index[-3:]
    share = float(here.months.reindex(months, fill_value=0.0).sum()) / max(float(everywhere.months[months].sum()), 1.0)
    return float(np.clip(share, 0.02, 0.98))


def _number(network: Network, name: str) -> float:
    return float(named(network, name).value.number)  # type: ignore[union-attr]


def _part(network: Network) -> float:
    """Return the part of those who come that the nationality is in the description."""
    value = network.parameters["born_in_haiti"].value
    return float(dict(value.values)[NATIONALITY].number)  # type: ignore[union-attr]


def _known(
    series: dict[str, Series], in_sector: Series, held: float, share: float, title_8: Series, most: float
) -> pd.DataFrame:
    rows = [
        (f"{COUNTED[name]}, months from {one.months.index[0]} on", one.end, float(one.months.sum()), one.source_id)
        for name, one in series.items()
    ]
    of_mexico = ";".join(sorted({series["mx_events"].source_id, series["mx_returns"].source_id}))
    rows += [
        ("held in Mexico: last month's events less returns", series["mx_events"].end, held, of_mexico),
        ("met in the sector in the last month", in_sector.end, float(in_sector.months.iloc[-1]), in_sector.source_id),
        ("share of the sector in the last three months", in_sector.end, share, in_sector.source_id),
        ("Title 8 a day in the sector's busiest month", title_8.end, most, title_8.source_id),
    ]
    return pd.DataFrame(rows, columns=["what", "until", "value", "source_id"])

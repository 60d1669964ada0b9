"""Where a fit of the southwest border begins: centres of its prior that come from the counts known on the day.

Departures begin at the encounters of three months over the chance of being encountered, attractions at the shares of
places over the whole window, returns at returns over events. Whom expulsions reached is not fitted but read: the part
of Border Patrol encounters that ended under Title 42, month by month. All of it is taken from what the fit may see, so
a fit as of a day knows nothing of later months through its prior either.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vado.forecast.fit.observed import STREAMS, Observed
from vado.forecast.targets import LOCATIONS, NATIONALITIES, Floats, Observer
from vado.ledger.codes import OTHER, PORTS

#: Chance of being encountered that departures start from; the description's encountered_share.
ENCOUNTERED = 0.75
#: Months on each side that a start is averaged over, and the least share of a place.
_SIDE = 1
_LEAST_SHARE = 0.0005
_LEAST_DEPARTURES = 1.0


@dataclass(frozen=True)
class Start:
    """Centres and what is read.

    Parameters
    ----------
    centres
        Parameter → values, shape (month, nationality).
    given
        Parameter → values that are not fitted, shape (month, nationality).
    """

    centres: dict[str, Floats]
    given: dict[str, Floats]


def attraction_name(place: str) -> str:
    """Return the name of a place's attraction.

    >>> attraction_name("Rio Grande Valley")
    'attraction_rio_grande_valley'
    """
    return "attraction_ports" if place == PORTS else f"attraction_{place.lower().replace(' ', '_')}"


def start_of(ledger: Observer, as_of: dt.date, observed: Observed) -> Start:
    """Return where a fit begins, from what was known on a day."""
    by_counter = {counter: np.flatnonzero([name == counter for name, _ in STREAMS]) for counter, _ in STREAMS}
    encounters = np.nan_to_num(observed.counts[by_counter["sw_encounters"]])
    total = encounters.sum(axis=0)
    months = len(total)
    smooth = np.array([total[max(0, t - _SIDE) : t + _SIDE + 1].mean(axis=0) for t in range(months)])
    shares = encounters.sum(axis=1) / np.maximum(total.sum(axis=0), 1.0)
    centres = {
        "departures": np.maximum(_filled(smooth / ENCOUNTERED, total.sum(axis=1) > 0), _LEAST_DEPARTURES),
        **{
            attraction_name(place): np.tile(np.maximum(shares[position], _LEAST_SHARE), (months, 1))
            for position, place in enumerate(LOCATIONS)
        },
    }
    events, returns = (observed.counts[by_counter[name][0]] for name in ("mx_events", "mx_returns"))
    both = ~np.isnan(events + returns)
    if both.any():
        sums = [np.where(both, values, 0.0).sum() for values in (returns, events)]
        centres["returned_from_mexico"] = np.full(total.shape, np.clip(sums[0] / max(sums[1], 1.0), 0.02, 0.98))
    return Start(centres, {"expelled_share": _expelled(ledger, as_of, observed)})


def _filled(values: Floats, seen: Floats) -> Floats:
    """Return values with the nearest month that was seen in the place of one that was not."""
    known = np.flatnonzero(seen)
    if not len(known):
        return values
    nearest = known[np.abs(known[None, :] - np.arange(len(values))[:, None]).argmin(axis=1)]
    return np.asarray(values[nearest])


def _expelled(ledger: Observer, as_of: dt.date, observed: Observed) -> Floats:
    first, last = (pd.Period(month, "M") for month in (observed.months[0], observed.months[-1]))
    rows = ledger.observe("sw_encounters", as_of=as_of, start=first.start_time.date(), end=last.end_time.date())
    rows = rows[rows["component"] != PORTS]
    shares = np.zeros((len(observed.months), len(NATIONALITIES)))
    if rows.empty:
        return shares
    code = rows["nationality"].where(rows["nationality"].isin(NATIONALITIES), OTHER)
    month = pd.PeriodIndex(rows["period_end"], freq="M")
    frame = pd.DataFrame(
        {
            "month": month,
            "code": code,
            "all": rows["value"],
            "expelled": rows["value"] * (rows["legal_authority"] == "title_42"),
        }
    )
    sums = frame.groupby(["month", "code"])[["all", "expelled"]].sum()
    ratio = (sums["expelled"] / sums["all"].clip(lower=1.0)).reset_index(name="ratio")
    table = ratio.pivot_table(index="month", columns="code", values="ratio")
    wanted = pd.period_range(first, last, freq="M")
    return np.asarray(
        table.reindex(index=wanted, columns=list(NATIONALITIES)).ffill().bfill().fillna(0.0).to_numpy(float)
    )

"""Courses of monthly encounters from the plain forecast, and the way back from courses to quantiles.

The forecast says how likely each count is in each month, and not how months hang together. A course takes one rank a
month, Gaussian and autocorrelated from month to month, and reads the forecast's quantile function at it. The way back
multiplies each quantile of the forecast by the ratio of two sample quantiles, that of changed courses to that of
unchanged ones: the error of sampling cancels, and where nothing is changed the forecast comes back to the bit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from vado.errors import BadValueError
from vado.forecast import structural
from vado.forecast.archive import Archive
from vado.forecast.members import DEFAULT, Settings, know
from vado.forecast.rolling import check_months, predict_all
from vado.forecast.rules import INTERVALS
from vado.forecast.targets import SERIES, months_after
from vado.ledger.codes import ALL, SOUTHWEST_BORDER
from vado.ledger.dates import Day

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Array = NDArray[np.float64]
T = TypeVar("T")

#: Name of the store of the ledger that ships, which any process can open.
EMBEDDED = "embedded"

#: Correlation of a course's ranks from one month to the next, assumed: a random walk has 0.71 between the first two
#: months ahead and 0.91 between the fifth and sixth.
MEMORY = 0.85
#: Courses hold at least so many encounters a month, since their logarithms are taken.
LEAST = 1.0
#: The stream of random numbers of the ranks.
_STREAM = 81


@dataclass(frozen=True)
class Plain:
    """The forecast of all encounters at the southwest border, without any loop.

    Parameters
    ----------
    origin
        Last month published.
    last
        Encounters of that month.
    months
        Ends of the months ahead, shape (month,).
    levels
        Quantile levels, shape (level,).
    quantiles
        Shape (month, level) [encounters/month].
    history
        The months known: columns ``target_end_date, value, source_id``.
    source_ids
        Sources of the forecast, separated by ``;``.
    """

    origin: pd.Timestamp
    last: float
    months: pd.DatetimeIndex
    levels: Array
    quantiles: Array
    history: pd.DataFrame
    source_ids: str


def plain_forecast(
    ledger: Ledger, as_of: Day, months: int, settings: Settings | None = None, member: str = DEFAULT
) -> Plain:
    """Return the forecast of :func:`vado.forecast.predict.forecast` for the whole southwest border and everyone.

    Parameters
    ----------
    ledger
        Where the counts lie.
    as_of
        The day whose knowledge is used.
    months
        Months ahead, 1 to 12.
    settings
        How slow members are run, and whether fits are kept.
    member
        Which forecaster.

    Raises
    ------
    BadValueError
        For months outside 1 to 12, or too few months of counts by then.
    """
    check_months(months)
    knowledge = know(Archive.of(ledger), as_of)
    made, _, ids = predict_all(member, knowledge, months, settings=settings)
    place = (made.tasks["location"] == SOUTHWEST_BORDER) & (made.tasks["nationality"] == ALL)
    whole = made.select(place.to_numpy())
    panel = knowledge.panel
    total = panel.counts[:, SERIES.index((SOUTHWEST_BORDER, ALL))]
    history = pd.DataFrame({"target_end_date": panel.months, "value": total, "source_id": panel.source_ids})
    return Plain(
        origin=panel.origin,
        last=float(total[-1]),
        months=pd.DatetimeIndex(whole.tasks["target_end_date"]),
        levels=whole.levels,
        quantiles=whole.quantiles,
        history=history,
        source_ids=ids,
    )


def forecast_beside(
    ledger: Ledger, as_of: Day, months: int, settings: Settings, beside: Callable[[], T]
) -> tuple[Plain, T]:
    """Return the forecast and what another function makes, at the same time where the forecast needs a fit.

    The forecast is then made in a process of its own, since a fit holds a processor for a minute. A ledger in a file
    cannot be opened twice, so with one of those, and where no fit is needed, one comes after the other.

    Parameters
    ----------
    ledger, as_of, months, settings
        As for :func:`plain_forecast`.
    beside
        What is done meanwhile, in this process.

    Raises
    ------
    BadValueError
        As :func:`plain_forecast`, and if no month ahead reaches the day.
    """
    check_months(months)
    knowledge = know(Archive.of(ledger), as_of)
    last = months_after(knowledge.panel.origin, [months])[0]
    if last < pd.Timestamp(knowledge.as_of):
        raise BadValueError(f"all months up to {last:%Y-%m} were over by {knowledge.as_of}; ask for more months")
    kept = not structural.usable(knowledge) or structural.kept_moves(knowledge, cache=settings.cache) is not None
    if kept or ledger.store.name != EMBEDDED or (os.cpu_count() or 1) < 2:
        return plain_forecast(ledger, as_of, months, settings), beside()
    # Spawned, not forked: the ledger's database has threads of its own.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        ahead = pool.submit(_in_a_process, as_of, months, settings.cache)
        made = beside()
        with suppress(BrokenProcessPool):
            return ahead.result(), made
    # A script without a main guard cannot start processes; the forecast is the same without them.
    return plain_forecast(ledger, as_of, months, settings), made


def _in_a_process(as_of: Day, months: int, cache: bool) -> Plain:
    from vado.ledger.ledger import open_ledger

    with open_ledger() as ledger:
        return plain_forecast(ledger, as_of, months, Settings(cache=cache))


def ranks(months: int, members: int, seed: int) -> Array:
    """Return Gaussian ranks of courses, shape (month, member), with :data:`MEMORY` from one month to the next.

    In each month they are spread evenly over the normal distribution, so that courses have the forecast's quantiles
    with no chance gaps in the tails. Further months change none of the earlier ones.
    """
    made = np.empty((months, members))
    before = np.zeros(members)
    for month in range(months):
        fresh = np.random.default_rng([seed, _STREAM, month]).standard_normal(members)
        before = fresh if month == 0 else MEMORY * before + np.sqrt(1 - MEMORY**2) * fresh
        made[month] = ndtri((rankdata(before, method="ordinal") - 0.5) / members)
    return made


def courses(plain: Plain, members: int, seed: int) -> Array:
    """Return courses of the plain forecast, shape (month, member) [encounters/month].

    Between levels the logarithm of the count is interpolated along the normal deviate of the level, and beyond the
    outermost levels it goes on with the slope of the last piece.
    """
    at = ranks(len(plain.months), members, seed)
    deviates = ndtri(plain.levels)
    rows = [_read_off(np.log1p(row), deviates, at[month]) for month, row in enumerate(plain.quantiles)]
    return np.maximum(np.expm1(np.array(rows)), LEAST)


def quantiles_of(plain: Plain, unchanged: Array, changed: Array) -> Array:
    """Return quantiles of changed courses on the scale of the forecast, shape (month, level).

    Parameters
    ----------
    plain
        The forecast.
    unchanged, changed
        Courses without and with the change, both of shape (month, member), member by member from the same ranks.
    """
    before, after = (np.quantile(one, plain.levels, axis=1).T for one in (unchanged, changed))
    ratio = np.exp(np.log(np.maximum(after, LEAST)) - np.log(np.maximum(before, LEAST)))
    # Sample quantiles of different members may cross by a little once they are scaled.
    return np.asarray(np.maximum.accumulate(plain.quantiles * ratio, axis=1))


def intervals(quantiles: Array, levels: Array, prefix: str = "") -> dict[str, Array]:
    """Return the median and the ends of intervals by the names that a forecast's table has, each of shape (month,)."""

    def at(level: float) -> Array:
        return np.asarray(quantiles[:, int(np.argmin(np.abs(levels - level)))])

    found = {f"{prefix}median": at(0.5)}
    for share in INTERVALS:
        found[f"{prefix}low_{share}"] = at(0.5 - share / 200)
        found[f"{prefix}high_{share}"] = at(0.5 + share / 200)
    return found


def _read_off(logs: Array, deviates: Array, at: Array) -> Array:
    """Return the piecewise linear function through (deviates, logs) at some deviates, going on at both ends."""
    inside = np.interp(at, deviates, logs)
    low = (logs[1] - logs[0]) / (deviates[1] - deviates[0])
    high = (logs[-1] - logs[-2]) / (deviates[-1] - deviates[-2])
    below, above = np.minimum(at - deviates[0], 0.0), np.maximum(at - deviates[-1], 0.0)
    return np.asarray(inside + low * below + high * above)

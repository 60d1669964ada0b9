"""How well is a headcount told that was left out: by the model of the camp, and by a straight line through the others.

Each headcount in turn is withheld, everything else is fitted, and the number that was stated is scored by the density
that was forecast for it. The other forecast is a straight line in time between its neighbours, with a normal error
whose size is that of the line's own errors on these very headcounts, on the scale where it does best: more than anyone
could have known beforehand, which favours the line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logsumexp

from vado.network.model import Network
from vado.policy.camp.fit import Fit, fit_camp, posterior_paths, present
from vado.policy.camp.headcounts import RESOLUTION, Headcount, from_log, moments, to_log
from vado.policy.camp.totals import Total

Floats = npt.NDArray[np.float64]

_LOG_ROOT = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True)
class Told:
    """What was forecast for a headcount.

    Parameters
    ----------
    log_density
        Natural logarithm of the density of the number stated [1/person].
    median, low, high
        Median and 90 % interval of the number stated [persons].
    """

    log_density: float
    median: float
    low: float
    high: float


def told(one: Headcount, there: Floats, seed: int) -> Told:
    """Return the forecast of the number that is stated where a camp holds so many.

    Parameters
    ----------
    one
        The headcount.
    there
        People present at its moment, a draw each [persons].
    seed
        Of the errors of statement in the interval.
    """
    middle = to_log(there) - one.beyond
    distance = (float(to_log(one.value)) - middle) / one.error
    density = logsumexp(-0.5 * distance**2) - np.log(len(there)) - _LOG_ROOT - np.log(one.error)
    errors = np.random.default_rng([seed, round(one.value)]).standard_normal((50, len(there)))
    low, median, high = from_log(np.quantile(middle + one.error * errors, [0.05, 0.5, 0.95]))
    # The density is on the log scale; per person it is divided by the derivative of that scale.
    per_person = float(density) - float(np.log(one.value + RESOLUTION))
    return Told(per_person, float(median), max(float(low), 0.0), max(float(high), 0.0))


def leave_one_out(
    network: Network,
    headcounts: Sequence[Headcount],
    totals: Sequence[Total],
    members: int,
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Return the forecast of each headcount from all other evidence, beside that of the straight line.

    Returns
    -------
    pandas.DataFrame
        One row a headcount: ``date, time, kind, whose, stated, median, low, high, inside, log_score`` of the model,
        ``line`` (persons) and ``log_score_of_line`` on its best scale; missing for the first and last moments, which
        lack a neighbour.
    """
    rows = []
    for index, one in enumerate(headcounts):
        others = [*headcounts[:index], *headcounts[index + 1 :]]
        fitted = fit_camp(network, others, totals, members, seed)
        forecast = told(one, left_out(fitted, one, seed), seed)
        inside = forecast.low <= one.value <= forecast.high
        rows.append(
            (
                *(one.date, one.time, one.kind, one.whose, one.value),
                *(forecast.median, forecast.low, forecast.high, inside, forecast.log_density),
            )
        )
        if progress:
            progress(f"{index + 1} of {len(headcounts)} left out")
    columns = ["date", "time", "kind", "whose", "stated", "median", "low", "high", "inside", "log_score"]
    table = pd.DataFrame(rows, columns=columns)
    line = straight_line(headcounts, network.start)
    _, scores = line_scores(np.array([one.value for one in headcounts]), line)
    return table.assign(line=line, log_score_of_line=scores)


def left_out(fitted: Fit, one: Headcount, seed: int) -> Floats:
    """Return the people that a headcount which was no evidence speaks of, for each member [persons]."""
    hours = np.random.default_rng([seed, one.date.toordinal()]).uniform(size=(1, fitted.members))
    start, paths = fitted.network.start, posterior_paths(fitted)
    return np.asarray(present([one], start, paths.occupancy, moments([one], start, hours))[0])


def straight_line(headcounts: Sequence[Headcount], start: dt.date) -> Floats:
    """Return for each headcount the straight line in time through its neighbours; missing without two of them.

    Headcounts of one moment count as one neighbour with their mean.
    """
    when = moments(headcounts, start, np.full(len(headcounts), 0.5))
    values = np.array([one.value for one in headcounts])
    found = np.full(len(headcounts), np.nan)
    for index, moment in enumerate(when):
        others = np.arange(len(headcounts)) != index
        times, place = np.unique(when[others], return_inverse=True)
        if times[0] <= moment <= times[-1]:
            means = np.bincount(place, values[others]) / np.bincount(place)
            found[index] = np.interp(moment, times, means)
    return found


def line_scores(values: Floats, line: Floats) -> tuple[str, Floats]:
    """Return the scale on which the line does best, and its log scores on it [1/person].

    Errors are absolute (persons), relative to the line, or on the log scale of the headcounts; each with the standard
    deviation of the line's own errors.
    """
    there = np.isfinite(line)
    scales = {
        "absolute": (values - line, np.ones_like(line)),
        "relative": ((values - line) / np.maximum(line, 1.0), np.maximum(line, 1.0)),
        "logarithmic": (to_log(values) - to_log(line), values + RESOLUTION),
    }
    scored = {}
    for name, (errors, derivative) in scales.items():
        spread = float(np.sqrt(np.mean(errors[there] ** 2)))
        scored[name] = -0.5 * (errors / spread) ** 2 - np.log(spread * derivative) - _LOG_ROOT
    best = max(scored, key=lambda name: float(np.mean(scored[name][there])))
    return best, scored[best]

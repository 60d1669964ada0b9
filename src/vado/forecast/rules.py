"""Scoring rules: how far quantiles and an observed count are apart.

The weighted interval score is that of Bracher et al. (2021), here as the mean over levels p of twice the quantile loss,
which is the same for levels symmetric around a half. On log(1 + count) it weighs errors by their proportion and not by
their size (Bosse et al. 2023). The continuous ranked probability score integrates the same loss over all levels; the
quantile function between the given levels is taken as straight, and as constant beyond the outermost, so that it
says less about the tails than a full distribution would.

References
----------
Bracher, J., Ray, E. L., Gneiting, T., Reich, N. G. (2021). Evaluating epidemic forecasts in an interval format. PLOS
Computational Biology 17.
Bosse, N. I., Abbott, S., Cori, A., van Leeuwen, E., Bracher, J., Funk, S. (2023). Scoring epidemiological forecasts on
transformed scales. PLOS Computational Biology 19.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from vado.forecast.hubverse import Forecasts, groups_of
from vado.forecast.targets import Floats

#: Central intervals whose coverage is counted [%].
INTERVALS = (50, 80, 90, 95)

#: The columns of scores, all of them averages over tasks in the tables.
SCORES = ("wis", "log_wis", "crps", "absolute_error", *(f"coverage_{interval}" for interval in INTERVALS))


def weighted_interval_score(quantiles: Floats, observed: Floats, levels: Floats) -> Floats:
    """Return the weighted interval score, shapes (task, level) and (task,) → (task,), in the unit of the quantiles.

    Examples
    --------
    >>> weighted_interval_score(np.array([[8.0, 10.0, 14.0]]), np.array([15.0]), np.array([0.1, 0.5, 0.9])).round(3)
    array([2.733])
    """
    error = observed[:, None] - quantiles
    return np.asarray(2 * np.maximum(levels * error, (levels - 1) * error).mean(axis=1))


def continuous_ranked_probability_score(quantiles: Floats, observed: Floats, levels: Floats) -> Floats:
    """Return the CRPS of the quantile function drawn straight between levels, (task, level), (task,) → (task,).

    It is twice the integral of the quantile loss over the levels. Between two levels the loss is a square of the level
    on either side of the place where the quantile function passes the observed value, so that Simpson's rule on
    both pieces is exact.
    """
    edges = np.concatenate([[0.0], levels, [1.0]])
    values = np.concatenate([quantiles[:, :1], quantiles, quantiles[:, -1:]], axis=1)
    left, right = values[:, :-1], values[:, 1:]
    start, end = edges[:-1], edges[1:]
    seen = observed[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(right > left, (seen - left) / (right - left), np.where(seen >= left, 1.0, 0.0))
    part = np.clip(part, 0.0, 1.0)
    turn = start + part * (end - start)
    middle = left + part * (right - left)
    below = _integral(start, turn, seen - left, seen - middle)
    above = _integral(1 - end, 1 - turn, right - seen, middle - seen)
    return np.asarray(2 * (below + above).sum(axis=1))


def _integral(start: Floats, end: Floats, first: Floats, last: Floats) -> Floats:
    """Integrate level times error over levels from ``start`` to ``end``, where the error runs straight."""
    halfway = (start + end) * (first + last)
    return np.asarray((end - start) * (start * first + halfway + end * last) / 6)


def score_tasks(forecasts: Forecasts, observed: Floats) -> pd.DataFrame:
    """Score every task.

    Parameters
    ----------
    forecasts
        Tasks and their quantiles.
    observed
        What came, shape (task,) [encounters/month].

    Returns
    -------
    pandas.DataFrame
        The columns of the tasks, ``group``, ``observed``, ``median`` and the columns :data:`SCORES`; coverage is 1
        for an observed value inside the interval and 0 outside, missing where the forecaster gave no such levels.
    """
    quantiles, levels = forecasts.quantiles, forecasts.levels
    scores = forecasts.tasks.copy()
    scores["group"] = groups_of(forecasts.tasks)
    scores["observed"] = observed
    scores["median"] = forecasts.at(0.5)
    scores["wis"] = weighted_interval_score(quantiles, observed, levels)
    scores["log_wis"] = weighted_interval_score(np.log1p(quantiles), np.log1p(observed), levels)
    scores["crps"] = continuous_ranked_probability_score(quantiles, observed, levels)
    scores["absolute_error"] = np.abs(observed - scores["median"])
    for interval in INTERVALS:
        low, high = (forecasts.at(0.5 + side * interval / 200) for side in (-1, 1))
        inside = ((observed >= low) & (observed <= high)).astype(float)
        scores[f"coverage_{interval}"] = np.where(np.isnan(low), np.nan, inside)
    return scores

"""How wide a forecast is: past changes, weighed by how restless a series is now.

The quantiles are those of all past changes and their mirror images, so they have no drift and keep the series' own
tails. They are then scaled by the ratio of the recent to the long-run standard deviation, half of the way on the log
scale: restlessness comes in spells, and a spell ends.
"""

from __future__ import annotations

import numpy as np

from vado.forecast.targets import Floats

#: Weight of a change relative to that of the month after it.
DECAY = 0.85
#: Part of the way, on the log scale, from the long-run to the recent standard deviation.
PART = 0.5
#: Standard deviation of monthly log changes below which no series is taken to be.
LEAST = 0.06
#: Larger log changes count as this large in a standard deviation.
LARGEST = 1.5


def mirrored_quantiles(changes: Floats, levels: Floats) -> Floats:
    """Return quantiles of changes and their mirror images, (time, series) → (series, level)."""
    return np.moveaxis(np.quantile(np.concatenate([changes, -changes]), levels, axis=0), 0, -1)


def recent(changes: Floats) -> Floats:
    """Return the recent standard deviation of each series, (time, series) → (series,) [log/month]."""
    weights = DECAY ** np.arange(len(changes))[::-1]
    return np.asarray(np.sqrt(np.average(_squares(changes), axis=0, weights=weights) + LEAST**2))


def scaled_spread(changes: Floats, levels: Floats) -> Floats:
    """Return the spread one month ahead, (time, series) → (series, level) [log]."""
    long_run = np.sqrt(_squares(changes).mean(axis=0) + LEAST**2)
    return np.asarray(mirrored_quantiles(changes, levels) * ((recent(changes) / long_run) ** PART)[:, None])


def _squares(changes: Floats) -> Floats:
    return np.asarray(np.minimum(changes**2, LARGEST**2))

"""What a rise is followed by: a pooled regression on changes of the years before October 2019.

Season-adjusted log changes of all nationalities that were encountered at the southwest border between October 1999 and
September 2019, each divided by its own recent standard deviation, are pooled. The cumulated change over the coming
months is regressed on the last three changes, the last half year, the last year, and the distance of the level from
its mean of twelve months. Ridge: the penalty is that of a prior on the coefficients. Half of the prediction is used,
since the months after 2019 are not those before. Nothing is fitted on the months that are scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vado.forecast.nationality_season import NationalitySeasons, long_history
from vado.forecast.targets import NATIONALITIES, Floats, Observer

#: Changes that the features look back over.
WINDOW = 12
#: Penalty on squared coefficients, in observations of unit variance.
PENALTY = 50.0
#: The part of the prediction that is used.
PART = 0.5

_FEWEST_ENCOUNTERS = 30.0
_LARGEST = 4.0


@dataclass(frozen=True)
class Reversion:
    """Coefficients of the pooled regression.

    Parameters
    ----------
    coefficients
        Shape (horizon, feature), horizons from one month on.
    observations
        How many past changes they were fitted to.
    source_ids
        Sources of the figures, separated by ``;``.
    """

    coefficients: Floats
    observations: int
    source_ids: str

    def moves(self, changes: Floats, horizons: Sequence[int]) -> Floats:
        """Return the predicted log change of each series, (time, series) → (horizon, series); zero without a year."""
        if len(changes) < WINDOW:
            return np.zeros((len(horizons), changes.shape[1]))
        features, scale = _features(changes)
        steps = np.asarray(horizons)
        return np.asarray(PART * (self.coefficients[steps - 1] @ features) * scale * np.sqrt(steps)[:, None])


def fit_reversion(ledger: Observer, seasons: NationalitySeasons, longest: int) -> Reversion:
    """Fit the regression for 1 to ``longest`` months ahead."""
    table, ids = long_history(ledger)
    counts = table.to_numpy(float)
    months = np.asarray(pd.DatetimeIndex(table.index).month)[1:]
    shapes = np.zeros((len(table.columns), 12))
    for position, code in enumerate(table.columns):
        if code in NATIONALITIES:
            shapes[position] = seasons.shapes[NATIONALITIES.index(code)]
    changes = np.diff(np.log1p(counts), axis=0) - shapes.T[months - 1]
    inputs, targets = [], []
    for last in range(WINDOW, len(changes) - longest):
        # counts has one row more than changes.
        used = counts[last + 2 - WINDOW : last + 2].mean(axis=0) > _FEWEST_ENCOUNTERS
        features, scale = _features(changes[: last + 1, used])
        ahead = np.cumsum(changes[last + 1 : last + 1 + longest, used], axis=0)
        inputs.append(features)
        targets.append(ahead / scale / np.sqrt(np.arange(1, longest + 1))[:, None])
    known = np.concatenate(inputs, axis=1)
    wanted = np.clip(np.concatenate(targets, axis=1), -_LARGEST, _LARGEST)
    gram = known @ known.T + PENALTY * np.eye(len(known))
    return Reversion(np.asarray(np.linalg.solve(gram, known @ wanted.T).T, dtype=float), known.shape[1], ids)


def _features(changes: Floats) -> tuple[Floats, Floats]:
    """Return features (feature, series) and the standard deviation (series,) they are measured in."""
    year = changes[-WINDOW:]
    scale = np.sqrt((year**2).mean(axis=0) + 0.05**2)
    # How far each earlier month lay below the last.
    below = np.cumsum(year[::-1], axis=0)[:-1].mean(axis=0)
    rows = [
        year[-1],
        year[-2],
        year[-3],
        year[-6:].sum(axis=0) / np.sqrt(6),
        year.sum(axis=0) / np.sqrt(WINDOW),
        below / np.sqrt(WINDOW),
    ]
    return np.array(rows) / scale, scale

"""The average of each day from all polls, also those published later.

References
----------
P. de Jong, Smoothing and interpolation with the state-space model, JASA 84 (1989) 1085-1088.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vado.politics.approval_model import LAGS, Array, Filtered


@dataclass(frozen=True)
class Smoothed:
    """The level of each day from all polls, those published later too.

    Attributes
    ----------
    mean, sd
        Shapes ``(day, 2)`` and ``(day,)`` [per cent].
    state, covariance
        The whole state of the day asked for, shapes ``(state, 2)`` and ``(state, state)``; empty if none was.
    """

    mean: Array
    sd: Array
    state: Array
    covariance: Array


def smooth(filtered: Filtered) -> Smoothed:
    """Return the level of each day from all polls, by the backward recursion of de Jong (1989)."""
    days, size = filtered.days, int(filtered.size[-1])
    phi = np.exp(-1.0 / filtered.settings.memory)
    houses = np.zeros(size, dtype=bool)
    houses[list(filtered.houses.values())] = True
    pull = np.zeros((size, 2))
    weight = np.zeros((size, size))
    mean, variance = np.empty((len(days), 2)), np.empty(len(days))
    state, covariance = np.empty((0, 2)), np.empty((0, 0))
    steps = list(filtered.steps)
    for at in range(len(days) - 1, -1, -1):
        used = int(filtered.size[at])
        now, before = int(days[at]) % LAGS, int(days[at] - 1) % LAGS
        row = filtered.row[at, :used]
        mean[at] = filtered.state[at, now] + row @ pull[:used]
        variance[at] = filtered.variance[at, now] - row @ weight[:used, :used] @ row
        if filtered.full is not None and days[at] == filtered.whole:
            state = filtered.state[at, :used] + filtered.full @ pull[:used]
            covariance = filtered.full - filtered.full @ weight[:used, :used] @ filtered.full
        while steps and steps[-1][0] == days[at]:
            _, places, gain, total, surprise = steps.pop()
            full = np.zeros(size)
            full[: len(gain)] = gain
            pull[places] += (surprise - full @ pull) / total
            moved = weight @ full
            weight[places, :] -= moved / total
            weight[:, places] -= (moved / total)[:, None]
            weight[np.ix_(places, places)] += (1.0 + full @ moved / total) / total
        pull[before] += pull[now]
        pull[now] = 0.0
        weight[before] += weight[now]
        weight[:, before] += weight[:, now]
        weight[now] = 0.0
        weight[:, now] = 0.0
        pull[houses] *= phi
        weight[houses] *= phi
        weight[:, houses] *= phi
    return Smoothed(mean, np.sqrt(variance), state, covariance)

"""Route: people travel a gamma-distributed number of whole days, at least one.

Those who leave on one day are split over the days on which they will arrive: a delay line, kept as a ring of rows by
day of arrival. See :class:`vado.network.stations.Route` for the law of the days.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from vado.engine.kernel import kernel
from vado.engine.move import move
from vado.engine.plan import Floats
from vado.engine.slots import Attributes
from vado.engine.split import split
from vado.network.stations import Route
from vado.network.values import Table

#: The delay line ends where all but this share have arrived.
TAIL = 1e-4
#: Below this coefficient of variation travel takes the whole days around its mean.
NO_SPREAD = 0.01


def tables(route: Route, numbers: Attributes) -> list[Table]:
    """Return the mean days of travel, the length [km] or NaN, and the coefficient of variation."""
    spread = numbers.attribute(route, "spread")
    if route.km is None:
        return [numbers.attribute(route, "days"), np.array([[np.nan]]), spread]
    km = numbers.attribute(route, "km")
    return [km / numbers.attribute(route, "speed"), km, spread]


def delays(mean: Table, spread: Table) -> Floats:
    """Return the probability of each number of days of travel.

    Parameters
    ----------
    mean, spread
        Mean [days] and coefficient of variation, ``(group or 1, day or 1)``.

    Returns
    -------
    Floats
        ``(day or 1, group or 1, lags)``; entry k is the probability of k + 1 days.

    Examples
    --------
    >>> delays(np.array([[2.25]]), np.array([[0.0]])).tolist()
    [[[0.0, 0.75, 0.25]]]
    """
    mean, spread = np.broadcast_arrays(np.maximum(mean, 0.0), spread)
    pairs, where = np.unique(np.stack([mean.T.ravel(), spread.T.ravel()]), axis=1, return_inverse=True)
    rows = [_law(m, c) for m, c in pairs.T]
    lags = max(len(row) for row in rows)
    padded = np.array([np.pad(row, (0, lags - len(row))) for row in rows])
    return np.ascontiguousarray(padded[where.ravel()].reshape(*mean.T.shape, lags))


def _law(mean: float, spread: float) -> Floats:
    if spread < NO_SPREAD or mean == 0.0:
        whole = max(int(np.floor(mean)), 1)
        rest = max(mean - whole, 0.0)
        law = np.zeros(whole + (rest > 0.0))
        law[whole - 1] = 1.0 - rest
        if rest > 0.0:
            law[whole] = rest
        return law
    shape, scale = spread**-2.0, mean * spread**2
    last = max(int(np.ceil(special.gammainccinv(shape, TAIL) * scale - 0.5)), 1)
    arrived = special.gammainc(shape, (np.arange(1, last + 1) + 0.5) / scale)
    arrived[-1] = 1.0
    return np.diff(arrived, prepend=0.0)


@kernel
def release(routes, target, people, travel, day):
    """Let those arrive whose day has come, on all routes."""
    for route in range(routes.station.shape[0]):
        row = routes.ring[route] + day % (routes.lags[route] + 1)
        for group in range(travel.shape[1]):
            arriving = travel[row, group]
            if arriving > 0:
                travel[row, group] = 0
                move(target, people, routes.way[route], group, arriving)


@kernel
def take_in(route, routes, groups, people, travel, counts, day, key):
    """Send those who came today on their way."""
    station = routes.station[route]
    for group in range(groups.shape[0]):
        came = people.inflow[station, group]
        if came > 0:
            people.inflow[station, group] = 0
            send(route, routes, travel, counts, day, group, came, 1.0, key + groups[group])


@kernel
def send(route, routes, travel, counts, day, group, people, fraction, key):
    """Spread people over their days of arrival, with this fraction of the route before them."""
    lags = routes.lags[route]
    first = routes.base[route] + day * routes.day_step[route] + group * routes.group_step[route]
    split(people, routes.law, first, lags, key, counts)
    for lag in range(lags):
        arriving = counts[lag]
        if arriving > 0:
            days = lag + 1 if fraction == 1.0 else max(1, int(np.ceil(fraction * (lag + 1) - 1e-9)))
            travel[routes.ring[route] + (day + days) % (lags + 1), group] += arriving

"""Route: people travel a gamma-distributed number of whole days, at least one.

Those who leave on one day are split over the days on which they will arrive: a delay line, kept as a ring of rows by
day of arrival. See :class:`vado.network.stations.Route` for the law of the days.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from vado.engine.binomial import binomial
from vado.engine.kernel import kernel
from vado.engine.keys import branch, uniform
from vado.engine.move import move
from vado.engine.plan import Floats
from vado.engine.slots import Attributes
from vado.engine.split import place_one_by_one
from vado.network.stations import Route
from vado.network.values import Table

#: The delay line ends where all but this share have arrived.
TAIL = 1e-4
#: Below this coefficient of variation travel takes the whole days around its mean.
NO_SPREAD = 0.01
#: Entries of the guide into a law for each day: the more, the seldomer a search takes a step.
GUIDE = 8


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


def tabulate(law: Floats) -> Floats:
    """Return what the kernel looks up: the probability of arriving by each day, and a guide into it.

    Parameters
    ----------
    law
        As :func:`delays` returns it, ``(day or 1, group or 1, lags)``.

    Returns
    -------
    Floats
        ``(day or 1, group or 1, (1 + GUIDE) lags)``. Entry k is the probability of at most k + 1 days; entry lags + j
        is the first k whose probability is above j / (GUIDE lags), where a search for a number from there on begins.

    Examples
    --------
    >>> tabulate(np.array([[[0.0, 0.75, 0.25]]]))[0, 0, :3].tolist()
    [0.0, 0.75, 1.0]
    """
    lags = law.shape[2]
    upto = np.minimum(np.cumsum(law, axis=2), 1.0)
    # From the last possible day on it is certain, whatever rounding says.
    upto[np.cumsum(law[:, :, ::-1], axis=2)[:, :, ::-1] - law <= 0.0] = 1.0
    steps = np.arange(GUIDE * lags) / (GUIDE * lags)
    guide = (upto[:, :, None, :] <= steps[:, None]).sum(axis=3)
    return np.concatenate([upto, np.minimum(guide, lags - 1)], axis=2)


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
def take_in(route, routes, groups, people, travel, day, key):
    """Send those who came today on their way."""
    station = routes.station[route]
    for group in range(groups.shape[0]):
        came = people.inflow[station, group]
        if came > 0:
            people.inflow[station, group] = 0
            send(route, routes, travel, day, group, came, 1.0, key + groups[group])


@kernel
def send(route, routes, travel, day, group, people, fraction, key):
    """Spread people over their days of arrival, with this fraction of the route before them."""
    lags = routes.lags[route]
    today = day % (lags + 1)
    first = routes.base[route] + day * routes.day_step[route] + group * routes.group_step[route]
    soonest = int(routes.law[first + lags])
    if routes.law[first + soonest] >= 1.0:
        travel[_row(routes, route, today, soonest, fraction), group] += people
        return
    if place_one_by_one(people, 4 * lags):
        for person in range(people):
            u = uniform(key, person)
            lag = int(routes.law[first + lags + int(u * (GUIDE * lags))])
            while u >= routes.law[first + lag] and lag < lags - 1:
                lag += 1
            travel[_row(routes, route, today, lag, fraction), group] += 1
        return
    left = people
    before = 0.0
    for lag in range(lags):
        upto = routes.law[first + lag]
        if upto > before:
            arriving = binomial(left, (upto - before) / (1.0 - before), branch(key, lag)) if upto < 1.0 else left
            travel[_row(routes, route, today, lag, fraction), group] += arriving
            left -= arriving
            before = upto
            if left <= 0:
                return


@kernel
def _row(routes, route, today, lag, fraction):
    """Return the row of the day on which those arrive who would take ``lag + 1`` days for the whole route."""
    days = lag + 1 if fraction == 1.0 else max(1, int(np.ceil(fraction * (lag + 1) - 1e-9)))
    row = today + days
    return routes.ring[route] + (row if row <= routes.lags[route] else row - routes.lags[route] - 1)

"""What the description of a camp does with given arrivals, capacity and giving up: the camp day by day.

The engine records the occupancy of a queue at the end of each day. In a mean run everything else of a day follows from
the balance: of those there in the morning and those who came, some were taken in, and of the rest a part exp(-hazard)
still waits at its end. A day of a run begins in the morning, so that its end is the next morning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from vado.engine import run
from vado.network.model import Network

Floats = npt.NDArray[np.float64]

#: Length of a run from 9 to 26 September, the last day of which a total of the camp speaks [days].
DAYS = 18

CAMP = "camp"
FLIGHTS = "awaiting_flight"


@dataclass(frozen=True)
class Paths:
    """What happened on each day, for each member of an ensemble.

    Parameters
    ----------
    start
        The first day.
    occupancy
        People in the camp at the end of each day [persons], shape ``(draw, day)``.
    arrived
        People who came to the camp on each day.
    taken_in
        People taken in for processing on each day.
    gone_back
        People who gave up on each day.
    flown
        People flown out on each day.
    moved
        People moved to custody or another sector on each day.
    released
        People released on each day.
    """

    start: dt.date
    occupancy: Floats
    arrived: Floats
    taken_in: Floats
    gone_back: Floats
    flown: Floats
    moved: Floats
    released: Floats


def mean_paths(network: Network, given: Mapping[str, Any], members: int) -> Paths:
    """Run expectations and return what happened on each day.

    Parameters
    ----------
    network
        The description.
    given
        Parameters with a value for each member and day, and shares: ``arrivals`` and ``give_up`` ``(draw, time)``,
        ``flown_share (draw, nationality)`` and ``moved_share (draw,)`` are read here too.
    members
        Size of the ensemble.
    """
    made = run(network, given, days=DAYS, members=members, mean=True, daily=(CAMP, FLIGHTS))
    persons = made["occupancy"]
    by_nationality = persons.sum("household").sel(named_queue=CAMP).transpose("draw", "day", "nationality")
    hazard = given["give_up"].transpose("draw", "time").to_numpy()[:, :, None]
    shares = network_shares(network)
    came = _after_a_day(given["arrivals"].transpose("draw", "time").to_numpy())[:, :, None] * shares
    waiting = by_nationality.to_numpy()
    before = _after_a_day(waiting)
    # Those still there at night are the part exp(-hazard) of those not taken in.
    taken = np.maximum(before + came - waiting * np.exp(hazard), 0.0)
    back = waiting * np.expm1(hazard)
    to_be_flown = taken * given["flown_share"].transpose("draw", "nationality").to_numpy()[:, None, :]
    in_line = persons.sum(["household", "nationality"]).sel(named_queue=FLIGHTS).transpose("draw", "day").to_numpy()
    not_flown = (taken - to_be_flown).sum(axis=2)
    moved = not_flown * np.asarray(given["moved_share"])[:, None]
    return Paths(
        start=network.start,
        occupancy=waiting.sum(axis=2),
        arrived=came.sum(axis=2),
        taken_in=taken.sum(axis=2),
        gone_back=back.sum(axis=2),
        flown=_after_a_day(in_line) + to_be_flown.sum(axis=2) - in_line,
        moved=moved,
        released=not_flown - moved,
    )


def drawn_occupancy(
    network: Network, given: Mapping[str, Any], members: int, seed: int, *, days: int, start: dt.date | None = None
) -> Floats:
    """Run draws and return the people in the camp at the end of each day, shape ``(draw, day)`` [persons]."""
    made = run(network, given, days=days, members=members, seed=seed, daily=(CAMP,), start=start)
    together = made["occupancy"].sel(named_queue=CAMP).sum(["nationality", "household"])
    return np.asarray(together.transpose("draw", "day").to_numpy(), dtype=np.float64)


def at(occupancy: Floats, moments: Floats) -> Floats:
    """Return the people present at given moments, in a straight line between the ends of days.

    Parameters
    ----------
    occupancy
        People at the end of each day, ``(draw, day)`` [persons]; nobody before the first.
    moments
        Days after the beginning of the first day, ``(moment, draw)``.

    Returns
    -------
    ndarray
        Persons, ``(moment, draw)``.

    Examples
    --------
    >>> at(np.array([[100.0, 300.0]]), np.array([[0.5], [1.0], [1.5]])).ravel().tolist()
    [50.0, 100.0, 200.0]
    """
    ends = np.pad(occupancy, ((0, 0), (1, 0)))
    last = ends.shape[1] - 1
    inside = np.clip(moments, 0.0, last)
    before = np.minimum(np.floor(inside).astype(np.int64), last - 1)
    draws = np.arange(ends.shape[0])[None, :]
    part = inside - before
    return np.asarray((1.0 - part) * ends[draws, before] + part * ends[draws, before + 1])


def network_shares(network: Network) -> Floats:
    """Return the part that each nationality has in those who come, from the description, shape ``(nationality,)``."""
    from vado.network.evaluate import Evaluator
    from vado.network.values import Axes

    axes = Axes(network.group_names, np.array([network.start.toordinal()]))
    table = Evaluator(network, axes).parameter("born_in_haiti")
    return np.asarray(table[:, 0])


def by_day(network: Network, values: Floats) -> xr.DataArray:
    """Return values ``(draw, day)`` as an array with dates, the first of them the start of the description."""
    first = np.datetime64(network.start, "ns")
    dates = first + np.arange(values.shape[1]).astype("timedelta64[D]")
    return xr.DataArray(values, {"time": dates}, ("draw", "time"))


def _after_a_day(values: Floats) -> Floats:
    """Shift by a day along axis 1; nothing on the first."""
    shifted = np.zeros_like(values)
    shifted[:, 1:] = values[:, :-1]
    return shifted

"""How much capacity a place needs, and what a smaller one costs in days of waiting.

People come to be served; a place serves so many a day, those who came first before the others. Given the arrivals of
many members, the capacity for a service level of 90 per cent in a week is the daily arrivals that nine in ten members
do not pass; and for any smaller capacity the line is carried on day by day (Lindley's recursion), whose sum is the
person-days spent waiting.

References
----------
Lindley, D. V. (1952). The theory of queues with a single server. Mathematical Proceedings of the Cambridge
Philosophical Society 48(2).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vado.forecast.targets import Floats

#: Part of the members in which all who come are served in time.
LEVEL = 0.9


def needed(arrivals: Floats, days: npt.NDArray[np.int_], level: float = LEVEL) -> Floats:
    """Return the capacity [persons/day] that serves all who come in a week, in a part of the members.

    Parameters
    ----------
    arrivals
        People by member and week, shape (draw, week).
    days
        Days of each week, shape (week,).
    level
        Part of the members.

    Returns
    -------
    numpy.ndarray
        Shape (week,).

    Examples
    --------
    >>> needed(np.array([[70.0, 140.0], [140.0, 210.0]]), np.array([7, 7]), level=1.0)
    array([20., 30.])
    """
    return np.asarray(np.quantile(arrivals / days, level, axis=0))


def lines(arrivals: Floats, days: npt.NDArray[np.int_], capacity: float) -> Floats:
    """Return who waits at the end of each day, shape (draw, day), with arrivals spread evenly over a week.

    Parameters
    ----------
    arrivals
        People by member and week, shape (draw, week).
    days
        Days of each week, shape (week,).
    capacity
        People served a day.

    Examples
    --------
    >>> lines(np.array([[14.0, 0.0]]), np.array([2, 2]), 5.0)
    array([[2., 4., 0., 0.]])
    """
    a_day = np.repeat(arrivals / days, days, axis=1)
    made = np.zeros_like(a_day)
    waiting = np.zeros(len(a_day))
    for day in range(a_day.shape[1]):
        waiting = np.maximum(waiting + a_day[:, day] - capacity, 0.0)
        made[:, day] = waiting
    return made


def wait(arrivals: Floats, days: npt.NDArray[np.int_], capacity: float) -> tuple[Floats, Floats]:
    """Return person-days waiting and mean days of waiting for each who came, both of shape (draw,)."""
    person_days = lines(arrivals, days, capacity).sum(axis=1)
    return person_days, person_days / np.maximum(arrivals.sum(axis=1), 1.0)

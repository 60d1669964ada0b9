"""Source: people set out, N ~ Poisson(m G) for each group and day.

m is departures x season of the month x exp(sum of coefficient x driver); G is a gamma variable of mean 1 and variance
d, one for each group and period, and 1 where d is 0. See :class:`vado.network.stations.Source`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from vado.engine.keys import branch, day_key
from vado.engine.move import move, number
from vado.engine.poisson import gamma_factor, poisson
from vado.engine.slots import Numbers
from vado.network.stations import Source
from vado.network.values import Table

#: Periods over which a gamma factor holds, by number.
PERIODS = ("day", "week", "month")


def tables(source: Source, numbers: Numbers) -> list[Table]:
    """Return expected departures a day and the variance of their gamma factor."""
    rate = numbers.attribute(source, "departures")
    if source.season is not None:
        rate = rate * np.array(source.season)[numbers.month_of_day - 1]
    for driver in source.drivers:
        term = numbers.attribute(driver, "coefficient", owner=source) * numbers.evaluator.parameter(driver.of)
        rate = rate * np.exp(term)
    return [rate, numbers.attribute(source, "dispersion")]


@njit
def step(plan, values, state, station, day, key, station_key):  # type: ignore[no-untyped-def]
    """Let the people of one day set out."""
    slot = plan.first_slot[station]
    way = plan.first_way[station]
    over = plan.dispersion_over[plan.index[station]]
    period = plan.first_day + day if over == 0 else plan.week[day] if over == 1 else plan.month[day]
    # Periods of different length must not share numbers, nor those of counts.
    period_key = branch(day_key(station_key, period), over)
    for group in range(state.inflow.shape[1]):
        mean = number(plan, values, slot, day, group)
        if mean > 0.0:
            variance = number(plan, values, slot + 1, day, group)
            name = plan.group_keys[group]
            factor = gamma_factor(state.inflow[station, group], variance, period_key + name)
            people = poisson(state.inflow[station, group], mean * factor, key + name)
            if people > 0:
                move(plan, state, way, group, people)

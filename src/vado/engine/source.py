"""Source: people set out, N ~ Poisson(m G) for each group and day.

m is departures x season of the month x exp(sum of coefficient x driver); G is a gamma variable of mean 1 and variance
d, one for each group and period, and 1 where d is 0. See :class:`vado.network.stations.Source`.
"""

from __future__ import annotations

import numpy as np

from vado.engine.kernel import kernel
from vado.engine.keys import branch, day_key
from vado.engine.move import move, number
from vado.engine.poisson import gamma_factor, poisson
from vado.engine.slots import Attributes
from vado.network.stations import Source
from vado.network.values import Table

#: Periods over which a gamma factor holds, by number.
PERIODS = ("day", "week", "month")


def tables(source: Source, numbers: Attributes) -> list[Table]:
    """Return expected departures a day and the variance of their gamma factor."""
    rate = numbers.attribute(source, "departures")
    if source.season is not None:
        rate = rate * np.array(source.season)[numbers.month_of_day - 1]
    for driver in source.drivers:
        term = numbers.attribute(driver, "coefficient", owner=source) * numbers.evaluator.parameter(driver.of)
        rate = rate * np.exp(term)
    return [rate, numbers.attribute(source, "dispersion")]


@kernel
def step(at, over, calendar, station_key, numbers, groups, target, people):
    """Let the people of one day set out; ``over`` says for how long a gamma factor holds."""
    period = calendar.first + at.day if over == 0 else calendar.week[at.day] if over == 1 else calendar.month[at.day]
    # Periods of different length must not share numbers, nor those of counts.
    period_key = branch(day_key(station_key, period), over)
    for group in range(groups.shape[0]):
        mean = number(numbers, at.slot, at.day, group)
        if mean > 0.0:
            like = people.inflow[at.station, group]
            variance = number(numbers, at.slot + 1, at.day, group)
            factor = gamma_factor(like, variance, period_key + groups[group])
            count = poisson(like, mean * factor, at.key + groups[group])
            if count > 0:
                move(target, people, at.way, group, count)

"""The question whether more people will wait at a place than it can take, week by week, and what capacity it needs.

A place is a Border Patrol sector, whose custody processes so many people a day, or the ports of entry together, whose
appointments are the capacity. The corridor is run on as it stands (:mod:`vado.policy.projection`), a line forms where
more come than can be served, and the chance is the part of the members in which the line is longer than the capacity.
The camp at Del Rio of September 2021 is a description of its own: ``del-rio`` asks :mod:`vado.policy.camp`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from vado.answer import Answer, Chart
from vado.errors import BadValueError, UnknownNameError
from vado.forecast.evidence import caveats_on_data, cite, open_default
from vado.forecast.targets import Floats
from vado.ledger.codes import PORTS
from vado.ledger.dates import Day
from vado.network.evaluate import Evaluator
from vado.network.values import Axes
from vado.policy import service
from vado.policy.outcomes import HOLDING
from vado.policy.projection import Projection, capacity_name, project
from vado.provenance import made_by
from vado.simulation.numbers import assumed, numbers_used

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

CAMP = "del-rio"
#: Capacities that are tried, as parts of what the fullest week needs.
PARTS = (0.7, 0.8, 0.9, 1.0, 1.1)


def surge(
    place: str,
    ledger: Ledger | None = None,
    *,
    as_of: Day | None = None,
    months: int = 6,
    members: int | None = None,
    capacity: float | None = None,
    seed: int = 1,
    cache: bool = True,
    command: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Answer:
    """Say how likely it is that people waiting at a place exceed its capacity, by week.

    Parameters
    ----------
    place
        A Border Patrol sector, ``OFO`` for all ports together, or ``del-rio`` for the camp of September 2021.
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used; default all that the ledger has.
    months
        Months ahead, 1 to 36; not used for the camp.
    members
        Courses that are run; default 300, and 400 for the camp.
    capacity
        People that can wait; default what the place serves in a day.
    seed
        Of members and random numbers.
    cache
        Whether a fit that has to be made is kept.
    command
        What to say made the answer.
    progress
        Called with a line before each step.

    Returns
    -------
    Answer
        Tables ``weeks`` (arrivals, people waiting and the chance that they exceed the capacity), ``needed`` (capacity
        for a 90 % service level by week) and ``cost`` (days of waiting with less).

    Raises
    ------
    UnknownNameError
        For a place without a line.
    BadValueError
        For a capacity that is not above zero.
    """
    if place == CAMP:
        from vado.policy.camp.ask import del_rio

        return del_rio(ledger, as_of=as_of, members=members or 400, seed=seed, command=command, progress=progress)
    members = 300 if members is None else members
    known = [*HOLDING, PORTS]
    if place not in known:
        raise UnknownNameError("place with a capacity", place, [*known, CAMP])
    if capacity is not None and not 0 < capacity < math.inf:
        raise BadValueError(f"a capacity of {capacity:g} is none; give the number of people who can wait, above 0")
    tell = progress or (lambda line: None)
    ledger = open_default(ledger)
    projection = project(ledger, as_of=as_of, months=months, members=members, seed=seed, cache=cache, progress=tell)
    tell(f"Running {members} members ...")
    queue = "port_line" if place == PORTS else HOLDING[place]
    run = projection.run(every="week", daily=[queue])
    served = _served_a_day(projection, place)
    limit = served if capacity is None else float(capacity)
    arrivals, days, ends = _arrivals(run, place, projection)
    waiting = run["occupancy"].sel(named_queue=queue).sum(["nationality", "household"])
    tables = {
        "weeks": _weeks(arrivals, days, ends, waiting, limit),
        "needed": _needed(arrivals, days, ends, place),
        "cost": _cost(arrivals, days, place),
    }
    tables = {name: table.assign(source_id=projection.fitted.observed.source_ids) for name, table in tables.items()}
    return Answer(
        question=f"How likely is it that more people wait in {_name(place)} than it can take, week by week?",
        as_of=projection.knowledge.as_of,
        summary=_summary(place, tables, limit, served, waiting),
        tables=tables,
        charts=_charts(place),
        sources=cite(ledger, *tables.values()),
        assumed=assumed(numbers_used(projection.network, {}, ())),
        caveats=[
            f"The capacity is {limit:,.0f} people"
            + (
                f", what the place serves in a day: {served:,.0f}, its busiest month so far or its appointments. "
                "Nobody publishes the number of places."
                if capacity is None
                else ", as asked."
            ),
            "The capacity stays as it is in the model, whatever comes.",
            *caveats_on_data(projection.knowledge.panel),
        ],
        made_by=made_by(command or f"vado.surge({place!r}, months={months}, members={members})", ledger, seed),
    )


def _name(place: str) -> str:
    return "the ports of entry" if place == PORTS else f"{place} sector"


def _served_a_day(projection: Projection, place: str) -> float:
    """Return how many a place serves a day in the first new month."""
    if place != PORTS:
        return float(projection.given[capacity_name(place)])
    network = projection.network
    evaluator = Evaluator(network, Axes(network.group_names, np.array([projection.start.toordinal()])))
    return float(evaluator.parameter("us.port_appointments").max())


def _arrivals(run: xr.Dataset, place: str, projection: Projection) -> tuple[Floats, np.ndarray, pd.DatetimeIndex]:
    """Return people who come to the line by member and whole week, the days of weeks, and their last days."""
    ends = pd.DatetimeIndex(run["time"].to_numpy())
    before = pd.DatetimeIndex([pd.Timestamp(projection.start) - pd.Timedelta(days=1), *ends[:-1]])
    days = np.asarray((ends - before).days)
    counter = "sw_encounters" if place == PORTS else "to_processing"
    counts = run[counter].sel(place=place).sum(["nationality", "household"]).to_numpy().astype(float)
    if place == PORTS:
        # The counter at ports counts who was served: who came is that, who left the line, and the line's growth.
        line, left = (
            run[name].sel({name_of: station}).sum(["nationality", "household"]).transpose("draw", "time").to_numpy()
            for name, name_of, station in (("waiting", "queue", "port_line"), ("ended", "sink", "left_line"))
        )
        counts += left
        counts[:, 1:] += np.diff(line, axis=1)
    # The week in which the first month begins holds days of the month before it.
    whole = days == 7
    whole[0] = False
    return counts[:, whole], days[whole], ends[whole]


def _weeks(
    arrivals: Floats, days: np.ndarray, ends: pd.DatetimeIndex, waiting: xr.DataArray, limit: float
) -> pd.DataFrame:
    by_day = pd.DatetimeIndex(waiting["day"].to_numpy())
    counts = waiting.transpose("draw", "day").to_numpy()
    rows = []
    for week, end in enumerate(ends):
        inside = (by_day <= end) & (by_day > end - pd.Timedelta(days=int(days[week])))
        most = counts[:, inside].max(axis=1)
        low, median, high = np.quantile(most, [0.1, 0.5, 0.9]).tolist()
        came = np.quantile(arrivals[:, week], [0.1, 0.5, 0.9]).tolist()
        rows.append((end, *came, low, median, high, limit, float((most > limit).mean())))
    columns = ["week_end", "arrivals_low_80", "arrivals", "arrivals_high_80", "low_80", "median", "high_80"]
    return pd.DataFrame(rows, columns=[*columns, "capacity", "chance_above_capacity"])


def _needed(arrivals: Floats, days: np.ndarray, ends: pd.DatetimeIndex, place: str) -> pd.DataFrame:
    return pd.DataFrame({"place": place, "week_end": ends, "capacity_a_day_90": service.needed(arrivals, days)})


def _cost(arrivals: Floats, days: np.ndarray, place: str) -> pd.DataFrame:
    most = float(service.needed(arrivals, days).max())
    rows = []
    for part in PARTS:
        person_days, mean = service.wait(arrivals, days, part * most)
        low, high = np.quantile(mean, [0.1, 0.9]).tolist()
        rows.append((place, part, part * most, float(person_days.mean()), float(mean.mean()), low, high))
    columns = ["place", "part_of_needed", "capacity_a_day", "person_days", "days_each", "days_low_80", "days_high_80"]
    return pd.DataFrame(rows, columns=columns)


def _summary(
    place: str, tables: dict[str, pd.DataFrame], limit: float, served: float, waiting: xr.DataArray
) -> list[str]:
    weeks, cost = tables["weeks"], tables["cost"]
    worst = weeks.iloc[int(weeks["chance_above_capacity"].argmax())]
    ever = float((waiting.max("day") > limit).mean())
    most = float(tables["needed"]["capacity_a_day_90"].max())
    less = cost[cost["part_of_needed"] == PARTS[1]].iloc[0]
    chance, end = 100 * worst["chance_above_capacity"], worst["week_end"]
    when = f"; most likely in the week to {end.day} {end:%B %Y}, in {chance:.0f} of 100" if chance else ""
    return [
        f"In {100 * ever:.0f} of 100 members more than {limit:,.0f} people wait in {_name(place)} on some day{when}.",
        f"To serve all who come in nine of ten members, {most:,.0f} people a day would have to be served in the "
        f"fullest week; {served:,.0f} are.",
        f"With a fifth less than that each would wait {less['days_each']:.1f} days on average (80 % of members: "
        f"{less['days_low_80']:.1f} to {less['days_high_80']:.1f}).",
    ]


def _charts(place: str) -> list[Chart]:
    return [
        Chart(
            kind="line",
            table="weeks",
            title=f"Chance that people waiting in {_name(place)} exceed the capacity",
            columns={"x": "week_end", "y": "chance_above_capacity"},
        ),
        Chart(
            kind="line",
            table="weeks",
            title=f"People waiting in {_name(place)} on the fullest day of a week",
            columns={"x": "week_end", "y": "median", "low": "low_80", "high": "high_80"},
            unit="persons",
        ),
        Chart(
            kind="line",
            table="needed",
            title="Capacity for a 90 % service level, by week",
            columns={"x": "week_end", "y": "capacity_a_day_90"},
            unit="persons/day",
        ),
    ]

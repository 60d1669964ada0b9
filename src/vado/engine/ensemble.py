"""Run a description many times: members on threads or on a cluster, each with random numbers of its own.

A member's numbers depend on seed and member alone, so that one thread, many threads and a cluster give the same
result to the bit. Stopped by the user, a run keeps the members that are finished.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, Literal

import numpy as np
import xarray as xr

from vado.engine.compile import Compiled, Days
from vado.engine.dataset import check_daily, dataset, slots_of
from vado.engine.day import runner
from vado.engine.given import Given
from vado.engine.plan import Record
from vado.errors import BadValueError
from vado.network.model import Network
from vado.network.values import Axes

#: Told how many members of how many are done.
Progress = Callable[[int, int], None]

_TOO_LARGE = (
    "a counter passes 2,147,483,647 in one period, more than a record holds; count in shorter periods, or split its "
    "places or groups"
)

#: Longer runs are a slip of the finger.
_MOST_DAYS = 37_200

#: Seconds between looks at whether the user wants to stop.
_PATIENCE = 0.1


def run(
    network: Network,
    parameters: Mapping[str, Any] | None = None,
    days: int | None = None,
    members: int = 1,
    seed: int = 1,
    *,
    months: int | None = None,
    start: dt.date | None = None,
    mean: bool = False,
    every: Literal["month", "week"] = "month",
    daily: Sequence[str] = (),
    threads: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Run a description.

    Parameters
    ----------
    network
        The description.
    parameters
        Parameters and levers that take the place of the description's own: name to a number, to one number a member,
        or to an ``xarray.DataArray`` with any of the dimensions ``draw, time, nationality, household``; in the unit of
        the parameter.
    days, months
        Length of the run, as days or as calendar months of which the first is that of the start; one of the two.
    members
        Size of the ensemble; with ``mean`` one member a set of parameters.
    seed
        Seed of everything random, 0 or more.
    start
        First day; that of the description if none is given.
    mean
        Run expectations instead of draws. Where numbers act on one another (queues, crowding, convoys) an expectation
        of the parts is not that of the whole.
    every
        The period of the record.
    daily
        Queues whose occupancy is kept day by day.
    threads
        Number of threads; all cores if none is given.
    cluster
        Address of a Dask scheduler, or ``local:N`` for N processes of this machine.
    progress
        Called with the number of members done and their total.

    Returns
    -------
    xarray.Dataset
        See :func:`vado.engine.dataset.dataset`. Its attribute ``status`` is ``complete``, or says how many members
        were finished when the user stopped it and how to go on.

    Raises
    ------
    BadValueError
        If a number lies outside its range, people come to a choice whose every way is closed, or a counter is too
        large.
    UnknownNameError
        If a parameter or queue does not exist.
    """
    calendar_days = _days(start or network.start, days, months, every)
    _check(members, seed, threads)
    check_daily(network, daily)
    given = Given(parameters or {}, Axes(network.group_names, calendar_days.ordinals), members)
    given.check({**network.parameters, **network.levers})
    slots = slots_of(network)
    compiled = Compiled(network, calendar_days, slots.terms, slots.count, daily, given)
    if cluster is None:
        record = run_members(compiled, seed, range(members), mean, threads or os.cpu_count() or 1, progress)
    else:
        from vado.engine.cluster import run_on_cluster

        record = run_on_cluster(compiled, seed, members, mean, cluster, progress)
    done = record.counted.shape[0]
    result = dataset(compiled, slots, record, daily)
    result.attrs = {
        "system": network.system,
        "seed": seed,
        "members": done,
        "status": "complete"
        if done == members
        else f"stopped after {done} of {members} members; run again with the same seed for all of them",
    }
    return result


def run_members(
    compiled: Compiled, seed: int, members: range, mean: bool, threads: int, progress: Progress | None = None
) -> Record:
    """Run members of an ensemble on threads and return their records, fewer if the user stops.

    Raises
    ------
    BadValueError
        If people come to a choice whose every way is closed, or a counter is too large.
    """
    record = compiled.record(len(members), mean)
    advance = runner()
    lock = threading.Lock()
    stop = threading.Event()
    started = done = 0

    def work() -> None:
        nonlocal started, done
        while not stop.is_set():
            with lock:
                index, started = started, started + 1
            if index >= len(members):
                return
            state = compiled.state(mean)
            own = Record(*(array[index] for array in record))
            advance(compiled.plan_of(members[index]), state, own, np.uint64(seed), np.uint64(members[index]))
            if state.room.closed[0] >= 0:
                stop.set()
                raise BadValueError(_closed(compiled, *(int(item) for item in state.room.closed)))
            if state.room.overflow[0]:
                stop.set()
                raise BadValueError(_TOO_LARGE)
            with lock:
                done += 1

    with ThreadPoolExecutor(max(1, min(threads, len(members)))) as pool:
        futures = [pool.submit(work) for _ in range(max(1, min(threads, len(members))))]
        try:
            while wait(futures, timeout=_PATIENCE).not_done:
                if progress:
                    progress(done, len(members))
        except KeyboardInterrupt:
            # Members that have begun are finished, so that the first `done` of them are all there.
            stop.set()
            wait(futures)
        for future in futures:
            future.result()
    if progress:
        progress(done, len(members))
    return record if done == len(members) else Record(*(array[:done] for array in record))


def _closed(compiled: Compiled, station: int, group: int, day: int) -> str:
    network = compiled.network
    date = compiled.days.first + dt.timedelta(days=day)
    return (
        f"people of {'/'.join(network.group_names[group])} came to {network.stations[station].id} on {date}, where "
        "every way is closed to them; give one of its ways an attraction above 0"
    )


def _check(members: int, seed: int, threads: int | None) -> None:
    if members < 1:
        raise BadValueError(f"{members} members cannot be run; ask for 1 or more")
    if not 0 <= seed < 2**63:
        raise BadValueError(f"seed {seed} is out of range; choose a whole number from 0 to 2^63 - 1")
    if threads is not None and threads < 1:
        raise BadValueError(f"{threads} threads cannot run anything; ask for 1 or more")


def _days(start: dt.date, days: int | None, months: int | None, every: str) -> Days:
    if (days is None) == (months is None):
        raise BadValueError("say how long to run, either in days or in months")
    asked = days if days is not None else months or 0
    if not 1 <= asked <= (_MOST_DAYS if days is not None else _MOST_DAYS // 31):
        what = "days" if days is not None else "months"
        raise BadValueError(f"{asked} {what} cannot be run; ask for 1 or more, and for 100 years at most")
    length = asked if days is not None else _days_of(start, asked)
    dates = [start + dt.timedelta(days=index) for index in range(length)]
    labels = [date.strftime("%Y-%m") if every == "month" else "{}-{}".format(*date.isocalendar()) for date in dates]
    numbers = np.cumsum([0, *(one != other for one, other in itertools.pairwise(labels))])
    last = [index for index in range(length) if index + 1 == length or labels[index + 1] != labels[index]]
    return Days(start, length, numbers.astype(np.int64), tuple(dates[index] for index in last))


def _days_of(start: dt.date, months: int) -> int:
    """Return the days from the start to the end of the last of so many calendar months."""
    years, month = divmod(start.month - 1 + months - 1, 12)
    last = dt.date(start.year + years, month + 1, calendar.monthrange(start.year + years, month + 1)[1])
    return (last - start).days + 1

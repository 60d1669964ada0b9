"""How long does a member of an ensemble take, and how much memory? Timing whose figures are ratios within one run.

What is compared is run in turn, one after the other and again, and medians are compared: what else the machine does
then touches all alike.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vado.engine.compile import Compiled, Days
from vado.engine.dataset import slots_of
from vado.engine.ensemble import run_members
from vado.network.model import Network


def prepare(network: Network, days: int) -> Compiled:
    """Return a description ready to run, with a record of calendar months."""
    dates = [network.start + dt.timedelta(days=day) for day in range(days)]
    months = np.array([12 * date.year + date.month for date in dates], dtype=np.int64)
    last = [*np.flatnonzero(np.diff(months)), days - 1]
    slots = slots_of(network)
    calendar = Days(network.start, days, months - months[0], tuple(dates[day] for day in last))
    return Compiled(network, calendar, slots.terms, slots.count)


def run_one(compiled: Compiled, member: int = 0) -> None:
    """Run one member on one thread."""
    run_members(compiled, 1, range(member, member + 1), False, 1)


def medians(tasks: Mapping[str, Callable[[], object]], repetitions: int) -> dict[str, float]:
    """Run all tasks in turn, so many times, and return the median seconds of each.

    A first run of each, which may have to compile, does not count.
    """
    for task in tasks.values():
        task()
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repetitions):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(each) for name, each in seconds.items()}


def size_of(part: Any) -> int:
    """Return the bytes of all arrays in a tuple, those inside its tuples included."""
    if isinstance(part, np.ndarray):
        return part.nbytes
    return sum(size_of(item) for item in part) if isinstance(part, tuple) else 0

"""Every way and every day of a run: for tests of the engine's law, not for results.

A trace is finer than anything that Vado gives out about people (nothing finer than a week but the occupancy of
reception places), so no command makes one.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import xarray as xr

from vado.engine.compile import Compiled, Days, Term
from vado.engine.ensemble import run_members
from vado.network.model import Network
from vado.network.stations import Queue


def trace(
    network: Network,
    *,
    days: int,
    members: int,
    seed: int,
    start: dt.date | None = None,
    mean: bool = False,
    threads: int = 1,
) -> xr.Dataset:
    """Run a description and keep everything.

    Returns
    -------
    xarray.Dataset
        ``flow (draw, day, way, group)``, people who took each way, named ``station.event``, on each day; ``waiting
        (draw, day, queue, group)`` and ``travelling (draw, day, group)`` at its end.
    """
    first = start or network.start
    ends = tuple(first + dt.timedelta(days=index) for index in range(days))
    ways = [(station.id, event) for station, event, _ in network.edges()]
    terms = [Term(station, event, index) for index, (station, event) in enumerate(ways)]
    compiled = Compiled(network, Days(first, days, np.arange(days, dtype=np.int64), ends), terms, len(ways))
    record = run_members(compiled, seed, range(members), mean, threads)
    return xr.Dataset(
        {
            "flow": (("draw", "day", "way", "group"), record.counted.swapaxes(1, 2)),
            "waiting": (("draw", "day", "queue", "group"), record.waiting.swapaxes(1, 2)),
            "travelling": (("draw", "day", "group"), record.travelling),
        },
        {
            "day": np.array(ends, dtype="datetime64[ns]"),
            "way": [f"{station}.{event}" for station, event in ways],
            "queue": [station.id for station in network.stations if isinstance(station, Queue)],
            "group": ["/".join(group) for group in network.group_names],
        },
    )

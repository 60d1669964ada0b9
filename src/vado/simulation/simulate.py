"""What follows from a description, month by month or week by week, over an ensemble of members."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import xarray as xr

from vado.engine import run
from vado.engine.ensemble import Progress
from vado.errors import BadValueError, UnknownNameError
from vado.ledger.dates import Day, day
from vado.network.model import Network
from vado.network.stations import Queue
from vado.simulation.files import check_file, write
from vado.simulation.setting import Changes, prepared

#: Longer runs are a slip of the finger.
_MOST_MONTHS = 1200

_LONG_NAMES = {
    "draw": "member of the ensemble",
    "time": "last day of the period",
    "place": "place, by its key in the description",
    "nationality": "nationality, ISO 3166 alpha-3; OTH other",
    "household": "kind of household",
    "queue": "station where people wait",
    "queue_place": "place of the queue",
    "sink": "station where people leave the system",
    "sink_place": "place of the sink",
    "day": "day",
    "named_queue": "queue whose occupancy is kept day by day",
}


class Simulated(NamedTuple):
    """What came out of a run, and the network that was run."""

    outcome: xr.Dataset
    network: Network


def simulate(
    description: str | Path | Network,
    *,
    months: int = 24,
    members: int = 200,
    seed: int = 1,
    start: Day | None = None,
    parameters: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
    as_of: Day | None = None,
    mean: bool = False,
    every: Literal["month", "week"] = "month",
    daily: Sequence[str] = (),
    threads: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    out: str | Path | None = None,
) -> xr.Dataset:
    """Run a description and return what was counted.

    Parameters
    ----------
    description
        The name of a shipped corridor, the path of a YAML file or of a folder of YAML files, or a network.
    months
        Length of the run in calendar months, of which the first is that of the start.
    members
        Size of the ensemble. Expectations are run once, or once for each set of parameters.
    seed
        Seed of everything random; the same seed gives the same numbers.
    start
        First day; that of the description if none is given.
    parameters
        Parameters and levers that take the place of the description's own throughout: name to a number, to one number
        a member, or to an ``xarray.DataArray`` with any of the dimensions ``draw, time, nationality, household``; in
        the unit of the parameter.
    changes
        Lever to its changes from a date on, see :func:`vado.network.known.with_changes`.
    as_of
        Leave out the changes of levers that were announced after this day.
    mean
        Run expectations instead of draws.
    every
        The period of the record, ``"month"`` or ``"week"``.
    daily
        Queues whose occupancy is kept day by day.
    threads
        Number of threads; all cores if none is given.
    cluster
        Address of a Dask scheduler, or ``local:N`` for N processes of this machine.
    progress
        Called with the number of members done and their total.
    out
        File for the result: ``.parquet``, ``.csv`` or ``.csv.gz`` (one row a count), or ``.nc`` (NetCDF).

    Returns
    -------
    xarray.Dataset
        Every counter ``(draw, time, place, nationality, household)`` in its own unit, summed over a period;
        ``waiting (draw, time, queue, …)``, ``travelling (draw, time, …)`` [persons at the end of a period]; ``ended
        (draw, time, sink, …)`` [persons in a period]; with ``daily`` also ``occupancy (draw, day, named_queue, …)``.
        ``time_bounds`` holds the first day of each period and the day after its last. The attribute ``status`` is
        ``complete``, or says how many members were finished when the user stopped the run.

    Raises
    ------
    DescriptionError
        If the description has faults; it lists all of them.
    UnknownNameError
        If a corridor, parameter, lever or queue does not exist.
    BadValueError
        If a number or day lies outside what is allowed.
    BadFileError
        If the file could not be written, before anything runs.
    """
    return simulated(
        description,
        months=months,
        members=members,
        seed=seed,
        start=start,
        parameters=parameters,
        changes=changes,
        as_of=as_of,
        mean=mean,
        every=every,
        daily=daily,
        threads=threads,
        cluster=cluster,
        progress=progress,
        out=out,
    ).outcome


def simulated(
    description: str | Path | Network,
    *,
    months: int = 24,
    members: int = 200,
    seed: int = 1,
    start: Day | None = None,
    parameters: Mapping[str, Any] | None = None,
    changes: Changes | None = None,
    as_of: Day | None = None,
    mean: bool = False,
    every: Literal["month", "week"] = "month",
    daily: Sequence[str] = (),
    threads: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    out: str | Path | None = None,
) -> Simulated:
    """Run a description as :func:`simulate` does; return the network that was run beside what came out."""
    if out is not None:
        check_file(Path(out))
    network = prepared(description, parameters=parameters, changes=changes, as_of=as_of)
    first = network.start if start is None else day(start, "start")
    _check(network, first, months, every, daily, threads, cluster)
    asked = 1 if mean and not any(np.ndim(value) for value in (parameters or {}).values()) else members
    outcome = run(
        network,
        parameters,
        months=months,
        members=asked,
        seed=seed,
        start=first,
        mean=mean,
        every=every,
        daily=tuple(dict.fromkeys(daily)),
        threads=threads,
        cluster=cluster,
        progress=progress,
    )
    if not outcome.sizes["draw"]:
        raise KeyboardInterrupt
    setting = {"parameters": parameters or {}, "changes": changes or {}, "as_of": as_of}
    outcome = _described(outcome, network, first)
    outcome.attrs = {
        "title": network.title or network.system,
        "Conventions": "CF-1.11",
        "source": f"vado {metadata.version('vado')}",
        **outcome.attrs,
        "members_asked": asked,
        "record": "expectations" if mean else "draws",
        "period": every,
        "setting": json.dumps(setting, default=_text),
    }
    if out is not None:
        write(outcome, Path(out))
    return Simulated(outcome, network)


def _check(
    network: Network,
    first: dt.date,
    months: int,
    every: str,
    daily: Sequence[str],
    threads: int | None,
    cluster: str | None,
) -> None:
    if not 1 <= months <= _MOST_MONTHS:
        raise BadValueError(f"{months} months cannot be run; ask for 1 to {_MOST_MONTHS}")
    if first.year + months // 12 + 1 > dt.MAXYEAR:
        raise BadValueError(f"a run of {months} months from {first} goes beyond the calendar; begin earlier")
    if every not in ("month", "week"):
        raise BadValueError(f"a record is kept every 'month' or 'week', not every {every!r}")
    if threads is not None and cluster is not None:
        raise BadValueError("a run has threads or a cluster; give one of the two")
    queues = [station.id for station in network.stations if isinstance(station, Queue)]
    for name in daily:
        if name not in network.by_id:
            raise UnknownNameError("queue", name, queues)


def _described(outcome: xr.Dataset, network: Network, first: dt.date) -> xr.Dataset:
    """Return the outcome with the bounds of its periods, names of its places, and what each variable means."""
    ends = outcome["time"].values
    begins = np.concatenate([np.array([first], ends.dtype), ends[:-1] + np.timedelta64(1, "D")])
    bounds = np.stack([begins, ends + np.timedelta64(1, "D")], axis=1)
    outcome = outcome.assign_coords(time_bounds=(("time", "bounds"), bounds))
    if "place" in outcome:
        names = [network.places[str(place)].name for place in outcome["place"].values]
        outcome = outcome.assign_coords(place_name=("place", names, {"long_name": "name of the place"}))
    for name, long_name in _LONG_NAMES.items():
        if name in outcome.coords:
            outcome[name].attrs["long_name"] = long_name
    outcome["time"].attrs["bounds"] = "time_bounds"
    for variable in outcome.data_vars:
        summed = variable in network.counters or variable == "ended"
        outcome[variable].attrs["cell_methods"] = "time: sum" if summed else "time: point"
    for name, counter in network.counters.items():
        at = {network.station(item.partition(".")[0]).place for item in counter.count}
        # As text, since NetCDF does not keep a list of one apart from its only item.
        outcome[name].attrs["counted_at"] = json.dumps([place for place in outcome["place"].values if place in at])
    return outcome


def _text(value: Any) -> Any:
    """Return what JSON writes of what it does not know: an array by its shape, everything else in its own words."""
    return f"array {np.shape(value)}" if np.ndim(value) else str(value)

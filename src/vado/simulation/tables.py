"""What came out of a run, summed and summarised over members: by counter, place, nationality, queue and sink.

Sums are taken within a member and summarised afterwards, so that an interval of a sum is that of the sum. Counters of
different kinds are never added.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from vado.network.draw_graph import DESCRIPTION
from vado.network.model import Network

INTERVALS = (80, 50, 95)

_GROUPS = ["nationality", "household"]


def spread(values: npt.NDArray[Any]) -> dict[str, npt.NDArray[np.float64]]:
    """Return median, intervals and mean over members.

    Parameters
    ----------
    values
        Shape ``(draw, row)``.

    Returns
    -------
    dict
        ``median``, ``low_80`` … ``high_95`` and ``mean``, each of shape ``(row,)``. One member shows no spread: its
        intervals are missing.

    Examples
    --------
    >>> float(spread(np.arange(101)[:, None])["high_80"][0])
    90.0
    """
    levels = [0.5, *(0.5 + sign * share / 200 for share in INTERVALS for sign in (-1, 1))]
    names = ["median", *(f"{end}_{share}" for share in INTERVALS for end in ("low", "high"))]
    found = dict(zip(names, np.quantile(values, levels, axis=0), strict=True))
    if len(values) == 1:
        found |= {name: np.full(values.shape[1], np.nan) for name in names[1:]}
    return {**found, "mean": values.mean(axis=0)}


def totals(outcome: xr.Dataset, network: Network) -> pd.DataFrame:
    """Return every counter over the whole run, all places and groups together."""
    return _counters(outcome, network, ())


def by_period(outcome: xr.Dataset, network: Network) -> pd.DataFrame:
    """Return every counter period by period, all places and groups together."""
    return _counters(outcome, network, ("time",))


def by_place(outcome: xr.Dataset, network: Network) -> pd.DataFrame:
    """Return every counter over the whole run at each place where it counts."""
    table = _counters(outcome, network, ("place",))
    names = {key: place.name for key, place in network.places.items()}
    table.insert(2, "place_name", table["place"].map(names))
    return table


def by_nationality(outcome: xr.Dataset, network: Network) -> pd.DataFrame:
    """Return every counter over the whole run by nationality."""
    return _counters(outcome, network, ("nationality",))


def waiting(outcome: xr.Dataset) -> pd.DataFrame:
    """Return who waits in each queue at the end of each period."""
    counts = outcome["waiting"].sum(_GROUPS).transpose("draw", "queue", "time")
    places = outcome["queue_place"].values
    return _table(counts, {"queue": outcome["queue"].values}, {"place": places}, _periods(outcome))


def occupancy(outcome: xr.Dataset) -> pd.DataFrame:
    """Return who waits in each queue that was named at the end of each day."""
    counts = outcome["occupancy"].sum(_GROUPS).transpose("draw", "named_queue", "day")
    places = outcome["queue_place"].sel(queue=outcome["named_queue"].values).values
    return _table(counts, {"queue": outcome["named_queue"].values}, {"place": places}, {"day": outcome["day"].values})


def ended(outcome: xr.Dataset) -> pd.DataFrame:
    """Return how many left the system at each sink over the whole run."""
    counts = outcome["ended"].sum([*_GROUPS, "time"])
    return _table(counts, {"sink": outcome["sink"].values}, {"place": outcome["sink_place"].values}, {})


def _counters(outcome: xr.Dataset, network: Network, keep: Sequence[str]) -> pd.DataFrame:
    parts = []
    for name, counter in network.counters.items():
        counts = outcome[name].sel(place=json.loads(outcome[name].attrs["counted_at"]))
        counts = counts.sum([dim for dim in counts.dims if dim != "draw" and dim not in keep])
        columns: dict[str, Any] = {}
        for axis in keep:
            columns |= _periods(outcome) if axis == "time" else {axis: counts[axis].values}
        table = pd.DataFrame(columns) if keep else pd.DataFrame(index=[0])
        table = table.assign(**spread(counts.values.reshape(len(counts), -1)))
        table.insert(0, "counter", name)
        about = {"unit": counter.unit, "kind": counter.kind, "title": counter.title or name}
        parts.append(table.assign(**about, source_id=DESCRIPTION))
    if not parts:
        return pd.DataFrame(columns=["counter", *keep, *spread(np.zeros((1, 1))), "unit", "kind", "title", "source_id"])
    return pd.concat(parts, ignore_index=True)


def _table(
    counts: xr.DataArray, names: dict[str, Any], more: dict[str, Any], periods: dict[str, npt.NDArray[Any]]
) -> pd.DataFrame:
    """Return a table of persons, one row a station and period."""
    length = len(next(iter(periods.values()))) if periods else 1
    stations = len(next(iter(names.values())))
    columns = {name: np.repeat(values, length) for name, values in names.items()}
    columns |= {name: np.tile(values, stations) for name, values in periods.items()}
    table = pd.DataFrame({**columns, **spread(counts.values.reshape(len(counts), -1))}).assign(unit="persons")
    for name, values in more.items():
        table[name] = np.repeat(values, length)
    return table.assign(source_id=DESCRIPTION)


def _periods(outcome: xr.Dataset) -> dict[str, npt.NDArray[Any]]:
    """Return first and last day of each period."""
    return {"time": outcome["time_bounds"].values[:, 0], "until": outcome["time"].values}

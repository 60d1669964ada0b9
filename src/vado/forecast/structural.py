"""The structural member: the corridor, fitted to what was known, and let run on.

The corridor of the southwest border is fitted to the last :data:`WINDOW` months of all counters as known on the day
(:mod:`vado.forecast.fit`). Then it runs on: everyone on the way arrives, levers that were announced take effect, and
departures, shares and stops stay as they were, departures with the season of their nationality. The change of expected
encounters from the origin's month is the move of the median; it starts from the count of that month, and the spread is
that of the walk ``seasons``.

A fit takes half a minute, so moves are kept: those of past origins of the ledger that ships are shipped, each filed
under the digest of everything it was made from, and others are kept in the user's cache folder. The ensemble's record
of this member rests on those that are shipped alone, so that it never depends on what was run before.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from vado.engine import run
from vado.forecast.fit import store
from vado.forecast.fit.knobs import us_mexico_knobs
from vado.forecast.fit.observed import ERRORS, Observed, counted_by, read_observed
from vado.forecast.fit.solve import EMPTY, Fit, fit
from vado.forecast.fit.start import Start, start_of
from vado.forecast.targets import LOCATIONS, Floats, months_after
from vado.network.known import known
from vado.network.model import Network
from vado.network.read import load_corridor

if TYPE_CHECKING:
    from vado.forecast.members import Knowledge, Settings

#: Months that are fitted, and the fewest that the panel must have.
WINDOW = 24
FEWEST_MONTHS = 15
LONGEST = 12
#: Moves beyond this log change are cut.
LARGEST = 2.0
#: The part of the move that is used, chosen on origins up to December 2021.
PART = 0.75
#: Raised when the fit or the projection changes, so that older stored moves no longer count.
VERSION = 2

#: How a line of progress begins that says that a fit is made.
FITTING = "corridor: fitting"
#: Counters on the way to the border.
ON_THE_WAY = tuple(counter for counter in ERRORS if counter != "sw_encounters")

SHIPPED = Path(__file__).with_name("corridor_moves.npz")


def usable(knowledge: Knowledge) -> bool:
    """Return whether there are enough months, and counters on the way beside encounters."""
    if len(knowledge.panel.months) < FEWEST_MONTHS:
        return False
    return knowledge.ledger.once("counters on the way", lambda: not knowledge.ledger.observe("mx_events").empty)


def moves(knowledge: Knowledge, settings: Settings, *, shipped_only: bool = False) -> Floats | None:
    """Return the log change of every cell, 1 to 12 months ahead, shape (horizon, cell).

    Parameters
    ----------
    knowledge
        What was known at the origin.
    settings
        Whether fits are kept on disk.
    shipped_only
        Return None instead of fitting, where the package does not hold the moves.
    """
    found = kept_moves(knowledge, cache=settings.cache and not shipped_only)
    if found is not None or shipped_only:
        return found
    network, observed, start = _inputs(knowledge)
    if settings.progress:
        settings.progress(f"{FITTING} {len(observed.months)} months up to {knowledge.panel.origin:%Y-%m} ...")
    made = project(fit(network, us_mexico_knobs(), observed, start), knowledge)
    if settings.cache:
        path = _path(_digest(network, observed, start, knowledge))
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.tmp")
        with partial.open("wb") as file:
            np.save(file, made)
        partial.replace(path)
    return made


def kept_moves(knowledge: Knowledge, *, cache: bool = True) -> Floats | None:
    """Return the moves of an origin where they are shipped or, with ``cache``, were kept; else None."""
    key = digest(knowledge)
    if key in _shipped():
        return _shipped()[key]
    path = _path(key)
    return np.asarray(np.load(path), dtype=float) if cache and path.exists() else None


def digest(knowledge: Knowledge) -> str:
    """Return the name under which the moves of an origin are filed."""
    network, observed, start = _inputs(knowledge)
    return _digest(network, observed, start, knowledge)


def source_ids(knowledge: Knowledge) -> str:
    """Return the sources of all counters that the fit uses, separated by ``;``."""
    return _inputs(knowledge)[1].source_ids


def project(fitted: Fit, knowledge: Knowledge) -> Floats:
    """Return the log change of every cell from the origin's month, 1 to 12 months ahead, shape (horizon, cell)."""
    months = months_after(knowledge.panel.origin, range(1, LONGEST + 1))
    steps = np.array([knowledge.seasons.shapes[:, month.month - 1] for month in months])
    firsts = months.to_period("M").start_time.to_numpy().astype(fitted.observed.months.dtype)
    given = {}
    for name, values in fitted.parameters().items():
        if isinstance(values, xr.DataArray) and "time" in values.dims:
            ahead = values.isel(time=[-1] * LONGEST).assign_coords(time=firsts)
            if name == "departures":
                # Who arrives in a month set out about a month before.
                season = np.exp(np.vstack([np.cumsum(steps[1:], axis=0), np.cumsum(steps, axis=0)[-1]]))
                ahead = ahead * xr.DataArray(season, {"time": firsts, "nationality": list(fitted.nationalities)})
            values = xr.concat([values, ahead.transpose(*values.dims)], dim="time")
        given[name] = values
    first = fitted.observed.months[0].astype("datetime64[D]").item()
    total = len(fitted.observed.months) + LONGEST
    made = run(fitted.network, given, months=total, start=first, members=1, mean=True)
    # (stream, month, nationality), the streams of encounters last.
    counts = counted_by(made)[0][-len(LOCATIONS) :]
    logs = np.log1p(counts)
    here = len(fitted.observed.months) - 1
    change = logs[:, here + 1 :] - logs[:, here : here + 1]
    cells = np.moveaxis(change, 1, 0).reshape(LONGEST, -1)
    return np.asarray(np.clip(cells, -LARGEST, LARGEST))


def _inputs(knowledge: Knowledge) -> tuple[Network, Observed, Start]:
    # Several members and the record ask for the same origin.
    name = f"corridor {knowledge.as_of} {knowledge.panel.origin:%Y-%m} {knowledge.without}"
    return knowledge.ledger.once(name, lambda: _read(knowledge))


def _read(knowledge: Knowledge) -> tuple[Network, Observed, Start]:
    last = pd.Period(knowledge.panel.origin, "M")
    # Encounters by nationality begin with the panel; the way is filled in the months before.
    first = max(last - WINDOW + 1, pd.Period(knowledge.panel.months[0], "M") - EMPTY)
    network = known(_corridor(), knowledge.as_of)
    observed = read_observed(knowledge.ledger, knowledge.as_of, first, last)
    if knowledge.without:
        left = np.array([counter == knowledge.without for counter, _ in observed.streams])
        observed = replace(observed, counts=np.where(left[:, None, None], np.nan, observed.counts))
    return network, observed, start_of(knowledge.ledger, knowledge.as_of, observed)


def _path(key: str) -> Path:
    return store.folder() / f"{key}.npy"


@lru_cache(maxsize=1)
def _corridor() -> Network:
    return load_corridor("us_mexico")


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Floats]:
    if not SHIPPED.exists():
        return {}
    with np.load(SHIPPED) as stored:
        return {key: stored[key].astype(float) for key in stored.files}


def _digest(network: Network, observed: Observed, start: Start, knowledge: Knowledge) -> str:
    made_from = (f"{VERSION} {WINDOW} {knowledge.panel.origin:%F}", knowledge.seasons.shapes)
    return store.digest(network, us_mexico_knobs(), observed, start, *made_from)

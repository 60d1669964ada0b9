"""Fits that are kept: what the counters of the ledger that ships say ships with it, others lie in the user's cache.

A fit is filed under a digest of what it was made from: the counts as known on the day, what they say to begin with, the
part of the description on which the counters depend, and the knobs; :data:`VERSION` stands for the code. With other
data or another description the digest differs and the corridor is fitted anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import platformdirs

from vado.forecast.fit.households import together
from vado.forecast.fit.knobs import Knob
from vado.forecast.fit.observed import ERRORS, Observed
from vado.forecast.fit.solve import LIFTED, Fit, fit, priors_of
from vado.forecast.fit.start import Start
from vado.network.model import Network

#: Raised when the fit changes, so that older stored fits no longer count.
VERSION = 3

SHIPPED = Path(__file__).with_name("us_mexico_fit.npz")

_ARRAYS = ("turned", "expected", "deviations", "blocks")


def digest(network: Network, knobs: Sequence[Knob], observed: Observed, start: Start, *more: object) -> str:
    """Return the name of everything that a fit is made from, and of what more is given."""
    # A set has no order of its own, and a digest must be the same in every process.
    turned = [(knob.name, knob.scale, knob.step, knob.width, sorted(knob.nationalities)) for knob in knobs]
    made_from = hashlib.sha256(f"{VERSION} {observed.months[0]} {turned}".encode())
    # What the fit takes from the counts instead is in the arrays below.
    replaced = {*start.centres, *start.given, *LIFTED}
    made_from.update(json.dumps(_counted_from(network, replaced), sort_keys=True).encode())
    arrays = [value for value in more if isinstance(value, np.ndarray)]
    made_from.update(" ".join(str(value) for value in more if not isinstance(value, np.ndarray)).encode())
    for array in (observed.counts, *start.centres.values(), *start.given.values(), *arrays):
        made_from.update(np.ascontiguousarray(np.round(array, 9)).tobytes())
    return made_from.hexdigest()[:20]


def stored_fit(
    network: Network,
    knobs: Sequence[Knob],
    observed: Observed,
    start: Start,
    *,
    cache: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Return the fit that is shipped or kept, or make and keep it.

    Parameters
    ----------
    network, knobs, observed, start
        As for :func:`vado.forecast.fit.solve.fit`.
    cache
        Whether a fit that is made is kept, and one that was kept is used.
    progress
        Called with a line after each iteration, where it is made.
    """
    key = digest(network, knobs, observed, start)
    path = folder() / f"fit-{key}.npz"
    for stored in (SHIPPED, path):
        if stored.exists() and (stored is SHIPPED or cache):
            with np.load(stored) as arrays:
                if str(arrays["digest"]) == key:
                    return _read(arrays, network, knobs, observed, start)
    made = fit(network, knobs, observed, start, progress=progress)
    if cache:
        keep(made, key, path)
    # As a kept fit is read, so that the first and the second use give the same numbers.
    return replace(made, **{name: getattr(made, name).astype(np.float32).astype(float) for name in _ARRAYS})


def keep(made: Fit, key: str, path: Path) -> None:
    """Write a fit under its digest; an earlier file is replaced when the new one is whole."""
    arrays = {name: getattr(made, name).astype(np.float32) for name in _ARRAYS}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    with partial.open("wb") as file:
        np.savez_compressed(
            file, allow_pickle=False, digest=key, iterations=made.iterations, objective=made.objective, **arrays
        )
    partial.replace(path)


def folder() -> Path:
    """Return where fits are kept for this user."""
    return Path(platformdirs.user_cache_dir("vado")) / "corridor"


def _read(arrays: Any, network: Network, knobs: Sequence[Knob], observed: Observed, start: Start) -> Fit:
    joined = together(network)
    read = {name: arrays[name].astype(float) for name in _ARRAYS}
    return Fit(
        network=joined,
        knobs=tuple(knobs),
        observed=observed,
        start=start,
        priors=tuple(priors_of(joined, knobs, observed, start)),
        iterations=int(arrays["iterations"]),
        objective=float(arrays["objective"]),
        **read,
    )


def _counted_from(network: Network, replaced: set[str]) -> dict[str, Any]:
    """Return the part of a description on which the counters depend: stations before them, and what these read."""
    graph = nx.DiGraph((station.id, to) for station, _, to in network.edges())
    counters = {name: network.counters[name].count for name in ERRORS}
    counted = {item.partition(".")[0] for items in counters.values() for item in items}
    before = counted.union(*(nx.ancestors(graph, name) for name in counted))
    stations = [s.model_dump(mode="json", exclude={"note"}) for s in network.stations if s.id in before]
    text = json.dumps(stations)
    numbers = {
        name: found.model_dump(mode="json", exclude={"note": True, "source": True, "changes": {"__all__": {"note"}}})
        for name, found in {**network.parameters, **network.levers}.items()
        if name not in replaced and re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text)
    }
    return {"start": str(network.start), "stations": stations, "numbers": numbers, "counters": counters}

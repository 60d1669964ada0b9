"""What scenarios cost and how sharp their differences are: the figures of docs/policy.md.

    python benchmarks/policy.py

Prints the time of two scenarios over 12 months with 500 members, the standard error of differences on common against
independent random numbers at fixed parameters, the largest difference of an empty scenario, and the 95th percentile of
people in line under regulation.
"""

from __future__ import annotations

import time

import numpy as np
import xarray as xr

import vado
from vado.policy.compare import compare, unsure
from vado.policy.histories import histories
from vado.policy.projection import Projection, project
from vado.policy.scenario import read_scenario

MEMBERS = 60
COUNTERS = ("mx_events", "sw_encounters", "releases", "removals")
LEVERS = {
    "mexico.detention_rate": 1.1,
    "us.release_share": 0.6,
    "us.work_visas": 50_000.0,
    "mexico.passage_limit": 8_000.0,
}


def main() -> None:
    """Measure and print."""
    with vado.open_ledger() as ledger:
        began = time.perf_counter()
        answer = compare(["mexico_regulates"], ledger, members=500)
        print(f"two scenarios, 12 months, 500 members: {time.perf_counter() - began:.0f} s")
        print(answer.summary[0])
        print(answer.tables["load"].drop(columns="source_id").round(0).to_string(index=False))
        projection = project(ledger, months=6, members=MEMBERS)
    base = projection.run(parameters=unsure(projection))
    empty = histories(read_scenario("status_quo"), projection.network, projection.start, projection.last)
    again = projection.run(empty, parameters=unsure(projection))
    largest = max(float(abs(base[name] - again[name]).max()) for name in base.data_vars)
    print(f"largest difference of an empty scenario: {largest:g}")
    for lever, value in LEVERS.items():
        print(f"{lever} = {value:g}: {_ratios(projection, lever, value)}")


def _ratios(projection: Projection, lever: str, value: float) -> str:
    """Return the standard error of a difference on common over that on independent random numbers, by counter."""
    fixed = {
        name: (given.mean("draw") if isinstance(given, xr.DataArray) and "draw" in given.dims else given)
        for name, given in projection.given.items()
    }
    history = {lever: [{"effective": projection.start, "value": value}]}
    base, common, other = (
        projection.run(changes, parameters=fixed, seed=seed)
        for changes, seed in ((None, 1), (history, 1), (history, 2))
    )
    said = []
    for name in COUNTERS:
        total = [_total(run[name]) for run in (base, common, other)]
        spread = [(changed - total[0]).std(ddof=1) for changed in total[1:]]
        said.append(f"{name} {spread[0] / spread[1]:.2f}")
    return ", ".join(said)


def _total(array: xr.DataArray) -> np.ndarray:
    return array.sum([d for d in array.dims if d != "draw"]).to_numpy().astype(float)


if __name__ == "__main__":
    main()

"""Does the reconciled fit of the stock know its own uncertainty? Simulation-based calibration.

Parameters are drawn from the prior, figures are simulated from them with the shipped evidence's dates, series and
errors, and the fit is made to those. If the fit is right, the rank of the true population among its draws is uniform
[1]_. Then, for the shipped evidence, how far the posterior of each parameter is narrower than its prior.

    python benchmarks/stock_calibration.py [--histories 200] [--prior small] [--processes 1]

References
----------
.. [1] Talts, Betancourt, Simpson, Vehtari and Gelman (2018), "Validating Bayesian inference algorithms with
   simulation-based calibration".
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache

import numpy as np
from scipy.stats import chisquare

import vado
from vado.stock.density import PRIORS, Model, Settings
from vado.stock.evidence import read_evidence
from vado.stock.inputs import FIRST_YEAR, read_inputs
from vado.stock.parameters import read_parameters
from vado.stock.reconcile import reconciled

YEARS = (1990, 2000, 2010, 2020)
#: Enough for a rank among 99: the chains start in the normal approximation.
CHEAP = Settings(walkers=80, burn=50, steps=60, draws=99)
BINS = 10
BAR = 0.01


@cache
def build(prior: str) -> Model:
    ledger = vado.open_ledger()
    inputs = read_inputs(ledger)
    return Model(inputs, read_evidence(ledger, float(inputs.years[-1]) + 1), read_parameters(), prior)


def ranks(history: tuple[str, int]) -> list[int]:
    """Return the ranks of the true population among 99 draws in each year, from 0 to 99."""
    prior, seed = history
    model = build(prior)
    random = np.random.default_rng([seed, 1980])
    truth = random.standard_normal(len(model.unknowns))
    draws, _ = model.sample(model.simulate(truth, random), seed, CHEAP)
    at = [year - FIRST_YEAR for year in YEARS]
    true = model.stock(truth[None]).total()[0, at]
    return [int(one) for one in (model.stock(draws).total()[:, at] < true).sum(axis=0)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--prior", choices=PRIORS, default="small")
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    began = time.perf_counter()
    with ProcessPoolExecutor(given.processes) as pool:
        histories = [(given.prior, seed) for seed in range(given.histories)]
        found = np.array(list(pool.map(ranks, histories, chunksize=10)))
    print(f"{given.histories} histories, {given.prior} prior, {time.perf_counter() - began:.0f} s")
    worst = 1.0
    for place, year in enumerate(YEARS):
        counts = np.histogram(found[:, place], bins=np.linspace(0, 100, BINS + 1))[0]
        probability = float(chisquare(counts).pvalue)
        worst = min(worst, probability)
        inside = np.mean((found[:, place] >= 10) & (found[:, place] < 90))
        print(f"{year}: ranks {counts.tolist()}, chi-square p {probability:.3f}, inside the 80 % interval {inside:.2f}")
    table = reconciled(vado.open_ledger(), prior=given.prior).informed().sort_values("width_ratio")
    print(table[["name", "width_ratio", "informed", "status"]].to_string(index=False))
    print(f"worst p {worst:.3f}, bar {BAR}: {'meets' if worst > BAR else 'MISSES'}")
    return 0 if worst > BAR else 1


if __name__ == "__main__":
    raise SystemExit(main())

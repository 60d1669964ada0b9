"""Does the fit find parameters that are known? Synthetic histories of the corridor itself, fitted blindly.

    python benchmarks/fit_recovery.py [histories] [months]

Each history draws all knobs from their prior, runs the corridor with chance, and adds each counter's error. Printed
are the part of the true values inside the 90 % intervals, over the parameters that the data narrow, and how the spread
of draws of the posterior agrees between 100, 200 and 400 members.
"""

from __future__ import annotations

import datetime as dt
import sys
import time

import numpy as np
import pandas as pd

from vado.engine import run
from vado.forecast.fit.households import together
from vado.forecast.fit.knobs import as_parameters, us_mexico_knobs
from vado.forecast.fit.observed import ERRORS, STREAMS, Observed, counted_by, read_observed
from vado.forecast.fit.solve import EMPTY, Fit, fit, fixed_of, priors_of
from vado.forecast.fit.start import start_of
from vado.forecast.fit.widths import NARROWED
from vado.ledger.ledger import open_ledger
from vado.network.read import load_corridor

NORMAL_90 = 1.6449


def history(seed: int, months: int) -> tuple[Fit, np.ndarray]:
    """Return the fit of one synthetic history, and the knobs that made it, (nationality, knob, month)."""
    random = np.random.default_rng(seed)
    network, knobs = together(load_corridor("us_mexico")), us_mexico_knobs()
    with open_ledger() as ledger:
        last = pd.Period("2023-09", "M")
        observed = read_observed(ledger, dt.date(2023, 11, 30), last - months + 1, last)
        start = start_of(ledger, dt.date(2023, 11, 30), observed)
    truth = []
    for prior in priors_of(network, knobs, observed, start):
        values = prior.centre.copy()
        root = np.linalg.cholesky(np.linalg.inv(prior.precision))
        values[list(prior.free)] += (root @ random.standard_normal(len(root))).reshape(len(prior.free), -1)
        truth.append(values)
    turned = np.array(truth)
    given = as_parameters(knobs, turned[None], network.groups.nationalities, observed.months)
    first = observed.months[0].astype("datetime64[D]").item()
    made = run(network, {**given, **fixed_of(network, observed, start)}, months=months, start=first, seed=seed)
    errors = np.array([ERRORS[counter] for counter, _ in STREAMS])[:, None, None]
    counts = counted_by(made)[0] * np.exp(errors * random.standard_normal(observed.counts.shape))
    counts = np.where(np.isnan(observed.counts), np.nan, np.round(counts))
    seen = Observed(STREAMS, counts, observed.months, "synthetic")
    return fit(network, knobs, seen, start), turned


def covered(fitted: Fit, truth: np.ndarray) -> tuple[int, int]:
    """Return how many true values lie inside the 90 % intervals, and how many were looked at."""
    inside = looked = 0
    for n, prior in enumerate(fitted.priors):
        after = fitted.deviations[n, list(prior.free)]
        narrow = (after / prior.deviation <= NARROWED) & (np.arange(after.shape[1]) >= EMPTY)
        away = np.abs(truth[n] - fitted.turned[n])[list(prior.free)] / after
        inside += int((away[narrow] <= NORMAL_90).sum())
        looked += int(narrow.sum())
    return inside, looked


def spreads(fitted: Fit) -> list[float]:
    """Return the mean spread of the draws with 200 and 400 members, relative to 100."""
    sizes = [float(fitted.draws(members, seed=members).std(axis=0).mean()) for members in (100, 200, 400)]
    return [size / sizes[0] for size in sizes[1:]]


def main(histories: int, months: int) -> None:
    """Print a line a history, and the whole."""
    inside = looked = 0
    for seed in range(1, histories + 1):
        began = time.perf_counter()
        fitted, truth = history(seed, months)
        hit, all_ = covered(fitted, truth)
        inside, looked = inside + hit, looked + all_
        twice, four = spreads(fitted)
        print(
            f"{seed}: {100 * hit / all_:.1f} % of {all_} inside, spread x2 {twice:.3f}, x4 {four:.3f}, "
            f"{fitted.iterations} iterations, {time.perf_counter() - began:.0f} s",
            flush=True,
        )
    print(f"all: {100 * inside / looked:.1f} % of {looked} inside the 90 % intervals")


if __name__ == "__main__":
    main(*(int(text) for text in (sys.argv[1:] + ["20", "15"][len(sys.argv) - 1 :])))

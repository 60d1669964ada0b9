"""How far off is the corridor where encounters are withheld? One full fit without three months of them.

    python benchmarks/fit_heldback.py

April 2021, April 2022 and March 2023 of southwest border encounters are taken out; all other counters stay. Printed
are the error on the withheld months and the agreement of each counter, and how long the fit took.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time

import numpy as np
import pandas as pd

from vado.forecast.fit.knobs import us_mexico_knobs
from vado.forecast.fit.observed import read_observed
from vado.forecast.fit.solve import fit
from vado.forecast.fit.start import start_of
from vado.forecast.fit.widths import agreement
from vado.ledger.ledger import open_ledger
from vado.network.read import load_corridor

WITHHELD = ("2021-04", "2022-04", "2023-03")
SEEN = dt.date(2023, 11, 30)


def main() -> None:
    """Fit and print."""
    with open_ledger() as ledger:
        observed = read_observed(ledger, SEEN, pd.Period("2019-07", "M"), pd.Period("2023-09", "M"))
        months = [list(observed.months.astype("datetime64[M]").astype(str)).index(month) for month in WITHHELD]
        ours = [i for i, (counter, _) in enumerate(observed.streams) if counter == "sw_encounters"]
        hidden = observed.counts.copy()
        for month in months:
            hidden[ours, month] = np.nan
        blind = dataclasses.replace(observed, counts=hidden)
        start = start_of(ledger, SEEN, blind)
    began = time.perf_counter()
    fitted = fit(load_corridor("us_mexico"), us_mexico_knobs(), blind, start)
    print(f"{time.perf_counter() - began:.0f} s, {fitted.iterations} iterations")
    print(agreement(fitted).round(3).to_string(index=False))
    for text, month in zip(WITHHELD, months, strict=True):
        said, came = fitted.expected[ours, month], observed.counts[ours, month]
        by_code = np.abs(said.sum(axis=0) - came.sum(axis=0)).sum() / came.sum()
        off = 100 * (said.sum() / came.sum() - 1)
        print(
            f"{text}: total {said.sum():,.0f} against {came.sum():,.0f} ({off:+.1f} %), "
            f"by nationality {100 * by_code:.1f} %"
        )


if __name__ == "__main__":
    main()

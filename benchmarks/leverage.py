"""Print the loop of 16 November 2021: what each step takes, the months, what each link contributes, and the bounds.

Run from the checkout: ``python benchmarks/leverage.py``. With ``--cold`` fits and runs of the corridor are made anew,
those that ship too, in a folder of their own, which takes some minutes; else those that are kept are used.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from itertools import pairwise

import numpy as np
import pandas as pd

import vado
from vado.forecast.predict import forecast
from vado.forecast.rules import INTERVALS
from vado.politics.leverage import leverage
from vado.politics.links import LINKS

AS_OF = "2021-11-16"
MONTHS = 6


def main(*, cold: bool = False) -> None:
    pd.set_option("display.width", 240, "display.max_columns", 60, "display.max_colwidth", 80, "display.max_rows", 200)
    begun = time.perf_counter()
    steps: list[tuple[float, str]] = []

    def tell(line: str) -> None:
        steps.append((time.perf_counter() - begun, line))

    with vado.open_ledger() as ledger:
        answer = leverage(ledger, as_of=AS_OF, months=MONTHS, cache=not cold, progress=tell)
        tell("done")
        for (at, line), (end, _) in pairwise(steps):
            if end - at >= 0.05:
                print(f"{end - at:7.1f} s  {line}")
        print(f"{steps[-1][0]:7.1f} s  in all\n")
        print("\n".join(answer.summary), end="\n\n")
        for name in ("loop", "links", "link_settings", "bargain", "chances", "deals", "patience", "threats", "uses"):
            table = answer.tables[name].drop(columns=["source_id", "definition", "after"], errors="ignore")
            print(f"{name}\n{(table.T if name == 'loop' else table).to_string(float_format=_figure)}\n")
        first = answer.tables["assumptions"]
        print(first.loc[first["rank"] <= 7, ["answer", "input", "first", "total", "total_error"]].to_string(), "\n")

        cut = leverage(ledger, as_of=AS_OF, months=MONTHS, links=[f"{name}=cut" for name in LINKS]).tables["loop"]
        plain = forecast(ledger, as_of=AS_OF, months=MONTHS, location="swb", nationality="ALL").tables["forecast"]
        names = ["median", *(f"{end}_{share}" for share in INTERVALS for end in ("low", "high"))]
        same = all(np.array_equal(cut[name].to_numpy(), plain[name].to_numpy()) for name in names)
        print(f"All links cut: the quantiles equal those of vado.forecast to the bit: {same}")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3f}"


if __name__ == "__main__":
    if "--cold" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_CACHE_HOME"] = folder
            main(cold=True)
    else:
        main()

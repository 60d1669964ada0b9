"""The camp at Del Rio in September 2021: headcounts left out, the peak, and what could have been said beforehand.

    python benchmarks/del_rio.py [--members 400] [--seed 1]

Printed are, for each headcount, what all other evidence says of it beside the straight line through its neighbours; the
mean log scores of both; the share inside the 90 % interval; the peak from all headcounts; and the forecasts made with
what was known on 1 and 13 September, hit or miss.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from vado.ledger.ledger import open_ledger
from vado.network.read import load_corridor
from vado.policy.camp.ask import del_rio
from vado.policy.camp.headcounts import read_headcounts
from vado.policy.camp.leave_out import leave_one_out, line_scores
from vado.policy.camp.totals import read_totals


def main() -> None:
    """Run and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--members", type=int, default=400)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    pd.set_option("display.width", 200, "display.max_columns", 20, "display.max_colwidth", 40)
    network = load_corridor("del_rio")
    with open_ledger() as ledger:
        headcounts, totals = read_headcounts(ledger), read_totals(ledger, network.start)
        began = time.perf_counter()
        table = leave_one_out(network, headcounts, totals, options.members, options.seed)
        seconds = time.perf_counter() - began
        print(table.round(2).to_string(index=False))
        scored = table.dropna(subset=["line"])
        filled = scored[scored["stated"] > 0]
        scale, _ = line_scores(table["stated"].to_numpy(float), table["line"].to_numpy(float))
        for name, part in (("all with two neighbours", scored), ("those above 0", filled)):
            difference = part["log_score"] - part["log_score_of_line"]
            error = difference.std() / np.sqrt(len(part))
            print(
                f"{name}: {len(part)} headcounts, mean log score {part['log_score'].mean():.3f} against "
                f"{part['log_score_of_line'].mean():.3f} of the straight line ({scale}): {difference.mean():+.3f} "
                f"(standard error {error:.3f}), better for {(difference > 0).sum()}"
            )
        inside = table["inside"]
        print(f"inside the 90 % interval: {inside.sum()} of {len(table)} ({100 * inside.mean():.0f} %)")
        print(f"{seconds:.0f} s for {len(table)} fits of {options.members} members")
        answer = del_rio(ledger, members=options.members, seed=options.seed)
    for name in ("peak", "ends", "contradictions", "beforehand"):
        print(f"\n{name}\n{answer.tables[name].drop(columns='source_id').to_string(index=False)}")


if __name__ == "__main__":
    main()

"""How well do the first figures of a caravan, and the other caravans, tell its later size? Scored on what came.

    python benchmarks/caravans.py

For each caravan with at least three sizes, the run that :func:`vado.policy.caravans.caravans` shows begins with the
rival figures of its first day in Mexico, and with a rate of leaving pooled over all *other* caravans. Printed are the
share of its later figures inside 90 % intervals and the median absolute log error of the run's median, beside the
naive rule that nobody leaves (the middle of the first day's figures). A second row has the net rate as it was
estimated, below zero where more people join than leave, which the run cannot have: there people leave and nobody joins.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from vado.ledger.ledger import open_ledger
from vado.policy.caravan_march import followed
from vado.policy.caravan_sizes import Attrition, attrition, sizes, stated_width
from vado.policy.caravans import caravans

#: A caravan is scored from this many figures on.
FEWEST = 3
DRAWS, MEMBERS, SEED = 4000, 1000, 1


def main() -> None:
    """Score and print."""
    with open_ledger() as ledger:
        figures = sizes(ledger)
        used = figures[figures["whole"] & figures["days"].notna()]
        counts = used.groupby("caravan")["days"].agg(["size", "nunique"])
        keys = counts.index[(counts["size"] >= FEWEST) & (counts["nunique"] > 1)]
        rows = []
        for key in keys:
            mine = followed(figures, key)
            first = mine[mine["walked"] == 0]
            naive = float(np.exp(np.median(np.log(first["value"]))))
            run = caravans(ledger, caravan=key, members=MEMBERS, seed=SEED).tables["figures"].dropna(subset=["inside"])
            rows.append(_scored(key, "run", run, naive))
            others = attrition(figures[figures["caravan"] != key], draws=DRAWS, seed=SEED)
            rows.append(_scored(key, "net rate", _net(mine, others), naive))
    table = pd.concat(rows, ignore_index=True)
    print(_means(table, ["caravan", "rule"]).round(2).to_string())
    print("\nall later figures alike")
    print(_means(table, ["rule"]).round(2).to_string())


def _net(mine: pd.DataFrame, others: Attrition) -> pd.DataFrame:
    """Return what the net rate, growth included, says of the later figures."""
    random = np.random.default_rng(SEED)
    first, later = mine[mine["walked"] == 0], mine[mine["walked"] > 0]
    starts = [
        np.log(row["value"]) - others.shift(row["kind"], row["bound"], width, random)
        for row, width in zip(first.to_dict("records"), stated_width(first), strict=True)
    ]
    start = np.stack(starts)[np.arange(DRAWS) % len(first), np.arange(DRAWS)]
    rate = others.another(random)
    rows = []
    for row, width in zip(later.to_dict("records"), stated_width(later), strict=True):
        told = np.exp(start - rate * row["walked"] + others.shift(row["kind"], row["bound"], width, random))
        low, middle, high = np.quantile(told, [0.05, 0.5, 0.95])
        rows.append({"value": row["value"], "median": middle, "inside": low <= row["value"] <= high})
    return pd.DataFrame(rows)


def _scored(key: str, rule: str, said: pd.DataFrame, naive: float) -> pd.DataFrame:
    """Return the log error of each later figure under a rule and under the naive one."""
    value = said["value"].astype(float)
    return pd.DataFrame(
        {
            "caravan": key,
            "rule": rule,
            "inside_90": said["inside"].astype(float),
            "log_error": np.abs(np.log(said["median"].astype(float) / value)),
            "log_error_no_attrition": np.abs(np.log(naive / value)),
        }
    )


def _means(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the number of figures, the share inside, and median absolute log errors."""
    return table.groupby(by, sort=False).agg(
        later_figures=("inside_90", "size"),
        inside_90=("inside_90", "mean"),
        log_error=("log_error", "median"),
        log_error_no_attrition=("log_error_no_attrition", "median"),
    )


if __name__ == "__main__":
    main()

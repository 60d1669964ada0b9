"""Print the record of the naive members on the 31 origins of the study, beside what was measured before.

Run from the checkout: ``python benchmarks/forecast_study.py``; with ``--all`` also ETS, ARIMA and Theta, which take
minutes the first time and are then kept in the user's cache folder.
"""

from __future__ import annotations

import argparse
import sys
import time

import pandas as pd

import vado
from vado.forecast.archive import Archive
from vado.forecast.backtest import backtest
from vado.forecast.rolling import roll

NAIVE = ("rw", "srw", "snaive")
SLOW = ("ets", "arima", "theta")

#: What was measured before Vado: (raw, log) at 1-2 and at 3-6 months; scores of rw, ratios of srw to rw.
BEFORE = {
    "T1 total": ((20_183, 0.115, 0.87, 0.85), (30_045, 0.167, 1.01, 0.96)),
    "T2 nationality": ((3_017, 0.292, 0.92, 0.96), (5_557, 0.536, 0.95, 0.98)),
    "T3 location": ((2_970, 0.169, 0.92, 0.88), (4_725, 0.263, 1.00, 0.94)),
    "T4 cell": ((408, 0.423, 0.95, 0.98), (794, 0.675, 0.98, 0.99)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="also ets, arima and theta")
    members = (*NAIVE, *SLOW) if parser.parse_args().all else NAIVE
    with vado.open_ledger() as ledger:
        origins = list(pd.date_range("2020-12-31", "2023-06-30", freq="ME", unit="s"))
        roll(ledger, NAIVE, origins[:1], 1)
        started = time.perf_counter()
        roll(Archive(ledger), NAIVE, origins, 12)
        seconds = time.perf_counter() - started
        for reconcile in (False, True):
            answer = backtest(ledger, members=members, reconcile=reconcile, progress=_say)
            title = "medians made to agree with their sums" if reconcile else "each series on its own"
            print(f"\n31 origins 2020-12 to 2023-06, 1 to 6 months ahead, {title}\n")
            _compare(answer.tables["scores"], answer.tables["ratios"])
            print("\nRatio to rw, with 90 % block-bootstrap intervals\n")
            _ratios(answer.tables["ratios"])
    print(f"\n{', '.join(NAIVE)}: 31 origins, 12 months, 154 series in {seconds:.1f} s")


def _compare(scores: pd.DataFrame, ratios: pd.DataFrame) -> None:
    walk = _pooled(scores[scores["member"] == "rw"])
    season = _pooled(ratios[(ratios["member"] == "srw") & (ratios["baseline"] == "rw")])
    print(f"{'':15} {'months':>6} {'rw raw':>18} {'rw log':>15} {'srw/rw raw':>13} {'srw/rw log':>13}   (before)")
    for group, band in walk.index:
        row = walk.loc[(group, band)]
        raw, log, season_raw, season_log = BEFORE[group][band == "3-6"]
        ratio = season.loc[(group, band)]
        print(
            f"{group:15} {band:>6} {row['wis']:>9,.0f} ({raw:>6,}) {row['log_wis']:>7.3f} ({log:.3f}) "
            f"{ratio['ratio_raw']:>6.3f} ({season_raw:.2f}) {ratio['ratio_log']:>6.3f} ({season_log:.2f})"
        )


def _ratios(ratios: pd.DataFrame) -> None:
    for scale in ("raw", "log"):
        rows = _pooled(ratios[ratios["baseline"] == "rw"]).reset_index()
        shown = [f"{r:.2f} [{low:.2f}, {high:.2f}]" for r, low, high in rows[_columns(scale)].itertuples(index=False)]
        table = rows.assign(shown=shown).pivot_table(
            index=["group", "horizons"], columns="member", values="shown", aggfunc="first"
        )
        print(f"{scale}\n{table.to_string()}\n")


def _columns(scale: str) -> list[str]:
    return [f"{what}_{scale}" for what in ("ratio", "low", "high")]


def _pooled(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["by"] == "group") & (table["months"] == "all")].set_index(["group", "horizons"])


def _say(line: str) -> None:
    if sys.stderr.isatty():
        print(line, file=sys.stderr)


if __name__ == "__main__":
    main()

"""Print the bargain of 16 November 2021: times, who gains what, which deals, threats, uses, what matters, three cases.

Run from the checkout: ``python benchmarks/bargain.py``; about half a minute once the corridor's fit and runs are kept.
The chance of passage is the mean of ``vado.congress`` for that day and is not worked out again here.
"""

from __future__ import annotations

import time

import pandas as pd

import vado
from vado.politics import deals
from vado.politics.action_flows import ActionFlows, action_flows
from vado.politics.assumptions import which_matters
from vado.politics.average import average
from vado.politics.bargain import Bargain, Effect, PointsPerDoubling
from vado.politics.cases import cases
from vado.politics.load import load_effect
from vado.politics.uses import uses

AS_OF = "2021-11-16"
CHANCE = 0.026
#: Effects of the load on approval beside the one estimated [points per doubling].
BESIDE = (PointsPerDoubling(0.0, 0.0), PointsPerDoubling(-1.5, 1.0), PointsPerDoubling(-3.0, 1.0))


def main() -> None:
    pd.set_option("display.width", 220, "display.max_columns", 40, "display.max_colwidth", 90)
    with vado.open_ledger() as ledger:
        start = time.perf_counter()
        flows = action_flows(ledger, as_of=AS_OF, progress=print)
        print(f"The corridor for each action, {time.perf_counter() - start:.1f} s ({flows.note})\n")
        means = {name: counts.sum(axis=-1).mean(axis=-1).round(0) for name, counts in flows.counts.items()}
        for name, table in means.items():
            print(f"{name}, by factor and posture\n{pd.DataFrame(table, flows.factors, flows.postures)}\n")
        effect = load_effect(ledger, AS_OF)
        approval = average(ledger, AS_OF, as_of=AS_OF).mean
        month = {"load": flows.load, "approval": approval, "chance": CHANCE}
        print(f"{month}; {effect.mean:+.2f} points a doubling, sd {effect.sd:.2f}, {effect.verdict}\n")
        start = time.perf_counter()
        bargain = Bargain(flows, effect, draws=600)
        outcome = bargain.at(**month)
        print(f"600 draws of {outcome.payoffs.us[0].size:,} profiles, {time.perf_counter() - start:.2f} s\n")
        for made in (deals.who_gains, deals.chances, deals.deals, deals.patience, deals.threats, deals.parts, uses):
            table = made(outcome).drop(columns=["source_id", "definition", "after"], errors="ignore")
            print(f"{made.__name__}\n{table.round(3).to_string()}\n")
        print("Other effects of the load on approval: share of draws with a deal, mean gains\n")
        for other in BESIDE:
            _other(flows, other, month)
        start = time.perf_counter()
        found = which_matters(flows, effect, load=flows.load, approval=approval, chance=CHANCE)
        print(f"\nSobol indices, {found['bargains'].iloc[0]:,} bargains, {time.perf_counter() - start:.1f} s\n")
        print(found.groupby("answer", sort=False).head(7).drop(columns=["source_id", "bargains"]).round(3).to_string())
        start = time.perf_counter()
        told = cases(ledger)
        print(f"\nThree cases, direction only (n = 3), {time.perf_counter() - start:.1f} s\n")
        for row in told.drop(columns="source_id").round(3).to_dict("records"):
            print("\n".join(f"{key:32s} {value}" for key, value in row.items()), end="\n\n")


def _other(flows: ActionFlows, effect: Effect, month: dict[str, float]) -> None:
    outcome = Bargain(flows, effect, draws=600).at(**month)
    gains = outcome.us_gain.mean(), outcome.mexico_gain.mean()
    print(f"{effect.mean:+.1f} (sd {effect.sd:.1f}): {outcome.deal.mean():.3f}, {gains[0]:.1f} and {gains[1]:.1f}")


if __name__ == "__main__":
    main()

"""Print the residual configuration, its record against the Department of Homeland Security, and the 2021 paper rebuilt.

Run from the checkout: ``python benchmarks/stock_residual.py``; about fifteen seconds.
"""

from __future__ import annotations

import pandas as pd

import vado
from vado.stock.residual import (
    MISSING,
    interval_frame,
    read_given,
    residual,
    residual_parameters,
)
from vado.stock.residual_record import (
    SCORED,
    against_dhs,
    by_vintage,
    central_figure,
    components,
    reconstruct,
    spread_by_parameter,
)

MILLION = 1e6
DRAWS = 20_000


def main() -> None:
    with vado.open_ledger() as ledger:
        found = residual(ledger, draws=DRAWS)
        given = read_given(ledger)
        print("Assumptions\n")
        for one in residual_parameters(ledger).values():
            print(f"  {one.name:26}{one.low:>12.6g} to {one.high:<12.6g}{one.unit:12}{one.status:10}{one.source}")
        print(f"\n  left in a decade {given.left}, at a level of {given.level:.5f} a year; part of the census of 1980")
        print(f"  granted in the 1970s {given.arrived_1970s:.3f}")
        print("\nMissing: " + "; ".join(MISSING))
        print(f"\nResidual on 1 January, {DRAWS} draws, million persons\n")
        print(_million(interval_frame(found)).to_string(index=False))
        print("\nParts, medians, million persons\n")
        parts = components(found).pivot_table(index="year", columns="part", values="median") / MILLION
        print(parts.round(2).to_string())
        print("\nShare of the variance by parameter, 1 January 2017 (squared rank correlation)\n")
        print(spread_by_parameter(found, 2017.0).drop(columns="source_id").round(3).to_string(index=False))
        scored = against_dhs(ledger, draws=DRAWS)
        print(f"\nAgainst {', '.join(SCORED)}, each as its counts were known, million persons\n")
        print(_million(scored).sort_values("run", ascending=False, kind="stable").to_string(index=False))
        print()
        table = by_vintage(scored)
        print(_million(table).to_string(index=False))
        for run, rows in table.groupby("run", sort=False):
            print(
                f"{run}: {rows['inside_80'].sum()} of {rows['points'].sum()} inside the 80 % interval, "
                f"{rows['inside_50'].sum()} inside the 50 %"
            )
        _reconstruction(reconstruct(ledger), central_figure(ledger)[0])


def _reconstruction(sets: pd.DataFrame, target: float) -> None:
    print(f"\nIllustrative reconstruction of the 2021 paper, mid-2017; central figure {target / MILLION:.2f} million\n")
    print(_million(sets).to_string(index=False))
    good = sets[sets["meets"] & sets["plausible"]]
    print(f"\n{sets['meets'].sum()} sets meet the central figure within 1 %, {len(good)} of them within their ranges")
    for share in (50, 95):
        low, high = (good[f"{end}_{share}"] / MILLION for end in ("low", "high"))
        printed_low, printed_high = (sets[f"printed_{end}_{share}"].iloc[0] / MILLION for end in ("low", "high"))
        print(
            f"{share} % interval: low end predicted {low.min():.1f} to {low.max():.1f}, printed {printed_low:.1f}; "
            f"high end predicted {high.min():.1f} to {high.max():.1f}, printed {printed_high:.1f} million"
        )


def _million(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in million persons, without its sources."""
    table = table.drop(columns="source_id")
    for column in table.select_dtypes("number"):
        if table[column].abs().max() > 10_000:
            table[column] = (table[column] / MILLION).round(2)
    return table.round(4)


if __name__ == "__main__":
    main()

"""Print the record of the average of polls beside its rivals, its settings fitted again, and the border's load.

Run from the checkout: ``python benchmarks/approval.py``; about one minute, nearly all of it the fit. The settings and
the rival's shrinkage are chosen on the polls published before 2020; everything after is held back.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd

import vado
from vado.politics.approval import approval
from vado.politics.approval_model import SETTINGS, Settings, filter_polls, fit
from vado.politics.approval_record import BELIEVED, EARLIER, HELD_BACK, compared, origins, record
from vado.politics.average import average
from vado.politics.load import load_effect
from vado.politics.polls import read_polls

COLUMNS = [
    "president",
    "part",
    "origins",
    "predictions",
    "mae",
    "mae_shrunken",
    "mae_fading",
    "mae_plain",
    "ratio_shrunken",
    "ratio_shrunken_low",
    "ratio_shrunken_high",
    "ratio_fading",
    "ratio_plain",
    "coverage_90",
    "mae_disapprove",
    "coverage_90_disapprove",
]


def main() -> None:
    pd.set_option("display.width", 250, "display.max_columns", 30)
    with vado.open_ledger() as ledger:
        polls = read_polls(ledger)
        frames = {str(name): own.reset_index(drop=True) for name, own in polls.groupby("president")}
        print("Shrinkage of the rival, chosen on the earlier polls: mean absolute error by polls believed half\n")
        _believed(frames, "pollster")
        by_line = {name: own.assign(pollster=own["line"]) for name, own in frames.items()}
        print("\nThe same rival with a lean for each line (sponsor or tracker) of a pollster\n")
        _believed(frames, "line", by_line)
        print("\n\nRecord, 14 days ahead\n")
        _record(frames, SETTINGS)
        variants = {
            "leans that do not move": replace(SETTINGS, memory=1e6),
            "no noise of each pollster's own": replace(SETTINGS, patience=1e9),
            "repeated interviews count in full": replace(SETTINGS, overlap=0.0),
        }
        for title, settings in variants.items():
            print(f"\n{title}\n")
            _record(frames, settings)
        _day(ledger)
        _load(ledger)
        early = polls[(polls["published"] < HELD_BACK)]
        start = time.perf_counter()
        found = fit(early.reset_index(drop=True), evaluations=250)
        print(
            f"\n\nSettings fitted again to the polls before {HELD_BACK}, {time.perf_counter() - start:.0f} s\n{found}"
        )
        print(f"as shipped\n{SETTINGS}\n")
        _record(frames, found)


def _believed(frames: dict[str, pd.DataFrame], what: str, shown: dict[str, pd.DataFrame] | None = None) -> None:
    made = {name: filter_polls(own, origins=origins(own)) for name, own in frames.items()}
    rows = []
    for believed in BELIEVED:
        row: dict[str, object] = {"lean of": what, "believed": believed}
        for name, own in (shown or frames).items():
            found = compared(own, made[name], believed)
            # Weights stay those of pollsters, so that errors compare.
            found["weight"] = compared(frames[name], made[name])["weight"]
            for part, some in found.groupby("part"):
                error = (some["shrunken"] - some["actual"]).abs()
                row[f"{name}, {part}"] = float(np.average(error, weights=some["weight"]))
        rows.append(row)
    print(pd.DataFrame(rows).round(3).to_string(index=False))


def _record(frames: dict[str, pd.DataFrame], settings: Settings) -> None:
    rows = [compared(own, filter_polls(own, settings, origins=origins(own))) for own in frames.values()]
    table = record(pd.concat(rows, ignore_index=True))[COLUMNS]
    print(table.sort_values("part", key=lambda part: part != EARLIER).round(3).to_string(index=False))


def _day(ledger: vado.Ledger) -> None:
    start = time.perf_counter()
    answer = approval(ledger, date="2021-11-05")
    took = time.perf_counter() - start
    print(f"\n\nAnswer for 5 November 2021, {took:.1f} s\n")
    print("\n".join(answer.summary))
    start = time.perf_counter()
    average(ledger, "2021-11-05")
    first = time.perf_counter() - start
    start = time.perf_counter()
    for month in range(1, 13):
        average(ledger, f"2021-{month:02d}-28", as_of=f"2021-{month:02d}-28")
    print(f"\naverage(): first {first:.2f} s, then {(time.perf_counter() - start) / 12 * 1000:.1f} ms a day")


def _load(ledger: vado.Ledger) -> None:
    found = load_effect(ledger)
    print("\n\nBorder's load, points of approval per doubling of monthly encounters\n")
    print(found.variants.drop(columns="source_id").round(2).to_string(index=False))
    print(f"\n{found.as_large} of {found.placebos} placebos as large as the main estimate")


if __name__ == "__main__":
    main()

"""Print what past changes of levers did to encounters, with placebos, and what is known of control on the way.

Run from the checkout: ``python benchmarks/effects.py``; about ten seconds. First the choice of the estimator, made on
placebos alone: the spread of estimates at dates and for nationalities where nothing changed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import vado
from vado.forecast.targets import read_panel
from vado.policy import event_study
from vado.policy.changes import ALL_ENCOUNTERS, STUDY, VISA
from vado.policy.control import control
from vado.policy.effects import effects, panels
from vado.policy.event_study import Window
from vado.policy.study import Study

#: Candidates: comparison, pull towards equal weights, months before.
CANDIDATES = [("mean", 0.0), *(("synthetic", ridge) for ridge in (0.001, 0.01, 0.03, 0.1, 1.0))]
MONTHS_BEFORE = (3, 6, 9, 12)


def main() -> None:
    with vado.open_ledger() as ledger:
        counts = panels(ledger, read_panel(ledger))
        study = Study(ledger.read("events"), counts)
        _choice(counts[ALL_ENCOUNTERS][0], study)
        _effects(effects(ledger).tables)
        _control(control(ledger).tables)


def _choice(panel: event_study.LogPanel, study: Study) -> None:
    print("Spread of placebos (5th to 95th percentile, log) over dates that all candidates have\n")
    print(f"{'comparison':12}{'pull':>8}" + "".join(f"{months:>10} m" for months in MONTHS_BEFORE))
    taken = event_study.RIDGE
    for method, ridge in CANDIDATES:
        widths = []
        for before in MONTHS_BEFORE:
            event_study.RIDGE = ridge
            window = Window(max(MONTHS_BEFORE), before=before)
            found = event_study.placebos(panel, window, study.own, method=method)
            same = [one.effect for one in found if one.window.first >= max(MONTHS_BEFORE)]
            widths.append(float(np.diff(np.quantile(same, [0.05, 0.95]))[0]))
        print(f"{method:12}{ridge:>8}" + "".join(f"{width:>12.2f}" for width in widths))
    event_study.RIDGE = taken
    for method in ("synthetic", "mean"):
        held, count = event_study.coverage(
            event_study.placebos(panel, Window(event_study.BEFORE), study.own, method=method)
        )
        print(f"\n{method}: 90 % intervals made without a nationality hold {100 * held:.1f} % of its {count} placebos")


def _effects(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["effects"]
    print("\n\nEvent studies, three months after against six before\n")
    for row in rows[rows["method"] == STUDY].to_dict("records"):
        print(
            f"{row['change']:58} {row['per_cent']:+6.0f} % "
            f"[{row['per_cent_low']:+4.0f}, {row['per_cent_high']:+4.0f}]  "
            f"log {row['effect']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]  p {row['placebo_p']:.3f} "
            f"({row['as_large']:.0f} of {row['placebos']:.0f}, {row['placebos_apart']:.0f} apart)  "
            f"trend {row['trend_before']:+.2f} (p {row['trend_p']:.2f})\n    {row['comparison']}\n    {row['verdict']}"
        )
    print("\nVisa rules, other comparisons and lengths\n")
    rivals = tables["rivals"]
    columns = ["change", "comparison", "months_after", "effect", "low", "high", "placebo_p", "placebos"]
    print(rivals[rivals["lever"] == VISA][columns].round(3).to_string(index=False))
    print("\nOther counters after visa rules, a month\n")
    spans = tables["spillover"]
    wide = spans.pivot_table(index=["change", "counter"], columns="span", values="per_month", sort=False)
    print(wide.round(0).to_string())
    print("\nNo event study\n")
    for row in rows[rows["method"] != STUDY].to_dict("records"):
        print(f"{row['change']}: {row['method']}. {row['verdict']}")


def _control(tables: dict[str, pd.DataFrame]) -> None:
    hidden = ["source_id", "meaning"]
    for name, keep in (
        ("bounds", tables["bounds"]["year"] == "2021"),
        ("moves", tables["moves"]["nationality"].isin(["HTI", "GTM+HND+SLV", "all but MEX"])),
        ("focus", tables["focus"]["nationality"].isin(["HTI", "GTM+HND+SLV"])),
        ("spans", tables["spans"]["nationality"] != ""),
    ):
        shown = tables[name][keep].drop(columns=hidden, errors="ignore").round(3)
        print(f"\n{name}\n\n{shown.to_string(index=False)}")


if __name__ == "__main__":
    main()

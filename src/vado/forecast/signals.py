"""Signals from further south: one small elasticity with a sign, and no free regression.

Irregular entries to Honduras are published nearly live, and who is counted there reaches the United States one to
three months later. When the entries of a nationality rose by one per cent in the origin's month, its encounters are
moved up by :data:`ELASTICITY` per cent. The number is a prior: a study of this border found a fifth to help
Ecuadorian, Nicaraguan and Cuban encounters and free regressions on many signals to lose.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from vado.forecast.targets import CELLS, NATIONALITIES, Floats, Observer

MEASURE = "hn_entries"

#: Relative change of encounters for a relative change of entries to Honduras of one.
ELASTICITY = 0.2
#: Entries in the month before, below which their change says nothing.
FEWEST_ENTRIES = 100.0
#: Larger log changes count as this large.
LARGEST = 1.0


def read_signals(ledger: Observer, as_of: dt.date, origin: pd.Timestamp) -> tuple[dict[str, float], str]:
    """Return the log change of entries into the origin's month by nationality, and the sources.

    A nationality whose two months are not both published, or with too few entries, is left out.
    """
    before = origin - pd.offsets.MonthEnd(1)
    rows = ledger.observe(MEASURE, as_of=as_of, start=before.date().replace(day=1), end=origin.date())
    rows = rows[rows["nationality"].isin(NATIONALITIES)]
    if rows.empty:
        return {}, ""
    months = pd.to_datetime(rows["period_end"])
    table = rows.pivot_table(index=months, columns="nationality", values="value", aggfunc="sum")
    if not {before, origin} <= set(table.index):
        return {}, ""
    first, last = (table.loc[month].to_numpy(float) for month in (before, origin))
    changes = np.clip(np.log1p(last) - np.log1p(first), -LARGEST, LARGEST)
    kept = (first > FEWEST_ENTRIES) & np.isfinite(last)
    found = {str(code): float(change) for code, change, keep in zip(table, changes, kept, strict=True) if keep}
    return found, ";".join(sorted(rows["source_id"].unique()))


def moves(changes: dict[str, float]) -> Floats:
    """Return the log change of each cell that the signals say, shape (cell,)."""
    return np.array([ELASTICITY * changes.get(code, 0.0) for _, code in CELLS])

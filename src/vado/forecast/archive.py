"""Many looks at one ledger as of many days, without asking it for the same rows each time.

A backtest looks at the same measures at every origin. Whatever of the newest figures had been published by a day is
also what was known on that day; the ledger itself is asked only for periods whose newest figures came later, since an
older release of them may have been known. The rows are those of :meth:`vado.ledger.ledger.Ledger.observe`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pandas as pd

from vado.forecast.targets import Observer
from vado.ledger.dates import Day, day

T = TypeVar("T")


class Archive:
    """A view of a ledger that does not change while it is used.

    Parameters
    ----------
    ledger
        Where the figures lie.
    """

    def __init__(self, ledger: Observer) -> None:
        self._ledger = ledger
        self._newest: dict[str, tuple[pd.DataFrame, pd.Series]] = {}
        self._tables: dict[str, pd.DataFrame] = {}
        #: Past forecasts, filed by origin and members, so that a record is made once.
        self.memory: dict[Any, Any] = {}

    @classmethod
    def of(cls, ledger: Observer) -> Archive:
        """Return the ledger if it is a view already, or a new view of it."""
        return ledger if isinstance(ledger, cls) else cls(ledger)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what was made under a name, or make it; for what no origin changes."""
        if name not in self.memory:
            self.memory[name] = make()
        return self.memory[name]  # type: ignore[no-any-return]

    def read(self, table: str) -> pd.DataFrame:
        """Return a table of the ledger other than its observations, of all days."""
        if table not in self._tables:
            self._tables[table] = self._ledger.read(table)
        return self._tables[table]

    def observe(
        self,
        measure: str,
        as_of: Day | None = None,
        *,
        start: Day | None = None,
        end: Day | None = None,
        **filters: Any,
    ) -> pd.DataFrame:
        """Return the rows of a measure as known on a day; looks with further filters go to the ledger."""
        if filters:
            return self._ledger.observe(measure, as_of, start=start, end=end, **filters)
        rows, released = self._read(measure)
        inside = pd.Series(True, index=rows.index)
        if start is not None:
            inside &= rows["period_start"] >= pd.Timestamp(day(start, "start"))
        if end is not None:
            inside &= rows["period_end"] <= pd.Timestamp(day(end, "end"))
        if as_of is None:
            return rows[inside]
        known = released <= pd.Timestamp(day(as_of, "as_of"))
        later = rows.loc[inside & ~known, ["period_start", "period_end"]]
        if later.empty:
            return rows[inside]
        first, last = later["period_start"].min().date(), later["period_end"].max().date()
        older = self._ledger.observe(measure, as_of, start=first, end=last)
        periods = pd.MultiIndex.from_frame(later.drop_duplicates())
        older = older[pd.MultiIndex.from_frame(older[["period_start", "period_end"]]).isin(periods)]
        return rows[inside & known] if older.empty else pd.concat([rows[inside & known], older], ignore_index=True)

    def _read(self, measure: str) -> tuple[pd.DataFrame, pd.Series]:
        """Return the newest rows, and for each the day on which its whole period was out."""
        if measure not in self._newest:
            rows = self._ledger.observe(measure)
            released = rows.groupby(["period_start", "period_end"])["published"].transform("max")
            self._newest[measure] = rows, released
        return self._newest[measure]

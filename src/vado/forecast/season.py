"""The seasonal shape: how much border encounters usually grow or fall into each month of the year.

It is the median log change of southwest Border Patrol encounters into each calendar month, October 2010 to September
2019, less its mean. These years are fixed: the shape was complete before the first month that is forecast, so it
leaks nothing into a backtest, and it is not refitted on 2020 to 2023, when the rebound after the first months of the
pandemic looks like a season and is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vado.errors import BadValueError
from vado.forecast.targets import Floats, Observer, day_before_or_at
from vado.ledger.codes import SOUTHWEST_SECTORS
from vado.ledger.dates import Day

MEASURE = "usbp_encounters"
FIRST_CHANGE = pd.Timestamp("2010-10-31")
LAST_CHANGE = pd.Timestamp("2019-09-30")

#: The part of the shape that is applied; taken as it stood in an earlier study of this border, not fitted here.
STRENGTH = 0.75


@dataclass(frozen=True)
class Season:
    """The usual log change into each calendar month.

    Parameters
    ----------
    shape
        January to December, sums to zero up to rounding, shape (12,) [log(encounters/month)].
    source_ids
        Sources of the figures, separated by ``;``.
    strength
        The part of the shape that is applied.
    """

    shape: Floats
    source_ids: str
    strength: float = STRENGTH

    def changes(self, months: pd.DatetimeIndex) -> Floats:
        """Return the log change expected into each of the months, shape (time,)."""
        return np.asarray(self.strength * self.shape[np.asarray(months.month) - 1], dtype=float)


def read_season(ledger: Observer, as_of: Day, origin: pd.Timestamp) -> Season:
    """Return the seasonal shape as it was known at the end of the origin's month, or earlier.

    Raises
    ------
    BadValueError
        If September 2019 was not published by then.
    """
    known = day_before_or_at(as_of, origin)
    rows = ledger.observe(
        MEASURE,
        as_of=known,
        start=FIRST_CHANGE.date().replace(month=FIRST_CHANGE.month - 1, day=1),
        end=LAST_CHANGE.date(),
    )
    rows = rows[rows["place"].isin(SOUTHWEST_SECTORS)]
    total = rows.groupby(pd.to_datetime(rows["period_end"]))["value"].sum()
    wanted = pd.date_range(FIRST_CHANGE - pd.offsets.MonthEnd(1), LAST_CHANGE, freq="ME")
    if not wanted.isin(total.index).all():
        raise BadValueError(
            f"the seasonal shape needs {MEASURE} from {wanted[0]:%Y-%m} to {wanted[-1]:%Y-%m}, which was not all "
            f"published by {known}; use member 'rw' or a later origin"
        )
    changes = np.diff(np.log1p(total.reindex(wanted).to_numpy(float)))
    calendar = np.asarray(wanted.month)[1:]
    shape = np.array([np.median(changes[calendar == number]) for number in range(1, 13)])
    return Season(shape - shape.mean(), ";".join(sorted(rows["source_id"].unique())))

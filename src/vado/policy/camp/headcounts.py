"""What a headcount says of a camp: a number, what sort of number it is, and when on the day it held.

Headcounts of one camp come from several people and disagree. Each is taken as a statement about the number present at
one moment. On the scale log(n + 100) a statement errs by a normal amount whose size depends on the sort of value;
who says "more than" or "nearly" names the round number next below or above what is there. Where no clock time is
given, the moment is unknown within a window of hours, and what the camp did within these hours adds to the error.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Floats = npt.NDArray[np.float64]

MEASURE = "camp_headcount"

#: Persons that a count of an open camp cannot tell from none: an error that does not shrink with the number there, and
#: what keeps the logarithm of an empty camp finite. Assumed.
RESOLUTION = 100.0

#: Standard deviation of a statement in parts of the number stated, before any evidence. Who counts an open crowd of
#: thousands errs by some per cent; one given as approximate is rounded, often to thousands, and passed on. Assumed.
ERROR = {"reported": 0.08, "reported_peak": 0.08, "approx": 0.12, "lower_bound": 0.12, "upper_bound": 0.12}

#: The hour at which a day of a run begins, when a first shift of three takes over. Assumed.
DAY_BEGINS = 6.0

#: Hours of the day within which a statement held, by its word for the time. A figure without a word may be some hours
#: old when it is given: from midnight on. Assumed.
WINDOWS = {"morning": (6.0, 12.0), "day": (8.0, 18.0), "night": (18.0, 24.0), "": (0.0, 22.0)}

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})\Z")


@dataclass(frozen=True)
class Headcount:
    """One statement about the number of people in a camp.

    Parameters
    ----------
    date
        The day it speaks of.
    value
        The number stated [persons].
    kind
        ``reported``, ``approx``, ``lower_bound``, ``upper_bound`` or ``reported_peak``.
    first_hour, last_hour
        Hours after the beginning of ``date`` between which it held; equal where the clock time is given.
    time
        Its word for the time, or the clock time; empty if none.
    whose
        Who said it.
    published
        When it came out.
    source_id
        Where it stands.
    """

    date: dt.date
    value: float
    kind: str
    first_hour: float
    last_hour: float
    time: str
    whose: str
    published: dt.date
    source_id: str

    @property
    def is_peak(self) -> bool:
        """Whether it speaks of the largest number there ever was, and not of a moment."""
        return self.kind == "reported_peak"

    @property
    def unit(self) -> float:
        """The unit to which a bound is rounded [persons]: the largest power of ten that divides it; 0 for others."""
        if self.kind not in ("lower_bound", "upper_bound"):
            return 0.0
        unit = 1.0
        while self.value and self.value % (10.0 * unit) == 0:
            unit *= 10.0
        return unit

    @property
    def beyond(self) -> float:
        """Distance on the log scale from a bound to the middle of the rounding unit beyond it; 0 for others."""
        half = {"lower_bound": 0.5, "upper_bound": -0.5}.get(self.kind, 0.0) * self.unit
        return float(to_log(self.value + half) - to_log(self.value))

    @property
    def error(self) -> float:
        """Standard deviation of the statement on the log scale, the unknown hour left out."""
        persons = np.hypot(ERROR[self.kind] * self.value, self.unit / np.sqrt(12.0))
        return float(np.hypot(persons, RESOLUTION) / (self.value + RESOLUTION))

    @property
    def observed(self) -> float:
        """The statement on the log scale, as a statement on the number there."""
        return float(to_log(self.value)) + self.beyond

    @property
    def middle(self) -> float:
        """Days from the beginning of ``date`` to the middle of the hours."""
        return (self.first_hour + self.last_hour) / 48.0

    def stated(self, present: npt.ArrayLike) -> Floats:
        """Return the number that would be stated without error where so many are present [persons]."""
        return np.asarray(from_log(to_log(present) - self.beyond))


def to_log(persons: npt.ArrayLike) -> Floats:
    """Return persons on the log scale, on which statements err alike.

    >>> float(from_log(to_log(5600.0)))
    5600.0
    """
    return np.asarray(np.log(np.asarray(persons, dtype=np.float64) + RESOLUTION))


def from_log(logs: npt.ArrayLike) -> Floats:
    """Return persons from the log scale."""
    return np.asarray(np.round(np.exp(np.asarray(logs, dtype=np.float64)) - RESOLUTION, 6))


def read_headcounts(ledger: Ledger, as_of: dt.date | None = None) -> tuple[Headcount, ...]:
    """Return the headcounts published by a day, in the order of the moments they speak of."""
    rows = ledger.observe(MEASURE, as_of)
    found = [_of_row(row) for row in rows.to_dict("records")]
    return tuple(sorted(found, key=lambda one: (one.date, one.middle, one.value)))


def moments(headcounts: Sequence[Headcount], start: dt.date, within: npt.ArrayLike) -> Floats:
    """Return the moments of headcounts in days after the run began, at 06:00 of ``start``.

    Parameters
    ----------
    headcounts
        The statements.
    start
        The first day of the run.
    within
        Where in its window of hours each held, 0 to 1, shape ``(headcount, …)``.

    Returns
    -------
    ndarray
        Days, of the shape of ``within``.
    """
    place = np.asarray(within, dtype=np.float64)
    shape = (len(headcounts),) + (1,) * (place.ndim - 1)
    days = np.array([(one.date - start).days for one in headcounts], dtype=np.float64).reshape(shape)
    first = np.array([one.first_hour for one in headcounts]).reshape(shape)
    last = np.array([one.last_hour for one in headcounts]).reshape(shape)
    return np.asarray(days + (first + place * (last - first) - DAY_BEGINS) / 24.0)


def _of_row(row: dict[Any, Any]) -> Headcount:
    attributes = json.loads(row["attributes"])
    time = str(attributes.get("time", ""))
    clock = _CLOCK.match(time)
    if clock:
        first = last = int(clock[1]) + int(clock[2]) / 60.0
    else:
        first, last = WINDOWS.get(time, WINDOWS[""])
    # The ledger says so in words where a statement may hold for the day before.
    if "date uncertain" in str(row["note"]):
        first -= 24.0
    return Headcount(
        date=row["period_start"].date(),
        value=float(row["value"]),
        kind=str(attributes["value_type"]),
        first_hour=first,
        last_hour=last,
        time=time,
        whose=str(attributes["whose"]),
        published=row["published"].date(),
        source_id=str(row["source_id"]),
    )

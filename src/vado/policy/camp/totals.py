"""Totals that officials and newspapers stated of a camp, and what in a run each can be held against.

A total is soft evidence: it comes rounded, its period is not always clear, and some say other things than their words.
Each sort of total has an error on the log scale, fixed beforehand by how it was come by; sorts that count other people
than those who pass through the camp are shown and not used.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vado.policy.camp.paths import Paths

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Floats = npt.NDArray[np.float64]

#: Shifts of eight hours in a day.
SHIFTS = 3


@dataclass(frozen=True)
class Sort:
    """A sort of total: what of a run it is held against, and how far a statement of it may be off.

    Parameters
    ----------
    measure
        The measure of the ledger.
    outcome
        The attribute ``outcome`` (or ``from``) of its rows; empty where the measure has none.
    of
        The people of each day that it adds up, ``(draw, day)``.
    error
        Standard deviation on the log scale; None where it is shown and not used.
    reading
        What it is taken to say, or why it is not used.
    times
        What the stated value is multiplied with.
    """

    measure: str
    outcome: str
    of: Callable[[Paths], Floats]
    error: float | None
    reading: str
    times: float = 1.0


SORTS = (
    Sort("camp_arrivals_per_shift", "", lambda p: p.arrived, 0.3, "people who came that day, three shifts", SHIFTS),
    Sort(
        "arrivals_reported", "", lambda p: p.arrived, 0.3, "people who came to the town, a round figure of a newspaper"
    ),
    Sort("camp_outcomes", "encountered", lambda p: p.arrived, 0.2, "all who came, a round figure"),
    Sort(
        "camp_outcomes", "moved_out_of_camp", lambda p: p.taken_in, 0.3, "all taken in; it may leave out those let go"
    ),
    Sort("camp_outcomes", "returned_to_mexico", lambda p: p.gone_back, 0.3, "those who gave up; nobody counted them"),
    Sort("camp_outcomes", "expelled_to_haiti", lambda p: p.flown, 0.15, "those flown; a count of passengers"),
    Sort(
        "camp_outcomes",
        "moved_to_custody_or_other_sectors",
        lambda p: p.moved,
        0.4,
        "those moved; those later let go may be among them",
    ),
    Sort("camp_outcomes", "released", lambda p: p.released, 0.2, "those let go with a notice"),
    Sort(
        "camp_outcomes",
        "placed_before_immigration_judge",
        lambda p: p.released,
        0.3,
        "held against those let go; some of them are in custody",
    ),
    Sort(
        "camp_outcomes",
        "still_being_processed",
        lambda p: p.moved,
        None,
        "not used: how they end is not known, and they may stand under moved as well",
    ),
    Sort(
        "camp_outcomes",
        "registered_by_border_patrol",
        lambda p: p.taken_in,
        None,
        "not used: leaked, and it leaves out those in transit to other sectors",
    ),
    Sort(
        "returns_to_haiti",
        "USA",
        lambda p: p.flown,
        None,
        "not used: people of other places are among them, and flights go on after the run",
    ),
)


@dataclass(frozen=True)
class Total:
    """One stated total.

    Parameters
    ----------
    sort
        What it is held against.
    first, last
        The first and last day that it adds up.
    stated
        The number, in the middle of a range if one was stated [persons].
    low, high
        The range stated; both the number itself where there is none.
    whose
        Who said it.
    published
        When it came out.
    source_id
        Where it stands.
    """

    sort: Sort
    first: dt.date
    last: dt.date
    stated: float
    low: float
    high: float
    whose: str
    published: dt.date
    source_id: str

    def of(self, paths: Paths) -> Floats:
        """Return what a run has for it, shape ``(draw,)`` [persons]."""
        from_day = max((self.first - paths.start).days, 0)
        to_day = (self.last - paths.start).days + 1
        return np.asarray(self.sort.of(paths)[:, from_day:to_day].sum(axis=1))


def read_totals(ledger: Ledger, start: dt.date, as_of: dt.date | None = None) -> tuple[Total, ...]:
    """Return the totals published by a day whose period ends after the beginning of a run."""
    found = []
    for measure in dict.fromkeys(sort.measure for sort in SORTS):
        for row in ledger.observe(measure, as_of).to_dict("records"):
            attributes = json.loads(row["attributes"])
            outcome = attributes.get("outcome") or attributes.get("from") or ""
            sort = next((one for one in SORTS if (one.measure, one.outcome) == (measure, outcome)), None)
            # A single day's flights, and totals of years, say nothing of the camp.
            if sort and row["period_end"].date() >= start and _of_these_weeks(row, sort):
                found.append(_total(row, sort, str(attributes["whose"])))
    return tuple(sorted(found, key=lambda one: (SORTS.index(one.sort), one.last, one.stated)))


def usable(totals: Sequence[Total]) -> tuple[Total, ...]:
    """Return the totals that are evidence."""
    return tuple(total for total in totals if total.sort.error is not None)


def _of_these_weeks(row: dict[Any, Any], sort: Sort) -> bool:
    days = (row["period_end"] - row["period_start"]).days
    return bool(days <= 31 and (days > 0 or sort.measure != "returns_to_haiti"))


def _total(row: dict[Any, Any], sort: Sort, whose: str) -> Total:
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    if math.isnan(value):
        value = math.sqrt(low * high)
    low, high = (value if math.isnan(end) else end for end in (low, high))
    return Total(
        sort=sort,
        first=row["period_start"].date(),
        last=row["period_end"].date(),
        stated=value * sort.times,
        low=low * sort.times,
        high=high * sort.times,
        whose=whose,
        published=row["published"].date(),
        source_id=str(row["source_id"]),
    )

"""What the ledger holds of a stated figure: rival values of the same thing, and values of things next to it.

A :class:`Rival` is one published number with its name, period and date. Those of scope :data:`SAME` count what the
figure states; the others count something beside it (another month, Border Patrol alone, events for persons) and say in
words what. :class:`Evidence` holds them with the rows behind them; :mod:`vado.claims.verdict` decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

#: Scope of a rival that counts what the figure states.
SAME = "same"

NOT_COMPARABLE = "not comparable"
NO_SOURCE = "no source in the ledger"
OUTSIDE = "outside it"
WITHIN = "within the published range"
ONE_OF_SEVERAL = "one source among several"

#: Columns of the rows behind a verdict.
FRAME_COLUMNS = (
    "measure",
    "place",
    "nationality",
    "period_start",
    "period_end",
    "value",
    "low",
    "high",
    "unit",
    "series",
    "vintage",
    "published",
    "source_id",
)

#: What a set of rivals is: one counter's number, several observers' answers to one question, polls, or a vote.
Kind = Literal["count", "share", "observers", "estimates", "polls", "vote", "none"]


@dataclass(frozen=True)
class Rival:
    """One published number beside a stated figure.

    Parameters
    ----------
    name
        Publisher or observer, and the series where one publisher has several.
    value
        The number; None where a source gives an interval only. The yeas of a vote.
    low, high
        Interval or bound, where there is one; ``high`` is the nays of a vote.
    what
        What it counts, in words that follow the number: "encounters at the southwest land border".
    period_start, period_end
        The days it is about, both included.
    published
        First day on which it could be read; None where that is not known.
    source_id
        Row of ``sources``; several are separated by ``;``.
    scope
        :data:`SAME`, or in words what it counts instead.
    unit
        Unit of the value.
    slack
        How far the number itself may be off, by its source's own rounding [unit].
    bearing
        The verdict where a figure equals this neighbour: ``outside it`` if the text itself rules the neighbour out,
        ``not comparable`` if the text may mean it; empty where equality with it says nothing.
    note
        What a reader must know where this number decides (a later revision, a bound).
    doubt
        Why a difference from this number proves nothing; empty where it does.
    digits
        Significant digits that a figure needs to be taken for this number.
    says
        The clause that states the number, where "name has value what in period" would not do.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    what: str
    period_start: dt.date
    period_end: dt.date
    published: dt.date | None
    source_id: str
    scope: str = SAME
    unit: str = ""
    slack: float = 0.0
    bearing: str = ""
    note: str = ""
    doubt: str = ""
    digits: int = 1
    says: str = ""


@dataclass(frozen=True)
class Obstacle:
    """Why no comparison can be made.

    Parameters
    ----------
    verdict
        ``not comparable`` or ``no source in the ledger``.
    reason
        One sentence that says what is missing.
    """

    verdict: str
    reason: str


@dataclass(frozen=True)
class Evidence:
    """Everything that the ledger holds of one figure.

    Parameters
    ----------
    kind
        How the rivals stand to each other.
    rivals
        The numbers, those of scope ``same`` first, the most telling first.
    frame
        The rows behind the rivals, with :data:`FRAME_COLUMNS`; of sums one row a period and series.
    notes
        Traps of the measure that apply, as sentences.
    obstacle
        Why no comparison can be made, or None.
    credited
        The publisher, observer or pollster that the text credits, in its words; empty for none.
    revised
        The share by which the source's later releases are known to move; 0 where none are.
    context
        What stands beside the numbers in the reason, as a clause ("the mean of 31 polls was 43.1 per cent").
    """

    kind: Kind
    rivals: tuple[Rival, ...] = ()
    frame: pd.DataFrame = field(default_factory=lambda: frame_of(()))
    notes: tuple[str, ...] = ()
    obstacle: Obstacle | None = None
    credited: str = ""
    context: str = ""
    revised: float = 0.0

    @property
    def same(self) -> list[Rival]:
        """The rivals that count what the figure states."""
        return [rival for rival in self.rivals if rival.scope == SAME]

    @property
    def beside(self) -> list[Rival]:
        """The rivals that count something next to it."""
        return [rival for rival in self.rivals if rival.scope != SAME]


def frame_of(rows: Iterable[Mapping[Any, Any]]) -> pd.DataFrame:
    """Return rows as a frame with exactly :data:`FRAME_COLUMNS`.

    >>> list(frame_of([{"measure": "approval", "value": 38.0}]).columns)[:3]
    ['measure', 'place', 'nationality']
    """
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(FRAME_COLUMNS))


def stuck(verdict: str, reason: str, rivals: Iterable[Rival] = (), notes: tuple[str, ...] = ()) -> Evidence:
    """Return evidence that allows no comparison."""
    return Evidence("none", tuple(rivals), obstacle=Obstacle(verdict, reason), notes=notes)

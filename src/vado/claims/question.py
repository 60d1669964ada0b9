"""One figure with what is known of it, as the gatherers of evidence are asked about it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vado.claims.figure import Figure, Period, Reading
from vado.claims.wording import counted

if TYPE_CHECKING:
    from vado.claims.shelf import Shelf
    from vado.claims.tally import Tally


@dataclass(frozen=True)
class Question:
    """A figure to be held against the ledger.

    Parameters
    ----------
    shelf
        The ledger's rows.
    figure, reading, period
        What is stated, of what, and when.
    article_date
        The day of the text; None if not known.
    """

    shelf: Shelf
    figure: Figure
    reading: Reading
    period: Period
    article_date: dt.date | None

    @property
    def measure(self) -> str:
        """The measure that is read from the text."""
        return self.reading.measure or ""

    @property
    def about(self) -> dict[str, Any]:
        """The measure's row of the table ``measures``."""
        return self.shelf.measures[self.measure]

    @property
    def tally(self) -> Tally:
        """The measure's counts."""
        return self.shelf.tally(self.measure)

    @property
    def credited(self) -> str:
        """The publisher, pollster or observer that the text credits, in its words."""
        attributes = self.reading.attributes
        return next((attributes[key] for key in ("publisher", "pollster", "whose") if attributes.get(key)), "")

    def title(self, measure: str | None = None) -> str:
        """Return what a measure counts, in words that follow a number."""
        return counted(str(self.shelf.measures[measure or self.measure]["title"]))

    def caution(self) -> tuple[str, ...]:
        """Return the sentence of the measure's traps that tells events or passages from persons, where there is one."""
        sentences = re.split(r"(?<=\.)\s+", str(self.about["traps"] or ""))
        told = [s for s in sentences if re.search(r"not people|one person can", s, re.I)][:1]
        return tuple(",".join(s.rstrip(".").split(",")[:2]) + "." for s in told)

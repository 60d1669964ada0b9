"""What a text states: a figure, its period, who is credited with it, and what it measures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

#: How a figure is bounded by the words around it; ``vote`` is a pair of yeas (value) and nays (high).
Bound = Literal["exact", "about", "at least", "more than", "at most", "less than", "between", "vote"]

#: ``count`` of people or events, ``percent`` of something, ``change_percent`` from one period to another, or a rate.
Unit = Literal["count", "percent", "change_percent", "per_day", "per_month", "per_year", "vote"]

#: Claims without a figure that data decide.
ClaimKind = Literal["ranking", "share", "trend", "record"]

#: Who stands behind a figure when nobody is credited with it.
ARTICLE = "article"


@dataclass(frozen=True)
class Figure:
    """A stated quantity.

    Parameters
    ----------
    start, end
        Characters of the article's text that hold the number words, the end excluded.
    number
        The number words as they stand, without words of bound: ``"30 million"``.
    words
        The same with the words that bound it: ``"as high as 30 million"``.
    value
        The number; the lower end of a range, the yeas of a vote; percent as 38.
    high
        The upper end of a range, the nays of a vote; None otherwise.
    bound
        How the words bound it.
    unit
        What kind of quantity it is.
    step
        The last place stated, as a number: 1,000,000 for "11 million", 100,000 for "11.3 million", 1 for "17,638".
        What is rounded to this place agrees within half of it.
    """

    start: int
    end: int
    number: str
    words: str
    value: float
    bound: Bound
    unit: Unit
    step: float
    high: float | None = None


@dataclass(frozen=True)
class Claim:
    """A claim without a figure that data decide: a ranking, a share in words, a trend, an extreme.

    Parameters
    ----------
    start, end
        Characters of the article's text that hold the claim's clause, the end excluded.
    words
        The sentence that it stands in.
    clause
        The clause itself.
    kind
        Which kind of claim.
    direction
        +1 rises, the most, a record high; -1 falls, the least, a record low.
    """

    start: int
    end: int
    words: str
    kind: ClaimKind
    direction: int = 1
    clause: str = ""


@dataclass(frozen=True)
class Period:
    """The days that a figure is about, both included; None where the words leave them open.

    Parameters
    ----------
    start, end
        First and last day; ``start`` None for "before 2010", both None where nothing was said.
    kind
        ``day``, ``week``, ``month``, ``months``, ``quarter``, ``fiscal_year``, ``year``, ``range``, ``before``,
        ``since`` or ``unstated``.
    words
        The words that say so; empty where the article's own date stands in.
    """

    start: dt.date | None
    end: dt.date | None
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Credit:
    """Who is credited with a figure.

    Parameters
    ----------
    speaker
        Name in the fullest form that the text gives, or :data:`ARTICLE`.
    outlet
        The outlet through which it came ("told the Rio Ledger", "as the Rio Ledger reported"); None otherwise.
    role
        ``person``, ``organisation``, ``poll``, ``data``, ``document`` or ``article``.
    relayed_by
        Who said that the speaker said so, where the credit is inside somebody's statement; None otherwise.
    quoted
        Whether the figure stands inside quotation marks or a block of quotation.
    """

    speaker: str
    outlet: str | None = None
    role: str = "article"
    relayed_by: str | None = None
    quoted: bool = False


@dataclass(frozen=True)
class Reading:
    """What a figure or claim measures, in the ledger's names.

    Parameters
    ----------
    measure
        Measure of the ledger, or ``approval``, ``disapproval``, ``votes``; None where nothing fits.
    confidence
        Between 0 and 1: how well the words, the place and the date agree with it.
    place
        Place code of the ledger (``swb``, ``Del Rio``, ``MEX``, …), None for the measure's whole.
    nationalities
        ISO 3166 alpha-3 codes; empty for all.
    household
        A household kind of the ledger, or None.
    attributes
        Further scope in the ledger's words: ``legal_authority``, ``component``, ``publisher``, ``pollster``,
        ``president``, ``population``, ``bill``, ``chamber``, ``outcome``.
    of
        What a share is taken of, where the words say so (``"total"`` for all of the measure).
    because
        The words that decided.
    """

    measure: str | None
    confidence: float
    place: str | None = None
    nationalities: tuple[str, ...] = ()
    household: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    of: str | None = None
    because: str = ""

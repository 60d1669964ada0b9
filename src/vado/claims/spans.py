"""Which months or years a stated period means for a source that counts by month or year.

A running period ("so far this fiscal year") ends with the last month that had been published; a period that begins or
ends within a month is bounded by the whole months inside it and the ones that it touches.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from vado.claims.figure import Period
from vado.claims.rivals import NOT_COMPARABLE, Obstacle
from vado.ledger.dates import add_months, fiscal_year, month_end

#: A running period may end with any of this many months before the article.
RUNNING_ENDS = 4

#: Months before the text that a claim without a period is about.
RECENT_MONTHS = 3

#: Shorter than this many days, a period is not a matter of months.
MONTH = 28


@dataclass(frozen=True)
class Span:
    """A run of days to add up over.

    Parameters
    ----------
    start, end
        First and last day.
    digits
        Significant digits that a figure needs to be taken for this span; more for spans that the words only may mean.
    inner
        The whole months inside, where the stated days do not begin and end with a month.
    """

    start: dt.date
    end: dt.date
    digits: int = 1
    inner: tuple[dt.date, dt.date] | None = None


@dataclass(frozen=True)
class Shifted:
    """A period beside the stated one.

    Parameters
    ----------
    start, end
        First and last day.
    other_calendar
        Whether it is the fiscal year of a stated calendar year, or the reverse: what a text may mean without saying so.
    """

    start: dt.date
    end: dt.date
    other_calendar: bool = False


def is_whole_months(start: dt.date, end: dt.date) -> bool:
    """Return whether a period begins and ends with a month."""
    return start.day == 1 and end == month_end(end)


def months_in(start: dt.date, end: dt.date) -> int:
    """Return how many months a period touches."""
    return (end.year - start.year) * 12 + end.month - start.month + 1


def spans(period: Period, article_date: dt.date | None, lag_days: int) -> list[Span] | Obstacle:
    """Return the spans that a stated period may mean, the likeliest first.

    Parameters
    ----------
    period
        The period as read.
    article_date
        The day of the text, None if not known.
    lag_days
        Days from the end of a month to its publication.
    """
    start, end = period.start, period.end
    if end is None and start is not None and period.kind == "since":
        end = article_date
    if start is None or end is None:
        return Obstacle(NOT_COMPARABLE, "the text does not say for which period the figure stands")
    if end < start:
        return Obstacle(NOT_COMPARABLE, "the period that the text states ends before it begins")
    if (end - start).days + 1 < MONTH:
        return [Span(start, end)]
    if article_date is not None and end >= article_date:
        if period.kind == "month":
            return Obstacle(NOT_COMPARABLE, "the month that the text speaks of was not over when it was written")
        return _running(start, article_date, lag_days) or Obstacle(
            NOT_COMPARABLE, "the period that the text speaks of had just begun when it was written"
        )
    if is_whole_months(start, end):
        return [Span(start, end)]
    return _touched(start, end)


def _running(start: dt.date, article_date: dt.date, lag_days: int) -> list[Span]:
    ends = [add_months(article_date, -back) for back in range(RUNNING_ENDS + 1)]
    ends = [day for day in ends if day <= article_date and day > start]
    out = [day for day in ends if day + dt.timedelta(days=lag_days) <= article_date]
    ordered = [*out, *reversed([day for day in ends if day not in out])]
    first = start.replace(day=1)
    whole = first if start == first else add_months(first, 0) + dt.timedelta(days=1)
    return [
        Span(first, day, digits=1 if index == 0 else 3, inner=None if whole == first else (whole, day))
        for index, day in enumerate(ordered)
        if whole < day
    ]


def _touched(start: dt.date, end: dt.date) -> list[Span]:
    """Bound a period by the months that it touches and those that it holds whole."""
    first = start if start.day == 1 else add_months(start, 0) + dt.timedelta(days=1)
    last = end if end == month_end(end) else end.replace(day=1) - dt.timedelta(days=1)
    inner = (first, last) if first < last else None
    return [Span(start.replace(day=1), month_end(end), inner=inner)] if inner else [Span(start, end)]


def shifted(start: dt.date, end: dt.date) -> list[Shifted]:
    """Return the periods that a number may come from instead: neighbours of the same length, and other calendars.

    >>> [str(s.start) for s in shifted(dt.date(2021, 9, 1), dt.date(2021, 9, 30))][:2]
    ['2021-08-01', '2021-10-01']
    """
    found: list[Shifted] = []
    length = months_in(start, end)

    def moved(months: int) -> None:
        first = add_months(start, months).replace(day=1)
        found.append(Shifted(first, add_months(end, months)))

    if length == 1:
        for months in (-1, 1, -2, 2, -12, 12):
            moved(months)
        year = end.year + (end.month >= 10)
        found.append(Shifted(*fiscal_year(year)))
        found.append(Shifted(dt.date(end.year, 1, 1), dt.date(end.year, 12, 31)))
        return found
    if (start, end) == fiscal_year(end.year):
        found.append(Shifted(dt.date(end.year, 1, 1), dt.date(end.year, 12, 31), other_calendar=True))
    elif (start.month, length) == (1, 12):
        found.append(Shifted(*fiscal_year(end.year), other_calendar=True))
        found.append(Shifted(*fiscal_year(end.year + 1), other_calendar=True))
    moved(-12)
    moved(12)
    return found


def window(period: Period, article_date: dt.date | None) -> Span | None:
    """Return the whole months that a claim is about; the last :data:`RECENT_MONTHS` before the text for no period."""
    start, end, day = period.start, period.end, article_date
    if end is None and start is not None:
        end = day
    if start is None or end is None:
        if day is None:
            return None
        last = add_months(day, -1)
        return Span(add_months(last, 1 - RECENT_MONTHS).replace(day=1), last)
    if day is not None and end >= day:
        end = day if day == month_end(day) else add_months(day, -1)
    last = end if end == month_end(end) else add_months(end, -1) if months_in(start, end) > 1 else month_end(end)
    return Span(start.replace(day=1), last) if last > start else None

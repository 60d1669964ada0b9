"""Days, months and fiscal years: reading them from input, and counting between them."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from vado.errors import BadValueError

Day = dt.date | str


def day(text: Day, what: str = "date") -> dt.date:
    """Return a day from a date, a timestamp or ISO text.

    Raises
    ------
    BadValueError
        If the text is not a day of the calendar.

    Examples
    --------
    >>> day("2021-11-16")
    datetime.date(2021, 11, 16)
    """
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    try:
        return dt.date.fromisoformat(text.strip())
    except (ValueError, AttributeError):
        meant = _nearest_day(str(text))
        mend = f"did you mean {meant}?" if meant else "write it as YYYY-MM-DD, such as 2021-11-16"
        raise BadValueError(f"{what} {text!r} is not a day; {mend}") from None


def _nearest_day(text: str) -> dt.date | None:
    """Return the day nearest to year, month and day in this order, however they are written.

    >>> _nearest_day("2021-11-31"), _nearest_day("2021/9/5"), _nearest_day("soon")
    (datetime.date(2021, 11, 30), datetime.date(2021, 9, 5), None)
    """
    found = re.fullmatch(r"(\d{4})\D(\d{1,2})(?:\D(\d{1,2}))?", text.strip())
    if not found:
        return None
    year, month = max(int(found[1]), 1), min(max(int(found[2]), 1), 12)
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, min(max(int(found[3]), 1), last) if found[3] else last)


def month(text: Day, what: str = "month") -> dt.date:
    """Return the last day of a month given as ``2021-09`` or as any day of it.

    >>> month("2021-09")
    datetime.date(2021, 9, 30)
    """
    if isinstance(text, str) and len(text.strip()) == 7:
        text = text.strip() + "-01"
    try:
        first = day(text, what)
    except BadValueError:
        raise BadValueError(f"{what} {text!r} is not a month; write it as YYYY-MM, such as 2021-09") from None
    return month_end(first)


def month_end(date: dt.date) -> dt.date:
    """Return the last day of the month of ``date``."""
    return date.replace(day=calendar.monthrange(date.year, date.month)[1])


def add_months(date: dt.date, months: int) -> dt.date:
    """Return the last day of the month that lies ``months`` after the month of ``date``.

    >>> add_months(dt.date(2021, 11, 30), 3)
    datetime.date(2022, 2, 28)
    """
    years, index = divmod(date.month - 1 + months, 12)
    return month_end(dt.date(date.year + years, index + 1, 1))


def months_on(date: dt.date, months: int) -> dt.date:
    """Return the same day of a later month, or the last of that month where it is shorter.

    >>> months_on(dt.date(2023, 10, 1), 3), months_on(dt.date(2023, 10, 31), 1)
    (datetime.date(2024, 1, 1), datetime.date(2023, 11, 30))
    """
    end = add_months(date, months)
    return end.replace(day=min(date.day, end.day))


def fiscal_year(year: int) -> tuple[dt.date, dt.date]:
    """Return first and last day of the US federal fiscal year, October to September.

    >>> fiscal_year(2021)
    (datetime.date(2020, 10, 1), datetime.date(2021, 9, 30))
    """
    return dt.date(year - 1, 10, 1), dt.date(year, 9, 30)

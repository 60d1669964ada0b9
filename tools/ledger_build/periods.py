"""Days and periods as the input files write them: months, quarters, fiscal years, and dates known in part."""

from __future__ import annotations

import calendar
import datetime as dt
import re

import pandas as pd

_FULL = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_YEAR = re.compile(r"^(\d{4})$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

#: Dates inside page addresses, most exact first.
_IN_ADDRESS = (
    re.compile(r"(?<!\d)(20[012]\d)[/-](\d{1,2})[/-](\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(20[012]\d)(\d{2})(\d{2})(?!\d)"),
    re.compile(r"/(20[012]\d)/(" + "|".join(_MONTHS) + r")/(\d{1,2})/"),
)
_MONTH_IN_ADDRESS = re.compile(r"/(20[012]\d)/(\d{2})(?=/|$)")


def last_of_month(year: int, month: int) -> dt.date:
    """Return the last day of a month.

    >>> last_of_month(2020, 2)
    datetime.date(2020, 2, 29)
    """
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def span(text: str) -> tuple[dt.date, dt.date, str]:
    """Return first day, last day and precision of a date that may lack day or month.

    >>> span("2021-09")
    (datetime.date(2021, 9, 1), datetime.date(2021, 9, 30), 'month')
    """
    if found := _FULL.match(text):
        day = dt.date(*map(int, found.groups()))
        return day, day, "day"
    if found := _MONTH.match(text):
        year, month = map(int, found.groups())
        return dt.date(year, month, 1), last_of_month(year, month), "month"
    if found := _YEAR.match(text):
        year = int(text)
        return dt.date(year, 1, 1), dt.date(year, 12, 31), "year"
    raise ValueError(f"cannot read the date {text!r}: write YYYY, YYYY-MM or YYYY-MM-DD")


def fiscal_year(year: int) -> tuple[dt.date, dt.date]:
    """Return first and last day of a US fiscal year.

    >>> fiscal_year(2021)
    (datetime.date(2020, 10, 1), datetime.date(2021, 9, 30))
    """
    return dt.date(year - 1, 10, 1), dt.date(year, 9, 30)


def date_in_address(address: str) -> tuple[dt.date, bool] | None:
    """Return the date written in a page address and whether it is exact to the day, or None.

    >>> date_in_address("https://example.org/2021/08/13/july-numbers/")
    (datetime.date(2021, 8, 13), True)
    """
    for pattern in _IN_ADDRESS:
        for found in pattern.finditer(address):
            year, month, day = found.groups()
            number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
            try:
                return dt.date(int(year), number, int(day)), True
            except ValueError:
                continue
    in_month = _MONTH_IN_ADDRESS.search(address)
    if in_month and 1 <= int(in_month.group(2)) <= 12:
        return last_of_month(int(in_month.group(1)), int(in_month.group(2))), False
    return None


def months(first_days: pd.Series[str]) -> pd.DataFrame:
    """Return the columns ``period_start`` and ``period_end`` of months given by their first day."""
    start = pd.to_datetime(first_days)
    return pd.DataFrame({"period_start": start, "period_end": start + pd.offsets.MonthEnd(0)})


def quarters(first_days: pd.Series[str]) -> pd.DataFrame:
    """Return the period columns of quarters given by their first day."""
    start = pd.to_datetime(first_days)
    return pd.DataFrame({"period_start": start, "period_end": start + pd.offsets.MonthEnd(3)})


def years(numbers: pd.Series[str]) -> pd.DataFrame:
    """Return the period columns of calendar years."""
    start = pd.to_datetime(numbers + "-01-01")
    return pd.DataFrame({"period_start": start, "period_end": pd.to_datetime(numbers + "-12-31")})


def mid_years(numbers: pd.Series[str]) -> pd.DataFrame:
    """Return the period columns of stocks at the middle of a year, 1 July."""
    day = pd.to_datetime(numbers + "-07-01")
    return pd.DataFrame({"period_start": day, "period_end": day})


def fiscal_years(numbers: pd.Series[str]) -> pd.DataFrame:
    """Return the period columns of US fiscal years."""
    year = numbers.astype(int)
    return pd.DataFrame(
        {
            "period_start": pd.to_datetime((year - 1).astype(str) + "-10-01"),
            "period_end": pd.to_datetime(year.astype(str) + "-09-30"),
        }
    )

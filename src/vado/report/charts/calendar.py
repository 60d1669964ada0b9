"""Dates on an axis: what period a date stands for, where it is drawn, and how the axis is labelled.

Tables name a month by its last (or first) day. Drawn as they stand, 30 September would sit beside the tick of
October; so months are drawn at their first day, and years likewise, and tooltips name the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from vado.report.values import column_kind, ordered_text, text

#: How dates are read: as days of the reader's own calendar; JavaScript would take bare ISO text as UTC.
PARSE = "date:'%Y-%m-%d'"


@dataclass(frozen=True)
class Horizontal:
    """The horizontal axis of a chart: its column as drawn, type, axis, and the tooltip's date format."""

    column: pd.Series[Any]
    type: Any
    axis: alt.Axis
    date_format: str
    sort: list[str] | None

    def encoded(self) -> alt.X:
        """Return the channel ``x``."""
        if self.type == "nominal":
            return alt.X("x", type="nominal", axis=self.axis, sort=self.sort, scale=alt.Scale(paddingOuter=0.3))
        scale = alt.Scale(nice=False) if self.type == "temporal" else alt.Scale(nice=False, zero=False)
        return alt.X("x", type=self.type, axis=self.axis, scale=scale)

    def data(self, name: str) -> alt.NamedData:
        """Return the named data, with its dates read as dates."""
        if self.type != "temporal":
            return alt.NamedData(name=name)
        return alt.NamedData(name=name, format=alt.JsonDataFormat(type="json", parse={"x": PARSE}))


def horizontal(column: pd.Series[Any], name: str, narrow: bool) -> Horizontal:
    """Return the axis for a column: time for dates, numbers for numbers, words in the table's order.

    Parameters
    ----------
    column
        What is drawn along the axis.
    name
        The column's name in the answer's table.
    narrow
        Whether the plot is one of several side by side, with room for few labels.
    """
    kind = column_kind(column.rename(name))
    ticks = 4 if narrow else 10
    if kind == "date":
        return _time(pd.to_datetime(column), ticks)
    if kind in ("number", "year"):
        years = kind == "year"
        whole = bool((pd.to_numeric(column).dropna() % 1 == 0).all())
        axis = alt.Axis(
            title=None if years else name.replace("_", " "),
            format="d" if years else ",~f",
            tickCount=ticks,
            tickMinStep=1 if whole else alt.Undefined,
        )
        return Horizontal(pd.to_numeric(column), "quantitative", axis, "", None)
    order = ordered_text(column)
    crowded = sum(len(label) for label in order) * 7 > (240 if narrow else 760)
    axis = alt.Axis(title=None, labelAngle=-40 if crowded else 0, labelLimit=180, labelOverlap=False)
    return Horizontal(column, "nominal", axis, "", order)


def _time(dates: pd.Series[Any], ticks: int) -> Horizontal:
    known = dates.dropna()
    month_ends, month_starts = known.dt.is_month_end.all(), known.dt.is_month_start.all()
    date_format = "%d %B %Y"
    if month_ends or month_starts:
        whole_years = known.dt.month.nunique() == 1 and known.dt.month.iloc[0] == (12 if month_ends else 1)
        yearly = whole_years and known.nunique() > 1
        dates = dates.dt.to_period("Y" if yearly else "M").dt.start_time
        date_format = "%Y" if yearly else "%B %Y"
    days = (known.max() - known.min()).days
    if days > 4 * 366 or date_format == "%Y":
        axis = alt.Axis(title=None, format="%Y", tickCount=ticks)
    elif days > 70 or date_format == "%B %Y":
        # The year stands under the first label and under each January: enough, and never crowded.
        label = (
            "[timeFormat(datum.value, '%b'), "
            "datum.index == 0 || month(datum.value) == 0 ? timeFormat(datum.value, '%Y') : '']"
        )
        axis = alt.Axis(title=None, labelExpr=label, tickCount={"interval": "month", "step": _months(days, ticks)})
    else:
        axis = alt.Axis(title=None, format="%-d %b", tickCount=ticks)
    return Horizontal(dates, "temporal", axis, date_format, None)


def period_names(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return dates as the names of their months or years, where all are such, and other cells as text.

    >>> period_names(pd.Series(["2021-09-30", "2021-10-31"])).tolist()
    ['Sep 2021', 'Oct 2021']
    """
    if column_kind(column) != "date":
        return column.map(text)
    found = _time(pd.to_datetime(column), 10)
    short = {"%B %Y": "%b %Y", "%d %B %Y": "%Y-%m-%d"}.get(found.date_format, found.date_format)
    named: pd.Series[Any] = found.column.dt.strftime(short)
    return named


def _months(days: int, ticks: int) -> int:
    """Return the step between labelled months that gives at most ``ticks`` labels."""
    return next((step for step in (1, 2, 3, 6) if days / 30.4 / step <= ticks), 12)

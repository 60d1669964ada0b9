"""Bar: a value a category, standing or lying, side by side where there are several colours.

Bars are never stacked: a stack is a sum, and whether figures may be added is not the drawing's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.report.charts.calendar import period_names
from vado.report.charts.drawing import (
    ROWS,
    Drawing,
    check_unique,
    faceted,
    label_gutter,
    records,
    roles_of,
    single,
    tooltips,
    value_axis,
)
from vado.report.charts.theme import ACCENT, NUMBER_LABEL, colors, legend_entry, text_width
from vado.report.values import column_kind, ordered_text, text

#: Bars lie when a category's name is longer than this, or there are more categories.
LONGEST_STANDING_LABEL, MOST_STANDING_BARS = 12, 14


def draw_bar(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> Drawing:
    """Return bars; they lie where the categories are on ``y`` or have long names.

    Raises
    ------
    BadValueError
        If two rows would be drawn as one bar.
    """
    frame = roles_of(chart, tables).dropna(subset=["x", "y"])
    number_on_x = column_kind(frame["x"].rename("x")) == "number" and column_kind(frame["y"].rename("y")) != "number"
    category, measured = ("y", "x") if number_on_x else ("x", "y")
    check_unique(chart, frame, (category, "facet", "color"))
    dates = column_kind(frame[category].rename(chart.columns[category])) in ("date", "year")
    if dates:
        frame = frame.sort_values(category, kind="stable")
    frame = frame.assign(**{category: period_names(frame[category])})
    names = ordered_text(frame[category])
    lying = number_on_x or (
        not dates and (max(map(len, names)) > LONGEST_STANDING_LABEL or len(names) > MOST_STANDING_BARS)
    )
    frame = frame.rename(columns={category: "category", measured: "measure"})
    frame = frame.assign(**{role: frame[role].map(text) for role in ("color", "facet") if role in frame})
    titles = {**chart.columns, "category": chart.columns[category], "measure": chart.columns[measured]}
    series = ordered_text(frame["color"]) if "color" in frame else []
    beside = bool(series) and frame.duplicated([r for r in ("category", "facet") if r in frame]).any()
    channels = _channels(chart, frame, names, series, lying, bool(beside))
    bars = alt.Chart(alt.NamedData(name=ROWS)).mark_bar(cornerRadiusEnd=2)
    bars = bars.encode(**channels, tooltip=tooltips(frame, titles))
    entry = legend_entry(series) if series else 0
    below = 62 if lying or not _crowded(frame, names) else 62 + text_width(names) * 2 // 3
    thickness = len(names) * (max(1, len(series)) * 13 + 9 if beside else 24)
    if "facet" not in frame:
        height = thickness if lying else 300
        indent = text_width(names) if lying else 0
        return single(
            [bars],
            height,
            records(frame),
            raised=bool(chart.unit) and not lying,
            legend=entry,
            indent=indent,
            minimum=indent + 200,
        )
    gutter = min(200, text_width(names) + 20) if lying else label_gutter(frame["measure"])
    panels = 2 if lying else 3
    height = thickness if lying else 160
    order = ordered_text(frame["facet"])
    data = alt.NamedData(name=ROWS)
    return faceted(
        [bars],
        order,
        height,
        records(frame),
        gutter,
        data=data,
        panels=panels,
        legend=entry,
        below=below,
        minimum=gutter + 160,
    )


def _channels(
    chart: Chart, frame: pd.DataFrame, names: list[str], series: list[str], lying: bool, beside: bool
) -> dict[str, Any]:
    unit = None if "facet" in frame else chart.unit
    crowded = not lying and _crowded(frame, names)
    every = max(1, len(names) // 12) if crowded else 1
    scale = alt.Scale(domain=names, paddingInner=0.22)
    if lying:
        axis = alt.Axis(title=None, labelOverlap=False)
        channels: dict[str, Any] = {
            "y": alt.Y("category", type="nominal", sort=names, scale=scale, axis=axis),
            "x": alt.X(
                "measure",
                type="quantitative",
                stack=None,
                axis=alt.Axis(title=unit or None, labelExpr=NUMBER_LABEL, grid=True, tickCount=6),
            ),
        }
    else:
        axis = alt.Axis(
            title=None, labelAngle=-40 if crowded else 0, labelOverlap=False, labelLimit=140, values=names[::every]
        )
        channels = {
            "x": alt.X("category", type="nominal", sort=names, scale=scale, axis=axis),
            "y": alt.Y("measure", type="quantitative", stack=None, axis=value_axis(unit)),
        }
    if not series:
        return {**channels, "color": alt.value(ACCENT)}
    color = alt.Scale(domain=series, range=colors(series))
    legend = alt.Legend(symbolType="square")
    channels["color"] = alt.Color("color", type="nominal", scale=color, legend=legend)
    if beside and lying:
        channels["yOffset"] = alt.YOffset("color", type="nominal", sort=series)
    elif beside:
        channels["xOffset"] = alt.XOffset("color", type="nominal", sort=series)
    return channels


def _crowded(frame: pd.DataFrame, names: list[str]) -> bool:
    """Return whether the names under standing bars need to be tilted."""
    return sum(map(len, names)) * 8 > (200 if "facet" in frame else 760)

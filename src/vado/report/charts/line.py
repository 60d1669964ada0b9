"""Line: values over time or over a number, a line a series, with intervals where the table has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.report.charts.calendar import horizontal
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
from vado.report.charts.theme import ACCENT, colors, dashes, legend_entry
from vado.report.values import ordered_text, text

#: Up to this many rows a series, every value is marked by a point.
POINTS_UP_TO = 40


def draw_line(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> Drawing:
    """Return lines, in small multiples where the chart has a facet.

    Raises
    ------
    BadValueError
        If two rows of one series fall on one spot.
    """
    frame = roles_of(chart, tables).dropna(subset=["x", "y"])
    check_unique(chart, frame, ("x", "facet", "color", "detail"))
    narrow = "facet" in frame
    across = horizontal(frame["x"], chart.columns["x"], narrow)
    frame = frame.assign(x=across.column)
    if across.type != "nominal":
        frame = frame.sort_values("x", kind="stable")
    base = alt.Chart(across.data(ROWS)).encode(x=across.encoded(), **_series(frame))
    if "detail" in frame:
        base = base.encode(detail=alt.Detail("detail", type="nominal"))
    axis = value_axis(None if narrow else chart.unit, tickCount=4 if narrow else 6)
    up = alt.Scale(zero=_from_zero(frame), nice=True)
    y = alt.Y("y", type="quantitative", axis=axis, scale=up)
    layers: list[alt.Chart | alt.LayerChart] = []
    plain_color = {} if "color" in frame else {"color": alt.value(ACCENT)}
    if {"low", "high"} <= set(frame) and frame[["low", "high"]].notna().all(axis=1).any():
        band = base.transform_filter("isValid(datum.low) && isValid(datum.high)").encode(
            y=alt.Y("low", type="quantitative", axis=axis, scale=up), y2=alt.Y2("high"), **plain_color
        )
        wide = across.type != "nominal" and frame["x"].nunique() > 1
        layers.append(band.mark_area(opacity=0.16) if wide else band.mark_rule(strokeWidth=3, opacity=0.4))
    layers.append(base.mark_line(strokeWidth=2).encode(y=y, **plain_color))
    series = [role for role in ("facet", "color", "detail") if role in frame]
    sizes = frame.groupby(series)["y"].transform("size") if series else pd.Series(len(frame), index=frame.index)
    longest = sizes.max()
    tips = tooltips(frame, chart.columns, across.date_format)
    dot = base.mark_point(filled=True, size=26 if longest <= POINTS_UP_TO else 60)
    opacity: Any = alt.value(1 if longest <= POINTS_UP_TO else 0)
    if longest > POINTS_UP_TO and (sizes == 1).any():
        # A line of one point would not be seen at all.
        frame = frame.assign(alone=sizes == 1)
        opacity = alt.condition("datum.alone", alt.value(1), alt.value(0))
    dot = dot.encode(y=y, opacity=opacity, tooltip=tips, **plain_color)
    layers.append(dot)
    if "label" in frame:
        words = base.transform_filter("isValid(datum.label)").mark_text(align="left", dx=6, dy=-8, fontSize=11)
        layers.append(words.encode(y=y, text="label:N", **plain_color))
    entry = legend_entry(ordered_text(frame["color"])) if "color" in frame else 0
    if not narrow:
        return single(layers, 320, records(_as_words(frame)), raised=bool(chart.unit), legend=entry)
    gutter = label_gutter(frame["y"])
    order = ordered_text(frame["facet"])
    return faceted(layers, order, 150, records(_as_words(frame)), gutter, data=across.data(ROWS), legend=entry)


def _series(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the channels that tell series apart: a colour each, and dashes once the colours are used up."""
    if "color" not in frame:
        return {}
    names = ordered_text(frame["color"])
    legend = alt.Legend(symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=3, symbolSize=360)
    channels: dict[str, Any] = {
        "color": alt.Color("color", type="nominal", scale=alt.Scale(domain=names, range=colors(names)), legend=legend)
    }
    if len(names) > len(set(colors(names))):
        strokes = alt.Scale(domain=names, range=dashes(names))
        channels["strokeDash"] = alt.StrokeDash("color", type="nominal", scale=strokes, legend=legend)
    return channels


def _as_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with names as text: a year that names a series is a name, not a number."""
    names = [role for role in ("color", "facet", "detail") if role in frame]
    return frame.assign(**{role: frame[role].map(text) for role in names})


def _from_zero(frame: pd.DataFrame) -> bool:
    """Return whether the axis starts at zero: it does unless all values lie close together and far from it."""
    values = pd.to_numeric(frame["y"])
    return bool(values.min() <= 0 or values.max() > 2 * values.min())

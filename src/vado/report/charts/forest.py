"""Forest: rival estimates under each other, one a row, each with its interval and its publisher's colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.report.charts.drawing import ROWS, Drawing, faceted, records, roles_of, single, tooltips
from vado.report.charts.theme import (
    ACCENT,
    GRID,
    LABEL_LIMIT,
    MUTED,
    NUMBER_LABEL,
    colors,
    legend_entry,
    shapes,
    text_width,
)
from vado.report.values import ordered_text, text

ROW_HEIGHT = 19


def draw_forest(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> Drawing:
    """Return the estimates in the table's order: point and interval, or whichever of the two was published."""
    frame = roles_of(chart, tables)
    ends = [role for role in ("low", "high") if role in frame]
    frame = frame[frame[["x", *ends]].notna().any(axis=1)]
    frame = frame.assign(y=frame["y"].map(text)).rename(columns={"group": "facet"})
    frame = frame.assign(**{role: frame[role].map(text) for role in ("color", "facet") if role in frame})
    frame = frame.assign(row=_distinct(frame))
    rows = list(dict.fromkeys(frame["row"]))
    data = alt.NamedData(name=ROWS)
    channels = _channels(frame)
    base = alt.Chart(data).encode(
        y=alt.Y(
            "row",
            type="nominal",
            sort=rows,
            axis=alt.Axis(title=None, grid=True, gridColor=GRID, labelOverlap=False),
        ),
        tooltip=tooltips(frame, {**chart.columns, "facet": chart.columns.get("group", "")}, skip=("row",)),
        color=channels["color"],
    )
    axis = alt.Axis(title=chart.unit or None, labelExpr=NUMBER_LABEL, grid=True, orient="bottom", tickCount=8)
    from_zero = _from_zero(frame)
    scale = alt.Scale(zero=from_zero, nice=True, padding=0 if from_zero else 10)
    x = alt.X("x", type="quantitative", axis=axis, scale=scale)
    layers: list[alt.Chart | alt.LayerChart] = []
    # A layer without a row would give the axis an infinite extent.
    if len(ends) == 2 and frame[ends].notna().all(axis=1).any():
        interval = base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        low, high = (alt.X(end, type="quantitative", axis=axis) for end in ends)
        layers.append(interval.mark_rule(strokeWidth=2.5, opacity=0.75).encode(x=low, x2=alt.X2("high")))
        layers += [interval.mark_tick(thickness=2, size=9).encode(x=end) for end in (low, high)]
    # A bound without its other end is still an estimate: an arrowhead says which way it is open.
    for end, sign in (("low", "triangle-right"), ("high", "triangle-left")):
        other = "high" if end == "low" else "low"
        if end in frame and (frame[end].notna() & (frame[other].isna() if other in frame else True)).any():
            lone = base.transform_filter(f"isValid(datum.{end}) && !isValid(datum.{other})")
            layers.append(
                lone.mark_point(shape=sign, filled=True, size=60, opacity=1).encode(
                    x=alt.X(end, type="quantitative", axis=axis)
                )
            )
    points = base.transform_filter("isValid(datum.x)").mark_point(filled=True, size=64, opacity=1)
    layers.append(points.encode(x=x, **channels))
    if "label" in frame:
        label = base.transform_filter("isValid(datum.label)").mark_text(align="left", dx=8, fontSize=11, color=MUTED)
        layers.append(label.encode(x=alt.value("width"), text="label:N", color=alt.value(MUTED)))
    entry = legend_entry(ordered_text(frame["color"])) if "color" in frame else 0
    indent = min(LABEL_LIMIT, text_width(rows)) + 20
    if "facet" not in frame:
        return single(layers, ROW_HEIGHT * len(rows), records(frame), legend=entry, indent=indent, minimum=indent + 280)
    room = 7 * max((len(text(v)) for v in frame["label"]), default=0) if "label" in frame else 0
    order = ordered_text(frame["facet"])
    gutter = indent + room
    height: Any = alt.Step(ROW_HEIGHT)
    return faceted(
        layers, order, height, records(frame), gutter, data=data, panels=1, legend=entry, minimum=gutter + 300
    )


def _distinct(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return a key a row that reads as its name; equal names get an invisible mark, so that each has its line."""
    keys = [role for role in ("facet", "y") if role in frame]
    return frame["y"] + frame.groupby(keys).cumcount().map(lambda n: "\u200b" * n)


def _channels(frame: pd.DataFrame) -> dict[str, Any]:
    if "color" not in frame:
        return {"color": alt.value(ACCENT)}
    names = ordered_text(frame["color"])
    legend = alt.Legend(symbolOpacity=1)
    hues = alt.Scale(domain=names, range=colors(names))
    channels: dict[str, Any] = {"color": alt.Color("color", type="nominal", scale=hues, legend=legend)}
    if len(names) > len(set(colors(names))):
        forms = alt.Scale(domain=names, range=shapes(names))
        channels["shape"] = alt.Shape("color", type="nominal", scale=forms, legend=legend)
    return channels


def _from_zero(frame: pd.DataFrame) -> bool:
    """Return whether the axis starts at zero: where the largest value is over four times the smallest."""
    values = frame[[role for role in ("x", "low", "high") if role in frame]].astype(float)
    return bool(values.min().min() <= 0 or values.max().max() > 4 * values.min().min())

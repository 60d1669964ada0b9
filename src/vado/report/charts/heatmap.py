"""Heatmap: a value a pair, printed in its cell, coloured by how far it lies from "no difference"."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.report.charts.calendar import period_names
from vado.report.charts.drawing import ROWS, Drawing, check_unique, faceted, records, roles_of, single, tooltips
from vado.report.charts.theme import TEXT, text_width
from vado.report.values import ordered_text

#: Below, at and above the reference; light enough for dark figures everywhere.
DIVERGING = ["#5e9bd1", "#a9cbe8", "#f6f6f4", "#f6c292", "#e58a3c"]
RISING = ["#f4f8fc", "#a9cbe8", "#5e9bd1"]
ROW_HEIGHT = 27
#: Ratios beyond this, and its inverse, have the full colour: one extreme cell must not bleach all others.
FULL_RATIO = 3.0


def draw_heatmap(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> Drawing:
    """Return cells in the table's order of rows and columns.

    Raises
    ------
    BadValueError
        If two rows fall into one cell.
    """
    frame = roles_of(chart, tables).dropna(subset=["value"])
    frame = frame.assign(**{role: period_names(frame[role]) for role in ("x", "y", "facet") if role in frame})
    check_unique(chart, frame, ("x", "y", "facet"))
    if "label" not in frame:
        frame = frame.assign(label=frame["value"].map(_short))
    frame = frame.assign(shade=_shade(frame["value"], chart.reference))
    across, down = ordered_text(frame["x"]), ordered_text(frame["y"])
    facets = ordered_text(frame["facet"]) if "facet" in frame else []
    longest_label = max(map(len, across))
    panels = 1 if len(across) * max(34, 7 * longest_label) > 400 else 2
    column_width = (640 if panels == 1 or not facets else 300) / len(across)
    tilted = 7 * longest_label > column_width
    limit = float(frame["shade"].abs().max()) or 1.0
    if chart.reference is None:
        color = alt.Scale(
            domain=[float(frame["shade"].min()), float(frame["shade"].max())], range=RISING, interpolate="rgb"
        )
    else:
        limit = min(limit, math.log(FULL_RATIO)) if _as_ratio(frame["value"], chart.reference) else limit
        color = alt.Scale(
            domain=[-limit, -limit / 2, 0, limit / 2, limit], range=DIVERGING, interpolate="rgb", clamp=True
        )
    titles = {**chart.columns, "label": "shown as"}
    base = alt.Chart(alt.NamedData(name=ROWS)).encode(
        x=alt.X(
            "x",
            type="nominal",
            sort=across,
            axis=alt.Axis(
                title=chart.columns["x"].replace("_", " "),
                labelAngle=-40 if tilted else 0,
                orient="bottom" if tilted else "top",
                labelOverlap=False,
                domain=False,
                ticks=False,
            ),
        ),
        y=alt.Y("y", type="nominal", sort=down, axis=alt.Axis(title=None, labelOverlap=False)),
        tooltip=tooltips(frame, titles, skip=("shade", "label")),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("shade", type="quantitative", scale=color, legend=None)
    )
    figures = base.mark_text(fontSize=12, color=TEXT).encode(text="label:N")
    rows = records(frame)
    height = ROW_HEIGHT * len(down)
    minimum = text_width(down) + 24 + len(across) * max(40, 7 * frame["label"].map(len).max() + 8)
    if not facets:
        return single([cells, figures], height, rows, indent=text_width(down), minimum=int(minimum))
    below = 56 + (longest_label * 5 if tilted else 30)
    gutter = min(240, text_width(down)) + 20
    data = alt.NamedData(name=ROWS)
    return faceted(
        [cells, figures],
        facets,
        height,
        rows,
        gutter,
        data=data,
        panels=panels,
        shared=("x", "y"),
        below=below,
        minimum=int(minimum),
    )


def _as_ratio(values: pd.Series[Any], reference: float) -> bool:
    return reference > 0 and bool((values > 0).all())


def _shade(values: pd.Series[Any], reference: float | None) -> pd.Series[Any]:
    """Return how far values lie from the reference; for ratios half is as far from 1 as double."""
    if reference is None:
        return values.astype(float)
    if _as_ratio(values, reference):
        return values.astype(float).map(lambda value: math.log(value / reference))
    return values.astype(float) - reference


def _short(value: float) -> str:
    """Return a value as a cell prints it.

    >>> _short(0.8349), _short(12345.6), _short(12.34)
    ('0.83', '12,346', '12.3')
    """
    size = abs(value)
    if float(value).is_integer() and size >= 10:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if size >= 1000 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"

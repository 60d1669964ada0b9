"""Arrows between places on a map: bent to the left, so that the way there and the way back lie apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import altair as alt
import pandas as pd

from vado.report.charts.drawing import Row
from vado.report.charts.theme import MUTED

ARROWS, HEADS = "arrows", "heads"
#: How far the middle of an arrow lies beside the straight line, as a share of its length.
BEND = 0.12
#: Points of a curve, and where on it the head stands: not at its end, where circles hide it.
POINTS, HEAD_AT = 16, 0.58

Point = tuple[float, float]


def arrow_rows(
    links: pd.DataFrame, places: Mapping[str, Point], coordinates: Callable[[float, float], Point]
) -> tuple[list[Row], list[Row]]:
    """Return the points of all arrows and their heads; arrows to or from a place that is not shown are left out.

    Parameters
    ----------
    links
        ``start, end, label``.
    places
        Name → where it is on the plot [pixels].
    coordinates
        Gives longitude and latitude of a spot on the plot.
    """
    points: list[Row] = []
    heads: list[Row] = []
    for arrow, names in enumerate(zip(links["start"], links["end"], links["label"], strict=True)):
        start, end = places.get(names[0]), places.get(names[1])
        if start is None or end is None or math.dist(start, end) < 1.0:
            continue
        for step in range(POINTS + 1):
            longitude, latitude = coordinates(*_curve(start, end, step / POINTS))
            points.append({"arrow": arrow, "step": step, "longitude": longitude, "latitude": latitude})
        (x, y), (nearly_x, nearly_y) = _curve(start, end, HEAD_AT), _curve(start, end, HEAD_AT - 0.02)
        longitude, latitude = coordinates(x, y)
        turn = math.degrees(math.atan2(x - nearly_x, nearly_y - y))
        said = dict(zip(("start", "end", "label"), names, strict=True))
        heads.append({**said, "longitude": longitude, "latitude": latitude, "turn": turn})
    return points, heads


def _curve(start: Point, end: Point, share: float) -> Point:
    """Return a point of the parabola from start to end [pixels], ``share`` of the way along."""
    (x1, y1), (x2, y2) = start, end
    aside = 4 * BEND * share * (1 - share)
    return x1 + (x2 - x1) * share + aside * (y2 - y1), y1 + (y2 - y1) * share - aside * (x2 - x1)


def arrow_layers() -> list[alt.Chart | alt.LayerChart]:
    """Return lines and heads over the data named :data:`ARROWS` and :data:`HEADS`."""
    where = {"longitude": "longitude:Q", "latitude": "latitude:Q"}
    lines = alt.Chart(alt.NamedData(name=ARROWS)).mark_line(color=MUTED, strokeWidth=1.1, opacity=0.75, clip=True)
    order = alt.Order("step", type="quantitative")
    tips = [alt.Tooltip(field=name, type="nominal") for name in ("start", "end", "label")]
    heads = alt.Chart(alt.NamedData(name=HEADS)).mark_point(
        shape="triangle", filled=True, color=MUTED, size=42, opacity=0.9
    )
    angle = alt.Angle("turn", type="quantitative", scale=None)
    return [
        lines.encode(**where, detail="arrow:N", order=order, tooltip=alt.value(None)),
        heads.encode(**where, angle=angle, tooltip=tips),
    ]

"""Fan: a forecast's median and intervals over time, with what was observed before and after its origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.errors import BadValueError
from vado.report.charts.calendar import Horizontal, horizontal
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
from vado.report.charts.theme import ACCENT, CONTRAST, TEXT
from vado.report.values import column_kind, ordered_text, rows_where

#: Share inside → colour, widest first, so that narrower intervals are drawn on top.
BANDS = {95: "#dfeaf5", 90: "#c9dcef", 80: "#a3c5e4", 50: "#6ea4d4"}
BEFORE, AFTER, MEDIAN = "observed before", "observed after", "median"
LEGEND_ENTRY = 118

#: Where intervals reach this many times beyond all medians and observations, the axis is logarithmic: on a plain one
#: everything but the widest interval would lie flat on the ground.
STEEP = 4
DECADES = [0, *(10**power for power in range(1, 10))]


def draw_fan(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> Drawing:
    """Return a fan, in small multiples where the chart has a facet.

    Raises
    ------
    BadValueError
        If two rows fall on one date of one facet.
    """
    forecast = roles_of(chart, tables)
    forecast = forecast[forecast["median"].notna()]
    check_unique(chart, forecast, ("x", "facet"))
    observed = _observed(chart, tables)
    if "facet" in forecast and observed is not None and "facet" in observed:
        observed = observed[observed["facet"].isin(forecast["facet"])]
    frame = _joined(forecast, observed)
    narrow = "facet" in frame
    across = horizontal(frame["x"], chart.columns["x"], narrow)
    frame = frame.assign(x=across.column).sort_values("x", kind="stable")
    bands = [share for share in BANDS if _has_band(frame, share)]
    layers = _layers(chart, frame, across, bands, narrow)
    if not narrow:
        return single(layers, 320, records(frame), raised=bool(chart.unit), legend=LEGEND_ENTRY)
    order = ordered_text(forecast["facet"])
    gutter = label_gutter(frame[[c for c in frame if c not in ("x", "facet", "observed_when")]].max().astype(float))
    return faceted(layers, order, 150, records(frame), gutter, data=across.data(ROWS), legend=LEGEND_ENTRY)


def _observed(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    if chart.overlay is None:
        return None
    table = rows_where(tables[chart.overlay], chart.where)
    # Tables that share a panel name their columns alike; the value's column is called `value` by agreement.
    wanted = {"x": chart.columns["x"], "value": "value"}
    if "facet" in chart.columns and chart.columns["facet"] in table:
        wanted["facet"] = chart.columns["facet"]
    lacking = [column for column in wanted.values() if column not in table]
    if lacking:
        raise BadValueError(f"chart {chart.title!r} lays table {chart.overlay!r} over, which lacks {lacking}")
    frame = pd.DataFrame({role: table[column] for role, column in wanted.items()}).dropna(subset=["value"])
    if "facet" in chart.columns and "facet" not in frame:
        raise BadValueError(
            f"chart {chart.title!r} has panels by {chart.columns['facet']!r}, which table {chart.overlay!r} lacks"
        )
    check_unique(chart, frame, ("x", "facet"))
    return frame


def _joined(forecast: pd.DataFrame, observed: pd.DataFrame | None) -> pd.DataFrame:
    """Return forecast and observed values in one frame, as panels can only split one set of rows."""
    forecast = forecast.assign(
        x=pd.to_datetime(forecast["x"]) if column_kind(forecast["x"]) == "date" else forecast["x"]
    )
    if observed is None:
        return forecast
    observed = observed.assign(
        x=pd.to_datetime(observed["x"]) if column_kind(observed["x"]) == "date" else observed["x"]
    )
    keys = [key for key in ("facet", "x") if key in forecast]
    if "facet" in keys:
        first = observed["facet"].map(forecast.groupby("facet", sort=False)["x"].min())
    else:
        first = pd.Series(forecast["x"].min(), index=observed.index)
    later = observed["x"] >= first
    observed = observed.assign(observed_when=later.map({True: AFTER, False: BEFORE}))
    return forecast.merge(observed, on=keys, how="outer", sort=False)


def _steep(frame: pd.DataFrame, bands: list[int]) -> bool:
    """Return whether in any panel the widest interval dwarfs what was observed and what is expected."""
    if not bands:
        return False
    middle = frame[[name for name in ("median", "value") if name in frame]].max(axis=1)
    reach = frame[f"high_{bands[0]}"]
    if "facet" in frame:
        reach, middle = reach.groupby(frame["facet"]).max(), middle.groupby(frame["facet"]).max()
        return bool((reach > STEEP * middle).any())
    return bool(reach.max() > STEEP * middle.max())


def _has_band(frame: pd.DataFrame, share: int) -> bool:
    ends = [f"low_{share}", f"high_{share}"]
    return set(ends) <= set(frame) and bool(frame[ends].notna().all(axis=1).any())


def _layers(
    chart: Chart, frame: pd.DataFrame, across: Horizontal, bands: list[int], narrow: bool
) -> list[alt.Chart | alt.LayerChart]:
    seen = set(frame["observed_when"].dropna()) if "observed_when" in frame else set()
    names = [name for name in (BEFORE, AFTER) if name in seen] + [MEDIAN]
    names += [f"{share} % interval" for share in reversed(bands)]
    palette = {BEFORE: TEXT, AFTER: CONTRAST, MEDIAN: ACCENT} | {f"{s} % interval": c for s, c in BANDS.items()}
    color = alt.Scale(domain=names, range=[palette[name] for name in names])
    legend = alt.Legend(symbolType="square", symbolStrokeWidth=0, columnPadding=12)
    base = alt.Chart(across.data(ROWS)).encode(x=across.encoded())
    title = None if narrow else chart.unit
    if _steep(frame, bands):
        axis = value_axis(title and f"{title}, logarithmic", values=DECADES)
        # Linear below ten, so that zero has its place.
        up = alt.Scale(type="symlog", constant=10, nice=False)
    else:
        axis = value_axis(title, tickCount=4 if narrow else 6)
        up = alt.Scale(zero=True, nice=True)

    def named(name: str, shown: alt.Chart, y: alt.Y, **ends: Any) -> alt.Chart:
        hue = alt.Color("series", type="nominal", scale=color, legend=legend)
        return shown.transform_calculate(series=f"'{name}'").encode(y=y, color=hue, **ends)

    # One date has no width for an area: its intervals are drawn as bars.
    dates = frame.loc[frame["median"].notna()].groupby("facet")["x"].nunique() if narrow else frame["x"].nunique()
    thin = bool((pd.Series(dates) < 2).any()) if narrow else frame.loc[frame["median"].notna(), "x"].nunique() < 2
    layers: list[alt.Chart | alt.LayerChart] = []
    for share in bands:
        mark = base.transform_filter(f"isValid(datum.low_{share}) && isValid(datum.high_{share})")
        mark = (
            mark.mark_rule(strokeWidth=7 if narrow else 14, opacity=1) if thin else mark.mark_area(interpolate="linear")
        )
        low = alt.Y(f"low_{share}", type="quantitative", axis=axis, scale=up)
        layers.append(named(f"{share} % interval", mark, low, y2=alt.Y2(f"high_{share}")))
    middle = base.transform_filter("isValid(datum.median)")
    middle = middle.mark_point(filled=True, size=40, opacity=1) if thin else middle.mark_line(strokeWidth=2)
    layers.append(named(MEDIAN, middle, alt.Y("median", type="quantitative", axis=axis, scale=up)))
    value = alt.Y("value", type="quantitative", axis=axis, scale=up)
    if BEFORE in seen:
        line = base.transform_filter(f"datum.observed_when === '{BEFORE}'").mark_line(strokeWidth=1.4)
        layers.append(named(BEFORE, line, value))
    if AFTER in seen:
        dots = base.transform_filter(f"datum.observed_when === '{AFTER}'")
        size = 26 if narrow else 50
        dots = dots.mark_point(filled=True, size=size, shape="diamond", opacity=1, stroke="white", strokeWidth=0.6)
        layers.append(named(AFTER, dots, value))
    shown = frame.drop(columns=["observed_when"], errors="ignore")
    names_of = {**chart.columns, "value": "observed"}
    layers.append(
        base.mark_rule(strokeWidth=9, opacity=0).encode(tooltip=tooltips(shown, names_of, across.date_format))
    )
    return layers

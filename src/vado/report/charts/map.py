"""Map: volumes as circles at their coordinates, joined by arrows or not, on country boundaries, after Mercator."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import altair as alt
import pandas as pd

from vado.answer import Chart
from vado.report.charts.arrows import ARROWS, HEADS, arrow_layers, arrow_rows
from vado.report.charts.drawing import ROWS, Drawing, Row, check_unique, link_ends, records, roles_of, tooltips
from vado.report.charts.labels import Spot, place_labels
from vado.report.charts.theme import ACCENT, MUTED, NUMBER_LABEL, TEXT, WIDTH, colors
from vado.report.values import column_kind, ordered_text, text

DISCLAIMER = (
    "Boundaries (Natural Earth) are for orientation only and imply no opinion on the status of any territory; "
    "land is drawn in the Americas from 15 degrees south to 50 degrees north, and in Europe, Africa and Asia from 30 "
    "degrees west to 112 degrees east."
)
BOUNDARIES = "boundaries"
LAND, BORDER, WATER = "#f3f1ea", "#b9b4a6", "#e8f0f5"
#: Area of the largest circle, and of one that arrows lead to [square pixels].
LARGEST, LARGEST_JOINED = 1800.0, 420.0
#: Width below which the names cannot be read [pixels].
NARROWEST = 640
#: Mercator shows no poles [degrees].
FARTHEST = 85.0
LOWEST, HIGHEST = 320.0, 620.0


@dataclass(frozen=True)
class Land:
    """Countries as GeoJSON features, and west, south, east, north of the part of the world they are cut from."""

    features: list[Row]
    box: tuple[float, float, float, float]

    def has(self, longitude: pd.Series[Any], latitude: pd.Series[Any]) -> pd.Series[bool]:
        """Return for each point whether it lies in this part of the world."""
        west, south, east, north = self.box
        return longitude.between(west, east) & latitude.between(south, north)


@functools.cache
def lands() -> list[Land]:
    """Return the parts of the world whose land can be drawn, as :mod:`tools.build_boundaries` cut them."""
    stored = sorted(files("vado.report").joinpath("boundaries").iterdir(), key=lambda file: file.name)
    cuts = [json.loads(file.read_text(encoding="utf-8")) for file in stored if file.name.endswith(".json")]
    return [Land(cut["features"], tuple(cut["box"])) for cut in cuts]


@dataclass(frozen=True)
class Mercator:
    """A part of the world on a plot: centre [degrees], pixels a radian, and the plot's size [pixels]."""

    longitude: float
    latitude: float
    scale: float
    width: float
    height: float

    @classmethod
    def around(cls, longitude: pd.Series[Any], latitude: pd.Series[Any], width: float) -> Mercator:
        """Return the projection that shows all points with a margin, at most :data:`HIGHEST` high."""
        west, east = float(longitude.min()), float(longitude.max())
        top, bottom = _stretched(float(latitude.max())), _stretched(float(latitude.min()))
        # A single place is shown with the country around it, not as a circle on a blank.
        spread = max(math.radians(east - west), 0.14) * 1.16
        rise = max(top - bottom, 0.1) * 1.2
        height = min(HIGHEST, max(LOWEST, width * rise / spread))
        scale = min(width / spread, height / rise)
        return cls((west + east) / 2, _latitude((top + bottom) / 2), scale, width, height)

    def pixels(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a coordinate falls on the plot, from its upper left corner."""
        x = self.width / 2 + self.scale * math.radians(longitude - self.longitude)
        return x, self.height / 2 - self.scale * (_stretched(latitude) - _stretched(self.latitude))

    def coordinates(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude of a spot on the plot; the inverse of :meth:`pixels`."""
        longitude = self.longitude + math.degrees((x - self.width / 2) / self.scale)
        return longitude, _latitude(_stretched(self.latitude) - (y - self.height / 2) / self.scale)

    def extent(self) -> list[list[float]]:
        """Return west, south and east, north of the plot and a margin [degrees]."""
        west, north = self.coordinates(-self.width / 4, -self.height / 4)
        east, south = self.coordinates(self.width * 5 / 4, self.height * 5 / 4)
        return [[max(-180.0, west), max(-80.0, south)], [min(180.0, east), min(80.0, north)]]

    def projection(self) -> dict[str, Any]:
        """Return the projection in Vega's words."""
        return {
            "type": "mercator",
            "center": [self.longitude, self.latitude],
            "scale": self.scale,
            "translate": [self.width / 2, self.height / 2],
        }


def _stretched(latitude: float) -> float:
    """Return Mercator's ordinate of a latitude [radians]."""
    shown = min(FARTHEST, max(-FARTHEST, latitude))
    return math.log(math.tan(math.pi / 4 + math.radians(shown) / 2))


def _latitude(ordinate: float) -> float:
    return math.degrees(2 * math.atan(math.exp(ordinate)) - math.pi / 2)


def draw_map(chart: Chart, tables: Mapping[str, pd.DataFrame]) -> Drawing:
    """Return circles whose area is the volume, named where there is room, over country boundaries.

    Raises
    ------
    BadValueError
        If two rows of one name and colour have the same coordinates, or an arrow leads to a name that is not there.
    """
    everything = roles_of(chart, tables)
    frame = everything.dropna(subset=["latitude", "longitude"])
    check_unique(chart, frame, ("latitude", "longitude", "color", "label", "name", "step"))
    color = _color(chart, frame)
    # Small circles are drawn last, so that no large one hides them.
    frame = frame.sort_values("size", ascending=False, kind="stable", na_position="last")
    view = Mercator.around(frame["longitude"], frame["latitude"], WIDTH - 12)
    largest = float(pd.to_numeric(frame["size"]).max())
    largest = largest if largest > 0 else 1.0
    area = LARGEST_JOINED if chart.overlay else LARGEST
    if "label" in frame:
        frame = frame.assign(**_named(frame, view, largest, area))
    data = alt.NamedData(name=ROWS)
    step, chosen = _step(frame)
    countries = (
        alt.Chart(alt.NamedData(name=BOUNDARIES))
        .mark_geoshape(fill=LAND, stroke=BORDER, strokeWidth=0.8, clip=True)
        .encode(tooltip=alt.value(None))
    )
    lines = alt.Chart(alt.graticule(step=[5, 5], extent=view.extent())).mark_geoshape(
        filled=False, stroke="#dbe4ea", strokeWidth=0.5, clip=True
    )
    layers: list[alt.Chart | alt.LayerChart] = [lines, countries]
    points = _chosen(alt.Chart(data).encode(longitude="longitude:Q", latitude="latitude:Q"), chosen)
    size = alt.Size(
        "size",
        type="quantitative",
        scale=alt.Scale(domain=[0, largest], range=[0, area]),
        legend=alt.Legend(
            title=chart.unit or None,
            orient="top",
            labelExpr=NUMBER_LABEL,
            symbolFillColor="transparent",
            symbolStrokeColor=MUTED,
            values=_legend_values(largest),
            columns=4,
        ),
    )
    land = max(lands(), key=lambda part: int(part.has(frame["longitude"], frame["latitude"]).sum()))
    more = {BOUNDARIES: land.features}
    if chart.overlay:
        links = link_ends(chart, tables, everything["name"].map(text).tolist())
        spots = zip(frame["longitude"].astype(float), frame["latitude"].astype(float), strict=True)
        places = {text(name): view.pixels(*spot) for name, spot in zip(frame["name"], spots, strict=True)}
        more[ARROWS], more[HEADS] = arrow_rows(links, places, view.coordinates)
        layers += arrow_layers()
    hidden = ("text_longitude", "text_latitude", "align", "led")
    circles = points.transform_filter("datum.size > 0").mark_circle(
        opacity=1.0 if chart.overlay else 0.72, stroke="white", strokeWidth=1
    )
    shown = frame.drop(columns=[name for name in hidden if name in frame])
    tips = tooltips(shown, chart.columns)
    layers.append(circles.encode(size=size, color=color, tooltip=tips))
    # A place without a count is still a place: a small cross, never an invisible circle.
    none = points.transform_filter("!(datum.size > 0)").mark_point(shape="cross", size=40, color=MUTED, strokeWidth=1.5)
    layers.append(none.encode(tooltip=tips))
    if "label" in frame:
        layers += _name_layers(_chosen(alt.Chart(data), chosen))
    # Where land is missing, the ground must not look like an ocean.
    ground = WATER if land.has(frame["longitude"], frame["latitude"]).all() else "white"
    layered = alt.layer(*layers).properties(
        width=view.width, height=view.height, view=alt.ViewConfig(fill=ground, stroke=BORDER)
    )
    layered = layered.project(**view.projection())
    if step is not None:
        layered = layered.add_params(step)
    return Drawing(layered, records(frame), fixed=True, minimum=NARROWEST, more=more)


def _named(frame: pd.DataFrame, view: Mercator, largest: float, area: float) -> dict[str, Any]:
    """Return the columns that place the names: coordinates, alignment, and whether a line leads there."""
    if "step" in frame:
        parts = [
            _named(part.drop(columns="step"), view, largest, area) for _, part in frame.groupby("step", sort=False)
        ]
        rows = [index for _, part in frame.groupby("step", sort=False) for index in part.index]
        joined = {name: [value for part in parts for value in part[name]] for name in parts[0]}
        return {name: pd.Series(values, index=rows, dtype=object) for name, values in joined.items()}
    sizes = pd.to_numeric(frame["size"]).fillna(0).clip(lower=0)
    radii = (area * sizes / largest / math.pi) ** 0.5
    spots = [
        Spot(*view.pixels(float(longitude), float(latitude)), max(3.0, float(radius)), text(name))
        for longitude, latitude, radius, name in zip(
            frame["longitude"], frame["latitude"], radii, frame["label"], strict=True
        )
    ]
    placed = place_labels(spots, view.width, view.height)
    where = [view.coordinates(label.x, label.y) if label else (None, None) for label in placed]
    return {
        "text_longitude": [longitude for longitude, _ in where],
        "text_latitude": [latitude for _, latitude in where],
        "align": [label.align if label else None for label in placed],
        "led": [bool(label and label.led) for label in placed],
    }


def _step(frame: pd.DataFrame) -> tuple[alt.Parameter | None, str]:
    """Return the control by which a reader chooses a step, and the condition that keeps its rows."""
    if "step" not in frame:
        return None, ""
    values = sorted(ordered_text(frame["step"]))
    control = alt.binding_select(options=values, name="Shown: ")
    return alt.param("step", value=values[-1], bind=control), "datum.step === step"


def _chosen(drawn: alt.Chart, condition: str) -> alt.Chart:
    return drawn.transform_filter(condition) if condition else drawn


def _name_layers(rows: alt.Chart) -> list[alt.Chart | alt.LayerChart]:
    led = rows.transform_filter("datum.led").mark_rule(color=MUTED, strokeWidth=0.7)
    layers: list[alt.Chart | alt.LayerChart] = [
        led.encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            longitude2="text_longitude:Q",
            latitude2="text_latitude:Q",
        )
    ]
    for align in ("left", "right", "center"):
        names = rows.transform_filter(f"datum.align === '{align}'")
        # The halo keeps names readable across borders and circles.
        for stroke in ({"stroke": "white", "strokeWidth": 3, "strokeJoin": "round"}, {}):
            mark = names.mark_text(align=align, baseline="middle", fontSize=11.5, color=TEXT, **stroke)  # type: ignore[arg-type]
            layers.append(mark.encode(longitude="text_longitude:Q", latitude="text_latitude:Q", text="label:N"))
    return layers


def _color(chart: Chart, frame: pd.DataFrame) -> Any:
    if "color" not in frame:
        return alt.value(ACCENT)
    title = chart.columns["color"].replace("_", " ")
    if column_kind(frame["color"].rename(chart.columns["color"])) == "number":
        legend = alt.Legend(title=title, labelExpr=NUMBER_LABEL, gradientLength=160)
        return alt.Color("color", type="quantitative", scale=alt.Scale(scheme="blues"), legend=legend)
    names = ordered_text(frame["color"])
    legend = alt.Legend(title=None, columns=3, symbolOpacity=1)
    return alt.Color("color", type="nominal", scale=alt.Scale(domain=names, range=colors(names)), legend=legend)


def _legend_values(largest: float) -> list[float]:
    """Return round volumes for the legend, each a fifth of the next, the last below the largest; none of a part of one.

    >>> _legend_values(2.0), _legend_values(43600.0)
    ([1.0, 2.0], [800.0, 4000.0, 20000.0])
    """
    power = 10 ** math.floor(math.log10(largest))
    first = max(step * power for step in (1, 2, 5) if step * power <= largest)
    values = [first / 25, first / 5, first] if first >= 25 else [first / 5, first]
    return sorted({float(max(value, 1)) for value in values}) if largest >= 1 else values

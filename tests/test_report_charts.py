"""What charts draw: the right rows, on scales of their own, dates where they belong, and no row hidden."""

import itertools
import json
import runpy
import warnings
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from vado.answer import Chart
from vado.errors import BadValueError
from vado.report import draw, png, specification, svg
from vado.report.charts import is_empty, notes
from vado.report.charts.calendar import period_names
from vado.report.charts.labels import Spot, _candidates, _overlap, place_labels
from vado.report.charts.map import Mercator, lands
from vado.report.charts.theme import PALETTE, colors, shapes

SAMPLES = runpy.run_path(str(Path(__file__).with_name("report_samples.py")))
ANSWERS = SAMPLES["answers"]()
CASES = [(answer, chart) for answer in ANSWERS for chart in answer.charts]


def chart_of(kind):
    return next((answer.tables, chart) for answer, chart in CASES if chart.kind == kind)


def layers_of(found):
    return found["spec"]["layer"] if "spec" in found else found["layer"]


def marks_of(found):
    return [layer["mark"]["type"] for layer in layers_of(found)]


@pytest.mark.parametrize(("answer", "chart"), CASES, ids=lambda value: getattr(value, "title", ""))
def test_every_kind_becomes_svg_with_its_title_and_png(answer, chart):
    drawn = svg(chart, answer.tables)
    assert chart.title in drawn
    picture = png(chart, answer.tables)
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") > 1500


def test_a_chart_carries_only_the_columns_it_draws():
    tables, chart = chart_of("forest")
    wide = {**tables, "rivals": tables["rivals"].assign(secret="not for this chart")}
    assert "not for this chart" not in json.dumps(specification(chart, wide))


def test_where_keeps_rows_and_holds_for_the_overlay():
    tables, chart = SAMPLES["fan_tables"](), ANSWERS[0].charts[1]
    rows = specification(chart, tables)["datasets"]["rows"]
    haitian = tables["observed"].query("nationality == 'HTI'")["value"]
    assert sorted(row["value"] for row in rows if "value" in row) == sorted(haitian)
    assert len([row for row in rows if "median" in row]) == 12


def test_observed_values_are_split_at_each_panels_first_forecast_month():
    tables, chart = chart_of("fan")
    rows = specification(chart, tables)["datasets"]["rows"]
    after = {row["x"] for row in rows if row.get("observed_when") == "observed after"}
    before = {row["x"] for row in rows if row.get("observed_when") == "observed before"}
    assert min(after) == "2021-10-01"
    assert max(before) == "2021-09-01"
    assert len([row for row in rows if row.get("observed_when") == "observed after"]) == 8 * 13


def test_wider_intervals_lie_under_narrower_ones():
    tables, chart = chart_of("fan")
    shares = [
        layer["encoding"]["y"]["field"]
        for layer in layers_of(specification(chart, tables))
        if layer["mark"]["type"] == "area"
    ]
    assert shares == ["low_95", "low_90", "low_80", "low_50"]


def test_a_fan_of_one_month_draws_bars_since_an_area_would_have_no_width():
    tables = SAMPLES["fan_tables"]()
    tables["forecast"] = tables["forecast"].groupby("nationality", sort=False).head(1)
    marks = marks_of(specification(ANSWERS[0].charts[0], tables))
    assert "area" not in marks
    assert marks.count("rule") == 4 + 1


def test_panels_stand_in_the_tables_order_each_on_its_own_vertical_scale():
    tables, chart = chart_of("fan")
    found = specification(chart, tables)
    assert found["facet"]["sort"] == SAMPLES["NATIONALITIES"]
    assert found["columns"] == 3
    assert found["resolve"]["scale"] == {"x": "shared", "y": "independent"}
    assert all("data" not in layer for layer in found["spec"]["layer"])


def test_months_are_drawn_at_their_first_day_and_named_as_months():
    assert period_names(pd.Series(["2021-09-30", "2021-12-31"])).tolist() == ["Sep 2021", "Dec 2021"]
    assert period_names(pd.Series(["2020-12-31", "2021-12-31"])).tolist() == ["2020", "2021"]
    assert period_names(pd.Series(["2021-09-19", "2021-09-20"])).tolist() == ["2021-09-19", "2021-09-20"]
    assert period_names(pd.Series(["Del Rio"])).tolist() == ["Del Rio"]


def test_dates_are_read_as_local_days():
    tables, chart = chart_of("fan")
    assert specification(chart, tables)["data"]["format"]["parse"] == {"x": "date:'%Y-%m-%d'"}


@pytest.mark.parametrize("kind", ["fan", "line", "bar", "heatmap", "map"])
def test_two_rows_on_one_spot_are_refused_with_the_mend(kind):
    tables, chart = chart_of(kind)
    doubled = {**tables, chart.table: pd.concat([tables[chart.table]] * 2)}
    with pytest.raises(BadValueError, match=r"several rows .* on one spot .* `where`"):
        specification(chart, doubled)


def test_a_forest_gives_equal_names_a_line_each():
    tables, chart = chart_of("forest")
    rows = specification(chart, tables)["datasets"]["rows"]
    assert len({row["row"] for row in rows}) == len(tables["rivals"]) == 60
    assert len({row["y"] for row in rows}) == 59


def test_a_forest_draws_points_without_intervals_and_intervals_without_points():
    table = pd.DataFrame(
        [("a", 5.0, None, None), ("b", None, 3.0, 7.0), ("c", None, 10.0, None), ("d", None, None, None)],
        columns=["name", "value", "low", "high"],
    ).assign(source_id="s")
    chart = Chart("forest", "t", "Rivals", {"y": "name", "x": "value", "low": "low", "high": "high"})
    found = specification(chart, {"t": table})
    assert [row["y"] for row in found["datasets"]["rows"]] == ["a", "b", "c"]
    drawn = svg(chart, {"t": table})
    assert drawn.count('aria-roledescription="point"') == 2  # a's point, and c's arrow: at least ten
    assert drawn.count('aria-roledescription="rule mark"') == 1


def test_bars_of_several_colours_stand_beside_each_other_and_are_never_stacked():
    answer = ANSWERS[1]
    found = specification(answer.charts[3], answer.tables)
    encoding = layers_of(found)[0]["encoding"]
    assert encoding["xOffset"]["field"] == "color"
    assert encoding["y"]["stack"] is None
    assert encoding["x"]["sort"][:2] == ["Jan 2021", "Feb 2021"]


def test_bars_lie_where_their_names_are_long():
    table = pd.DataFrame({"place": ["Rio Grande Valley", "Del Rio"], "events": [3, 4], "source_id": "s"})
    chart = Chart("bar", "t", "Bars", {"x": "place", "y": "events"})
    assert layers_of(specification(chart, {"t": table}))[0]["encoding"]["y"]["field"] == "category"


def test_a_heatmap_has_no_colour_at_its_reference_and_prints_its_values():
    table = pd.DataFrame({"h": [1, 2, 3], "m": "a", "ratio": [0.5, 1.0, 2.0], "source_id": "s"})
    chart = Chart("heatmap", "t", "Ratio", {"x": "h", "y": "m", "value": "ratio"}, reference=1.0)
    found = specification(chart, {"t": table})
    half, same, double = (row["shade"] for row in found["datasets"]["rows"])
    assert same == 0
    assert half == pytest.approx(-double)
    scale = layers_of(found)[0]["encoding"]["color"]["scale"]
    assert scale["domain"][2] == 0
    assert [row["label"] for row in found["datasets"]["rows"]] == ["0.50", "1.00", "2.00"]


def test_a_map_shows_all_its_places_on_land_that_does_not_fill_the_globe():
    tables, chart = chart_of("map")
    found = specification(chart, tables)
    assert found["projection"]["type"] == "mercator"
    places = tables["places"]
    view = Mercator.around(places["longitude"], places["latitude"], 800)
    for longitude, latitude in zip(places["longitude"], places["latitude"], strict=True):
        x, y = view.pixels(longitude, latitude)
        assert 0 < x < view.width
        assert 0 < y < view.height
        assert view.coordinates(x, y) == pytest.approx((longitude, latitude))
    assert notes(chart)[-1].startswith("Boundaries (Natural Earth) are for orientation only")


@pytest.mark.parametrize(
    ("country", "at"), [("Mexico", (-102.0, 23.0)), ("Haiti", (-72.3, 18.9)), ("Turkey", (35.0, 39.0))]
)
def test_a_country_is_drawn_in_one_part_of_the_world(country, at):
    point = pd.Series([at[0]]), pd.Series([at[1]])
    (land,) = [land for land in lands() if land.has(*point).all()]
    assert country in {feature["properties"]["name"] for feature in land.features}


def test_boundaries_are_small_and_wound_as_vega_wants():
    for stored in files("vado.report").joinpath("boundaries").iterdir():
        assert len(stored.read_bytes()) < 150_000
    for land in lands():
        west, south, east, north = land.box
        for feature in land.features:
            for outer, *_ in feature["geometry"]["coordinates"]:
                assert outer[0] == outer[-1]
                assert all(west <= x <= east and south <= y <= north for x, y in outer)
                assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(outer)) < 0


def test_names_on_a_map_cover_neither_each_other_nor_a_circle():
    spots = [Spot(100 + 9 * i, 100 + (i % 3) * 7, 6, f"Place {i}") for i in range(12)]
    labels = place_labels(spots, 500, 400)
    boxes = [
        next(box for label, box in _candidates(spot) if label == placed)
        for spot, placed in zip(spots, labels, strict=True)
        if placed is not None
    ]
    assert len(boxes) >= 8
    circles = [(s.x - 6, s.y - 6, s.x + 6, s.y + 6) for s in spots]
    for i, box in enumerate(boxes):
        assert not any(_overlap(box, other) for other in boxes[:i])
        assert not any(_overlap(box, circle) for circle in circles)


def test_more_names_than_colours_differ_in_shape():
    names = range(23)
    assert len(set(PALETTE)) == 10
    assert len(set(zip(colors(names), shapes(names), strict=True))) == 23


def test_empty_charts_are_known_before_they_are_drawn():
    tables, chart = chart_of("fan")
    assert not is_empty(chart, tables)
    nobody = Chart(chart.kind, chart.table, chart.title, chart.columns, where={"nationality": "XXX"})
    assert is_empty(nobody, tables)


def test_twenty_thousand_rows_are_drawn_without_a_limit_or_a_warning():
    days = pd.date_range("2000-01-01", periods=5000)
    table = pd.concat([pd.DataFrame({"day": days, "n": range(5000), "who": w}) for w in "abcd"]).assign(source_id="s")
    chart = Chart("line", "t", "Many", {"x": "day", "y": "n", "color": "who"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(specification(chart, {"t": table})["datasets"]["rows"]) == 20_000


def test_column_names_that_vega_would_take_for_syntax_are_harmless():
    table = pd.DataFrame({"a.b[0]:Q": [1, 2], "it's": [3.0, 4.0], "source_id": "s"})
    chart = Chart("line", "t", "Odd", {"x": "a.b[0]:Q", "y": "it's"})
    assert svg(chart, {"t": table}).count('aria-roledescription="point"') == 2


def test_a_notebook_gets_altairs_own_class_with_the_data():
    tables, chart = chart_of("line")
    found = draw(chart, tables).to_dict()
    assert found["datasets"]["rows"]
    assert found["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_a_map_with_steps_shows_the_last_and_lets_a_reader_choose():
    rows = pd.DataFrame(
        {
            "month": ["2021-02", "2021-01", "2021-02", "2021-01"],
            "latitude": [14.9, 14.9, 29.4, 29.4],
            "longitude": [-92.3, -92.3, -100.9, -100.9],
            "value": [3.0, 4.0, 5.0, 6.0],
            "place": ["south", "south", "north", "north"],
            "source_id": "x",
        }
    )
    columns = {"latitude": "latitude", "longitude": "longitude", "size": "value", "label": "place", "step": "month"}
    chart = Chart(kind="map", table="flows", title="Flows", columns=columns)
    found = specification(chart, {"flows": rows})
    (control,) = found["params"]
    assert control["value"] == "2021-02"
    assert control["bind"]["options"] == ["2021-01", "2021-02"]
    drawn = [layer for layer in found["layer"] if layer.get("data", {}).get("name") == "rows"]
    assert all({"filter": "datum.step === step"} in layer["transform"] for layer in drawn)
    assert "One month is shown, the last to begin with." in notes(chart)
    # Without steps two rows would lie on one spot.
    with pytest.raises(BadValueError, match="on one spot"):
        specification(
            Chart(kind="map", table="flows", title="F", columns={**columns, "step": "latitude"}), {"flows": rows}
        )

"""Drawings of descriptions: the right stations and ways, in an order that one can follow, and nothing hidden."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.answer import Chart
from vado.errors import BadFileError, BadValueError
from vado.network.draw import drawing
from vado.network.draw_graph import graph_tables, parameters_read, ways_back
from vado.network.draw_map import map_tables
from vado.network.model import Network
from vado.network.read import read
from vado.report import specification, svg
from vado.report.charts import notes, sheet
from vado.report.charts.layers import Line, lay_out, layers
from vado.report.picture import write_picture

FORD = Path(__file__).parents[1] / "docs" / "examples" / "ford.yaml"
ORIGINS = {
    "port_au_prince": (18.5, -72.3), "caracas": (10.5, -66.9), "bogota": (4.7, -74.1), "quito": (-0.2, -78.5),
    "lima": (-12.0, -77.0), "havana": (23.1, -82.4), "managua": (12.1, -86.2), "tegucigalpa": (14.1, -87.2),
    "san_salvador": (13.7, -89.2), "guatemala_city": (14.6, -90.5), "brasilia": (-15.8, -47.9),
    "santiago": (-33.4, -70.7),
}  # fmt: skip
TRANSIT = {
    "necocli": (8.4, -76.8), "canaan": (8.2, -77.6), "paso_canoas": (8.5, -82.8), "penas_blancas": (11.2, -85.6),
    "danli": (14.0, -86.6), "esquipulas": (14.6, -89.4), "tapachula": (14.9, -92.3), "oaxaca": (17.1, -96.7),
    "mexico_city": (19.4, -99.1), "san_luis": (22.2, -101.0),
}  # fmt: skip
HUBS = {
    "hermosillo": (29.1, -111.0), "chihuahua": (28.6, -106.1), "saltillo": (25.4, -101.0), "monterrey": (25.7, -100.3),
}  # fmt: skip
BORDER = {
    "tijuana": (32.5, -117.0), "mexicali": (32.6, -115.5), "nogales": (31.3, -110.9), "agua_prieta": (31.3, -109.5),
    "juarez": (31.7, -106.4), "ojinaga": (29.6, -104.4), "acuna": (29.3, -100.9), "piedras_negras": (28.7, -100.5),
    "nuevo_laredo": (27.5, -99.5), "reynosa": (26.1, -98.3), "matamoros": (25.9, -97.5), "naco": (31.3, -110.0),
}  # fmt: skip
NORTH = {f"{name}_north": (latitude + 0.4, longitude) for name, (latitude, longitude) in BORDER.items()}


def corridor() -> Network:
    """Return an invented corridor of about 60 places and 200 stations; no figure in it is a fact."""
    everywhere = ORIGINS | TRANSIT | HUBS | BORDER | NORTH
    places = {key: {"name": key.title(), "latitude": x, "longitude": y} for key, (x, y) in everywhere.items()}
    places |= {key: {"name": key.title()} for key in ("air", "interior")}
    stations = []

    def add(id, kind, place, **more):
        stations.append({"id": id, "kind": kind, "place": place, **more})

    for origin in ORIGINS:
        first = "esquipulas_check" if ORIGINS[origin][0] > 11 else "necocli_camp"
        add(f"{origin}_departures", "source", origin, departures=40, to=f"{origin}_road")
        add(f"{origin}_road", "route", origin, km=900, to=first)
    add("necocli_camp", "queue", "necocli", capacity=700, give_up=0.01, gave_up="stayed_south", to="darien")
    add("stayed_south", "sink", "necocli")
    add("darien", "route", "necocli", days=6, to="canaan_check")
    for here, there in itertools.pairwise(list(TRANSIT)[1:]):
        add(f"{here}_check", "checkpoint", here, stop=0.05, stopped=f"{here}_held", to=f"{here}_road")
        held = {"name": "returned", "share": 0.5, "to": "return_flight"}, {"share": "rest", "to": f"{here}_road"}
        add(f"{here}_held", "outcome", here, ways=held)
        add(f"{here}_road", "route", here, days=3, to=f"{there}_check" if there != "san_luis" else "san_luis_choice")
    add("return_flight", "route", "air", days=4, to="returned")
    add("returned", "sink", "tegucigalpa")
    add("san_luis_choice", "choice", "san_luis", ways=[{"to": f"{hub}_road"} for hub in HUBS])
    for number, hub in enumerate(HUBS):
        towns = list(BORDER)[3 * number : 3 * number + 3]
        add(f"{hub}_road", "route", "san_luis", days=2, to=f"{hub}_choice")
        add(f"{hub}_choice", "choice", hub, ways=[{"to": f"{town}_road"} for town in towns])
        for town in towns:
            add(f"{town}_road", "route", hub, km=400, to=f"{town}_choice")
    for town in BORDER:
        north = f"{town}_north"
        ways = {"to": f"{town}_river", "attraction": 3}, {"to": f"{town}_port", "queue": f"{town}_port"}
        add(f"{town}_choice", "choice", town, ways=ways)
        add(f"{town}_port", "queue", town, capacity=30, give_up=0.02, gave_up=f"{town}_river", to="paroled")
        add(f"{town}_river", "checkpoint", north, stop=0.8, stopped=f"{town}_station", to="unseen")
        add(f"{town}_station", "queue", north, capacity=500, to=f"{town}_decision")
        add(
            f"{town}_decision", "outcome", north,
            ways=[
                {"name": "expelled", "share": {"HTI": 0.2, "VEN": 0.5}, "to": f"{town}_again"},
                {"name": "released", "share": 0.3, "to": f"{town}_bus"},
                {"name": "removed", "share": "rest", "to": f"{town}_custody"},
            ],
        )  # fmt: skip
        add(f"{town}_again", "route", north, days=9, to=f"{town}_choice")
        add(f"{town}_bus", "route", north, days=2, to="released")
        add(f"{town}_custody", "queue", north, capacity=20, to=f"{town}_flight")
        add(f"{town}_flight", "route", north, days=1, to="removed")
    for end in ("paroled", "unseen", "released", "removed"):
        add(end, "sink", "interior")
    groups = {"nationalities": ["HTI", "VEN"]}
    described = {"system": "made_up", "start": "2021-01-01", "places": places, "groups": groups, "stations": stations}
    return Network.model_validate(described)


def small(stations, **more) -> Network:
    described = {
        "system": "small",
        "start": "2021-01-01",
        "places": {"south": {"name": "South"}, "north": {"name": "North"}},
        "groups": {"nationalities": ["HTI", "VEN"]},
        "stations": [{"place": "south", **station} for station in stations],
        **more,
    }
    return Network.model_validate(described)


@pytest.fixture(scope="module")
def ford():
    return read(FORD)


@pytest.fixture(scope="module")
def large():
    return corridor()


def test_the_tables_hold_every_station_and_way(ford):
    stations, ways = graph_tables(ford)
    assert sorted(stations["station"]) == sorted(ford.by_id)
    assert sorted(zip(ways["start"], ways["event"], ways["end"], strict=True)) == sorted(
        (station.id, event, to) for station, event, to in ford.edges()
    )
    forward = ways[~ways["back"]]
    step = stations.set_index("station")["step"]
    assert (step[forward["start"]].to_numpy() < step[forward["end"]].to_numpy()).all()
    assert stations["step"].is_monotonic_increasing


def test_figures_are_those_of_the_first_day_with_a_range_over_groups(ford):
    stations, ways = graph_tables(ford)
    detail = dict(zip(stations["station"], stations["detail"], strict=True))
    # 14 + 9 Haitians, 8 + 8 Venezuelans and 3 + 3 others a day; 420 a week; 240 km at 40 km a day.
    assert detail["hills"] == "45 a day + 1 convoy"
    assert detail["reception"] == "60 a day"
    assert detail["valley_road"] == "6 days"
    assert detail["return_bus"] == "1 day"
    label = {(row.start, row.event): row.label for row in ways.itertuples()}
    # A quarter is stopped, but not the 10 to 35 per cent who travel by night.
    assert label["post", "stopped"] == "stopped: 16.2–22.5%"
    assert label["hearing", "admitted"] == "admitted: 55–80%"
    assert label["hearing", "returned"] == "returned: rest"
    assert label["reception", "gave_up"] == "gave up"
    assert label["post", "passed"] == label["fork", "coast_road"] == label["reception", "served"] == ""


def test_a_station_reads_the_parameters_of_all_its_parts(ford):
    assert parameters_read(ford.station("hills")) == ["harvest_loss"]
    assert parameters_read(ford.station("post")) == ["south.stop_rate", "night_travel"]
    assert parameters_read(ford.station("hearing")) == ["north.admission_share"]


def test_ways_back_are_ways_out_of_routes_and_close_every_circle(ford, large):
    assert ways_back(ford) == {("wait_home", "arrived")}
    assert ways_back(large) == {(f"{town}_again", "arrived") for town in BORDER}
    for network in (ford, large):
        back = ways_back(network)
        rest = [(s.id, to) for s, event, to in network.edges() if (s.id, event) not in back]
        assert nx.is_directed_acyclic_graph(nx.DiGraph(rest))


def test_of_a_road_there_and_back_the_one_away_from_the_source_leads_on():
    network = small(
        [
            {"id": "south", "kind": "route", "days": 1, "to": "town"},
            {"id": "city", "kind": "outcome", "ways": [{"share": 0.5, "to": "south"}, {"share": "rest", "to": "end"}]},
            {"id": "north", "kind": "route", "days": 1, "to": "city"},
            {"id": "town", "kind": "outcome", "ways": [{"share": 1, "to": "north"}]},
            {"id": "home", "kind": "source", "departures": 1, "to": "town"},
            {"id": "end", "kind": "sink"},
        ]
    )
    assert ways_back(network) == {("south", "arrived")}


def test_a_source_in_the_middle_does_not_turn_a_circle_round():
    """Who is returned begins anew far away; some set out just before they would be returned."""
    river = {"ways": [{"share": 0.5, "to": "flight"}, {"share": "rest", "to": "end"}]}
    network = small(
        [
            {"id": "nearby", "kind": "source", "departures": 1, "to": "river"},
            {"id": "river", "kind": "outcome", **river},
            {"id": "flight", "kind": "route", "days": 1, "to": "town"},
            {"id": "afar", "kind": "source", "departures": 1, "to": "sea"},
            {"id": "sea", "kind": "route", "days": 1, "to": "town"},
            {"id": "town", "kind": "checkpoint", "stop": 0, "stopped": "end", "to": "first_road"},
            {"id": "first_road", "kind": "route", "days": 1, "to": "city"},
            {"id": "city", "kind": "checkpoint", "stop": 0, "stopped": "end", "to": "second_road"},
            {"id": "second_road", "kind": "route", "days": 1, "to": "river"},
            {"id": "end", "kind": "sink"},
        ]
    )
    assert ways_back(network) == {("flight", "arrived")}


def test_parameters_that_nobody_published_are_listed(ford):
    answer = drawing(ford)
    assert [item["name"] for item in answer.assumed] == ["night_travel", "patience", "tries_again"]
    assert any(sentence.startswith("Governments control south.stop_rate") for sentence in answer.summary)


Box = tuple[float, float, float, float]


def overlap(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def boxes_of(sizes, layout) -> list[Box]:
    return [
        (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        for (x, y), (width, height) in zip(layout.boxes, sizes, strict=True)
    ]


@st.composite
def graphs(draw):
    """Boxes of different sizes with lines from earlier to later ones, and some that lead back."""
    count = draw(st.integers(1, 14))
    pairs = [(one, other) for one in range(count) for other in range(one + 1, count)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=24)) if pairs else []
    label = st.one_of(st.none(), st.tuples(st.floats(10, 80), st.just(12.0)))
    lines = [Line(one, other, label=draw(label)) for one, other in chosen]
    reached = nx.DiGraph(chosen)
    lines += [
        Line(other, one, back=True)
        for one, other in draw(st.lists(st.sampled_from(chosen), max_size=3) if chosen else st.just([]))
        if nx.has_path(reached, one, other)
    ]
    sizes = [(draw(st.floats(20, 120)), draw(st.sampled_from([24.0, 36.0, 50.0]))) for _ in range(count)]
    return sizes, lines


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_no_box_hides_another_and_no_line_runs_through_one(graph):
    sizes, lines = graph
    layout = lay_out(sizes, lines)
    boxes = boxes_of(sizes, layout)
    assert not any(overlap(one, other) for one, other in itertools.combinations(boxes, 2))
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= layout.width + 1e-6 for box in boxes)
    for line, path in zip(lines, layout.paths, strict=True):
        assert (path[0][0] < path[-1][0]) != line.back
        for (x1, y1), (x2, y2) in itertools.pairwise(path):
            inner = (min(x1, x2) + 0.01, min(y1, y2) - 0.01, max(x1, x2) - 0.01, max(y1, y2) + 0.01)
            # Between layers a line may rise or fall where no box is; within a layer it is level.
            hit = [index for index, box in enumerate(boxes) if overlap(inner, box)]
            assert not hit, f"line {line} runs through box {hit}"


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_every_label_has_a_place_of_its_own(graph):
    sizes, lines = graph
    layout = lay_out(sizes, lines)
    labels = [
        (x - line.label[0] / 2, y - line.label[1] / 2, x + line.label[0] / 2, y + line.label[1] / 2)
        for line, place in zip(lines, layout.labels, strict=True)
        if line.label and place
        for x, y in [place]
    ]
    assert len(labels) == sum(line.label is not None for line in lines)
    assert not any(overlap(one, other) for one, other in itertools.combinations([*labels, *boxes_of(sizes, layout)], 2))


def test_layers_make_the_lines_as_short_as_they_can_be():
    edges = [(0, 1), (1, 2), (2, 3), (4, 3), (0, 5), (5, 3), (6, 2)]
    found = layers(7, [Line(one, other) for one, other in edges])

    def length(layer):
        return sum(layer[other] - layer[one] for one, other in edges)

    allowed = [
        layer
        for layer in itertools.product(range(4), repeat=7)
        if all(layer[one] < layer[other] for one, other in edges)
    ]
    assert length(found) == min(map(length, allowed))


def test_lines_that_need_not_cross_do_not():
    """Four roads side by side with ways from each to the next, the boxes given in an order that tells nothing."""
    roads, length = 4, 6
    shuffled = [(7 * index) % (roads * length + 1) - 1 for index in range(1, roads * length + 1)]
    number = {cell: shuffled[index] for index, cell in enumerate(itertools.product(range(roads), range(length)))}
    ahead = [((road, step), (road, step + 1)) for road in range(roads) for step in range(length - 1)]
    across = [((road, step), (road + 1, step + 1)) for road in range(roads - 1) for step in range(0, length - 1, 2)]
    edges = [(number[one], number[other]) for one, other in (*ahead, *across)]
    places = lay_out([(40.0, 24.0)] * (roads * length), [Line(one, other) for one, other in edges]).boxes
    for (a, b), (c, d) in itertools.combinations(edges, 2):
        if places[a][0] == places[c][0] and len({a, b, c, d}) == 4:
            assert (places[a][1] < places[c][1]) == (places[b][1] < places[d][1])


def test_a_circle_that_is_not_marked_is_refused_with_the_mend():
    with pytest.raises(BadValueError, match="form a circle; mark those that lead back"):
        layers(2, [Line(0, 1), Line(1, 0)])


def test_a_line_from_a_box_to_itself_is_drawn_beside_it():
    layout = lay_out([(40.0, 24.0), (40.0, 24.0)], [Line(0, 0, back=True), Line(0, 1)])
    assert min(y for _, y in layout.paths[0]) >= layout.boxes[0][1] + 12
    assert max(y for _, y in layout.paths[0]) <= layout.height


def test_the_graph_of_a_large_corridor_shows_all_of_it(large):
    assert (len(large.places), len(large.stations)) == (52, 186)
    answer = drawing(large)
    drawn = specification(answer.charts[0], answer.tables)
    assert len(drawn["datasets"]["rows"]) == len(large.stations)
    assert len(drawn["datasets"]["heads"]) == sum(1 for _ in large.edges())
    back = {(head["start"], head["end"]) for head in drawn["datasets"]["heads"] if head["back"]}
    assert back == {(f"{town}_again", f"{town}_choice") for town in BORDER}
    for row in drawn["datasets"]["rows"]:
        assert 0 < row["left"] < row["right"] < drawn["width"]
        assert 0 < row["top"] < row["bottom"] < drawn["height"]
    assert drawn["usermeta"]["vado"]["minimum"] == round(drawn["width"])


def test_the_picture_names_every_station_figure_and_share(ford):
    answer = drawing(ford)
    text = svg(answer.charts[0], answer.tables)
    for station in ford.by_id:
        assert f">{station}<" in text
    for words in ("6 days", "60 a day", "returned: rest", "gave up", "55–80%"):
        assert f">{words}<" in text
    assert "Dashed: leads back." in text


def test_places_carry_what_stands_there_and_pairs_what_joins_them(ford):
    places, links = map_tables(ford)
    found = places.set_index("place")
    assert found.loc["ford", "stations"] == 4
    assert found.loc["hills", "part"] == "both"
    assert found.loc["north", "part"] == "people leave"
    assert found.loc["junction", "part"] == "on the way"
    pairs = {(row.start, row.end): row.label for row in links.itertuples()}
    assert pairs["junction", "valley"] == "6 days"
    assert pairs["ford", "hills"] == "1 day"
    assert pairs["valley", "ford"] == ""
    assert all(start != end for start, end in pairs)


def test_the_map_draws_arrows_between_the_places_it_can_show(large):
    answer = drawing(large)
    chart = answer.charts[1]
    drawn = specification(chart, answer.tables)
    placed = set(answer.tables["places"].dropna(subset="latitude")["place"])
    pairs = {(row.start, row.end) for row in answer.tables["links"].itertuples() if {row.start, row.end} <= placed}
    assert {(head["start"], head["end"]) for head in drawn["datasets"]["heads"]} == pairs
    assert len(drawn["datasets"]["rows"]) == len(placed)
    assert "Not on the map, for want of coordinates: Air, Interior." in notes(chart)[0]


def test_the_way_there_and_the_way_back_lie_apart():
    table = pd.DataFrame({"key": ["a", "b"], "lat": [20.0, 25.0], "lon": [-100.0, -98.0], "n": 1, "source_id": "s"})
    links = pd.DataFrame({"start": ["a", "b"], "end": ["b", "a"], "source_id": "s"})
    chart = Chart("map", "t", "T", {"latitude": "lat", "longitude": "lon", "size": "n", "name": "key"}, overlay="links")
    points = specification(chart, {"t": table, "links": links})["datasets"]["arrows"]
    middle = [point for point in points if point["step"] == 8]
    assert abs(middle[0]["longitude"] - middle[1]["longitude"]) > 0.5


def test_places_at_the_poles_and_places_beyond_the_land_that_is_drawn():
    table = pd.DataFrame({"lat": [90.0, -90.0, 48.0], "lon": [0.0, 0.0, 16.0], "n": 1, "source_id": "s"})
    chart = Chart("map", "t", "T", {"latitude": "lat", "longitude": "lon", "size": "n"})
    drawn = specification(chart, {"t": table})
    assert drawn["view"]["fill"] == "white", "an empty ground must not look like an ocean"
    assert svg(chart, {"t": table})


def test_an_arrow_to_what_is_not_there_is_refused():
    table = pd.DataFrame({"id": ["a"], "source_id": "s"})
    links = pd.DataFrame({"start": ["a"], "end": ["b"], "source_id": "s"})
    with pytest.raises(BadValueError, match="has an arrow at 'b', which table 't' lacks"):
        specification(Chart("graph", "t", "T", {"name": "id"}, overlay="links"), {"t": table, "links": links})


def test_a_single_station_can_be_drawn():
    answer = drawing(small([{"id": "end", "kind": "sink"}]))
    assert "1 station at 2 places" in answer.summary[0]
    assert ">end<" in svg(answer.charts[0], answer.tables)
    assert len(answer.charts) == 1, "no place has coordinates"


def test_names_of_any_length_and_signs_stay_whole_in_the_tooltip():
    name = "a" * 80 + "_<b>"
    table = pd.DataFrame({"id": [name], "source_id": "s"})
    drawn = specification(Chart("graph", "t", "T", {"name": "id"}), {"t": table})
    assert drawn["datasets"]["rows"][0]["name"] == name
    assert len(drawn["datasets"]["rows"][0]["name_shown"]) == 28


def test_graph_and_map_share_a_sheet_but_no_data_and_no_scale(large):
    answer = drawing(large)
    found = sheet(answer.charts, answer.tables)
    assert len(found["vconcat"]) == 2
    assert len(found["datasets"]["rows_1"]) == 186
    assert len(found["datasets"]["rows_2"]) == 50
    named = set()

    def walk(part):
        if isinstance(part, dict):
            if isinstance(part.get("data"), dict) and "name" in part["data"]:
                named.add(part["data"]["name"])
            part = list(part.values())
        if isinstance(part, list):
            for item in part:
                walk(item)

    walk(found["vconcat"])
    assert named == set(found["datasets"])


@pytest.mark.parametrize("only", [None, "graph", "map"])
def test_a_picture_is_one_file_with_what_was_asked_for(large, only, tmp_path):
    answer = drawing(large, only=only)
    file = tmp_path / "drawing.svg"
    write_picture(answer, file, preamble={})
    text = file.read_text()
    assert ("stations and ways" in text) == (only != "map")
    assert ("orientation only" in text) == (only != "graph")


def test_a_page_holds_all_rows_and_names_no_file_beside_it(large, tmp_path):
    file = tmp_path / "drawing.html"
    write_picture(drawing(large), file, preamble={"What it is for": "Planning."})
    text = file.read_text()
    assert "beside this page" not in text
    assert text.count("<td>matamoros_flight</td>") >= 3
    assert "rows are in the file" not in text


def test_png_is_a_picture(ford, tmp_path):
    file = tmp_path / "drawing.png"
    write_picture(drawing(ford), file, preamble={})
    assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "message"),
    [("a.pdf", "ends in none of .svg, .png, .html"), ("none/a.svg", "there is no folder"), ("made.svg", "is a folder")],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_drawn(ford, tmp_path, name, message):
    (tmp_path / "made.svg").mkdir()
    with pytest.raises(BadFileError, match=message):
        write_picture(drawing(ford), tmp_path / name, preamble={})


def vado(*words, cwd):
    return subprocess.run([sys.executable, "-m", "vado.cli", *words], capture_output=True, text=True, cwd=cwd)


def test_draw_prints_stations_and_ways(tmp_path):
    result = vado("draw", str(FORD), cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "13 stations at 5 places" in result.stdout
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    assert lines.index("stations") < lines.index("ways")
    assert any(line.split()[:3] == ["valley_road", "route", "junction"] for line in lines)
    assert any("admitted: 55–80%" in line for line in lines)
    assert list(tmp_path.iterdir()) == []


def test_draw_writes_the_picture_and_the_answer(tmp_path):
    result = vado("draw", str(FORD), "--graph", "--out", "ford.svg", "--json", cwd=tmp_path)
    assert result.stderr == "Written: ford.svg\n"
    answer = json.loads(result.stdout)
    assert [chart["kind"] for chart in answer["charts"]] == ["graph"]
    assert {row["source_id"] for rows in answer["tables"].values() for row in rows} == {"description"}
    assert (tmp_path / "ford.svg").read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (["ford.yaml", "--map"], "no place of ford has a latitude and a longitude"),
        (["ford.yaml", "--out", "ford.pdf"], "name the file so that one of them fits"),
        (["missing.yaml"], "missing.yaml"),
        (["broken.yaml"], "broken.yaml"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_code_2(words, mend, tmp_path):
    (tmp_path / "ford.yaml").write_text(FORD.read_text())
    described = yaml.safe_load(FORD.read_text())
    described["stations"][0]["to"] = "nowhere"
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump(described))
    result = vado("draw", *words, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert mend in result.stderr
    assert "Traceback" not in result.stderr

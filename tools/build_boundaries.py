"""Cut the country boundaries that maps are drawn on, once, from Natural Earth.

Input is ``countries-50m.json`` of the npm package world-atlas 2.0.2, which holds Natural Earth's *Admin 0
countries*, version 4.1.0, scale 1:50 million, as TopoJSON. Natural Earth is in the public domain. A cut keeps one part
of the world, simplifies, rounds to two decimals (about a kilometre) and writes GeoJSON::

    python tools/build_boundaries.py countries-50m.json src/vado/report/boundaries

Lines are simplified arc by arc, before countries are put together, so that neighbours keep one common border.
Boundaries are for orientation only and imply no opinion on the status of any territory.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

#: Longest stretch of the cut's own edge without a point [degrees]; longer ones would bend, as edges are drawn
#: as great circles.
EDGE_STEP = 2.0
DECIMALS = 2
SOURCE = "Natural Earth, Admin 0 countries 1:50m, version 4.1.0 (public domain), from npm world-atlas 2.0.2"

Point = tuple[float, float]
Ring = list[Point]


class Cut(NamedTuple):
    """A part of the world, and how finely it is drawn."""

    #: West, south, east, north [degrees].
    box: tuple[float, float, float, float]
    #: Largest distance that a simplified line departs from the original [degrees].
    tolerance: float
    #: Islands smaller than this are left out [square degrees].
    smallest: float


CUTS = {
    "americas": Cut((-125.0, -15.0, -55.0, 50.0), 0.02, 0.006),
    "europe_africa_asia": Cut((-30.0, -36.0, 112.0, 72.0), 0.07, 0.05),
}


def decoded_arcs(topology: dict[str, Any], tolerance: float) -> list[Ring]:
    """Return the arcs of a quantized TopoJSON as longitude and latitude [degrees], simplified."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        column, row = 0, 0
        line: Ring = []
        for delta_column, delta_row in deltas:
            column, row = column + delta_column, row + delta_row
            line.append((column * scale_x + shift_x, row * scale_y + shift_y))
        arcs.append(simplified(line, tolerance))
    return arcs


def simplified(line: Sequence[Point], tolerance: float) -> Ring:
    """Return the line with only those points that keep it within ``tolerance`` (Douglas and Peucker 1973).

    A closed line is split at the point farthest from its start, as its two ends say nothing of its shape.

    >>> simplified([(0, 0), (1, 0.001), (2, 0)], 0.01)
    [(0, 0), (2, 0)]
    """
    if len(line) < 3:
        return list(line)
    first, last = line[0], line[-1]
    if first == last:
        far = max(range(len(line)), key=lambda i: _distance(line[i], first, first))
        return simplified(line[: far + 1], tolerance)[:-1] + simplified(line[far:], tolerance)
    worst = max(range(1, len(line) - 1), key=lambda i: _distance(line[i], first, last))
    if _distance(line[worst], first, last) <= tolerance:
        return [first, last]
    return simplified(line[: worst + 1], tolerance)[:-1] + simplified(line[worst:], tolerance)


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return the distance from a point to the segment from ``start`` to ``end``."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length_squared = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = 0.0 if length_squared == 0 else ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length_squared
    along = min(1.0, max(0.0, along))
    return float(((x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2) ** 0.5)


def joined(indices: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """Return the ring that TopoJSON describes by arc numbers; ``~n`` is arc n backwards."""
    ring: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(arc[1:] if ring else arc)
    return ring


def clipped(ring: Ring, box: tuple[float, float, float, float]) -> Ring:
    """Return the part of a ring inside a box, one edge of the box after the other (Sutherland, Hodgman 1974)."""
    west, south, east, north = box
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        kept: Ring = []
        for previous, current in zip(ring[-1:] + ring[:-1], ring, strict=True):
            inside_before = sign * (previous[axis] - limit) >= 0
            inside_now = sign * (current[axis] - limit) >= 0
            if inside_before != inside_now:
                share = (limit - previous[axis]) / (current[axis] - previous[axis])
                other = previous[1 - axis] + share * (current[1 - axis] - previous[1 - axis])
                kept.append((limit, other) if axis == 0 else (other, limit))
            if inside_now:
                kept.append(current)
        ring = kept
        if not ring:
            break
    return ring


def area(ring: Ring) -> float:
    """Return the signed area [square degrees]; negative is clockwise.

    >>> area([(0, 0), (0, 1), (1, 1), (1, 0)])
    -1.0
    """
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def finished(ring: Ring, box: tuple[float, float, float, float], *, clockwise: bool) -> Ring:
    """Return a closed ring, rounded, wound as asked, with points along the edges of the cut."""
    if (area(ring) < 0) != clockwise:
        ring = ring[::-1]
    points: Ring = []
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        points.append(start)
        on_edge = (start[1] == end[1] and start[1] in (box[1], box[3])) and abs(end[0] - start[0]) > EDGE_STEP
        if on_edge:
            pieces = int(abs(end[0] - start[0]) // EDGE_STEP) + 1
            points += [(start[0] + (end[0] - start[0]) * i / pieces, start[1]) for i in range(1, pieces)]
    rounded: Ring = []
    for x, y in points:
        point = (round(x, DECIMALS), round(y, DECIMALS))
        if not rounded or rounded[-1] != point:
            rounded.append(point)
    if rounded[0] != rounded[-1]:
        rounded.append(rounded[0])
    return rounded


def feature(geometry: dict[str, Any], arcs: Sequence[Ring], cut: Cut) -> dict[str, Any] | None:
    """Return a country as GeoJSON, or None where nothing of it lies inside the cut.

    Vega takes the inside of a ring to be on its right: outer rings are clockwise, holes are not. The other way
    round a country would fill the globe.
    """
    groups = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    polygons = []
    for rings in groups:
        outer, *inner = [clipped(joined(indices, arcs)[:-1], cut.box) for indices in rings]
        if len(outer) < 3 or abs(area(outer)) < cut.smallest:
            continue
        holes = [ring for ring in inner if len(ring) >= 3 and abs(area(ring)) >= cut.smallest]
        lines = [finished(outer, cut.box, clockwise=True)]
        polygons.append(lines + [finished(hole, cut.box, clockwise=False) for hole in holes])
    if not polygons:
        return None
    return {
        "type": "Feature",
        "properties": {"name": geometry["properties"]["name"]},
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
    }


def boundaries(topology: dict[str, Any], cut: Cut) -> dict[str, Any]:
    """Return the cut of all countries as one GeoJSON collection."""
    arcs = decoded_arcs(topology, cut.tolerance)
    countries = topology["objects"]["countries"]["geometries"]
    features = [found for country in countries if country.get("arcs") and (found := feature(country, arcs, cut))]
    features.sort(key=lambda item: item["properties"]["name"])
    return {"type": "FeatureCollection", "source": SOURCE, "box": cut.box, "features": features}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the TopoJSON that the command line names and write the cuts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("topology", type=Path, help="countries-50m.json of world-atlas 2.0.2")
    parser.add_argument("output", type=Path, help="the folder for the cuts")
    options = parser.parse_args(arguments)
    topology = json.loads(options.topology.read_text(encoding="utf-8"))
    options.output.mkdir(parents=True, exist_ok=True)
    for name, cut in CUTS.items():
        text = json.dumps(boundaries(topology, cut), separators=(",", ":"), ensure_ascii=False)
        (options.output / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

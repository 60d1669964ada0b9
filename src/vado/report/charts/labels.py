"""Where the names of places go on a map, so that none covers another or a circle.

Each name is tried beside its circle, then farther and farther out, all around; the first free spot is taken, and
a thin line leads to it if it is far. A name without any free spot is left to the tooltip. Greedy placement,
largest circle first, as map makers do by hand (Imhof 1975).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Width of a letter and height of a line [pixels].
LETTER, LINE = 6.3, 14.0
DISTANCES = (5, 14, 26, 40, 56, 74, 94, 116)
#: Right first, then left, then around, as readers expect a name at the right of its place [degrees].
ANGLES = (0, 180, 30, -30, 150, -150, 60, -60, 120, -120, 90, -90)


@dataclass(frozen=True)
class Spot:
    """A circle with a name: centre and radius [pixels]."""

    x: float
    y: float
    radius: float
    name: str


@dataclass(frozen=True)
class Label:
    """Where a name goes: its anchor [pixels], which side of the text that is, and whether a line leads there."""

    x: float
    y: float
    align: str
    led: bool


Box = tuple[float, float, float, float]


def place_labels(spots: Sequence[Spot], width: float, height: float) -> list[Label | None]:
    """Return a label a spot, in the order given, or None where no spot is free."""
    taken: list[Box] = [(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots]
    lines: list[tuple[float, float, float, float]] = []
    placed: dict[int, Label | None] = {}
    for index in sorted(range(len(spots)), key=lambda i: -spots[i].radius):
        spot = spots[index]
        placed[index] = None
        for label, box in _candidates(spot):
            inside = box[0] >= 2 and box[1] >= 2 and box[2] <= width - 2 and box[3] <= height - 2
            lead = (spot.x, spot.y, label.x, label.y)
            if not inside or any(_overlap(box, other) for other in taken) or any(_crosses(line, box) for line in lines):
                continue
            if not label.led and _ambiguous(box, index, spots):
                continue
            own = [b for i, b in enumerate(taken) if i >= len(spots)]
            if label.led and any(_crosses(lead, other) for other in own):
                continue
            placed[index] = label
            taken.append(box)
            if label.led:
                lines.append(lead)
            break
    return [placed[i] for i in range(len(spots))]


def _candidates(spot: Spot) -> list[tuple[Label, Box]]:
    found = []
    for distance in DISTANCES:
        for angle in ANGLES:
            reach = spot.radius + distance
            x = spot.x + reach * math.cos(math.radians(angle))
            y = spot.y + reach * math.sin(math.radians(angle))
            align = "left" if abs(angle) < 90 else "right" if abs(angle) > 90 else "center"
            length = LETTER * len(spot.name)
            left = x if align == "left" else x - length if align == "right" else x - length / 2
            box = (left - 1, y - LINE / 2, left + length + 1, y + LINE / 2)
            found.append((Label(x, y, align, distance > DISTANCES[1]), box))
    return found


def _ambiguous(box: Box, own: int, spots: Sequence[Spot]) -> bool:
    """Return whether a name stands nearer to another circle than to its own."""
    mine = _gap(box, spots[own])
    return any(_gap(box, spot) <= mine for i, spot in enumerate(spots) if i != own and not _nested(spot, spots[own]))


def _gap(box: Box, spot: Spot) -> float:
    """Return the distance between a box and a circle's edge [pixels]."""
    x, y = min(max(spot.x, box[0]), box[2]), min(max(spot.y, box[1]), box[3])
    return math.hypot(spot.x - x, spot.y - y) - spot.radius


def _nested(first: Spot, second: Spot) -> bool:
    """Return whether one circle lies on the other: only a line can tell their names apart."""
    return math.hypot(first.x - second.x, first.y - second.y) < max(first.radius, second.radius)


def _overlap(first: Box, second: Box) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def _crosses(line: tuple[float, float, float, float], box: Box) -> bool:
    """Return whether a line passes through a box, looked at in steps finer than a line of text."""
    x1, y1, x2, y2 = line
    steps = max(2, int(math.hypot(x2 - x1, y2 - y1) / 4))
    points = ((x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps) for i in range(steps + 1))
    return any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in points)

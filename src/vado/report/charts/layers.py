"""Where the boxes of a graph stand and how its lines run, left to right, so that few lines cross and none hides a box.

The steps are those of Gansner, Koutsofios, North and Vo (1993), "A technique for drawing directed graphs": layers that
make the lines short, an order within each layer that lets few lines cross (by barycentres, Sugiyama et al. 1981), then
heights that keep lines straight. Layers and heights are linear programs, which scipy solves. A line over several layers
has a place of its own in each of them; a line's label is a box on it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array

from vado.errors import BadValueError

Point = tuple[float, float]
Numbers = npt.NDArray[np.float64]

#: Free room between boxes, and between a line and what is above or below it [pixels].
BOX_GAP, LINE_GAP = 14.0, 9.0
#: Room between two layers: at least, at most, and for each pixel that a line rises or falls there [pixels].
LAYER_GAP, WIDEST_GAP, GAP_A_RISE = 26.0, 72.0, 0.12
#: How far above or below the middle of a box a line that leads back touches it [pixels].
ASIDE = 8.0
#: Size of the bow of a line from a box to itself [pixels].
BOW = 14.0
SWEEPS = 24


@dataclass(frozen=True)
class Line:
    """A line between two boxes, by their numbers; ``label`` is the width and height of its label [pixels]."""

    start: int
    end: int
    back: bool = False
    label: tuple[float, float] | None = None


@dataclass(frozen=True)
class Layout:
    """Centres of boxes and of labels, and the points through which lines run, all [pixels] from the upper left."""

    boxes: list[Point]
    paths: list[list[Point]]
    labels: list[Point | None]
    width: float
    height: float


@dataclass
class _Cells:
    """Everything that has a place in a layer: first the boxes, then for each line its places between them."""

    layer: list[int]
    width: list[float]
    height: list[float]
    #: Pairs of cells in neighbouring layers, left one first, and how much a slope between them hurts.
    joints: list[tuple[int, int, float]] = field(default_factory=list)
    #: The cells of each line from its left end to its right, both boxes included.
    chains: list[list[int]] = field(default_factory=list)
    labels: list[int | None] = field(default_factory=list)

    def add(self, layer: int, size: tuple[float, float]) -> int:
        self.layer.append(layer)
        self.width.append(size[0])
        self.height.append(size[1])
        return len(self.layer) - 1


def lay_out(sizes: Sequence[tuple[float, float]], lines: Sequence[Line]) -> Layout:
    """Return the places of boxes and lines.

    Parameters
    ----------
    sizes
        Width and height of each box [pixels].
    lines
        The lines; without those that lead back they have no circle.

    Raises
    ------
    BadValueError
        If they have a circle.
    """
    lines_drawn = [line for line in lines if line.start != line.end]
    cells = _cells(sizes, lines_drawn)
    order = _ordered(cells)
    heights = _heights(cells, order, len(sizes))
    return _placed(cells, order, heights, len(sizes), lines, lines_drawn)


def layers(count: int, lines: Sequence[Line]) -> list[int]:
    """Return the layer of each box, such that lines lead to the right and are short in all.

    Raises
    ------
    BadValueError
        If lines that are not marked as leading back form a circle.

    Examples
    --------
    >>> layers(3, [Line(0, 1), Line(1, 2), Line(2, 0, back=True)])
    [0, 1, 2]
    """
    if not lines:
        return [0] * count
    ends = np.array([_left_right(line) for line in lines])
    rows = np.arange(len(lines))
    signs = np.ones(len(lines))
    steps = coo_array(
        (np.concatenate([signs, -signs]), (np.concatenate([rows, rows]), ends.T.ravel())), shape=(len(lines), count)
    )
    # Each line must lead to the right by one layer, by two where its label needs one in between.
    least = np.array([2.0 if line.label else 1.0 for line in lines])
    cost = 1e-4 - np.asarray(steps.sum(axis=0), dtype=np.float64).ravel()
    found = _cheapest(cost, steps, -least, np.zeros(count))
    if found is None:
        raise BadValueError("the lines of a graph form a circle; mark those that lead back in the column 'back'")
    return [round(value) for value in found]


def _cheapest(cost: Numbers, limits: Any, bounds: Numbers, least: Numbers) -> Numbers | None:
    """Return the cheapest numbers from ``least`` on with ``limits @ numbers <= bounds``, or None if there are none."""
    from_least = [(low, None) for low in least.tolist()]
    found = linprog(cost, A_ub=limits, b_ub=bounds, bounds=from_least, method="highs")
    return found.x if found.status == 0 else None


def _left_right(line: Line) -> tuple[int, int]:
    return (line.end, line.start) if line.back else (line.start, line.end)


def _cells(sizes: Sequence[tuple[float, float]], lines: Sequence[Line]) -> _Cells:
    cells = _Cells(layers(len(sizes), lines), [width for width, _ in sizes], [height for _, height in sizes])
    for line in lines:
        left, right = _left_right(line)
        chain, label = [left], None
        between = range(cells.layer[left] + 1, cells.layer[right])
        for layer in between:
            labelled = line.label and layer == (between[-1] if line.back else between[0])
            chain.append(cells.add(layer, line.label if labelled and line.label else (0.0, 0.0)))
            label = chain[-1] if labelled else label
        chain.append(right)
        for one, other in itertools.pairwise(chain):
            inner = sum(cell >= len(sizes) for cell in (one, other))
            cells.joints.append((one, other, (1.0, 2.0, 8.0)[inner]))
        cells.chains.append(chain)
        cells.labels.append(label)
    return cells


def _ordered(cells: _Cells) -> list[list[int]]:
    """Return the cells of each layer from top to bottom, such that few lines cross."""
    depth = max(cells.layer, default=0) + 1
    order: list[list[int]] = [[] for _ in range(depth)]
    before: list[list[int]] = [[] for _ in cells.layer]
    after: list[list[int]] = [[] for _ in cells.layer]
    for one, other, _ in cells.joints:
        after[one].append(other)
        before[other].append(one)
    for cell in _depth_first(cells, before, after):
        order[cells.layer[cell]].append(cell)
    best, fewest = [list(layer) for layer in order], _crossings(order, after)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for layer in range(1, depth) if forward else range(depth - 2, -1, -1):
            fixed = {cell: place for place, cell in enumerate(order[layer - 1 if forward else layer + 1])}
            _sort_by_neighbours(order[layer], before if forward else after, fixed)
        crossings = _crossings(order, after)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in order], crossings
    return best


def _depth_first(cells: _Cells, before: list[list[int]], after: list[list[int]]) -> list[int]:
    """Return all cells, neighbours soon after each other, which leaves few crossings to begin with."""
    seen: dict[int, None] = {}
    for root in sorted(range(len(cells.layer)), key=lambda cell: (cells.layer[cell], cell)):
        stack = [root]
        while stack:
            cell = stack.pop()
            if cell not in seen:
                seen[cell] = None
                stack += reversed([other for other in (*after[cell], *before[cell]) if other not in seen])
    return list(seen)


def _sort_by_neighbours(layer: list[int], neighbours: list[list[int]], fixed: dict[int, int]) -> None:
    """Sort cells by the mean place of their neighbours; those without keep their place."""
    means = {}
    for place, cell in enumerate(layer):
        found = [fixed[other] for other in neighbours[cell]]
        means[cell] = sum(found) / len(found) if found else place
    layer.sort(key=lambda cell: means[cell])


def _crossings(order: list[list[int]], after: list[list[int]]) -> int:
    total = 0
    for left, right in itertools.pairwise(order):
        place = {cell: index for index, cell in enumerate(right)}
        ends = np.array([p for cell in left for p in sorted(place[other] for other in after[cell])])
        if len(ends):
            total += int(np.triu(ends[:, None] > ends[None, :], 1).sum())
    return total


def _heights(cells: _Cells, order: list[list[int]], boxes: int) -> Numbers:
    """Return the vertical centre of each cell [pixels]: in order, apart, and lines as level as can be."""
    count, joints = len(cells.layer), len(cells.joints)
    room = [height + (BOX_GAP if cell < boxes else LINE_GAP) for cell, height in enumerate(cells.height)]
    entries: list[tuple[int, int, float]] = []
    bounds: list[float] = []
    # The variables are the heights, then the rise of each joint, which lies above the difference and its inverse.
    for index, (one, other, _) in enumerate(cells.joints):
        for sign in (1.0, -1.0):
            row = len(bounds)
            entries += [(row, one, sign), (row, other, -sign), (row, count + index, -1.0)]
            bounds.append(0.0)
    for layer in order:
        for upper, lower in itertools.pairwise(layer):
            row = len(bounds)
            entries += [(row, upper, 1.0), (row, lower, -1.0)]
            bounds.append(-(room[upper] + room[lower]) / 2)
    lowest = [room[cell] / 2 for cell in range(count)]
    if not bounds:
        return np.array(lowest)
    rows, columns, values = (np.array(part) for part in zip(*entries, strict=True))
    limits = coo_array((values, (rows, columns)), shape=(len(bounds), count + joints))
    cost = np.concatenate([np.full(count, 1e-4), [weight for _, _, weight in cells.joints]])
    found = _cheapest(cost, limits, np.array(bounds), np.array([*lowest, *[0.0] * joints]))
    if found is None:
        raise AssertionError("cells in order can always be moved apart")
    return found[:count]


def _placed(
    cells: _Cells,
    order: list[list[int]],
    heights: Numbers,
    boxes: int,
    lines: Sequence[Line],
    drawn: Sequence[Line],
) -> Layout:
    widths = [max((cells.width[cell] for cell in layer), default=0.0) for layer in order]
    rises = [0.0] * len(order)
    for one, other, _ in cells.joints:
        layer = cells.layer[one]
        rises[layer] = max(rises[layer], abs(float(heights[one] - heights[other])))
    lefts, x = [], 0.0
    for width, rise in zip(widths, rises, strict=True):
        lefts.append(x)
        x += width + min(WIDEST_GAP, LAYER_GAP + GAP_A_RISE * rise)
    columns = [(left, left + width) for left, width in zip(lefts, widths, strict=True)]
    centres = [(sum(columns[layer]) / 2, float(y)) for layer, y in zip(cells.layer, heights, strict=True)]
    paths, labels = iter(_paths(cells, drawn, columns, centres)), iter(cells.labels)
    every_path, every_label = [], []
    for line in lines:
        itself = line.start == line.end
        label = None if itself else next(labels)
        every_path.append(_bow(centres[line.start], cells.height[line.start]) if itself else next(paths))
        every_label.append(None if label is None else centres[label])
    low = max((y + h / 2 for (_, y), h in zip(centres, cells.height, strict=True)), default=0.0)
    return Layout(centres[:boxes], every_path, every_label, columns[-1][1], low + BOW)


def _bow(centre: Point, height: float) -> list[Point]:
    x, low = centre[0], centre[1] + height / 2
    return [(x + BOW, low), (x, low + BOW), (x - BOW, low)]


def _paths(
    cells: _Cells, lines: Sequence[Line], columns: list[tuple[float, float]], centres: list[Point]
) -> list[list[Point]]:
    """Return the points of each line, from its start; within a layer lines are level, so that they cut no box."""
    found = []
    for line, chain in zip(lines, cells.chains, strict=True):
        left, *inner, right = chain
        level = [(x, centres[cell][1]) for cell in inner for x in columns[cells.layer[cell]]]
        heights = [centres[left][1], centres[right][1]]
        if line.back:
            near = [level[0][1], level[-1][1]] if level else [height + ASIDE for height in heights]
            heights = [y + (ASIDE if other >= y else -ASIDE) for y, other in zip(heights, near, strict=True)]
        edges = centres[left][0] + cells.width[left] / 2, centres[right][0] - cells.width[right] / 2
        out, into = columns[cells.layer[left]][1], columns[cells.layer[right]][0]
        path = [(edges[0], heights[0]), (out, heights[0]), *level, (into, heights[1]), (edges[1], heights[1])]
        found.append(path[::-1] if line.back else path)
    return found

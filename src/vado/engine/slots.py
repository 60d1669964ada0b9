"""Numbers of stations as arrays: evaluated, held against their range, and laid out for the kernels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vado.engine.plan import Floats, Ints
from vado.errors import BadValueError
from vado.network.evaluate import Evaluator
from vado.network.stations import Described
from vado.network.values import Table


class Attributes:
    """Evaluates the attributes of stations on the groups and days of a run.

    Parameters
    ----------
    evaluator
        Evaluates values; holds the parameters given for this member.
    month_of_day
        ``int64[day]``, 1 to 12.
    """

    def __init__(self, evaluator: Evaluator, month_of_day: Ints) -> None:
        self.evaluator = evaluator
        self.month_of_day = month_of_day

    def attribute(self, part: Described, name: str, owner: Described | None = None) -> Table:
        """Return the table of an attribute of a station, or of a part of the station ``owner``.

        Raises
        ------
        BadValueError
            If a number lies outside the attribute's range.
        """
        attribute = part.attributes()[name][0]
        table = self.evaluator.attribute(getattr(part, name), attribute)
        if not (attribute.low <= table.min() and table.max() <= attribute.high):
            wrong = table.min() if not attribute.low <= table.min() else table.max()
            station = getattr(owner or part, "id", "")
            raise BadValueError(
                f"{name} of {station} is {wrong:.6g} {attribute.unit}; it must lie between {attribute.low:g} and "
                f"{attribute.high:g}"
            )
        return table


def stack(tables: Sequence[Table]) -> Floats:
    """Return the tables of several ways as one, ``(group or 1, day or 1, ways)``."""
    return np.stack(np.broadcast_arrays(*tables), axis=2)


class Layout:
    """A flat array that grows by blocks, each with steps of 0 along what it does not depend on.

    A block is laid out by day, group and way, so that a kernel that goes through the groups of one day reads in one
    direction.
    """

    def __init__(self) -> None:
        self.blocks: list[Floats] = []
        self.base: list[int] = []
        self.day_step: list[int] = []
        self.group_step: list[int] = []
        self.size = 0

    def add(self, block: Floats) -> int:
        """Append a block ``(day or 1, group or 1, width)`` and return its number."""
        days, groups, width = block.shape
        self.base.append(self.size)
        self.day_step.append(groups * width if days > 1 else 0)
        self.group_step.append(width if groups > 1 else 0)
        self.blocks.append(block)
        self.size += block.size
        return len(self.blocks) - 1

    def flat(self) -> Floats:
        """Return all blocks one after the other."""
        return np.concatenate([np.ravel(block) for block in self.blocks]) if self.blocks else np.zeros(0)

    def steps(self) -> tuple[Ints, Ints, Ints]:
        """Return where each block begins, and its steps from day to day and group to group."""
        base, day_step, group_step = np.array([self.base, self.day_step, self.group_step], dtype=np.int64)
        return base, day_step, group_step

    def write(self, into: Floats, number: int, block: Floats) -> None:
        """Write other numbers into the place of a block; they must not depend on more than the block does."""
        room = self.blocks[number]
        into[self.base[number] : self.base[number] + room.size] = np.broadcast_to(block, room.shape).ravel()


def by_day(table: Floats) -> Floats:
    """Return a table ``(group or 1, day or 1[, ways])`` as a block ``(day or 1, group or 1, ways or 1)``."""
    return (table[:, :, None] if table.ndim == 2 else table).transpose(1, 0, 2)

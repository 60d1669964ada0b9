"""People take a way: they are counted on it and come in at its station."""

from __future__ import annotations

from vado.engine.kernel import kernel


@kernel
def move(target, people, way, group, count):
    """Let so many people of a group take a way; ``people`` is :class:`vado.engine.plan.People`."""
    station = target[way]
    people.inflow[station, group] += count
    people.busy[station] = 1
    people.flow[way, group] += count


@kernel
def number(numbers, slot, day, group):
    """Return the number in a slot for a day and a group; ``numbers`` is :class:`vado.engine.plan.Numbers`."""
    return numbers.values[numbers.base[slot] + day * numbers.day_step[slot] + group * numbers.group_step[slot]]

"""One count into many: a multinomial draw over ways or days.

Few people are placed one by one, each with a number of their own; many by a chain of binomial draws, each way taking
its share of those who are left. Both have the same law; which is used depends on what is cheaper.
"""

from __future__ import annotations

from numba import types
from numba.extending import overload

from vado.engine.binomial import binomial
from vado.engine.kernel import kernel
from vado.engine.keys import branch, uniform


def place_one_by_one(people, ways):
    """Return whether it is cheaper to place these people one by one."""
    raise NotImplementedError("only compiled code draws")


@overload(place_one_by_one)
def _place_one_by_one(people, ways):
    if isinstance(people, types.Float):
        return lambda people, ways: False
    return lambda people, ways: people < 2 * ways


@kernel
def split(people, shares, first, ways, key, counts):
    """Fill ``counts[:ways]`` with a multinomial draw of ``people``.

    The shares are ``shares[first:first + ways]``; they come to 1, and what rounding leaves over goes to the
    last way whose share is above 0.
    """
    last = ways - 1
    while last > 0 and shares[first + last] <= 0.0:
        last -= 1
    counts[:ways] = 0
    if place_one_by_one(people, last):
        for person in range(people):
            u = uniform(key, person)
            way = 0
            while way < last and u >= shares[first + way]:
                u -= shares[first + way]
                way += 1
            counts[way] += 1
        return
    left = people
    rest = 1.0
    for way in range(last):
        share = shares[first + way]
        if share > 0.0:
            taken = binomial(left, share / rest, branch(key, way))
            counts[way] = taken
            left -= taken
            rest -= share
            if left <= 0:
                return
    counts[last] = left

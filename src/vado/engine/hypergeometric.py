"""Hypergeometric counts: of the people drawn for service, how many are of this group.

Few draws are made one by one; many by Stadlober's ratio of uniforms (algorithm HRUA, 1989, *Sampling from Poisson,
binomial and hypergeometric distributions: ratio of uniforms as a simple and fast alternative*).
"""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import overload

from vado.engine.binomial import log_factorial
from vado.engine.kernel import kernel
from vado.engine.keys import uniform


def hypergeometric(marked, total, drawn, key):
    """Return how many of ``drawn`` people of ``total`` are among the ``marked``, or their expectation for floats."""
    raise NotImplementedError("only compiled code draws")


@overload(hypergeometric)
def _hypergeometric(marked, total, drawn, key):
    if isinstance(marked, types.Float):
        return lambda marked, total, drawn, key: marked * (drawn / total) if total > 0.0 else 0.0
    return lambda marked, total, drawn, key: _draw(marked, total, drawn, key)


@kernel
def _draw(marked, total, drawn, key):
    if marked <= 0 or drawn <= 0:
        return 0
    if drawn >= total:
        return marked
    if marked >= total:
        return drawn
    # The law is symmetric in marked and others, and in drawn and left: work with the smaller of each.
    few = min(marked, total - marked)
    sample = min(drawn, total - drawn)
    x = _one_by_one(few, total, sample, key) if sample <= 10 else _ratio_of_uniforms(few, total, sample, key)
    if marked > total - marked:
        x = sample - x
    if drawn > total - drawn:
        x = marked - x
    return x


@kernel
def _one_by_one(few, total, sample, key):
    left = few
    for index in range(sample):
        if uniform(key, index) * (total - index) < left:
            left -= 1
    return few - left


@kernel
def _ratio_of_uniforms(few, total, sample, key):
    share = few / total
    a = sample * share + 0.5
    variance = (total - sample) * sample * share * (1.0 - share) / (total - 1.0)
    c = math.sqrt(variance + 0.5)
    h = 1.7155277699214135 * c + 0.8989161620588988  # 2 sqrt(2/e) and 3 - 2 sqrt(3/e)
    mode = math.floor((sample + 1.0) * (few + 1.0) / (total + 2.0))
    top = min(min(sample, few) + 1.0, math.floor(a + 16.0 * c))
    at_mode = _log_weight(mode, few, total, sample)
    index = 0
    while True:
        u = uniform(key, index)
        v = uniform(key, index + 1)
        index += 2
        x = a + h * (v - 0.5) / u
        if x < 0.0 or x >= top:
            continue
        k = math.floor(x)
        t = at_mode - _log_weight(k, few, total, sample)
        if u * (4.0 - u) - 3.0 <= t:
            return np.int64(k)
        if u * (u - t) >= 1.0:
            continue
        if 2.0 * math.log(u) <= t:
            return np.int64(k)


@kernel
def _log_weight(k, few, total, sample):
    """Return minus the logarithm of the probability of k, up to a constant."""
    return (
        log_factorial(k) + log_factorial(few - k) + log_factorial(sample - k) + log_factorial(total - few - sample + k)
    )

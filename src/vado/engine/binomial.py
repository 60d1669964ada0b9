"""Binomial counts: how many of n people does something happen to that happens to each with probability p.

Below n p = 10 the distribution function is inverted, above it Hörmann's transformed rejection (algorithm BTRS, 1993,
*The generation of binomial random variates*) draws in constant time. Both move with p when the random numbers stay,
which makes the difference between two scenarios precise; above p = 1/2 the others are counted with mirrored numbers,
so that this holds across 1/2 as well.

All samplers have a second meaning: given a float they return the expectation. A run of expectations is the same
program on other numbers.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import overload

from vado.engine.kernel import kernel
from vado.engine.keys import uniform


def binomial(n, p, key):
    """Return a binomial count of ``n`` people with probability ``p``, or n p if ``n`` is a float."""
    raise NotImplementedError("only compiled code draws")


@overload(binomial)
def _binomial(n, p, key):
    if isinstance(n, types.Float):
        return lambda n, p, key: n * min(max(p, 0.0), 1.0)
    return lambda n, p, key: _draw(n, p, key)


#: 1 / k, since a division takes several times as long as a product.
RECIPROCAL = 1.0 / np.maximum(np.arange(64.0), 1.0)


@kernel
def _draw(n, p, key):
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if p <= 0.5:
        return _invert(n, p, uniform(key, 0)) if n * p < 10.0 else _transformed_rejection(n, p, key, 1.0)
    if n * (1.0 - p) < 10.0:
        return n - _invert(n, 1.0 - p, 1.0 - uniform(key, 0))
    return n - _transformed_rejection(n, 1.0 - p, key, -1.0)


@kernel
def _invert(n, p, u):
    """Return the smallest x whose distribution function reaches u."""
    q = 1.0 - p
    if n == 1:
        return 1 if u > q else 0
    mass = _power(q, n)
    if u <= mass:
        return 0
    odds = p / q
    step = (n + 1) * odds
    x = 0
    while u > mass and x < n:
        u -= mass
        x += 1
        mass *= step * RECIPROCAL[x] - odds if x < RECIPROCAL.size else step / x - odds
        if mass < 1e-300:
            break
    return x


@kernel
def _power(base, exponent):
    """Return base^exponent for a whole exponent, by squaring."""
    if exponent > 4096:
        return math.exp(exponent * math.log(base))
    result = 1.0
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


@kernel
def _transformed_rejection(n, p, key, sign):
    """Algorithm BTRS of Hörmann, for n p >= 10 and p <= 1/2; symbols as in the paper."""
    spq = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spq
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    v_r = 0.92 - 4.2 / b
    index = 0
    while True:
        u = (uniform(key, index) - 0.5) * sign
        v = uniform(key, index + 1)
        index += 2
        us = 0.5 - abs(u)
        k = math.floor((2.0 * a / us + b) * u + c)
        if us >= 0.07 and v <= v_r:
            return np.int64(k)
        if k < 0 or k > n:
            continue
        alpha = (2.83 + 5.1 / b) * spq
        r = p / (1.0 - p)
        m = math.floor((n + 1) * p)
        v = math.log(v * alpha / (a / (us * us) + b))
        limit = (
            (m + 0.5) * math.log((m + 1.0) / (r * (n - m + 1.0)))
            + (n + 1.0) * math.log((n - m + 1.0) / (n - k + 1.0))
            + (k + 0.5) * math.log(r * (n - k + 1.0) / (k + 1.0))
            + stirling_error(m)
            + stirling_error(n - m)
            - stirling_error(k)
            - stirling_error(n - k)
        )
        if v <= limit:
            return np.int64(k)


_SMALL = np.array(
    [math.lgamma(k + 1.0) - (k + 0.5) * math.log(k + 1.0) + (k + 1.0) - 0.5 * math.log(2 * math.pi) for k in range(16)]
)


@kernel
def stirling_error(k):
    """Return log k! less Stirling's formula at k + 1: log k! - (k + 1/2) log(k + 1) + (k + 1) - log(2 pi) / 2."""
    if k < 16:
        return _SMALL[int(k)]
    x = 1.0 / (k + 1.0)
    return x * (1.0 / 12.0 - x * x * (1.0 / 360.0 - x * x / 1260.0))


@kernel
def log_factorial(k):
    """Return log k!."""
    return stirling_error(k) + (k + 0.5) * math.log(k + 1.0) - (k + 1.0) + 0.9189385332046727

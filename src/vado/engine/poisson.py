"""Poisson and negative binomial counts: how many people set out on a day.

Poisson counts come from inversion below a mean of 10 and from Hörmann's transformed rejection (algorithm PTRS, 1993,
*The transformed rejection method for generating Poisson random variables*) above it. A negative binomial count is a
Poisson count whose mean is multiplied by a gamma variable; the gamma variable (Marsaglia and Tsang 2000) does not
depend on the mean, so that scenarios with other departures share it.
"""

from __future__ import annotations

import math

import numpy as np
from numba import types
from numba.extending import overload

from vado.engine.binomial import RECIPROCAL, log_factorial
from vado.engine.kernel import kernel
from vado.engine.keys import branch, uniform


def poisson(like, mean, key):
    """Return a Poisson count of this mean, or the mean itself if ``like`` is a float."""
    raise NotImplementedError("only compiled code draws")


@overload(poisson)
def _poisson(like, mean, key):
    if isinstance(like, types.Float):
        return lambda like, mean, key: mean
    return lambda like, mean, key: _draw(mean, key)


@kernel
def _draw(mean, key):
    if mean <= 0.0:
        return 0
    if mean < 10.0:
        u = uniform(key, 0)
        mass = math.exp(-mean)
        x = 0
        while u > mass:
            u -= mass
            x += 1
            mass *= mean * RECIPROCAL[x] if x < RECIPROCAL.size else mean / x
            if mass < 1e-300:
                break
        return x
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    index = 0
    while True:
        u = uniform(key, index) - 0.5
        v = uniform(key, index + 1)
        index += 2
        us = 0.5 - abs(u)
        k = math.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= v_r:
            return np.int64(k)
        if k < 0 or (us < 0.013 and v > us):
            continue
        inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
        if math.log(v * inverse_alpha / (a / (us * us) + b)) <= k * math.log(mean) - mean - log_factorial(k):
            return np.int64(k)


def gamma_factor(like, variance, key):
    """Return a gamma variable of mean 1 and this variance, or 1 if ``like`` is a float or the variance 0."""
    raise NotImplementedError("only compiled code draws")


@overload(gamma_factor)
def _gamma_factor(like, variance, key):
    if isinstance(like, types.Float):
        return lambda like, variance, key: 1.0
    return lambda like, variance, key: _gamma(variance, key)


@kernel
def _gamma(variance, key):
    if variance <= 0.0:
        return 1.0
    shape = 1.0 / variance
    boost = 1.0
    if shape < 1.0:
        # Marsaglia and Tsang need shape >= 1: Gamma(k) = Gamma(k + 1) U^(1/k).
        boost = uniform(branch(key, 0), 0) ** variance
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    index = 0
    while True:
        radius = math.sqrt(-2.0 * math.log(uniform(key, index)))
        x = radius * math.cos(2.0 * math.pi * uniform(key, index + 1))
        u = uniform(key, index + 2)
        index += 3
        v = (1.0 + c * x) ** 3
        if v > 0.0 and math.log(u) < 0.5 * x * x + d - d * v + d * math.log(v):
            return boost * d * v * variance

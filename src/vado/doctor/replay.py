"""A run's own draws made again: how long would they take by themselves, with the fastest sampler there is.

Each kind of draw is made again by every sampler that is at hand, in a loop that does nothing else: numpy's generators
called from compiled code and on whole arrays, and the engine's samplers with keys that cost nothing to make. The
fastest of each kind counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numba import njit

from vado.doctor.record import Draws
from vado.engine.binomial import binomial
from vado.engine.hypergeometric import hypergeometric
from vado.engine.keys import uniform
from vado.engine.poisson import gamma_factor, poisson

#: A sampler by name, ready to make all draws of a kind.
Replay = Callable[[], object]


def replays(draws: Draws) -> dict[str, Replay]:
    """Return every way of making the draws again, named ``kind: sampler``."""
    return dict(_replays(draws))


def fastest(seconds: dict[str, float]) -> dict[str, tuple[str, float]]:
    """Return the fastest sampler of each kind of draw, with its seconds.

    Examples
    --------
    >>> fastest({"poisson: a": 2.0, "poisson: b": 1.0})
    {'poisson': ('b', 1.0)}
    """
    best: dict[str, tuple[str, float]] = {}
    for name, taken in seconds.items():
        kind, sampler = name.split(": ", 1)
        if kind not in best or taken < best[kind][1]:
            best[kind] = sampler, taken
    return best


def _replays(draws: Draws) -> Iterator[tuple[str, Replay]]:
    random = np.random.Generator(np.random.SFC64(1))
    if len(draws.binomial):
        n, p = draws.binomial[:, 0].astype(np.int64), np.ascontiguousarray(draws.binomial[:, 1])
        yield "binomial: Generator, compiled", lambda: _binomial_generator(n, p, random)
        yield "binomial: Generator, whole array", lambda: random.binomial(n, p)
        yield "binomial: engine", lambda: _binomial_engine(n, p)
    if len(draws.poisson):
        mean = np.ascontiguousarray(draws.poisson[:, 0])
        yield "poisson: Generator, compiled", lambda: _poisson_generator(mean, random)
        yield "poisson: Generator, whole array", lambda: random.poisson(mean)
        yield "poisson: engine", lambda: _poisson_engine(mean)
    if len(draws.gamma):
        variance = np.ascontiguousarray(draws.gamma[:, 0])
        yield "gamma: Generator, compiled", lambda: _gamma_generator(variance, random)
        yield "gamma: Generator, whole array", lambda: random.standard_gamma(1.0 / variance) * variance
        yield "gamma: engine", lambda: _gamma_engine(variance)
    if len(draws.hypergeometric):
        marked, total, drawn = draws.hypergeometric.astype(np.int64).T.copy()
        # numpy refuses totals above 10^9, which no queue of people comes near.
        yield "hypergeometric: Generator, whole array", lambda: random.hypergeometric(marked, total - marked, drawn)
        yield "hypergeometric: engine", lambda: _hypergeometric_engine(marked, total, drawn)
    if len(draws.placed):
        people, ways = draws.placed.astype(np.int64).T.copy()
        room = np.zeros(int(ways.max()) + 1, np.int64)
        yield "placed: Generator, compiled", lambda: _placed_generator(people, ways, room, random)
        yield "placed: engine", lambda: _placed_engine(people, ways, room)


@njit
def _binomial_generator(n, p, random):
    total = 0
    for index in range(len(n)):
        total += random.binomial(n[index], p[index])
    return total


@njit
def _binomial_engine(n, p):
    total = 0
    for index in range(len(n)):
        total += binomial(n[index], p[index], np.uint64(index) << np.uint64(20))
    return total


@njit
def _poisson_generator(mean, random):
    total = 0
    for index in range(len(mean)):
        total += random.poisson(mean[index])
    return total


@njit
def _poisson_engine(mean):
    total = 0
    for index in range(len(mean)):
        total += poisson(total, mean[index], np.uint64(index) << np.uint64(20))
    return total


@njit
def _gamma_generator(variance, random):
    total = 0.0
    for index in range(len(variance)):
        total += random.standard_gamma(1.0 / variance[index]) * variance[index]
    return total


@njit
def _gamma_engine(variance):
    total = 0.0
    for index in range(len(variance)):
        total += gamma_factor(0, variance[index], np.uint64(index) << np.uint64(20))
    return total


@njit
def _hypergeometric_engine(marked, total, drawn):
    called = 0
    for index in range(len(marked)):
        called += hypergeometric(marked[index], total[index], drawn[index], np.uint64(index) << np.uint64(20))
    return called


@njit
def _placed_generator(people, ways, room, random):
    for index in range(len(people)):
        for _ in range(people[index]):
            room[int(random.random() * ways[index])] += 1
    return room[0]


@njit
def _placed_engine(people, ways, room):
    for index in range(len(people)):
        key = np.uint64(index) << np.uint64(20)
        for person in range(people[index]):
            room[int(uniform(key, person) * ways[index])] += 1
    return room[0]

"""Which random draws does a run make? The engine, compiled anew with samplers that write down what they are asked.

Random numbers are keyed, so that a run with these samplers makes the same draws as any other. The engine holds no hook
for it: this module puts its own samplers in the place of the engine's before anything is compiled, and therefore runs
as a process of its own, with a folder of its own for what is compiled; :func:`record` starts that process.

What leaves nothing to chance is not written down: nobody, a probability of 0 or 1, everyone served. People whom the
engine places one by one over several ways are one draw each.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, types
from numba.extending import intrinsic

from vado.doctor.member import prepare
from vado.engine import binomial, hypergeometric, poisson, split
from vado.engine.ensemble import run_members
from vado.network.model import Network

Floats = npt.NDArray[np.float64]

#: Kinds of draw by number, and how many numbers describe one.
_BINOMIAL, _POISSON, _GAMMA, _HYPERGEOMETRIC, _PLACED = range(5)
_WIDTHS = (2, 1, 1, 3, 2)

#: Numbers written, room for numbers, address of the room. Compiled code knows this array by its address.
_HEAD = np.zeros(3, np.int64)
_HEAD_ADDRESS = _HEAD.ctypes.data


@dataclass(frozen=True)
class Draws:
    """The draws of a run, by kind, each in the order of the run.

    Parameters
    ----------
    binomial
        ``float64[draw, 2]`` n and p.
    poisson
        ``float64[draw, 1]`` mean.
    gamma
        ``float64[draw, 1]`` variance of a gamma factor of mean 1.
    hypergeometric
        ``float64[draw, 3]`` marked, total and drawn.
    placed
        ``float64[split, 2]`` people placed one by one, and a measure of the number of ways.
    """

    binomial: Floats
    poisson: Floats
    gamma: Floats
    hypergeometric: Floats
    placed: Floats

    def numbers(self) -> dict[str, int]:
        """Return the number of draws of each kind; of people placed one by one, the number of people."""
        return {
            "binomial": len(self.binomial),
            "poisson": len(self.poisson),
            "gamma": len(self.gamma),
            "hypergeometric": len(self.hypergeometric),
            "placed": int(self.placed[:, 0].sum()),
        }


def record(network: Network, days: int, seed: int = 1) -> Draws:
    """Return the draws of the first member of a run.

    Parameters
    ----------
    network
        The description.
    days
        Length of the run.
    seed
        Seed of the run.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "draws.npz"
        subprocess.run(
            [sys.executable, "-m", "vado.doctor.record", str(out)],
            input=pickle.dumps((network, days, seed)),
            env={**os.environ, "NUMBA_CACHE_DIR": folder},
            check=True,
        )
        with np.load(out) as kinds:
            return Draws(**kinds)


def main() -> None:
    """Run the description that comes on standard input and write its draws to the file that is named."""
    network, days, seed = pickle.loads(sys.stdin.buffer.read())
    _replace_samplers()
    compiled = prepare(network, days)
    run_members(compiled, seed, range(1), False, 1)
    written = np.empty(int(_HEAD[0]))
    _HEAD[:] = 0, len(written), written.ctypes.data
    run_members(compiled, seed, range(1), False, 1)
    sizes = np.zeros(len(_WIDTHS), np.int64)
    _sort(written, np.zeros((len(_WIDTHS), 0, 3)), sizes)
    sorted_ = np.zeros((len(_WIDTHS), sizes.max(), 3))
    _sort(written, sorted_, sizes)
    names = ("binomial", "poisson", "gamma", "hypergeometric", "placed")
    kinds: dict[str, Any] = {name: sorted_[kind, : sizes[kind], : _WIDTHS[kind]] for kind, name in enumerate(names)}
    np.savez(sys.argv[1], **kinds)


def _replace_samplers() -> None:
    """Let every kernel use the samplers that write."""
    for name, module in list(sys.modules.items()):
        if name.startswith("vado.engine."):
            for attribute, held in list(vars(module).items()):
                for sampler, writing in _WRITING:
                    if held is sampler:
                        setattr(module, attribute, writing)


@njit
def _sort(written, kinds, sizes):
    """Count the draws of each kind, and fill ``kinds`` ``(kind, draw, number)`` where there is room."""
    sizes[:] = 0
    here = 0
    while here < len(written):
        kind = int(written[here])
        width = _WIDTHS[kind]
        if sizes[kind] < kinds.shape[1]:
            for number in range(width):
                kinds[kind, sizes[kind], number] = written[here + 1 + number]
        sizes[kind] += 1
        here += 1 + width


def _load(_context, address):
    """Return the whole number that stands at an address."""

    def generate(context, builder, signature, arguments):
        number = context.get_value_type(signature.return_type)
        return builder.load(builder.inttoptr(arguments[0], number.as_pointer()))

    return types.int64(types.int64), generate


def _store(_context, address, number):
    """Write a number to an address."""

    def generate(context, builder, signature, arguments):
        builder.store(arguments[1], builder.inttoptr(arguments[0], arguments[1].type.as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64, number), generate


_get: Any = intrinsic(_load)
_put: Any = intrinsic(_store)


@njit
def _write(number):
    written = _get(_HEAD_ADDRESS)
    if written < _get(_HEAD_ADDRESS + 8):
        _put(_get(_HEAD_ADDRESS + 16) + 8 * written, np.float64(number))
    _put(_HEAD_ADDRESS, written + 1)


_DRAW_BINOMIAL, _DRAW_POISSON, _DRAW_GAMMA = binomial.binomial, poisson.poisson, poisson.gamma_factor
_DRAW_HYPERGEOMETRIC, _PLACE_ONE_BY_ONE = hypergeometric.hypergeometric, split.place_one_by_one


@njit
def _binomial(n, p, key):
    if n > 0 and 0.0 < p < 1.0:
        _write(_BINOMIAL)
        _write(n)
        _write(p)
    return _DRAW_BINOMIAL(n, p, key)


@njit
def _poisson(like, mean, key):
    if mean > 0.0:
        _write(_POISSON)
        _write(mean)
    return _DRAW_POISSON(like, mean, key)


@njit
def _gamma_factor(like, variance, key):
    if variance > 0.0:
        _write(_GAMMA)
        _write(variance)
    return _DRAW_GAMMA(like, variance, key)


@njit
def _hypergeometric(marked, total, drawn, key):
    if 0 < marked < total and 0 < drawn < total:
        _write(_HYPERGEOMETRIC)
        _write(marked)
        _write(total)
        _write(drawn)
    return _DRAW_HYPERGEOMETRIC(marked, total, drawn, key)


@njit
def _place_one_by_one(people, ways):
    one_by_one = _PLACE_ONE_BY_ONE(people, ways)
    if one_by_one and people > 0 and ways > 0:
        _write(_PLACED)
        _write(people)
        _write(ways)
    return one_by_one


_WRITING: tuple[tuple[Any, Any], ...] = (
    (_DRAW_BINOMIAL, _binomial),
    (_DRAW_POISSON, _poisson),
    (_DRAW_GAMMA, _gamma_factor),
    (_DRAW_HYPERGEOMETRIC, _hypergeometric),
    (_PLACE_ONE_BY_ONE, _place_one_by_one),
)


if __name__ == "__main__":
    main()

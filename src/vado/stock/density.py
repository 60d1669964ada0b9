"""The reconciled stock as a density over standard normal deviates, and its sampler.

Unknowns are standard normal deviates, each turned into its parameter's own law, so the prior is one round cloud and the
posterior is that cloud times a normal likelihood. Gauss-Newton (scipy) finds its top and its curvature. From there
emcee [1]_ samples it, by two moves: preconditioned Crank-Nicolson about that normal approximation [2]_, which needs no
tuning in forty dimensions and whose acceptance says how far from normal the posterior is, and differential evolution
[3]_, which needs no approximation. emcee is half a megabyte of Python and compiles nothing; numpyro brings jaxlib with
it, 350 megabytes.

References
----------
.. [1] Foreman-Mackey, Hogg, Lang and Goodman (2013), "emcee: the MCMC hammer", PASP 125.
.. [2] Cotter, Roberts, Stuart and White (2013), "MCMC methods for functions", Statistical Science 28;
   Rudolf and Sprungk (2018), "On a generalization of the preconditioned Crank-Nicolson Metropolis algorithm".
.. [3] ter Braak (2006), "A Markov chain Monte Carlo version of the genetic algorithm Differential Evolution".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vado.stock.evidence import Evidence
from vado.stock.inputs import FIRST_YEAR, REGIONS, Inputs
from vado.stock.parameters import Parameter
from vado.stock.process import BLOCKS, NAMES, Stock, project

Array = NDArray[np.float64]
Prior = Literal["small", "open"]
PRIORS: tuple[Prior, ...] = get_args(Prior)

#: Regions whose shares are compared, by their place in the process.
_PLACE = {region: place for place, region in enumerate(REGIONS)}
#: The drift of the residual factor is 0 here.
CENTRE = 2010.0


@dataclass(frozen=True)
class Settings:
    """How long the sampler runs.

    Parameters
    ----------
    walkers
        Chains that run together; at least twice the number of unknowns.
    burn
        Steps that are thrown away.
    steps
        Steps that are kept, before thinning.
    draws
        Draws that are kept.
    """

    walkers: int = 100
    burn: int = 150
    steps: int = 450
    draws: int = 2000


#: For fits that leave a method out.
SHORTER = Settings(burn=100, steps=250, draws=600)


@dataclass(frozen=True)
class Model:
    """The process, the evidence and one prior, as a density over standard normal deviates.

    Parameters
    ----------
    inputs, evidence
        As read from the ledger.
    parameters
        Name → parameter.
    prior
        ``small`` or ``open``.
    """

    inputs: Inputs
    evidence: Evidence
    parameters: Mapping[str, Parameter]
    prior: Prior

    @cached_property
    def unknowns(self) -> dict[str, Parameter]:
        """Name of each unknown → its parameter, in the order of the deviates."""
        found = {name: self.parameters[name] for name in NAMES}
        found["inflow_level"] = self.parameters[f"inflow_level_{self.prior}"]
        found["residual_factor"] = self.parameters[f"residual_factor_{self.prior}"]
        found["residual_drift"] = self.parameters["residual_drift"]
        blocks = [first for first in BLOCKS if first <= self.inputs.years[-1]]
        return found | {f"inflow_deviation_{first}": self.parameters["inflow_deviation"] for first in blocks}

    def values(self, deviates: Array) -> dict[str, Array]:
        """Return name → values ``(draw,)`` for deviates ``(draw, unknown)``."""
        return {name: one.from_normal(deviates[:, place]) for place, (name, one) in enumerate(self.unknowns.items())}

    def stock(self, deviates: Array) -> Stock:
        """Return the population for deviates ``(draw, unknown)``."""
        return project(self.inputs, self.values(deviates))

    def expected(self, deviates: Array) -> Array:
        """Return what the figures would be without errors, ``(draw, figure)``, as the evidence compares them."""
        values = self.values(deviates)
        people = np.einsum("dyr,fy->dfr", project(self.inputs, values).population, self._weights)
        # Far out in the open prior nobody may be left; one person keeps logarithms and shares finite.
        total = np.maximum(people.sum(axis=2), 1.0)
        made = np.log(total)
        residual = self._kind == "residual"
        drift = np.outer(values["residual_drift"], (self._year[residual] - CENTRE) / 10)
        made[:, residual] -= np.log(values["residual_factor"])[:, None] + drift
        for place in np.flatnonzero(self._kind == "share"):
            made[:, place] = people[:, place, _PLACE[str(self.evidence.table["region"][place])]] / total[:, place]
        for place in np.flatnonzero(self._kind == "entries"):
            # All who succeeded between ports, whether they settled or not: a matter of the chance alone.
            when = int(self._year[place])
            period = "to_2000" if when <= 2000 else "2001_2009" if when <= 2009 else "from_2010"
            chance = values[f"apprehension_probability_{period}"]
            made[:, place] = np.log(self.inputs.border[when - FIRST_YEAR].sum() * (1 - chance) / chance)
        return np.asarray(made, dtype=float)

    @cached_property
    def _kind(self) -> NDArray[np.str_]:
        return np.asarray(self.evidence.table["kind"], dtype=np.str_)

    @cached_property
    def _year(self) -> Array:
        return np.asarray(self.evidence.table["year"], dtype=float)

    @cached_property
    def _weights(self) -> Array:
        """Parts of the first days of January that make each figure's date, ``(figure, year)``."""
        years = np.arange(FIRST_YEAR, self.inputs.years[-1] + 2)
        return np.asarray(np.maximum(0.0, 1 - np.abs(self._year[:, None] - years)))

    @cached_property
    def _root(self) -> Array:
        """The lower Cholesky factor of the errors' covariance."""
        return np.asarray(np.linalg.cholesky(self.evidence.covariance()), dtype=float)

    @cached_property
    def _inverse(self) -> Array:
        return np.asarray(np.linalg.inv(self._root), dtype=float)

    def residuals(self, deviates: Array, observed: Array) -> Array:
        """Return deviations from the figures in independent standard errors, ``(draw, figure)``."""
        return _through(self.expected(deviates) - observed, self._inverse)

    def log_density(self, deviates: Array, observed: Array) -> Array:
        """Return the logarithm of prior times likelihood, without its constant, ``(draw,)``."""
        gaps = self.residuals(deviates, observed)
        return np.asarray(-0.5 * (deviates**2).sum(axis=1) - 0.5 * (gaps**2).sum(axis=1))

    def simulate(self, deviates: Array, random: np.random.Generator) -> Array:
        """Return figures drawn for one vector of deviates ``(unknown,)``, ``(figure,)``."""
        noise = random.standard_normal(len(self.evidence.table))
        return np.asarray(self.expected(deviates[None])[0] + self._root @ noise)

    def approximate(self, observed: Array) -> tuple[Array, Array]:
        """Return the top of the posterior ``(unknown,)`` and the lower root of its covariance by its curvature."""
        from scipy.optimize import least_squares

        number = len(self.unknowns)
        step = 1e-4

        def gaps(x: Array) -> Array:
            return np.concatenate([x, self.residuals(x[None], observed)[0]])

        def slopes(x: Array) -> Array:
            # All differences in one call, since the process takes many draws for the price of few.
            around = self.residuals(np.concatenate([x + step * np.eye(number), x - step * np.eye(number)]), observed)
            return np.concatenate([np.eye(number), (around[:number] - around[number:]).T / (2 * step)])

        top = np.asarray(least_squares(gaps, np.zeros(number), jac=slopes, max_nfev=60).x, dtype=float)
        slope = slopes(top)
        return top, np.linalg.cholesky(np.linalg.inv(slope.T @ slope))

    def sample(self, observed: Array, seed: int, settings: Settings) -> tuple[Array, dict[str, float]]:
        """Return draws of the posterior ``(draw, unknown)``, and how well the sampler mixed.

        Parameters
        ----------
        observed
            The figures, ``(figure,)``: :attr:`Evidence.values`, or simulated ones.
        seed
            Of the sampler.
        settings
            How long it runs.

        Returns
        -------
        tuple
            The draws, and ``acceptance``, ``autocorrelation`` [steps, of the logarithm of the population at the end]
            and ``effective`` draws by it.
        """
        import emcee  # type: ignore[import-untyped]

        top, root = self.approximate(observed)
        random = np.random.default_rng(seed)
        start = top + _through(random.standard_normal((settings.walkers, len(top))), root)
        moves = [(emcee.moves.MHMove(_crank_nicolson(top, root)), 0.8), (emcee.moves.DEMove(), 0.2)]
        sampler = emcee.EnsembleSampler(
            settings.walkers, len(top), self.log_density, moves=moves, args=[observed], vectorize=True
        )
        sampler.random_state = np.random.RandomState(seed).get_state()  # emcee takes no other generator
        state = sampler.run_mcmc(start, settings.burn)
        sampler.reset()
        sampler.run_mcmc(state, settings.steps)
        chain = sampler.get_chain()
        every = max(settings.steps // 150, 1)
        ends = np.log(self.stock(chain[::every].reshape(-1, len(top))).total()[:, -1])
        # With no tolerance emcee says nothing of short chains; the length is reported instead.
        per_walker = ends.reshape(-1, settings.walkers, 1)
        per_walker = per_walker[:, np.ptp(per_walker, axis=0)[:, 0] > 0]
        length = every * float(emcee.autocorr.integrated_time(per_walker, tol=0)[0])
        flat = chain.reshape(-1, len(top))
        kept = np.linspace(0, len(flat) - 1, settings.draws).astype(int)
        mixed = {
            "acceptance": float(np.mean(sampler.acceptance_fraction)),
            "autocorrelation": length,
            "effective": min(settings.steps * settings.walkers / length, float(settings.draws)),
        }
        return flat[kept], mixed


def _crank_nicolson(top: Array, root: Array, step: float = 0.4) -> Callable[[Array, Any], tuple[Array, Array]]:
    """Return a proposal that leaves the normal law about ``top`` as it is, with what the acceptance needs."""
    inverse = np.asarray(np.linalg.inv(root), dtype=float)
    # A little wider than the approximation, so that its tails are seldom too thin.
    wider = 1.15

    def log_normal(x: Array) -> Array:
        return np.asarray(-0.5 * ((_through(x - top, inverse) / wider) ** 2).sum(axis=1))

    def propose(x: Array, random: Any) -> tuple[Array, Array]:
        noise = _through(random.standard_normal(x.shape), root) * wider
        moved = top + np.sqrt(1 - step**2) * (x - top) + step * noise
        return moved, log_normal(x) - log_normal(moved)

    return propose


def _through(rows: Array, matrix: Array) -> Array:
    """Return the matrix times each row, ``(row, out)``.

    By numpy's own loop: the threads of a linear algebra library cost twenty times the work of matrices this small where
    another program has the cores, and the order of its sums may depend on how many there are.
    """
    return np.asarray(np.einsum("ri,oi->ro", rows, matrix, optimize=False))

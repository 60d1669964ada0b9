"""The posterior of a camp from its headcounts and from totals: an ensemble smoother with multiple data assimilation.

What is not known are the people who came on each day, the capacity for taking them in and the hazard of giving up,
each the exponential of a random walk over days; two shares and the seats on flights; and, for each headcount, when
within its hours it held. All are functions of independent standard normal numbers. The smoother moves an ensemble of
these so that the mean run of the description agrees with the evidence within its errors; it needs no derivative, only
runs.

The method is that of Emerick and Reynolds (2013) as the library ``iterative_ensemble_smoother`` has it, with equal
inflation in every step. Only the number of steps and of members is chosen here. It is exact for linear models; here the
model bends, and repeating the step with inflated errors is what makes up for it.

With few steps the ensemble stays too wide here: a camp that is empty answers to nothing. Tried on made-up camps whose
course is known, what is left of headcounts came down to its error from some thirty steps on, so that many are taken.

References
----------
A. A. Emerick, A. C. Reynolds (2013): Ensemble smoother with multiple data assimilation. Computers & Geosciences 55,
3-15. https://doi.org/10.1016/j.cageo.2012.03.011
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.special import ndtr

from vado.network.model import Network
from vado.network.values import Number
from vado.policy.camp.headcounts import Headcount, moments, to_log
from vado.policy.camp.paths import DAYS, Paths, at, by_day, mean_paths
from vado.policy.camp.priors import draw, named
from vado.policy.camp.totals import Total, usable

Floats = npt.NDArray[np.float64]

#: Times that the evidence is assimilated, each with its errors inflated by the root of this number. The paper uses 4.
STEPS = 32

#: Standard deviation of the change of a logarithm from one day to the next. Arrivals of a wave double in a day or two;
#: staff, buses and what people decide move more slowly. Assumed, not fitted.
CHANGES = {"arrivals": 0.5, "us.processing_capacity": 0.4, "give_up": 0.4}

#: Single numbers that are not known.
SINGLE = ("flown_share", "moved_share", "us.removal_flights")

#: A hazard a day above which nobody is left by night.
MOST_HAZARD = 5.0

#: Largest flow a day that a run takes; a walk beyond it is far from all evidence.
MOST_FLOW = 1e6


@dataclass(frozen=True)
class Fit:
    """The posterior of a camp.

    Parameters
    ----------
    network
        The description.
    headcounts
        The headcounts that were evidence.
    state
        Standard normal numbers before, and what became of them, ``(unknown, draw)``: the days of each walk in turn, the
        single numbers, the places of headcounts within their hours.
    """

    network: Network
    headcounts: tuple[Headcount, ...]
    state: Floats

    @property
    def members(self) -> int:
        """Return the size of the ensemble."""
        return int(self.state.shape[1])

    def given(self) -> dict[str, Any]:
        """Return the parameters of a run, one set a member."""
        return parameters(self.network, self.state)

    def moments(self) -> Floats:
        """Return the moments of the headcounts, ``(headcount, draw)`` [days after the beginning of the run]."""
        return moments(self.headcounts, self.network.start, within(self.state, len(self.headcounts)))


def unknowns(headcounts: int) -> int:
    """Return how many numbers are not known."""
    return len(CHANGES) * DAYS + len(SINGLE) + headcounts


def parameters(network: Network, state: Floats) -> dict[str, Any]:
    """Turn standard normal numbers ``(unknown, draw)`` into the parameters of a run, one set a member."""
    given: dict[str, Any] = {}
    for index, (name, change) in enumerate(CHANGES.items()):
        steps = state[index * DAYS : (index + 1) * DAYS]
        first = draw(named(network, name), steps[0], _median(network, name))
        walk = np.cumsum(np.vstack([np.zeros_like(first), change * steps[1:]]), axis=0)
        most = MOST_HAZARD if name == "give_up" else MOST_FLOW
        given[name] = by_day(network, np.minimum(first * np.exp(walk), most).T)
    singles = state[len(CHANGES) * DAYS :]
    flown, moved, seats = (
        draw(named(network, name), singles[row], _median(network, name)) for row, name in enumerate(SINGLE)
    )
    nationalities = list(network.groups.nationalities)
    to_haiti = np.array([nationality == "HTI" for nationality in nationalities], dtype=np.float64)
    given["flown_share"] = xr.DataArray(
        flown[:, None] * to_haiti, {"nationality": nationalities}, ("draw", "nationality")
    )
    given["moved_share"] = moved
    flights = network.levers["us.removal_flights"].changes[-1]
    flying = np.arange(DAYS) >= (flights.effective - network.start).days
    given["us.removal_flights"] = by_day(network, seats[:, None] * flying)
    return given


def within(state: Floats, headcounts: int) -> Floats:
    """Return where in its hours each headcount held, 0 to 1, ``(headcount, draw)``."""
    return np.asarray(ndtr(state[len(state) - headcounts :]))


def fit_camp(
    network: Network,
    headcounts: Sequence[Headcount],
    totals: Sequence[Total],
    members: int,
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Return the posterior of a camp.

    Parameters
    ----------
    network
        The description.
    headcounts, totals
        The evidence; totals that are only shown are left out.
    members
        Size of the ensemble.
    seed
        Seed of the ensemble and of the errors that are added to the evidence.
    progress
        Called with a line after each step.
    """
    # The library is not marked as typed; imported here since only a fit needs it.
    from iterative_ensemble_smoother import ESMDA  # type: ignore[import-untyped]

    used = usable(totals)
    observed = np.array([*(one.observed for one in headcounts), *(to_log(total.stated) for total in used)])
    errors = np.array([*(one.error for one in headcounts), *(float(total.sort.error or 0.0) for total in used)])
    generator = np.random.default_rng([seed, len(observed)])
    state = generator.standard_normal((unknowns(len(headcounts)), members))
    smoother = ESMDA(errors**2, observed, alpha=STEPS, seed=generator)
    for step in range(STEPS):
        said = predicted(network, headcounts, used, state)
        # The evidence is small; nothing is gained by leaving out directions that vary little.
        smoother.prepare_assimilation(Y=said, truncation=1.0)
        state = np.asarray(smoother.assimilate_batch(X=state), dtype=np.float64)
        if progress:
            progress(f"step {step + 1} of {STEPS}")
    return Fit(network, tuple(headcounts), state)


def predicted(network: Network, headcounts: Sequence[Headcount], used: Sequence[Total], state: Floats) -> Floats:
    """Return what each member says of each piece of evidence on the log scale, ``(evidence, draw)``."""
    paths = mean_paths(network, parameters(network, state), state.shape[1])
    when = moments(headcounts, network.start, within(state, len(headcounts)))
    return np.vstack(
        [to_log(present(headcounts, network.start, paths.occupancy, when)), *(to_log(t.of(paths)) for t in used)]
    )


def present(headcounts: Sequence[Headcount], start: dt.date, occupancy: Floats, when: Floats) -> Floats:
    """Return the people that each headcount speaks of, ``(headcount, draw)`` [persons].

    Parameters
    ----------
    headcounts
        The statements.
    start
        The first day of the run.
    occupancy
        People at the end of each day, ``(draw, day)``.
    when
        Their moments, ``(headcount, draw)``.
    """
    there = at(occupancy, when)
    for index, one in enumerate(headcounts):
        if one.is_peak:
            # Who names a peak can only mean the largest number until then.
            there[index] = occupancy[:, : (one.published - start).days + 1].max(axis=1)
    return there


def posterior_paths(fitted: Fit) -> Paths:
    """Return the mean run of every member of a posterior."""
    return mean_paths(fitted.network, fitted.given(), fitted.members)


def _median(network: Network, name: str) -> float:
    """Return the median that the description gives: the largest of its numbers where there are several."""
    parameter = named(network, name)
    lever = network.levers.get(name)
    value = lever.changes[-1].value if lever and lever.changes else parameter.value
    numbers = [value] if isinstance(value, Number) else [each for _, each in getattr(value, "values", ())]
    return max(number.number for number in numbers if isinstance(number, Number))

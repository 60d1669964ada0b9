"""What a fit may turn: parameters by month and nationality, on a scale without bounds, with a smooth prior.

A knob is a parameter of the description that is let vary by month for the nationalities that it concerns. On its own
scale (log for what is above zero, logit for a share) it starts near the value of the description and walks from month
to month. Three numbers make the prior of a knob: the centre and width of its first month, taken from the value, low
and high of the description, and the standard deviation of a monthly step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import expit, logit

from vado.errors import BadValueError
from vado.forecast.targets import LOCATIONS, Floats

#: Standard deviations between the ends of a 90 % range.
RANGE_90 = 3.29
_LEAST, _MOST = 1e-4, 1 - 1e-4


@dataclass(frozen=True)
class Knob:
    """A parameter that is fitted.

    Parameters
    ----------
    name
        Of the parameter.
    scale
        ``log`` or ``logit``.
    step
        Standard deviation of a step from one month to the next, on that scale.
    width
        Standard deviation of the first month around the description's value.
    nationalities
        Whom it concerns.
    """

    name: str
    scale: str
    step: float
    width: float
    nationalities: frozenset[str]

    def to_scale(self, values: Floats) -> Floats:
        """Return values on the knob's scale."""
        if self.scale == "log":
            return np.asarray(np.log(np.maximum(values, 0.1 if self.name == "departures" else _LEAST)))
        return np.asarray(logit(np.clip(values, _LEAST, _MOST)))

    def from_scale(self, turned: Floats) -> Floats:
        """Return the parameter's values."""
        return np.asarray(np.exp(np.clip(turned, -12, 14)) if self.scale == "log" else expit(turned))


def us_mexico_knobs() -> tuple[Knob, ...]:
    """Return the knobs of the corridor to the southwest border."""
    from vado.forecast.fit.start import attraction_name

    by_darien = frozenset({"HTI", "VEN", "CUB", "COL", "ECU", "PER", "BRA", "OTH"})
    foreign = by_darien | {"GTM", "HND", "SLV", "NIC"}
    everyone = foreign | {"MEX"}
    return (
        Knob("departures", "log", 0.5, 2.0, everyone),
        Knob("by_air", "logit", 0.6, 2.0, by_darien),
        Knob("by_nicaragua", "logit", 0.6, 2.0, by_darien),
        Knob("counted_in_honduras", "logit", 0.35, 1.5, by_darien | {"NIC"}),
        Knob("stopped_in_mexico", "logit", 0.5, 1.0, foreign),
        Knob("returned_from_mexico", "logit", 0.5, 1.0, foreign),
        *(Knob(attraction_name(place), "log", 0.45, 1.0, everyone) for place in LOCATIONS),
    )


@dataclass(frozen=True)
class Prior:
    """The prior of all knobs of one nationality, stacked knob by knob and month by month.

    Parameters
    ----------
    centre
        Mean, shape (knob, month); fixed knobs included.
    precision
        Inverse covariance, shape (unknown, unknown); unknowns are knobs that are free x months.
    free
        Positions of the knobs that concern the nationality.
    """

    centre: Floats
    precision: Floats
    free: tuple[int, ...]

    @property
    def deviation(self) -> Floats:
        """Prior standard deviations, shape (free knob, month)."""
        return np.asarray(np.sqrt(np.diag(np.linalg.inv(self.precision))).reshape(len(self.free), -1))


def prior_of(knobs: Sequence[Knob], nationality: str, values: Mapping[str, Floats]) -> Prior:
    """Return the prior of a nationality.

    Parameters
    ----------
    knobs
        All knobs.
    nationality
        A code.
    values
        Parameter → its values for the nationality, shape (month,).
    """
    centre = np.array([knob.to_scale(values[knob.name]) for knob in knobs])
    free = tuple(i for i, knob in enumerate(knobs) if nationality in knob.nationalities)
    months = centre.shape[1]
    blocks = [_walk(months, knobs[i].step, knobs[i].width) for i in free]
    precision = np.zeros((len(free) * months, len(free) * months))
    for position, block in enumerate(blocks):
        rows = slice(position * months, (position + 1) * months)
        precision[rows, rows] = block
    return Prior(centre, precision, free)


def _walk(months: int, step: float, width: float) -> Floats:
    """Return the precision of a random walk of deviations from the centre."""
    steps = np.diff(np.eye(months), axis=0) / step
    first = np.zeros((months, months))
    first[0, 0] = 1 / width**2
    return np.asarray(steps.T @ steps + first + 1e-4 * np.eye(months))


def as_parameters(
    knobs: Sequence[Knob], turned: Floats, nationalities: Sequence[str], months: np.ndarray
) -> dict[str, xr.DataArray]:
    """Return parameters for a run.

    Parameters
    ----------
    turned
        Values on the knobs' scales, shape (draw, nationality, knob, month).
    months
        First days of months.
    """
    if turned.ndim != 4 or turned.shape[1:] != (len(nationalities), len(knobs), len(months)):
        raise BadValueError(f"knobs have shape {turned.shape}; give (draw, nationality, knob, month)")
    coordinates = {"time": months, "nationality": list(nationalities)}
    made = {}
    for position, knob in enumerate(knobs):
        values = knob.from_scale(turned[:, :, position])
        fixed = [n for n, code in enumerate(nationalities) if code not in knob.nationalities]
        # Who is not concerned keeps what the description says: zero, where a way does not exist.
        if knob.name in ("by_air", "by_nicaragua", "stopped_in_mexico", "counted_in_honduras") and fixed:
            low = values[:, fixed]
            values[:, fixed] = np.where(low <= 2 * _LEAST, 0.0, low)
        array = xr.DataArray(values, dims=("draw", "nationality", "time"), coords=coordinates)
        made[knob.name] = array.transpose("draw", "time", "nationality")
    return made

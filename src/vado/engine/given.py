"""Parameters given for a run: one number for all, or arrays that differ by member, month, nationality or household."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from vado.errors import BadValueError, UnknownNameError
from vado.network.values import Axes, Table


class Given:
    """Parameters of a run, by name, in the unit of the parameter.

    Parameters
    ----------
    parameters
        Name to a number, to an array ``(members,)``, or to an ``xarray.DataArray`` with any of the dimensions ``draw``,
        ``time`` (dates from which a value holds), ``nationality`` and ``household``.
    axes
        Groups and days of the run.
    members
        Size of the ensemble.

    Raises
    ------
    BadValueError
        If an array has another size or dimension, or a number is not finite.
    """

    def __init__(self, parameters: Mapping[str, Any], axes: Axes, members: int) -> None:
        self.members = members
        self._axes = axes
        self._arrays = {name: _array(name, given, members) for name, given in parameters.items()}
        self._values = {name: self._laid_out(name) for name in self._arrays}
        #: The parameters that differ from member to member.
        self.differs = {name for name, array in self._arrays.items() if "draw" in array.dims}
        self._fixed = {name: self._table(name, 0) for name in self._arrays if name not in self.differs}

    def _laid_out(self, name: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64] | None]:
        """Return values (draw or 1, group or 1, date or 1), and for each day the position of its date."""
        array = self._arrays[name]
        for dimension in ("draw", "time"):
            array = array if dimension in array.dims else array.expand_dims(dimension)
        groups = self._axes.groups if {"nationality", "household"} & set(array.dims) else self._axes.groups[:1]
        values = np.stack([_of_group(name, array.transpose("draw", "time", ...), *group) for group in groups], axis=1)
        if "time" not in self._arrays[name].dims:
            return values, None
        dates = np.array([_ordinal(date) for date in array["time"].values], dtype=np.int64)
        if (np.diff(dates) <= 0).any():
            raise BadValueError(f"the times of parameter {name} are out of order; give them from early to late")
        return values, np.clip(np.searchsorted(dates, self._axes.days, side="right") - 1, 0, None)

    def check(self, known: Mapping[str, Any]) -> None:
        """Refuse names that the description does not have."""
        for name in self._arrays:
            if name not in known:
                raise UnknownNameError("parameter", name, known)

    def tables(self, member: int) -> dict[str, Table]:
        """Return the tables of a member, ``(group or 1, day or 1)``."""
        return {**self._fixed, **{name: self._table(name, member) for name in self.differs}}

    def _table(self, name: str, member: int) -> Table:
        values, days = self._values[name]
        own = values[member if len(values) > 1 else 0]
        return np.asarray(own if days is None else own[:, days])


def _array(name: str, given: Any, members: int) -> xr.DataArray:
    array = given if isinstance(given, xr.DataArray) else xr.DataArray(given, dims=["draw"] * np.ndim(given))
    unknown = set(array.dims) - {"draw", "time", "nationality", "household"}
    if unknown or (np.ndim(given) > 1 and not isinstance(given, xr.DataArray)):
        raise BadValueError(
            f"parameter {name} must be a number, one number a member, or an xarray.DataArray with dimensions among "
            "draw, time, nationality, household"
        )
    if "draw" in array.dims and array.sizes["draw"] != members:
        raise BadValueError(
            f"parameter {name} has {array.sizes['draw']} draws for {members} members; give one for each"
        )
    if not np.isfinite(array.values.astype(np.float64)).all():
        raise BadValueError(f"parameter {name} holds a number that is not finite")
    return array


def _of_group(name: str, array: xr.DataArray, nationality: str, household: str) -> npt.NDArray[np.float64]:
    for dimension, wanted in (("nationality", nationality), ("household", household)):
        if dimension in array.dims:
            labels = [str(label) for label in array[dimension].values]
            if wanted not in labels:
                raise BadValueError(f"parameter {name} has no value for {dimension} {wanted}")
            array = array.isel({dimension: labels.index(wanted)})
    return np.asarray(array.values, dtype=np.float64)


def _ordinal(date: Any) -> int:
    return dt.date.fromisoformat(str(np.datetime64(date, "D"))).toordinal()

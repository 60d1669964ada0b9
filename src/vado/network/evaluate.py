"""Numbers on days: the tables of parameters, levers and attributes of a description.

A table has shape ``(group or 1, day or 1)``. It comes out in the unit that was asked for, whatever the units of the
parameters it reads: the first name of a product carries its unit, all other factors are pure numbers or shares.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt

from vado.errors import KindError
from vado.network.model import Lever, Network
from vado.network.stations import Attribute
from vado.network.units import conversion, unit
from vado.network.values import Axes, Product, Table, Value, table


class Evaluator:
    """Evaluates a description's numbers on groups and days.

    Parameters
    ----------
    network
        The description.
    axes
        Groups and days.
    given
        Tables that take the place of parameters or levers, history and all, by name, in the unit of the parameter.
    """

    def __init__(self, network: Network, axes: Axes, given: Mapping[str, Table] | None = None) -> None:
        self.network = network
        self.axes = axes
        self._tables: dict[str, Table] = dict(given or {})

    def parameter(self, name: str) -> Table:
        """Return the table of a parameter or lever in its own unit.

        Raises
        ------
        UnknownNameError
            If there is none of this name.
        """
        if name not in self._tables:
            parameter = self.network.parameter(name)
            result = self._table(parameter.value, parameter.unit)
            if isinstance(parameter, Lever):
                for change in parameter.changes:
                    holds = change.effective.toordinal() <= self.axes.days
                    if change.ended:
                        holds &= self.axes.days <= change.ended.toordinal()
                    if holds.any():
                        result = np.where(holds, self._table(change.value, parameter.unit), result)
            self._tables[name] = result
        return self._tables[name]

    def attribute(self, value: Value, attribute: Attribute) -> Table:
        """Return the table of an attribute in the attribute's unit.

        Raises
        ------
        KindError
            If the unit of a parameter does not fit.
        BadValueError
            If a group has no value.
        """
        return self._table(value, attribute.unit, attribute.missing)

    def _table(self, value: Value, wanted: str, missing: float | None = None) -> Table:
        return table(value, self.axes, partial(self._product, wanted=wanted), missing)

    def _product(self, product: Product, wanted: str) -> Table:
        result = np.ones((1, 1))
        carries_unit = True
        for factor in product.factors:
            if factor.name is None:
                result = result * factor.number
                continue
            given = self.network.parameter(factor.name).unit
            if carries_unit and not factor.complement:
                one = _convert(self.parameter(factor.name), given, wanted, self.axes.days)
                carries_unit = False
            else:
                one = self.parameter(factor.name) * pure(factor.name, given)
            result = result * (1.0 - one if factor.complement else one)
        return result


def pure(name: str, given: str) -> float:
    """Return the factor that makes a pure number of a parameter, or refuse it.

    >>> pure("evasion", "percent")
    0.01
    """
    if unit(given).quantity not in ("number", "share"):
        raise KindError(f"{name} in {given} cannot be a further factor; only the first of a product may have a unit")
    return unit(given).factor


def _convert(values: Table, given: str, wanted: str, days: npt.NDArray[np.int64]) -> Table:
    factor, per_month = conversion(given, wanted)
    return values * factor / (_month_lengths(days) if per_month else 1.0)


def _month_lengths(days: npt.NDArray[np.int64]) -> Table:
    """Return the number of days in the calendar month of each day, shape ``(1, day)``."""
    first = (days - dt.date(1970, 1, 1).toordinal()).astype("datetime64[D]").astype("datetime64[M]")
    lengths: Table = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.float64)
    return lengths[None, :]

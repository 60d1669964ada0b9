"""What the bargain assumes: each parameter with its range, its standing and its source.

The table ships as ``bargain_parameters.yaml`` and is laid out like that of the stock model; a file of one's own
replaces rows by name. Draws come from uniform numbers, one column a parameter, so that one parameter can be moved
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from vado.errors import BadFileError, DescriptionError, Fault, nearest
from vado.network.items import Item
from vado.network.yaml_lines import parse
from vado.stock.parameters import DISTRIBUTIONS, STATUSES, Parameter

Array = NDArray[np.float64]

SHIPPED = Path(str(files("vado.politics"))) / "bargain_parameters.yaml"

_TEXTS = ("title", "unit", "distribution", "status", "source", "note")
_NUMBERS = ("value", "low", "high")


def read_bargain_parameters(path: str | Path | None = None) -> dict[str, Parameter]:
    """Return the shipped parameters, with those of a file in the place of their namesakes.

    Raises
    ------
    BadFileError
        If the file cannot be read.
    DescriptionError
        If a name or key does not exist, a number is missing, or a range does not fit its distribution; a line each.

    Examples
    --------
    >>> parameter = read_bargain_parameters()["patience_us"]
    >>> parameter.value, parameter.status
    (0.95, 'assumed')
    """
    shipped = _read(SHIPPED, {})
    return shipped if path is None else shipped | _read(Path(path), shipped)


def assumed(parameters: Mapping[str, Parameter]) -> list[dict[str, Any]]:
    """Return what an answer lists as assumed: each parameter that nobody published, with its range and reason."""
    return [
        {
            "name": f"bargain.{one.name}",
            "value": one.value,
            "unit": one.unit,
            "note": f"{one.low:g} to {one.high:g}. {one.note}",
        }
        for one in parameters.values()
        if one.status == "assumed"
    ]


def uniform(draws: int, columns: int, seed: int) -> Array:
    """Return uniform numbers spread evenly over the cube (a Latin hypercube), shape ``(draws, columns)``."""
    return np.asarray(qmc.LatinHypercube(columns, rng=np.random.default_rng([seed, 8])).random(draws))


def drawn(parameters: Mapping[str, Parameter], numbers: Array) -> dict[str, Array]:
    """Return values of every parameter for uniform numbers of shape ``(draws, parameters)``, in their order."""
    deviates = ndtri(np.clip(numbers, 1e-9, 1 - 1e-9))
    return {name: one.from_normal(deviates[:, k]) for k, (name, one) in enumerate(parameters.items())}


def _read(path: Path, shipped: Mapping[str, Parameter]) -> dict[str, Parameter]:
    try:
        parsed = parse(path.read_bytes(), path.name)
    except OSError as error:
        raise BadFileError(f"{path}: {error.strerror}; name a YAML file of parameters") from error
    if parsed.faults or parsed.root is None or not isinstance(parsed.root.value, dict):
        empty = Fault(path.name, 1, "", "no parameters stand here", "write patience_us: {value: 0.9}")
        raise DescriptionError(parsed.faults or [empty])
    faults: list[Fault] = []
    made = {}
    for name, item in parsed.root.value.items():
        found = _parameter(name, item, shipped, path.name)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            made[name] = found
    if faults:
        raise DescriptionError(faults)
    return made


def _parameter(name: str, item: Item, shipped: Mapping[str, Parameter], file: str) -> Parameter | Fault:
    before = shipped.get(name)
    if shipped and before is None:
        near = nearest(name, shipped)
        mend = f"did you mean {near}?" if near else f"choose one of: {', '.join(shipped)}"
        return Fault(file, item.line, name, "this name means nothing here", mend)
    if not isinstance(item.value, dict):
        return Fault(file, item.line, name, "a parameter is no mapping", f"write {name}: {{value: 1}}")
    given: dict[str, Any] = {key: getattr(before, key) for key in (*_TEXTS, *_NUMBERS)} if before else {"source": ""}
    for key, inner in item.value.items():
        if key in _TEXTS and isinstance(inner.value, str):
            given[key] = " ".join(inner.value.split())
        elif key in _NUMBERS and isinstance(inner.value, (int, float)) and not isinstance(inner.value, bool):
            given[key] = float(inner.value)
        else:
            mend = (
                f"write {key}: {'0.5' if key in _NUMBERS else 'TEXT'}"
                if key in (*_TEXTS, *_NUMBERS)
                else (f"choose one of: {', '.join((*_TEXTS, *_NUMBERS))}")
            )
            return Fault(file, inner.line, f"{name}.{key}", f"{inner.value!r} cannot stand here", mend)
    missing = [key for key in (*_TEXTS, *_NUMBERS) if key not in given]
    if missing:
        return Fault(file, item.line, f"{name}.{missing[0]}", "it is missing", f"add {missing[0]}")
    if given["distribution"] not in DISTRIBUTIONS or given["status"] not in STATUSES:
        mend = f"choose a distribution of {', '.join(DISTRIBUTIONS)} and a status of {', '.join(STATUSES)}"
        return Fault(file, item.line, name, "distribution or status is none", mend)
    low, value, high = given["low"], given["value"], given["high"]
    if not low < high or not low <= value <= high:
        return Fault(
            file, item.line, name, f"{value:g} or its range {low:g} to {high:g} is upside down", "put low first"
        )
    if (given["distribution"] == "lognormal" and low <= 0) or (
        given["distribution"] == "beta" and not 0 <= low < high <= 1
    ):
        return Fault(file, item.line, name, f"{low:g} to {high:g} does not fit the distribution", "choose another law")
    return Parameter(name=name, **given)

"""What the stock model assumes: each parameter with its range, its standing, its source and its rivals.

The table ships as ``parameters.yaml``; a file of one's own replaces rows by name. The middle 90 % of a parameter lie
between ``low`` and ``high``, and a uniform one lies there altogether.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from vado.errors import BadFileError, DescriptionError, Fault, nearest
from vado.network.items import Item
from vado.network.yaml_lines import parse

Array = NDArray[np.float64]

SHIPPED = Path(str(files("vado.stock"))) / "parameters.yaml"

DISTRIBUTIONS = ("normal", "lognormal", "uniform", "beta")
STATUSES = ("published", "quoted", "derived", "assumed")

#: Standard deviations between the ends of a normal distribution's middle 90 %.
SPAN = 2 * float(stats.norm.ppf(0.95))

_KEYS = ("title", "unit", "value", "low", "high", "distribution", "status", "source", "note", "rivals")
_RIVAL_KEYS = ("value", "low", "high", "source", "note")

#: Standard normal deviates at which a distribution is tabulated; between them it is interpolated.
_GRID = np.linspace(-6.0, 6.0, 1201)


@dataclass(frozen=True)
class Rival:
    """Another figure for the same parameter; what is not given is NaN."""

    value: float
    low: float
    high: float
    source: str
    note: str


@dataclass(frozen=True)
class Parameter:
    """One parameter with what is thought of it before any count is looked at.

    Parameters
    ----------
    name, title, unit
        For tables and for people.
    value
        The median; of a beta distribution the mean.
    low, high
        Ends of the middle 90 %, or of a uniform distribution. A lopsided range is met nearly: a law of two numbers has
        this median (mean) and this width.
    distribution
        One of :data:`DISTRIBUTIONS`.
    status
        One of :data:`STATUSES`.
    source
        A source of the ledger; empty where ``status`` is ``assumed``.
    note
        What it rests on.
    rivals
        Other figures for it.

    Examples
    --------
    >>> parameter = read_parameters()["mortality"]
    >>> parameter.value, parameter.unit
    (0.0045, 'share/year')
    >>> float(parameter.from_normal(np.zeros(1))[0].round(4))
    0.0045
    """

    name: str
    title: str
    unit: str
    value: float
    low: float
    high: float
    distribution: str
    status: str
    source: str
    note: str
    rivals: tuple[Rival, ...] = ()

    @cached_property
    def law(self) -> Any:
        """The distribution, as scipy has it."""
        if self.distribution == "uniform":
            return stats.uniform(self.low, self.high - self.low)
        if self.distribution == "lognormal":
            return stats.lognorm(math.log(self.high / self.low) / SPAN, scale=self.value)
        spread = (self.high - self.low) / SPAN
        if self.distribution == "normal":
            return stats.norm(self.value, spread)
        size = self.value * (1 - self.value) / spread**2 - 1
        return stats.beta(self.value * size, (1 - self.value) * size)

    @cached_property
    def _table(self) -> Array:
        return np.asarray(self.law.ppf(stats.norm.cdf(_GRID)), dtype=float)

    def from_normal(self, deviates: Array) -> Array:
        """Return values for standard normal deviates of any shape: the same share of the law lies below both."""
        if self.distribution == "normal":
            return np.asarray(self.value + deviates * (self.high - self.low) / SPAN)
        if self.distribution == "lognormal":
            return np.asarray(self.value * np.exp(deviates * (math.log(self.high / self.low) / SPAN)))
        return np.interp(deviates, _GRID, self._table)

    def draw(self, random: np.random.Generator, number: int) -> Array:
        """Return ``number`` draws [unit]."""
        return self.from_normal(random.standard_normal(number))

    def log_density(self, values: Array) -> Array:
        """Return the logarithm of the density at values of any shape."""
        return np.asarray(self.law.logpdf(values), dtype=float)

    def probability_below(self, value: float) -> float:
        """Return the share of the law below a value."""
        return float(self.law.cdf(value))


def middle(parameters: Mapping[str, Parameter]) -> dict[str, Array]:
    """Return every parameter's value as an array of one draw."""
    return {name: np.array([parameter.value]) for name, parameter in parameters.items()}


def read_parameters(path: str | Path | None = None) -> dict[str, Parameter]:
    """Return the shipped parameters, with those of a file in the place of their namesakes.

    Parameters
    ----------
    path
        A YAML file laid out as the shipped one; a row may name only the keys that it changes.

    Raises
    ------
    BadFileError
        If the file cannot be read.
    DescriptionError
        If it has faults: a name or key that does not exist, a range upside down, a value outside its range; a line
        each.
    """
    shipped = _Reader(SHIPPED, {}).parameters()
    return shipped if path is None else shipped | _Reader(Path(path), shipped).parameters()


class _Reader:
    """Reads one file and keeps its faults."""

    def __init__(self, path: Path, shipped: Mapping[str, Parameter]) -> None:
        self.path, self.file, self.shipped = path, path.name, shipped
        self.faults: list[Fault] = []

    def fault(self, item: Item, key: str, what: str, mend: str) -> None:
        self.faults.append(Fault(self.file, item.line, key, what, mend))

    def parameters(self) -> dict[str, Parameter]:
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise BadFileError(f"{self.path}: {error.strerror}; name a YAML file of parameters") from error
        parsed = parse(content, self.file)
        if parsed.faults or parsed.root is None or not isinstance(parsed.root.value, dict):
            empty = Fault(self.file, 1, "", "no parameters stand here", "write mortality: {value: 0.004}")
            raise DescriptionError(parsed.faults or [empty])
        made = {name: self._parameter(name, item) for name, item in parsed.root.value.items()}
        if self.faults:
            raise DescriptionError(self.faults)
        return {name: parameter for name, parameter in made.items() if parameter is not None}

    def _parameter(self, name: str, item: Item) -> Parameter | None:
        before = self.shipped.get(name)
        if self.shipped and before is None:
            self._unknown(item, name, self.shipped)
            return None
        if not isinstance(item.value, dict):
            self.fault(item, name, "a parameter is no mapping", f"write {name}: {{value: 1, low: 0, high: 2}}")
            return None
        for key, inner in item.value.items():
            if key not in _KEYS:
                self._unknown(inner, f"{name}.{key}", _KEYS, key)
        value, low, high = (self._number(item, key, name, before) for key in ("value", "low", "high"))
        texts = {key: self._text(item, key, name, before) for key in ("title", "unit", "status", "source", "note")}
        distribution = self._text(item, "distribution", name, before)
        for key, said, choices in (
            ("distribution", distribution, DISTRIBUTIONS),
            ("status", texts["status"], STATUSES),
        ):
            if said not in choices:
                self.fault(item, f"{name}.{key}", f"{said!r} is none", f"choose one of: {', '.join(choices)}")
        if self.faults:
            return None
        self._check_range(item, name, (value, low, high), distribution)
        if self.faults:
            return None
        rivals = self._rivals(item, name, before)
        return Parameter(name=name, value=value, low=low, high=high, distribution=distribution, rivals=rivals, **texts)

    def _check_range(self, item: Item, name: str, numbers: tuple[float, float, float], distribution: str) -> None:
        value, low, high = numbers
        line = {key: item.value.get(key, item) for key in ("value", "low")}
        if low >= high:
            self.fault(line["low"], f"{name}.low", f"{low:g} is not below high, {high:g}", "exchange them")
        elif not low <= value <= high:
            self.fault(line["value"], f"{name}.value", f"{value:g} lies outside {low:g} to {high:g}", "widen the range")
        elif distribution == "lognormal" and low <= 0:
            self.fault(line["low"], f"{name}.low", f"{low:g} is not above 0", "give a positive one, or another law")
        elif distribution == "beta":
            spread = (high - low) / SPAN
            if low < 0 or high > 1 or spread**2 >= value * (1 - value):
                self.fault(line["low"], f"{name}.low", f"{low:g} to {high:g} is no range of a share", "narrow it")

    def _rivals(self, item: Item, name: str, before: Parameter | None) -> tuple[Rival, ...]:
        listed = item.value.get("rivals")
        if listed is None:
            return before.rivals if before else ()
        found = []
        for one in listed.value if isinstance(listed.value, list) else [listed]:
            if not isinstance(one.value, dict):
                self.fault(one, f"{name}.rivals", "a rival is no mapping", "write - {value: 0.5, source: ID}")
                continue
            for key, inner in one.value.items():
                if key not in _RIVAL_KEYS:
                    self._unknown(inner, f"{name}.rivals.{key}", _RIVAL_KEYS, key)
            value, low, high = (
                self._number(one, key, f"{name}.rivals", None) if key in one.value else math.nan
                for key in ("value", "low", "high")
            )
            source, note = (self._text(one, key, f"{name}.rivals", None) for key in ("source", "note"))
            found.append(Rival(value, low, high, source, note))
        return tuple(found)

    def _unknown(self, item: Item, key: str, valid: Any, name: str | None = None) -> None:
        near = nearest(name or key, valid)
        mend = f"did you mean {near}?" if near else f"choose one of: {', '.join(valid)}"
        self.fault(item, key, "this name means nothing here", mend)

    def _number(self, item: Item, key: str, name: str, before: Parameter | None) -> float:
        inner = item.value.get(key)
        if inner is None:
            if before is not None:
                return float(getattr(before, key))
            self.fault(item, f"{name}.{key}", "the number is missing", f"add {key}: NUMBER")
            return math.nan
        value = inner.value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            self.fault(inner, f"{name}.{key}", f"{value!r} is no number", f"write {key}: 0.5")
            return math.nan
        return float(value)

    def _text(self, item: Item, key: str, name: str, before: Parameter | None) -> str:
        inner = item.value.get(key)
        if inner is None:
            return str(getattr(before, key)) if before is not None else ""
        if not isinstance(inner.value, str):
            self.fault(inner, f"{name}.{key}", f"{inner.value!r} is no text", "put it in quotes")
            return ""
        return " ".join(inner.value.split())

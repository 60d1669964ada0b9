"""A measured figure: its value, the bar it is held against, and what was divided by what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A figure.

    Parameters
    ----------
    value
        What was measured; None where it could not be.
    bar
        What it is held against; None where nothing is asked of it.
    unit
        Unit of both.
    how
        What was measured or divided by what; of a figure without value, what is missing and how to get it.
    at_least
        Whether the value should be at least the bar; else at most.

    Examples
    --------
    >>> Figure(1.8, 1.7, "times", "one thread over two", at_least=True).meets
    True
    >>> print(Figure(2.5, 2.0, "s", "the first result").meets, Figure(None, 2.0, "s", "").meets)
    False None
    """

    value: float | None
    bar: float | None
    unit: str
    how: str
    at_least: bool = False

    @property
    def meets(self) -> bool | None:
        """Whether the bar is met; None without a bar or a value."""
        if self.value is None or self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as JSON holds it."""
        return {"value": self.value, "bar": self.bar, "unit": self.unit, "meets": self.meets, "how": self.how}

    def said(self) -> str:
        """Return value and bar as text.

        >>> Figure(1.987, 1.7, "times", "", at_least=True).said()
        '1.99 times, at least 1.7 asked: meets'
        >>> Figure(None, 2.0, "s", "needs a second core").said()
        'not measured'
        """
        if self.value is None:
            return "not measured"
        value = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:.3g}"
        if self.bar is None:
            return f"{value} {self.unit}"
        asked = f"at {'least' if self.at_least else 'most'} {self.bar:g} asked"
        return f"{value} {self.unit}, {asked}: {'meets' if self.meets else 'misses'}"

"""What Vado's own models say of a figure, where one of them answers the same question.

The stock has a fit that ships; the forecast is asked only about months that the ledger does not hold yet. Everything
else has counts, and no model is needed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from vado.claims.figure import Figure, Period, Reading
from vado.claims.wording import quantity
from vado.errors import VadoError
from vado.ledger.dates import Day

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger
    from vado.stock.reconcile import Posterior

#: Years of whose 1 January the reconciled stock is shown.
STOCK_YEARS = (2000, 2022)

#: Months ahead that the forecast reaches.
AHEAD = 12


#: Posteriors of the stock by ledger, day and prior: each takes half a second to put together.
_STOCKS: WeakKeyDictionary[Ledger, dict[str, dict[str, Posterior]]] = WeakKeyDictionary()


class Models:
    """The models' answers to one text's figures, each asked once.

    Parameters
    ----------
    ledger, as_of
        What they may know.
    article_date
        The day of the text, for figures without a date of their own.
    """

    def __init__(self, ledger: Ledger, as_of: Day | None, article_date: dt.date | None) -> None:
        self._ledger, self._as_of, self._article_date = ledger, as_of, article_date
        self._said: dict[Any, str] = {}
        self._stocks = _STOCKS.setdefault(ledger, {})
        self._last: dt.date | None = None

    def says(self, figure: Figure, reading: Reading, period: Period) -> str:
        """Return one sentence, or nothing where no model answers the question.

        Parameters
        ----------
        figure, reading, period
            What is stated, of what, and when.
        """
        try:
            if reading.measure == "unauthorized_population" and figure.unit == "count":
                return self._stock(figure, reading, period)
            if reading.measure == "sw_encounters" and figure.unit == "count":
                return self._forecast(figure, reading, period)
        except VadoError:
            return ""
        return ""

    def _stock(self, figure: Figure, reading: Reading, period: Period) -> str:
        if reading.place or reading.nationalities:
            return ""
        end = period.end or self._article_date
        year = min(max(end.year if end else STOCK_YEARS[1], STOCK_YEARS[0]), STOCK_YEARS[1])
        key = ("stock", year)
        if key not in self._said:
            from vado.stock.density import PRIORS
            from vado.stock.reconcile import reconciled

            parts = []
            for prior in PRIORS:
                kept = self._stocks.setdefault(str(self._as_of), {})
                if prior not in kept:
                    kept[prior] = reconciled(self._ledger, as_of=self._as_of, prior=prior)
                low, middle, high = np.quantile(kept[prior].at(year), [0.025, 0.5, 0.975]) / 1e6
                parts.append(f"{middle:.1f} million ({low:.1f} to {high:.1f}) with its {prior} prior")
            self._said[key] = f"Vado's model of all evidence has {parts[0]} and {parts[1]}, 1 January {year} (95 %)."
        return self._said[key]

    def _forecast(self, figure: Figure, reading: Reading, period: Period) -> str:
        if period.end is None or period.start is None or reading.household or reading.attributes:
            return ""
        last = self._last_month()
        ahead = (period.end.year - last.year) * 12 + period.end.month - last.month
        whole = period.start.day == 1 and (period.end - period.start).days in range(27, 31)
        if not (whole and 1 <= ahead <= AHEAD) or len(reading.nationalities) > 1:
            return ""
        code, place = (reading.nationalities or ("ALL",))[0], reading.place or "swb"
        key = ("forecast", code, place)
        if key not in self._said:
            from vado.forecast.predict import forecast

            table = forecast(
                self._ledger, as_of=self._as_of, months=AHEAD, member="srw", nationality=code, location=place
            ).tables["forecast"]
            self._said[key] = "\n".join(
                f"{row.target_end_date:%Y-%m}|{row.median:.0f}|{row.low_90:.0f}|{row.high_90:.0f}"
                for row in table.itertuples()
            )
        for line in self._said[key].splitlines():
            month, middle, low, high = line.split("|")
            if month == f"{period.end:%Y-%m}":
                made = f"from {last:%B %Y} by the seasonal random walk"
                return (
                    f"Vado's forecast of that month, {made}, was {quantity(float(middle))} "
                    f"(90 %: {quantity(float(low))} to {quantity(float(high))})."
                )
        return ""

    def _last_month(self) -> dt.date:
        if self._last is None:
            self._last = (
                self._ledger.observe("sw_encounters", self._as_of, nationality="HTI")["period_end"].max().date()
            )
        return self._last

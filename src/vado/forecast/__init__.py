"""How many people are coming: who, where, when; and how good past forecasts were. ``vado.forecast()`` asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vado.rooms import make_callable

if TYPE_CHECKING:
    from vado.answer import Answer


def answer(*arguments: Any, **options: Any) -> Answer:
    """Ask how many; the parameters are those of :func:`vado.forecast.predict.forecast`."""
    from vado.forecast.predict import forecast

    return forecast(*arguments, **options)


make_callable(__name__)

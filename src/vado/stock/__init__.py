"""How many people live here without legal status, and how sure anyone can be; ``vado.stock()`` asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vado.rooms import make_callable

if TYPE_CHECKING:
    from vado.answer import Answer


def answer(*arguments: Any, **options: Any) -> Answer:
    """Ask how many; the parameters are those of :func:`vado.stock.ask.ask`."""
    from vado.stock.ask import ask

    return ask(*arguments, **options)


make_callable(__name__)

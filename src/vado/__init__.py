"""Vado, a runnable model of a migration system.

The names below are the public API; everything is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vado import forecast as forecast
    from vado import stock as stock
    from vado.answer import Answer as Answer
    from vado.claims.check import check as check
    from vado.forecast.backtest import backtest as backtest
    from vado.forecast.fit.ask import fit_corridor as fit_corridor
    from vado.forecast.score import score as score
    from vado.ledger.ledger import Ledger as Ledger
    from vado.ledger.ledger import open_ledger as open_ledger
    from vado.network.read import load_corridor as load_corridor
    from vado.policy.compare import compare as compare
    from vado.policy.surge import surge as surge
    from vado.politics.approval import approval as approval
    from vado.politics.congress import congress as congress
    from vado.politics.leverage import leverage as leverage
    from vado.simulation.simulate import simulate as simulate

#: Public name → module that holds it; a room (a package that can be called) holds itself.
_HOME = {
    "Answer": "vado.answer",
    "Ledger": "vado.ledger.ledger",
    "approval": "vado.politics.approval",
    "backtest": "vado.forecast.backtest",
    "check": "vado.claims.check",
    "compare": "vado.policy.compare",
    "congress": "vado.politics.congress",
    "fit_corridor": "vado.forecast.fit.ask",
    "forecast": "vado.forecast",
    "leverage": "vado.politics.leverage",
    "load_corridor": "vado.network.read",
    "open_ledger": "vado.ledger.ledger",
    "score": "vado.forecast.score",
    "simulate": "vado.simulation.simulate",
    "stock": "vado.stock",
    "surge": "vado.policy.surge",
}

__all__ = [
    "Answer",
    "Ledger",
    "approval",
    "backtest",
    "check",
    "compare",
    "congress",
    "fit_corridor",
    "forecast",
    "leverage",
    "load_corridor",
    "open_ledger",
    "score",
    "simulate",
    "stock",
    "surge",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'vado' has no attribute {name!r}")
    home = import_module(_HOME[name])
    return home if _HOME[name] == f"vado.{name}" else getattr(home, name)


def __dir__() -> list[str]:
    return __all__

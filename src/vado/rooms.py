"""Rooms that answer when they are called.

``vado.stock`` and ``vado.forecast`` are packages with many parts and, for whoever has a question, functions. Python
binds a package's name in its parent as soon as any part of it is imported, so that a function of the same name would
last only until then; a package that can be called is both at any time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


class Room(ModuleType):
    """A package whose call is the call of its function ``answer``."""

    answer: Callable[..., Any]

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Ask the room's question; see the function ``answer`` of the package."""
        return self.answer(*arguments, **options)


def make_callable(package: str) -> None:
    """Let the package of this name, which has a function ``answer``, be called.

    >>> import vado.stock
    >>> callable(vado.stock)
    True
    """
    sys.modules[package].__class__ = Room

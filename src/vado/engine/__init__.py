"""How a description is run: compiled to arrays, day by day, over an ensemble of members."""

from vado.engine.ensemble import run as run

__all__ = ["run"]

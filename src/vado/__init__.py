"""Vado, a runnable model of a migration system."""

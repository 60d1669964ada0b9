"""Fitting a system to what was counted: departures, shares and stops from all stations at once."""

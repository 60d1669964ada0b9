"""How a description is run: compiled to arrays, day by day, over an ensemble of members."""

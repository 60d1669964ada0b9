"""What follows from a description? It is run many times, and what came out is written down, summed and shown."""

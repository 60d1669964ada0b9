"""Whether an installation is sound, and whether the engine is as fast as the documentation says."""

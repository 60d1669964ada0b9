"""What is known: observations with their sources, vintages and rivals."""

"""What would a policy change: levers over time, scenarios side by side, and what the record tells of their effects."""

"""A text in, its checkable figures out, each held against what the ledger's sources say.

Data goes one way: :mod:`article` (bytes to plain text with a date) → :mod:`language` (sentences and words) →
:mod:`numbers` (which figures) → :mod:`dates` (when), :mod:`credit` (who says so) and :mod:`reading` (what is measured)
→ :mod:`evidence` (what the ledger holds of it) → :mod:`verdict` → :mod:`check`, which makes the answer.

It judges figures, never people or opinions: nothing is counted by speaker, outlet or party.
"""

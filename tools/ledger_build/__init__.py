"""How the embedded ledger is made: one module a family of input files, and what they share.

``draft`` collects rows; ``periods`` reads dates; ``measures_*`` and ``official_sources`` are tables of what can be
measured and by whom; ``border``, ``transit``, ``mexico``, ``context``, ``facts_*``, ``stock*``, ``politics`` and
``places`` each read their input; ``checks`` holds the result against the schema and against published totals;
``parquet`` writes it.
"""

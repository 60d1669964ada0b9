"""A camp that fills within days: what its headcounts say together, and what could have been said before it.

The one that is described is the camp under the Del Rio International Bridge in September 2021, corridor ``del_rio``.
"""

"""Leverage between two governments: approval, Congress, the bargain and the loop that closes the system.

The room describes what each government could get and what each link is worth; it recommends nothing.
"""

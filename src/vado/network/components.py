"""Finds what lies on a circle: the strongly connected parts of a directed graph, in linear time."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence


def components(following: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Return the strongly connected components of a graph.

    Parameters
    ----------
    following
        For each node the nodes that it leads to; every one of these is a key too.

    Returns
    -------
    list
        Components, their nodes in the order of ``following``; a component stands after all that it leads to.

    References
    ----------
    Tarjan, R. (1972). Depth-first search and linear graph algorithms. SIAM Journal on Computing 1(2).

    Examples
    --------
    >>> components({"a": ["b"], "b": ["a", "c"], "c": []})
    [['c'], ['a', 'b']]
    """
    order = {node: number for number, node in enumerate(following)}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    stacked: set[str] = set()
    found = []
    for start in following:
        if start in index:
            continue
        index[start] = low[start] = len(index)
        stack.append(start)
        stacked.add(start)
        walk = [(start, iter(following[start]))]
        while walk:
            node, rest = walk[-1]
            step = next(rest, None)
            if step is not None:
                if step not in index:
                    index[step] = low[step] = len(index)
                    stack.append(step)
                    stacked.add(step)
                    walk.append((step, iter(following[step])))
                elif step in stacked:
                    low[node] = min(low[node], index[step])
                continue
            walk.pop()
            if walk:
                low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
            if low[node] == index[node]:
                members = [stack.pop()]
                while members[-1] != node:
                    members.append(stack.pop())
                stacked.difference_update(members)
                found.append(sorted(members, key=order.__getitem__))
    return found


def circles(following: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Return one shortest circle for each component that has any, from its first node back to it.

    >>> circles({"a": ["b"], "b": ["a", "c"], "c": [], "d": ["d"]})
    [['a', 'b', 'a'], ['d', 'd']]
    """
    found = []
    for members in components(following):
        first = members[0]
        if len(members) > 1 or first in following[first]:
            found.append(_circle(first, set(members), following))
    return found


def _circle(first: str, within: set[str], following: Mapping[str, Collection[str]]) -> list[str]:
    before: dict[str, str] = {}
    todo = deque([first])
    while first not in before:
        node = todo.popleft()
        for step in following[node]:
            if step in within and step not in before:
                before[step] = node
                todo.append(step)
    way = [first]
    while len(way) == 1 or way[-1] != first:
        way.append(before[way[-1]])
    return way[::-1]


def in_words(circle: Sequence[str]) -> str:
    """Return a circle as people read it, without its middle if it is long.

    >>> in_words(["a", "b", "a"])
    'a -> b -> a'
    """
    shown = [*circle[:6], "…", *circle[-3:]] if len(circle) > 10 else circle
    return " -> ".join(shown)

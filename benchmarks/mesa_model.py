"""Tell how long Mesa takes with an agent for each person.

The system of ``per_person.py`` as a Mesa 3 model: a person is an :class:`mesa.Agent` with a state and a day on which
the next thing happens, and every person acts every day, as in Mesa's own examples.

Run from the checkout: ``python benchmarks/mesa_model.py``.
"""

from __future__ import annotations

import time
from bisect import bisect_left

import mesa

from per_person import DAYS, Numbers, system
from vado.network.model import Network


class Person(mesa.Agent):
    """Someone on the way: travelling until ``due``, then waiting since ``came``."""

    def __init__(self, model: Ford, group: int) -> None:
        super().__init__(model)
        self.group = group
        self.repeats = False
        self.due = self.came = -1
        self.set_out("trail")

    def set_out(self, route: str) -> None:
        """Draw the travel time on a route."""
        law = self.model.travel[route][self.group]
        self.due = self.model.day + 1 + bisect_left(law, self.random.random())

    def step(self) -> None:
        """Come to the ford if today is the day."""
        if self.due != self.model.day:
            return
        totals, numbers = self.model.totals, self.model
        totals["repeats"] += self.repeats
        if self.random.random() >= numbers.stop[self.group]:
            self.came = self.model.day
            self.model.line.append(self)
            return
        totals["stopped"] += 1
        if self.random.random() < numbers.again[self.group]:
            self.repeats = True
            self.set_out("again")
        else:
            totals["returned"] += 1
            self.remove()


class Ford(mesa.Model):
    """The system of ``per_person.py``."""

    def __init__(self, network: Network, seed: int) -> None:
        super().__init__(seed=seed)
        numbers = Numbers(network)
        self.departures = numbers.departures
        self.stop, self.again = numbers.stop.tolist(), numbers.again.tolist()
        self.travel = {name: [law.tolist() for law in laws] for name, laws in numbers.travel.items()}
        self.capacity = numbers.capacity
        self.line: list[Person] = []
        self.day = 0
        self.totals = dict.fromkeys(("departed", "stopped", "repeats", "admitted", "returned"), 0)

    def step(self) -> None:
        """Let everyone on the way act in random order, serve the line, and let others set out."""
        self.agents.shuffle_do("step")
        for person in self.line[: self.capacity]:
            person.remove()
        self.totals["admitted"] += min(len(self.line), self.capacity)
        del self.line[: self.capacity]
        for group, people in enumerate(self.rng.poisson(self.departures)):
            self.totals["departed"] += int(people)
            Person.create_agents(self, int(people), group)
        self.day += 1


def run(network: Network, days: int, seed: int) -> dict[str, int]:
    """Simulate every person; returns what :func:`per_person.run` returns."""
    model = Ford(network, seed)
    for _ in range(days):
        model.step()
    return model.totals | {"waiting": len(model.line), "travelling": len(model.agents) - len(model.line)}


def main() -> None:
    network = system()
    started = time.perf_counter()
    totals = run(network, DAYS, 1)
    print(f"an agent for each person in Mesa: {time.perf_counter() - started:.2f} s, {totals}")


if __name__ == "__main__":
    main()

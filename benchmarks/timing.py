"""What things cost, on a machine that others use too."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Time passed, and time spent by all threads of this process together."""

    seconds: float
    cpu_seconds: float


def least_costs(things: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Cost]:
    """Do each thing so many times, in turns, and return the least that each cost.

    Whatever else the machine does can only add to a time, so the least is the nearest to the thing's own.
    Whoever goes first may find caches cold: the order is turned around each time.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in things}
    order = list(things)
    for _ in range(repeats):
        for name in order:
            costs[name].append(cost_of(things[name]))
        order.reverse()
    return {
        name: Cost(min(cost.seconds for cost in of), min(cost.cpu_seconds for cost in of))
        for name, of in costs.items()
    }


def cost_of(thing: Callable[[], object]) -> Cost:
    """Do it once."""
    began, began_cpu = time.perf_counter(), time.process_time()
    thing()
    return Cost(time.perf_counter() - began, time.process_time() - began_cpu)

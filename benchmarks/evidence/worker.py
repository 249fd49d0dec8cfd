"""What all workers of the benchmark share: they wait for batches on standard input and answer when one is done."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Orders `first` to `first + count - 1`."""

    first: int
    count: int

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + self.count)


def answer_batches(perform: Callable[[Batch], int]) -> None:
    """Say ready; then for each line {first, count} do the batch and say {wall_s}, until the input ends."""
    say({"ready": True})
    for line in sys.stdin:
        began = time.perf_counter()
        perform(Batch(**json.loads(line)))
        say({"wall_s": time.perf_counter() - began})


def say(facts: dict[str, object]) -> None:
    """One line to the driver, marked so that nothing else on the output is taken for it."""
    print("@" + json.dumps(facts), flush=True)

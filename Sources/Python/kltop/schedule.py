"""When probes are measured: each so many updates, or as often as a share of the training's time allows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Optional, Union

# Updates until the first look at how long one takes.
_FIRST_LOOK = 5
_NEVER = 2**31 - 1


class Schedule:
    """every: updates between two evaluations, or `auto`, which stretches the interval so that the evaluations that count
    take no more than `overhead` of the time since the start.

    Of several ranks rank 0 plans (`planned`) and all agree (`agree`): every one then knows the next step at which
    they meet, and whether they measure there or rank 0 only plans anew.
    """

    def __init__(
        self,
        every: Union[int, str],
        overhead: float,
        start_step: int = 0,
        total_steps: Optional[int] = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if isinstance(every, str) and every != "auto":
            raise ValueError(f"every is {every!r}; a number of updates or 'auto'")
        if isinstance(every, int) and every < 1:
            raise ValueError(f"every is {every}; at least one update")
        if not 0 < overhead < 1:
            raise ValueError(f"overhead is {overhead}; a share between 0 and 1")
        self._every = None if isinstance(every, str) else every
        self._overhead = overhead
        self._total_steps = total_steps
        self._clock = clock
        self._start, self._start_step = clock(), start_step
        self._apart = 0.0
        self._spent = 0.0
        self._cost: Optional[float] = None
        self._next = start_step
        self._measures = True

    @property
    def is_auto(self) -> bool:
        return self._every is None

    def is_due(self, step: int) -> bool:
        return step % self._every == 0 if self._every is not None else step >= self._next

    def measures_at(self, step: int) -> bool:
        """Whether the meeting at this step measures."""
        return self._every is not None or (self._measures and step >= self._next)

    def note(self, step: int, seconds: float, counted: float) -> None:
        """An evaluation took so many seconds, of which so many count as overhead (none of one that is never skipped)."""
        if seconds > 0 and (counted > 0 or self._cost is None):
            self._cost = seconds
        self._spent += counted
        self._apart += seconds - counted

    def share(self) -> Optional[float]:
        """Share of the time since the start that evaluations took, without those that are never skipped."""
        elapsed = self._clock() - self._start - self._apart
        return self._spent / elapsed if elapsed > 0 else None

    def planned(self, step: int) -> tuple[int, bool]:
        """The next step to meet at, and whether to measure there."""
        if self._every is not None:
            return step + self._every, True
        elapsed = self._clock() - self._start - self._apart
        updates = step - self._start_step
        training = elapsed - self._spent
        if updates < 1 or training <= 0 or self._cost is None:
            return step + _FIRST_LOOK, False
        # spent + cost ≤ overhead · (time of training until then + spent + cost)
        needed = (self._spent + self._cost) * (1 - self._overhead) / self._overhead
        ahead = math.ceil((needed - training) / (training / updates))
        return min(step + max(1, ahead), _NEVER), True

    def agree(self, following: int, measures: bool) -> None:
        """What rank 0 planned holds for all."""
        self._next, self._measures = following, measures

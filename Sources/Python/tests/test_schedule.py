"""When probes are measured."""

from __future__ import annotations

import pytest

from kltop.schedule import Schedule


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("update", [0.01, 0.3, 5.0])
@pytest.mark.parametrize("cost", [0.5, 20.0])
def test_auto_keeps_to_its_share(update: float, cost: float) -> None:
    clock = Clock()
    schedule = Schedule("auto", 0.02, clock=clock)
    measured = 0

    def meet(step: int, is_forced: bool = False) -> None:
        nonlocal measured
        measures = schedule.measures_at(step) or is_forced
        seconds = cost if measures else 0.0
        clock.now += seconds
        measured += measures and not is_forced
        schedule.note(step, seconds, 0.0 if is_forced else seconds)
        schedule.agree(*schedule.planned(step))

    meet(0, is_forced=True)
    steps = int(400 * cost / update)
    for step in range(1, steps + 1):
        clock.now += update
        if schedule.is_due(step):
            meet(step)
    share = schedule.share()
    assert share is not None
    assert share <= 0.0201
    assert measured >= 5, "it uses most of what it may"


def test_a_first_look_without_measuring_tells_how_long_an_update_takes() -> None:
    clock = Clock()
    schedule = Schedule("auto", 0.02, clock=clock)
    clock.now += 3
    schedule.note(0, 3.0, 0.0)
    following, measures = schedule.planned(0)
    assert not measures
    schedule.agree(following, measures)
    assert schedule.is_due(following)
    assert not schedule.measures_at(following)


def test_a_number_of_updates() -> None:
    schedule = Schedule(50, 0.02)
    assert [step for step in range(151) if schedule.is_due(step)] == [0, 50, 100, 150]
    assert schedule.planned(50) == (100, True)


@pytest.mark.parametrize(("every", "overhead"), [("often", 0.02), (0, 0.02), ("auto", 0.0), ("auto", 1.0)])
def test_what_is_no_schedule(every: int | str, overhead: float) -> None:
    with pytest.raises(ValueError, match=r"every|overhead"):
        Schedule(every, overhead)

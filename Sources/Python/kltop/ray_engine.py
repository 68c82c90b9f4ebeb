"""`python -m kltop.capture --engine ray`: the same units, handed out by Ray Data to workers that hold the models.

Ray hands out and restarts; exactness rests on the parts alone. A unit is tried three times, whether it raises or takes
its worker with it, then it is listed as failed and the others go on. A driver that died is started again with the
same command.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import kltop
from kltop.capture import MOST_ATTEMPTS, Capture, Outcome, Plan, Unit, attempt

_TASKS_OF_A_WORKER = 8
_MOST_TASKS = 10_000


def run_on_ray(capture: Capture, paths: Sequence[str], arguments: Any) -> Outcome:
    """Measures all units on a cluster, and joins what is complete.

    arguments: `address` of a cluster (None: one that is connected already, else a local one), `num_gpus` of a worker,
        `concurrency` of workers as `n` or `least,most`.
    """
    import ray

    units = capture.waiting(capture.units(paths))
    tasks = _tasks(units, most_workers=int(str(arguments.concurrency).rpartition(",")[2]))
    for unit in units:
        capture.store.remove(capture.attempts(unit))
    outcome = Outcome(0, [], [])
    open_units = Counter(unit.checkpoint for unit in units)
    if tasks:
        with _connected(ray, arguments.address):
            for row in _rows(ray, capture.plan, tasks, arguments):
                unit = Unit(str(row["checkpoint"]), int(row["block"]))
                if row["reason"]:
                    outcome.failed.append((unit, str(row["reason"])))
                else:
                    outcome.measured += 1
                open_units[unit.checkpoint] -= 1
                if open_units[unit.checkpoint] == 0:
                    capture.join(unit.checkpoint)
    for unit in {unit for unit, _ in outcome.failed}:
        capture.store.remove(capture.attempts(unit))
    outcome.open = [path for path in paths if not capture.join(path)]
    return outcome


def _tasks(units: Sequence[Unit], most_workers: int) -> list[dict[str, Any]]:
    """Units of one checkpoint that a worker does one after the other: enough tasks for all, and no more than Ray likes."""
    size = max(1, len(units) // (_TASKS_OF_A_WORKER * most_workers), len(units) // _MOST_TASKS)
    tasks: list[dict[str, Any]] = []
    for unit in units:
        if not tasks or tasks[-1]["checkpoint"] != unit.checkpoint or len(tasks[-1]["blocks"]) >= size:
            tasks.append({"checkpoint": unit.checkpoint, "blocks": []})
        tasks[-1]["blocks"].append(unit.block)
    return tasks


def _rows(ray: Any, plan: Plan, tasks: Sequence[dict[str, Any]], arguments: Any) -> Iterator[dict[str, Any]]:
    least, _, most = str(arguments.concurrency).partition(",")
    data = ray.data.from_items(tasks, override_num_blocks=len(tasks))
    pool = ray.data.ActorPoolStrategy(min_size=int(least), max_size=int(most or least), max_tasks_in_flight_per_actor=1)
    # No task waits behind a slow one: a block of the data is one task.
    results = data.map_batches(
        Worker, fn_constructor_kwargs={"plan": asdict(plan)}, batch_size=1, compute=pool, num_gpus=arguments.num_gpus
    )
    yield from results.iter_rows()


@contextlib.contextmanager
def _connected(ray: Any, address: Any) -> Iterator[None]:
    if ray.is_initialized():
        yield
        return
    # Workers on this machine find the package where this process found it.
    path = os.pathsep.join(filter(None, [str(Path(kltop.__file__).parent.parent), os.environ.get("PYTHONPATH")]))
    options = {} if address else {"include_dashboard": False}
    environment = {"env_vars": {"PYTHONPATH": path}} if not address else {}
    ray.init(address=address or "local", log_to_driver=False, runtime_env=environment, **options)
    try:
        yield
    finally:
        ray.shutdown()


class Worker:
    """Holds the reference and one checkpoint at a time."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._capture = Capture(Plan(**plan))

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        units = [
            Unit(str(checkpoint), int(block))
            for checkpoint, blocks in zip(batch["checkpoint"], batch["blocks"])
            for block in blocks
        ]
        return {
            "checkpoint": [unit.checkpoint for unit in units],
            "block": [unit.block for unit in units],
            "reason": [self._measured(unit) for unit in units],
        }

    def _measured(self, unit: Unit) -> str:
        """Why the unit failed for good, or nothing. Each try is noted first: a try may end the process."""
        reason = ""
        name = self._capture.attempts(unit)
        while True:
            tries = (
                self._capture.store.read(name, lambda path: path.stat().st_size) if self._capture.store.exists(name) else 0
            )
            if tries >= MOST_ATTEMPTS:
                return reason or f"its worker died {MOST_ATTEMPTS} times"
            self._capture.store.write(name, lambda path, tries=tries: path.write_bytes(b"." * (tries + 1)))  # type: ignore[misc]
            found = attempt(self._capture, unit, most=1)
            if found is None:
                self._capture.store.remove(name)
                return ""
            reason = found

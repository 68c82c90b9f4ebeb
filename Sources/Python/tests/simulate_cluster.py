"""A cluster in small: thousands of units, dozens of workers that die at random, models that only sleep.

    python tests/simulate_cluster.py [--units 10000] [--workers 64] [--seconds 1.0] [--kills 100]

Everything but the models is the program's own: units, shards, parts, joining. A worker is a process that is killed
without a word and started again. It prints which share of the workers' time was bookkeeping (all that was not the
models': of the clock, where workers wait for each other if there are fewer processors than they need, and of processors),
and fails where a file is missing, doubled, left over, or differs from those of a single quiet worker.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

from kltop.capture import Capture, Plan, Unit, checkpoints, run_plainly
from kltop.rows import Rows, reduce_rows

PROBES_OF_A_UNIT, TOKENS, VOCABULARY = 8, 17, 64


class FakeCapture(Capture):
    """Sleeps where models would run; rows are the same for the same unit wherever it is measured."""

    def __init__(self, plan: Plan, seconds: float) -> None:
        super().__init__(plan)
        self.slept = self.computed = 0.0
        self._seconds = seconds

    def _measured(self, unit: Unit) -> tuple[Rows, dict[str, Any]]:
        started, computing = time.perf_counter(), time.process_time()
        seed = int(unit.checkpoint.rpartition("-")[2]) * 1_000_003 + unit.block
        generator = torch.Generator().manual_seed(seed)
        count = sum(len(probe.positions) for probe in self.blocks[unit.block])
        logits = torch.randn(2, count, VOCABULARY, generator=generator)
        rows = reduce_rows(logits[0], logits[1], torch.arange(count) % VOCABULARY, positions=torch.arange(count))
        self.computed += time.process_time() - computing
        time.sleep(max(0.0, self._seconds - (time.perf_counter() - started)))
        self.slept += time.perf_counter() - started
        return rows, {"logits_dtype": "float32", "reference": "model", "vocabulary": VOCABULARY}


@dataclass
class Found:
    """What a simulation came to: the share of time that was bookkeeping, and how many units were measured twice."""

    share: float
    processor_share: float
    kills: int
    seconds: float
    repeated: int


def simulate(folder: Path, units: int, workers: int, seconds: float, kills: int, seed: int = 0) -> Found:
    """Runs it in a folder; AssertionError where anything is lost, doubled, left over or different."""
    blocks = max(1, units // 10)
    _write_inputs(folder, blocks, units // blocks)
    quiet, busy = (
        Plan(str(folder), str(folder / "probes.jsonl"), str(folder / name), block=PROBES_OF_A_UNIT) for name in "ab"
    )
    paths = checkpoints([str(folder / "out/checkpoint-*")])
    with _silent():
        run_plainly(FakeCapture(quiet, 0.0), paths)
    started = time.monotonic()
    done_kills = _run_workers(folder, busy, paths, workers, seconds, kills, random.Random(seed))
    elapsed = time.monotonic() - started
    expected = {path.name: path.read_bytes() for path in (folder / "a/rows").iterdir()}
    found = {path.name: path.read_bytes() for path in (folder / "b/rows").iterdir() if path.suffix != ".tmp"}
    assert found.keys() == expected.keys(), f"{sorted(expected)} wanted, {sorted(found)} found"
    assert found == expected, "the bytes differ"
    lines = [json.loads(path.read_text()) for path in folder.glob("worker-*.json")]
    slept, lived = sum(line["slept"] for line in lines), sum(line["lived"] for line in lines)
    measured = sum(line["units"] for line in lines)
    processors = sum(line["processor"] for line in lines) / (seconds * units)
    # A worker that was killed between a unit and its note has measured one more.
    return Found(1 - slept / lived, processors, done_kills, elapsed, max(0, measured - units))


def _write_inputs(folder: Path, blocks: int, count: int) -> None:
    (folder / "config.json").write_text('{"model_type": "gpt2"}')
    for number in range(1, count + 1):
        path = folder / f"out/checkpoint-{number}"
        path.mkdir(parents=True)
        (path / "model.safetensors").write_bytes(b"")
        os.utime(path / "model.safetensors", (1e9 + number, 1e9 + number))
    with open(folder / "probes.jsonl", "w") as file:
        for number in range(blocks * PROBES_OF_A_UNIT):
            ids = [(number + place) % VOCABULARY for place in range(TOKENS)]
            file.write(json.dumps({"set": "old", "sample": f"s{number}", "input_ids": ids}) + "\n")


def _run_workers(
    folder: Path, plan: Plan, paths: list[str], workers: int, seconds: float, kills: int, chance: random.Random
) -> int:
    capture = FakeCapture(plan, seconds)
    alive = {_started(folder, capture, paths, number, workers): number for number in range(workers)}
    done = 0
    pause = seconds * len(capture.blocks) * len(paths) / workers / max(1, kills)
    next_kill = time.monotonic() + pause
    while alive:
        process, status = os.waitpid(-1, os.WNOHANG)
        if process:
            number = alive.pop(process)
            assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL, f"worker {number} ended with {status}"
            if status:
                alive[_started(folder, capture, paths, number, workers)] = number
        elif done < kills and time.monotonic() >= next_kill:
            os.kill(chance.choice(list(alive)), signal.SIGKILL)
            done += 1
            next_kill = time.monotonic() + pause
        else:
            time.sleep(0.01)
    return done


def _started(folder: Path, capture: FakeCapture, paths: list[str], number: int, workers: int) -> int:
    """A worker's process; it notes after each unit what it has done, so that its end can be sudden."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        started, computing = time.perf_counter(), time.process_time()
        torch.set_num_threads(1)
        notes = folder / f"worker-{os.getpid()}.json"
        measured, measure = 0, capture.measure

        def note() -> None:
            lived = time.perf_counter() - started
            processor = time.process_time() - computing - capture.computed
            aside = notes.with_suffix(".tmp")
            aside.write_text(
                json.dumps({"slept": capture.slept, "lived": lived, "processor": processor, "units": measured})
            )
            aside.replace(notes)

        def noted(unit: Unit) -> None:
            nonlocal measured
            before = capture.slept
            measure(unit)
            measured += capture.slept > before
            note()

        capture.measure = noted  # type: ignore[method-assign]
        with _silent():
            outcome = run_plainly(capture, paths, (number, workers))
        note()
        status = 1 if outcome.failed else 0
    finally:
        os._exit(status)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    with open(os.devnull, "w") as null, contextlib.redirect_stderr(null):
        yield


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=1.0, help="that a unit's models take")
    parser.add_argument("--kills", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = simulate(Path(folder), given.units, given.workers, given.seconds, given.kills)
    print(
        f"{given.units} units of {given.seconds} s, {given.workers} workers, {found.kills} killed: {found.seconds:.0f} s, "
        f"bookkeeping {100 * found.share:.2f} % of the workers' time, its processor time "
        f"{100 * found.processor_share:.2f} %, {found.repeated} units measured twice, nothing lost"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

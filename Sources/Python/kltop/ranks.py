"""The files of the ranks of one evaluation become one file, once all of them are there."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

import torch

from kltop.rows import Rows, RowsFile, read_rows, read_safetensors_metadata, rows_file_name, write_rows

# Metadata of a rank's file: a JSON list of its completions.
COMPLETIONS = "completions"

_MOST_WAITING = 3

# Set, sample, text of the policy, text of the reference (None where it is not known).
Completion = tuple[str, str, str, Optional[str]]


class RanksJoiner:
    """Rank 0's list of evaluations whose files are not joined yet.

    Nothing waits for another rank while the training goes on: an evaluation whose files are not all there is looked at
    again after the next one. Readers see the files of the ranks, the one file, or for a moment both, which is the same.

    out: the run's folder. order: (set, sample) of all probes, as the joined file has them. told: is given the step and
    the completions that the ranks left in their files.
    """

    def __init__(
        self,
        out: Path,
        world_size: int,
        launch: Mapping[str, Any],
        order: Sequence[tuple[str, str]],
        told: Callable[[int, list[Completion]], None],
    ) -> None:
        self._out = out
        self._world_size = world_size
        self._launch = {name: str(value) for name, value in launch.items()}
        self._place = {name: number for number, name in enumerate(order)}
        self._told = told
        self._waiting: list[tuple[int, int]] = []

    def add(self, step: int, sequence: int) -> None:
        """Rank 0 has written its file of this evaluation."""
        if self._world_size > 1:
            self._waiting.append((step, sequence))

    def join(self, patience: float = 0.0) -> None:
        """Joins what is complete; what is not is waited for so many seconds, and then left as it is."""
        ends = time.monotonic() + patience
        while True:
            # An older one will not be complete any more: its rank has gone on without it.
            waiting, self._waiting = self._waiting[-_MOST_WAITING:], []
            for step, sequence in waiting:
                if not self._joined(step, sequence):
                    self._waiting.append((step, sequence))
            if not self._waiting or time.monotonic() >= ends:
                return
            time.sleep(0.05)

    def _joined(self, step: int, sequence: int) -> bool:
        paths = [self._out / rows_file_name(step, rank, self._world_size) for rank in range(self._world_size)]
        wanted = {**self._launch, "sequence": str(sequence)}
        for path in paths:
            about = read_safetensors_metadata(path)
            if about is None or any(about.get(name) != value for name, value in wanted.items()):
                return False
        files = [read_rows(path) for path in paths]
        self._write(step, files)
        completions = [tuple(entry) for file in files for entry in json.loads(file.metadata.get(COMPLETIONS, "[]"))]
        self._told(step, completions)
        for path in paths:
            with contextlib.suppress(OSError):
                path.unlink()
        return True

    def _write(self, step: int, files: Sequence[RowsFile]) -> None:
        samples, offsets, rows = joined(files, self._place)
        about = dict(next((file.metadata for file in files if len(file.rows)), files[0].metadata))
        for name in ("format", "step", "samples", COMPLETIONS):
            about.pop(name, None)
        k, vocabulary = int(about.pop("k")), int(about.pop("vocabulary"))
        about |= {"rank": "0", "world_size": "1", "time": files[0].metadata["time"]}
        path = self._out / rows_file_name(step)
        write_rows(path, rows, samples, offsets, step=step, k=k, vocabulary=vocabulary, metadata=about)


def joined(
    files: Sequence[RowsFile], place: Optional[Mapping[tuple[str, str], int]] = None
) -> tuple[list[tuple[str, str]], torch.Tensor, Rows]:
    """Samples, offsets and rows of several files, in the order that `place` gives to the samples."""
    names = [(number, sample) for number, file in enumerate(files) for sample in file.samples]
    starts = [0]
    for file in files:
        starts.append(starts[-1] + len(file.rows))
    bounds = [
        (starts[number] + int(first), starts[number] + int(end))
        for number, file in enumerate(files)
        for first, end in zip(file.sample_offsets[:-1], file.sample_offsets[1:])
    ]
    order = sorted(range(len(names)), key=lambda at: (place or {}).get(names[at][1], len(names)))
    rows = Rows.joined([file.rows for file in files])
    numbers = [torch.arange(*bounds[at]) for at in order]
    offsets = torch.tensor([0, *(len(part) for part in numbers)]).cumsum(0)
    chosen = torch.cat(numbers) if numbers else torch.zeros(0, dtype=torch.int64)
    return [names[at][1] for at in order], offsets, rows.selected(chosen)

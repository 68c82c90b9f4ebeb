"""Compare how long readers of training logs take for the same points, each on one processor.

    pip install tensorboard polars wandb
    swift build -c release
    python3 sample-runs/compare_readers.py .build/release/kltop

Writes 50,000 steps of 17 metrics (850,000 points) as JSON lines, as a TensorBoard event file with one event for each
point (the way `SummaryWriter.add_scalar` writes them) and, by the W&B library itself, as an offline `.wandb` file. Then
every reader that is installed reads what it can: kltop as the command `summary` (it reads, decodes, builds its model and
prints), polars `read_ndjson` with one thread, TensorBoard's `EventAccumulator`, and W&B LEET as `wandb leet inspect
--summary`, which goes through the log and keeps the last values alone: its viewer, which draws the curves, cannot be
timed from outside. All are bound to one processor and measured in processor time of all their threads, so that a busy
machine does not matter much; median over turns, the time to start (or to import a library) taken off. Each reads from
the cache of the file system.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KEYS = [
    "train/loss", "train/kl", "train/total_loss", "train/lr", "train/grad_norm", "train/entropy", "train/reward",
    "train/reward_std", "train/accuracy", "train/tokens_per_s", "train/clip_fraction", "train/approx_kl",
    "train/value_loss", "train/mean_length", "train/max_length", "train/score", "train/epoch",
]
START = 1_760_000_000.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kltop", help="the program, built with -c release")
    parser.add_argument("--steps", type=int, default=50_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--read", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(timed(READERS[options.read[0]], options.read[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        files = {"jsonl": write_jsonl(Path(folder), options.steps), "events": write_events(Path(folder), options.steps)}
        if installed("wandb"):
            files["wandb"] = write_wandb(Path(folder), options.steps)
        tiny = Path(folder) / "tiny.jsonl"
        tiny.write_text('{"step":1,"loss":1}\n')
        compare(options, files, tiny)


def value(step: int, key: int) -> float:
    return math.sin(step * 0.001 + key) + 2 + ((step * 2654435761 + key * 40503) % 1000) / 1e4


def write_jsonl(folder: Path, steps: int) -> Path:
    path = folder / "metrics.jsonl"
    with path.open("w") as file:
        for step in range(steps):
            row = {"step": step, "time": START + step / 8}
            row.update((name, value(step, key)) for key, name in enumerate(KEYS))
            file.write(json.dumps(row) + "\n")
    return path


def write_events(folder: Path, steps: int) -> Path:
    path = folder / "events.out.tfevents.1760000000.host.1.0"
    with path.open("wb") as file:
        file.write(record(double(1, START) + text(3, b"brain.Event:2")))
        for step in range(steps):
            for key, name in enumerate(KEYS):
                scalar = text(1, name.encode()) + b"\x15" + struct.pack("<f", value(step, key))
                file.write(record(double(1, START + step / 8) + b"\x10" + varint(step) + text(5, text(1, scalar))))
    return path


def double(field: int, number: float) -> bytes:
    return bytes([field << 3 | 1]) + struct.pack("<d", number)


def text(field: int, data: bytes) -> bytes:
    return bytes([field << 3 | 2]) + varint(len(data)) + data


def varint(number: int) -> bytes:
    result = bytearray()
    while number > 127:
        result.append(number & 127 | 128)
        number >>= 7
    return bytes(result + bytes([number]))


def record(data: bytes) -> bytes:
    """A frame of a TFRecord file."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked(length)) + data + struct.pack("<I", masked(data))


def masked(data: bytes) -> int:
    check = 0xFFFFFFFF
    for byte in data:
        check = TABLE[(check ^ byte) & 255] ^ check >> 8
    check ^= 0xFFFFFFFF
    return ((check >> 15 | check << 17) + 0xA282EAD8) & 0xFFFFFFFF


def castagnoli() -> list[int]:
    table = []
    for entry in range(256):
        for _ in range(8):
            entry = entry >> 1 ^ (0x82F63B78 if entry & 1 else 0)
        table.append(entry)
    return table


TABLE = castagnoli()


def write_wandb(folder: Path, steps: int) -> Path:
    import wandb

    os.environ["WANDB_SILENT"] = "true"
    run = wandb.init(mode="offline", dir=folder, project="compare")
    for step in range(steps):
        run.log({name: value(step, key) for key, name in enumerate(KEYS)}, step=step)
    run.finish()
    return next(folder.glob("wandb/offline-run-*/*.wandb"))


def read_polars(path: str) -> int:
    import polars

    frame = polars.read_ndjson(path)
    return frame.height * (frame.width - 2)


def read_tensorboard(path: str) -> int:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(path, size_guidance={"scalars": 0})
    accumulator.Reload()
    return sum(len(accumulator.Scalars(tag)) for tag in accumulator.Tags()["scalars"])


READERS = {"polars": read_polars, "tensorboard": read_tensorboard}
READ_BY = {"jsonl": ["polars"], "events": ["tensorboard"], "wandb": ["wandb"]}


def timed(reader, path: str) -> str:
    """Seconds and points of one reading, the import of the library not counted."""
    reader_of_nothing(reader)
    start = time.process_time()
    points = reader(path)
    return f"{time.process_time() - start} {points}"


def reader_of_nothing(reader) -> None:
    """Imports what the reader needs: a file that is not there is as good as any."""
    try:
        reader("/nothing/there")
    except Exception:
        pass


def compare(options, files: dict[str, Path], tiny: Path) -> None:
    processor = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processor})
    os.environ["POLARS_MAX_THREADS"] = "1"
    print(f"{'file':8} {'MB':>6}  {'reader':12} {'points':>8} {'seconds':>9} {'to kltop':>9}")
    for kind, path in files.items():
        own = [kltop(options.kltop, path) for _ in range(options.turns)]
        start = statistics.median(kltop(options.kltop, tiny)[0] for _ in range(options.turns))
        seconds = statistics.median(took for took, _ in own) - start
        show(kind, path, "kltop", own[0][1], seconds, 1)
        for name in READ_BY[kind]:
            if not installed(name):
                print(f"{kind:8} {'':6}  {name:12} not installed")
                continue
            others = [other(options, name, path) for _ in range(options.turns if name == "polars" else 1)]
            took = statistics.median(took for took, _ in others)
            show(kind, path, name, others[0][1], took, took / seconds)


def show(kind: str, path: Path, name: str, points: int, seconds: float, ratio: float) -> None:
    print(f"{kind:8} {path.stat().st_size / 1e6:6.1f}  {name:12} {points or '':8} {seconds:9.3f} {ratio:8.1f}×", flush=True)


def kltop(program: str, path: Path) -> tuple[float, int]:
    before = children_seconds()
    output = subprocess.run([program, "summary", "--format", "json", path], check=True, capture_output=True).stdout
    took = children_seconds() - before
    return took, sum(metric["count"] for metric in json.loads(output)["runs"][0]["metrics"].values())


def children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def other(options, name: str, path: Path) -> tuple[float, int]:
    if name == "wandb":
        return leet("inspect", "--summary", path) - leet("inspect", "--help"), 0
    command = [sys.executable, __file__, options.kltop, "--read", name, str(path)]
    seconds, points = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-2:]
    return float(seconds), int(points)


def leet(*arguments) -> float:
    """Processor seconds of a command of W&B LEET."""
    before = children_seconds()
    program = Path(sys.executable).with_name("wandb")
    subprocess.run([program, "leet", *arguments], check=True, capture_output=True)
    return children_seconds() - before


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


if __name__ == "__main__":
    main()

"""Compare the speed and the result of `kltop kl` with PyTorch's F.kl_div, each on one thread.

    pip install torch
    swift build -c release
    python3 sample-runs/compare_torch.py .build/release/kltop

PyTorch computes `F.kl_div(F.log_softmax(reference), F.softmax(policy), reduction="batchmean")` on float32 logits that
are in memory. kltop reads the same logits from a safetensors file in the page cache and computes both directions,
entropies, the total variation and all percentiles besides; the time it takes to start is taken off. Both are measured
in turns in processor time, so that a busy machine does not matter much, and the ratio is the median over turns.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F

from kltop_log import write_safetensors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kltop", help="the program, built with -c release")
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--vocabulary", type=int, default=151_936)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(0)
    policy = 3 * torch.randn(options.rows, options.vocabulary)
    reference = policy + 0.3 * torch.randn(options.rows, options.vocabulary)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "logits.safetensors"
        tiny = Path(folder) / "tiny.safetensors"
        write_safetensors(path, {"logits": policy, "ref_logits": reference})
        write_safetensors(tiny, {"logits": policy[:1, :2], "ref_logits": reference[:1, :2]})
        compare(options, policy, reference, path, tiny)


def compare(options, policy, reference, path: Path, tiny: Path) -> None:
    times: dict[str, list[float]] = {"torch": [], "kltop": []}
    for _ in range(options.turns):
        seconds, expected = timed(lambda: torch_divergence(policy, reference))
        times["torch"].append(seconds)
        start, _ = timed(lambda: kltop_divergence(options.kltop, tiny))
        seconds, measured = timed(lambda: kltop_divergence(options.kltop, path))
        times["kltop"].append(seconds - start)
    gigabytes = 2 * policy.numel() * policy.element_size() / 1e9
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:6} {middle * 1000:8.1f} ms  {gigabytes / middle:6.2f} GB/s")
    ratio = statistics.median(a / b for a, b in zip(times["torch"], times["kltop"]))
    print(f"torch / kltop: {ratio:.1f} ×  (V = {options.vocabulary}, {options.rows} rows, one thread)")
    print(f"batchmean: torch {expected:.9f}, kltop {measured:.9f}")


def timed(work) -> tuple[float, float]:
    start = processor_seconds()
    result = work()
    return processor_seconds() - start, result


def processor_seconds() -> float:
    """Of this process and its children, in user and system mode."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(who.ru_utime + who.ru_stime for who in usage)


def torch_divergence(policy: torch.Tensor, reference: torch.Tensor) -> float:
    with torch.no_grad():
        log_q, p = F.log_softmax(reference, dim=-1), F.softmax(policy, dim=-1)
        return F.kl_div(log_q, p, reduction="batchmean").item()


def kltop_divergence(program: str, path: Path) -> float:
    command = [os.path.abspath(program), "kl", str(path), "--threads", "1", "--format", "json", "--top", "0"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return report["steps"][0]["kl_div"]["batchmean"]


if __name__ == "__main__":
    main()

"""Writes a small folder of rows as a run has them, for readers to be tested against.

    python make_rows_fixture.py DIRECTORY

Two evaluations of two sets over a vocabulary of 11, the same at each call. `logits.safetensors` beside each rows file
holds the logits it was made from as float64, so that a reader can work every number out again. One row masks an
entry in the reference alone, one in both models, one is not a number, one has no target.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import torch

from kltop.rows import reduce_rows, rows_file_name, write_probes, write_rows, write_safetensors, write_vocabulary

VOCABULARY = [b"the", b" cat", b" sat", b" on", b" mat", b".", b"\n", b" \xe2\x82", b"\xac", b"\xc3\xa9", b"<end>"]
SAMPLES = [("old", "licence"), ("old", "two\nlines"), ("new", "code")]
TOKENS = [[0, 1, 2, 3, 0, 4, 5], [0, 9, 7, 8], [6, 9]]
STARTS = [1, 2, 1]


def logits_of(step: int) -> tuple[torch.Tensor, torch.Tensor, list[int], list[int], list[int]]:
    """Logits [R, V] of both models, and the targets, positions and sample offsets of the rows."""
    generator = torch.Generator().manual_seed(7)
    targets, positions, offsets = [], [], [0]
    for tokens, start in zip(TOKENS, STARTS):
        positions += list(range(start - 1, len(tokens) - 1))
        targets += tokens[start:]
        offsets.append(len(targets))
    reference = (torch.randn(len(targets), len(VOCABULARY), generator=generator) * 3).to(torch.bfloat16).double()
    policy = reference + step / 20 * torch.randn(reference.shape, generator=generator).to(torch.bfloat16).double()
    if step > 0:
        reference[1, 3] = -math.inf
        policy[2, 4] = reference[2, 4] = -math.inf
        policy[3, 0] = math.nan
        targets[4] = -1
    return policy, reference, targets, positions, offsets


def main(directory: Path) -> None:
    (directory / "rows").mkdir(parents=True, exist_ok=True)
    lines = [{"event": "run", "name": "fixture", "time": 1760000000.0, "sets": {"old": "retention", "new": "new"}}]
    for sequence, step in enumerate((0, 20)):
        policy, reference, targets, positions, offsets = logits_of(step)
        rows = reduce_rows(policy, reference, torch.tensor(targets), k=3, positions=positions)
        name = rows_file_name(step)
        about = {
            "rank": 0, "world_size": 1, "time": 1760000000.0 + step, "launch": "f1", "generation": 1,
            "sequence": sequence, "sampled_from": "data", "phase": "eval", "mode": "eval", "grad_enabled": False,
            "ref_mode": "eval", "ref_grad_enabled": False, "ref_is_adapter_off": True, "reference": "adapter_off",
            "logits_dtype": "float64", "probes": "probes.safetensors",
        }  # fmt: skip
        write_rows(directory / name, rows, SAMPLES, offsets, step=step, k=3, vocabulary=len(VOCABULARY), metadata=about)
        tensors = {"logits": policy, "ref_logits": reference}
        write_safetensors(directory / f"logits-{step}.safetensors", tensors, {"step": str(step)})
        lines.append({"step": step, "time": 1760000000.0 + step, "phase": "eval", "mode": "eval", "rows_file": name})
    write_vocabulary(directory / "rows/vocabulary.safetensors", VOCABULARY)
    write_probes(directory / "rows/probes.safetensors", SAMPLES, TOKENS, STARTS)
    lines.append({"step": 20, "set": "old", "sample": "licence", "completion": " sat on", "ref_completion": " sat here"})
    lines.append({"event": "end", "time": 1760000030.0, "status": "finished"})
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (directory / "metrics.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

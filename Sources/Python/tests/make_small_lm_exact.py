"""Makes `small-lm-exact.json`: what float64 says of the raw logits of `sample-runs/small-lm`, which are too large to keep.

    python tests/make_small_lm_exact.py

It trains small-lm once more, in a temporary folder, and fails where the rows that come out are not those that are kept:
then `sample-runs/small-lm` has to be made anew by the same Python.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import torch

SAMPLE_RUNS = Path(__file__).parents[3] / "sample-runs"
EXACT = Path(__file__).with_name("small-lm-exact.json")
sys.path[:0] = [str(SAMPLE_RUNS), str(Path(__file__).parents[1])]

import make_small_lm  # noqa: E402
from exact import Listener, columns, entries  # noqa: E402

from kltop.rows import read_safetensors  # noqa: E402

# The sample of which the entries of one token are kept: the one of greatest divergence at the last step.
SHOWN = ("old", "GPL-2-1")


def main() -> None:
    listener = Listener()
    with tempfile.TemporaryDirectory() as folder:
        with listener.listening():
            make_small_lm.main(Path(folder, "run"))
        for path in sorted(Path(folder, "run/rows").glob("*.safetensors")):
            kept, made = (read_safetensors(where)[0] for where in (SAMPLE_RUNS / "small-lm/rows" / path.name, path))
            same = kept.keys() == made.keys() and all(torch.equal(kept[name], made[name]) for name in kept)
            assert same, f"{path.name} is not the one that is kept"
    policy, reference = listener.logits[listener.names.index(SHOWN)]
    row = int(columns(policy, reference, policy.argmax(-1))["policy_reference"].argmax())
    shown = {"sample": SHOWN[1], "token": row + 1, **entries(policy[row], reference[row], k=8)}
    EXACT.write_text(json.dumps({"evaluations": listener.evaluations, "entries": shown}, indent=0) + "\n")


if __name__ == "__main__":
    main()

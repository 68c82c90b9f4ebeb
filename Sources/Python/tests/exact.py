"""What float64 says of the logits that a callback reduces to rows; nothing of the package's arithmetic is used."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

import torch
from torch import Tensor

import kltop.monitor

PERCENTS = {"p1": 1, "p5": 5, "p10": 10, "p50": 50, "p90": 90, "p95": 95, "p99": 99, "p99_9": 99.9}
DIVERGENCES = ("policy_reference", "reference_policy")


def columns(policy: Tensor, reference: Tensor, targets: Tensor) -> dict[str, Tensor]:
    """What is exact of rows [R], as float64, from logits [R, V]."""
    p, q = policy.double().log_softmax(-1), reference.double().log_softmax(-1)
    ours, theirs = (logs.gather(1, targets[:, None]).squeeze(1) for logs in (p, q))
    return {
        "policy_reference": (p.exp() * (p - q)).sum(-1),
        "reference_policy": (q.exp() * (q - p)).sum(-1),
        "entropy_policy": -(p.exp() * p).sum(-1),
        "entropy_reference": -(q.exp() * q).sum(-1),
        "total_variation": (p.exp() - q.exp()).abs().sum(-1) / 2,
        "same_top_1": (policy.argmax(-1) == reference.argmax(-1)).double(),
        "nll": -ours,
        "reference_nll": -theirs,
        "token_accuracy": (policy.argmax(-1) == targets).double(),
        "reference_token_accuracy": (reference.argmax(-1) == targets).double(),
    }


def statistics(values: Tensor, sample_of: Tensor) -> dict[str, float]:
    """Figures of rows [R], which belong to the samples with these numbers [R]."""
    count, mean = values.numel(), float(values.mean())
    error = math.sqrt(max(0.0, float((values**2).mean()) - mean**2) / (count - 1))
    clusters = int(sample_of.max()) + 1
    sums = torch.zeros(clusters, dtype=torch.float64).index_add_(0, sample_of, values - mean)
    found = {"rows": count, "samples": clusters, "mean": mean, "min": float(values.min()), "max": float(values.max())}
    found |= {name: float(torch.quantile(values, percent / 100)) for name, percent in PERCENTS.items()}
    found["standard_error"] = error
    found["standard_error_by_sample"] = math.sqrt(float((sums**2).sum()) * clusters / (clusters - 1)) / count
    return found


def entries(policy: Tensor, reference: Tensor, k: int) -> dict[str, Any]:
    """The entries of one row that are among the k likeliest of either model, and the rest of the vocabulary."""
    p, q = policy.double().log_softmax(-1), reference.double().log_softmax(-1)
    ids = sorted({*policy.topk(k).indices.tolist(), *reference.topk(k).indices.tolist()})
    listed, whole = torch.tensor(ids), p.exp() * (p - q)
    return {
        "ids": ids,
        "policy": p.exp()[listed].tolist(),
        "reference": q.exp()[listed].tolist(),
        "contribution": whole[listed].tolist(),
        "other_policy": 1 - float(p.exp()[listed].sum()),
        "other_reference": 1 - float(q.exp()[listed].sum()),
        "other_contribution": float(whole.sum() - whole[listed].sum()),
    }


class Listener:
    """Takes the logits of both models from under the callback's hands.

    evaluations: of each, `step` and by name of its sets the figures of `statistics` or means. logits: of the last one
        both models' [R, V], in the order of its rows file.
    """

    def __init__(self) -> None:
        self.evaluations: list[dict[str, Any]] = []
        self.names: list[tuple[str, str]] = []
        self.logits: list[tuple[Tensor, Tensor]] = []
        self._heard: list[tuple[tuple[str, str], Tensor, Tensor, Tensor]] = []

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        reduced, written = kltop.monitor.rows_of, kltop.monitor.write_rows

        def rows_of(ours: Any, theirs: Any, probes: Sequence[Any], **options: Any) -> Any:
            counts = [len(probe.positions) for probe in probes]
            policy, reference = (evidence.all_logits().detach().split(counts) for evidence in (ours, theirs))
            for probe, one, other in zip(probes, policy, reference):
                self._heard.append((probe.name, one, other, torch.tensor(probe.targets)))
            return reduced(ours, theirs, probes, **options)

        def write_rows(path: Any, rows: Any, samples: Any, offsets: Any, **named: Any) -> None:
            written(path, rows, samples, offsets, **named)
            self._end(list(samples), named["step"])

        with mock.patch.multiple(kltop.monitor, rows_of=rows_of, write_rows=write_rows):
            yield

    def _end(self, samples: list[tuple[str, str]], step: int) -> None:
        # The start of a run looks at one sample more.
        heard = self._heard[-len(samples) :]
        assert [name for name, *_ in heard] == samples
        self._heard = []
        self.names, self.logits = samples, [(policy, reference) for _, policy, reference, _ in heard]
        sets: dict[str, Any] = {}
        for group in dict(samples):
            parts = [columns(*logits) for (name, _), *logits in heard if name == group]
            sample_of = torch.repeat_interleave(torch.tensor([part["nll"].numel() for part in parts]))
            whole = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
            sets[group] = {
                name: statistics(values, sample_of) if name in DIVERGENCES else float(values.mean())
                for name, values in whole.items()
            }
        self.evaluations.append({"step": step, "sets": sets})

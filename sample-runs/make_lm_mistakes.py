"""Logs of a small language model whose KL is wrong, each in one known way (some in two), and logs that have it right.

    pip install torch ../Sources/Python
    python make_lm_mistakes.py DIRECTORY [--only NAME …] [--forms float32 digits4 bf16]
    python score_audit.py PATH/OF/kltop DIRECTORY

A recurrent model of 256 tokens learns one language and is tuned on another one; nine times it is measured on
sequences [B, T] that have a prompt in front and padding behind, so that masks matter. Every mistake is computed in
torch from the logits of those evaluations. Each run becomes DIRECTORY/NAME.FORM/ with a metrics.jsonl and its logits
inline, in named files, in the folder `logits`, or reduced to rows; DIRECTORY/truth.json says what each has wrong.

`--fixtures FOLDER` writes one course for the tests instead: bfloat16 logits once, and the figures of every mistake from
exactly those logits and from what they were before they were rounded.

Forms: `float32` figures beside float32 logits, `digits4` the same figures with four significant digits, `bf16` float32
figures beside logits that were stored as bfloat16. Seeded, on one thread.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import torch
import torch.nn.functional as F
from kltop.rows import reduce_rows, rows_file_name, write_rows, write_safetensors
from torch import Tensor, nn

VOCABULARY = 256
EVALUATIONS = 9
UPDATES_BETWEEN = 4
FORMS = ("float32", "digits4", "bf16")


class Model(nn.Module):
    """[B, T] tokens to [B, T, V] logits of the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 32)
        self.recurrent = nn.GRU(32, 48, batch_first=True)
        self.dropout = nn.Dropout(0.1)
        self.output = nn.Linear(48, VOCABULARY)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.output(self.dropout(self.recurrent(self.embedding(tokens))[0]))


class Language:
    """Sequences of tokens, each mostly followed by one of three that a table of its own says."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.followers = torch.randint(VOCABULARY, (VOCABULARY, 3), generator=self.generator)

    def batch(self, size: int, length: int) -> Tensor:
        columns = [torch.randint(VOCABULARY, (size,), generator=self.generator)]
        for _ in range(length - 1):
            choice = torch.randint(3, (size,), generator=self.generator)
            strays = torch.rand(size, generator=self.generator) < 0.15
            random = torch.randint(VOCABULARY, (size,), generator=self.generator)
            columns.append(torch.where(strays, random, self.followers[columns[-1], choice]))
        return torch.stack(columns, dim=1)


@dataclass
class Probe:
    """One evaluation: logits [B, T, V] of both models, and what counts."""

    step: int
    policy: Tensor
    reference: Tensor
    targets: Tensor
    mask: Tensor
    tokens: Tensor
    #: The policy's logits with dropout on.
    dropped: Tensor
    #: Further sequences of the same evaluation: [policy, reference, mask] each.
    others: list[tuple[Tensor, Tensor, Tensor]] = field(default_factory=list)
    training: dict[str, float] = field(default_factory=dict)
    #: Logits of references that move.
    moving: dict[str, Tensor] = field(default_factory=dict)


def masks_of(size: int, length: int, generator: torch.Generator) -> Tensor:
    """A prompt of one to three tokens and up to three of padding in each row."""
    starts = torch.randint(1, 4, (size, 1), generator=generator)
    ends = length - torch.randint(0, 4, (size, 1), generator=generator)
    places = torch.arange(length)
    return (places >= starts) & (places < ends)


def course(seed: int, size: int = 4, length: int = 12, first_step: int = 0) -> list[Probe]:
    """A training and what it was measured to be at each evaluation."""
    torch.manual_seed(seed)
    old, new = Language(seed), Language(seed + 100)
    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    for _ in range(260):
        batch = old.batch(32, 24)
        optimizer.zero_grad()
        F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten()).backward()
        optimizer.step()
    reference = copy.deepcopy(model).eval()
    average, previous = copy.deepcopy(model).eval(), copy.deepcopy(model).eval()
    quantised = copy.deepcopy(model).eval()
    for parameter in quantised.parameters():
        scale = parameter.data.abs().max() / 31
        parameter.data = (parameter.data / scale).round() * scale
    probes = torch.cat([old.batch(size, length + 1), new.batch(2 * size, length + 1)])
    mask = masks_of(3 * size, length, torch.Generator().manual_seed(seed))
    optimizer = torch.optim.Adam(model.parameters(), lr=1.5e-3)
    found: list[Probe] = []
    saved = copy.deepcopy(model).eval()
    for step in range(first_step, first_step + (EVALUATIONS - 1) * UPDATES_BETWEEN + 1):
        if (step - first_step) % UPDATES_BETWEEN == 0:
            model.eval()
            with torch.no_grad():
                inputs, targets = probes[:, :-1], probes[:, 1:]
                policy, base = model(inputs), reference(inputs)
                state = torch.get_rng_state()
                dropped = model.train()(inputs)
                torch.set_rng_state(state)
                moving = {
                    "ema": average(inputs[:size]),
                    "previous": previous(inputs[:size]),
                    "saved": saved(inputs[:size]),
                    "quantised": quantised(inputs[:size]),
                    "alias": policy[:size].clone(),
                }
            previous = copy.deepcopy(model).eval()
            if len(found) % 3 == 2:
                saved = copy.deepcopy(model).eval()
            parts = [slice(start, start + size) for start in range(0, 3 * size, size)]
            found.append(
                Probe(
                    step,
                    policy[parts[0]],
                    base[parts[0]],
                    targets[parts[0]],
                    mask[parts[0]],
                    inputs[parts[0]],
                    dropped[parts[0]],
                    [(policy[p], base[p], mask[p]) for p in parts[1:]],
                    moving=moving,
                )
            )
        batch = new.batch(16, 16)
        model.train()
        logits = model(batch[:, :-1])
        with torch.no_grad():
            base = reference(batch[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())
        kl = token_mean(divergence_rows(logits, base), torch.ones(batch[:, 1:].shape, dtype=torch.bool))
        if (step - first_step) % UPDATES_BETWEEN == 0:
            found[-1].training = {"loss": loss.item(), "kl": kl.item(), "total_loss": (loss + 0.1 * kl).item()}
        optimizer.zero_grad()
        (loss + 0.1 * kl).backward()
        optimizer.step()
        with torch.no_grad():
            for mine, theirs in zip(average.parameters(), model.parameters()):
                mine.lerp_(theirs, 0.05)
    return found


# Divergences of rows: [B, T, V] logits in, [B, T] out.


def divergence_rows(policy: Tensor, reference: Tensor) -> Tensor:
    """D(policy‖reference) of each row, nats."""
    p, q = F.log_softmax(policy, -1), F.log_softmax(reference, -1)
    return (p.exp() * (p - q)).sum(-1)


def swapped_rows(policy: Tensor, reference: Tensor) -> Tensor:
    return divergence_rows(reference, policy)


def kl_div_rows(policy: Tensor, reference: Tensor, **options: Any) -> Tensor:
    return F.kl_div(F.log_softmax(reference, -1), F.log_softmax(policy, -1), reduction="none", log_target=True)


def jensen_shannon_rows(policy: Tensor, reference: Tensor) -> Tensor:
    p, q = F.softmax(policy, -1), F.softmax(reference, -1)
    middle = ((p + q) / 2).log()
    return ((p * (p.log() - middle)).sum(-1) + (q * (q.log() - middle)).sum(-1)) / 2


def cross_entropy_rows(policy: Tensor, reference: Tensor) -> Tensor:
    return -(F.softmax(policy, -1) * F.log_softmax(reference, -1)).sum(-1)


def top_k_rows(policy: Tensor, reference: Tensor, k: int) -> Tensor:
    ids = policy.topk(k, -1).indices
    return divergence_rows(policy.gather(-1, ids), reference.gather(-1, ids))


def half_rows(policy: Tensor, reference: Tensor, dtype: torch.dtype) -> Tensor:
    p, q = F.log_softmax(policy.to(dtype), -1), F.log_softmax(reference.to(dtype), -1)
    return (p.exp() * (p - q)).sum(-1).float()


# How rows become one number.


def token_mean(rows: Tensor, mask: Tensor) -> Tensor:
    return rows[mask].mean()


def sequence_means(rows: Tensor, mask: Tensor) -> Tensor:
    return ((rows * mask).sum(1) / mask.sum(1)).mean()


def shifted(mask: Tensor, by: int) -> Tensor:
    result = torch.zeros_like(mask)
    if by > 0:
        result[:, by:] = mask[:, :-by]
    else:
        result[:, :by] = mask[:, -by:]
    return result


def with_prompt(mask: Tensor) -> Tensor:
    """From the first token on to the last that counts."""
    return mask.flip(1).cumsum(1).flip(1) > 0


Figure = Callable[[list[Probe]], list[float]]


def each(of: Callable[[Probe], Tensor]) -> Figure:
    return lambda probes: [float(of(probe)) for probe in probes]


def right(probe: Probe) -> Tensor:
    return token_mean(divergence_rows(probe.policy, probe.reference), probe.mask)


def rows_of(
    measure: Callable[[Tensor, Tensor], Tensor], mask: Callable[[Probe], Tensor] = lambda probe: probe.mask,
    reduce: Callable[[Tensor, Tensor], Tensor] = token_mean,
) -> Figure:  # fmt: skip
    return each(lambda probe: reduce(measure(probe.policy, probe.reference), mask(probe)))


def along(axis: int) -> Callable[[Tensor, Tensor], Tensor]:
    def rows(policy: Tensor, reference: Tensor) -> Tensor:
        p, q = F.log_softmax(policy, axis), F.log_softmax(reference, axis)
        return (p.exp() * (p - q)).sum(-1)

    return rows


def log_ratios(probe: Probe) -> Tensor:
    ids = probe.targets[..., None]
    p = F.log_softmax(probe.policy, -1).gather(-1, ids)[..., 0]
    return p - F.log_softmax(probe.reference, -1).gather(-1, ids)[..., 0]


def late(probes: list[Probe], by: int) -> list[float]:
    figures = each(right)(probes)
    return [0.0] * by + figures[:-by] if by > 0 else figures[-by:] + [figures[-1] * 1.07] * -by


def stale(probes: list[Probe]) -> list[float]:
    figures = each(right)(probes)
    return [figures[number // 3 * 3] for number in range(len(figures))]


def running_mean(probes: list[Probe]) -> list[float]:
    figures = each(right)(probes)
    return [sum(figures[: number + 1]) / (number + 1) for number in range(len(figures))]


def moving_average(probes: list[Probe]) -> list[float]:
    figures = each(right)(probes)
    averages = [figures[0]]
    for figure in figures[1:]:
        averages.append(0.9 * averages[-1] + 0.1 * figure)
    return averages


def shifted_models(probe: Probe) -> Tensor:
    return token_mean(divergence_rows(probe.policy[:, :-1], probe.reference[:, 1:]), probe.mask[:, 1:])


def of_whole_set(probe: Probe) -> Tensor:
    parts = [(probe.policy, probe.reference, probe.mask), *probe.others]
    rows = torch.cat([divergence_rows(p, q)[m] for p, q, m in parts])
    return rows.mean()


def batch_means(probe: Probe) -> Tensor:
    parts = [(probe.policy, probe.reference, probe.mask), *probe.others]
    return torch.stack([token_mean(divergence_rows(p, q), m) for p, q, m in parts]).mean()


@dataclass
class Run:
    """One log and what is wrong with it."""

    name: str
    figure: Figure
    #: Codes that name it: all parts of one of them have to be said. Empty for a log that is right.
    truth: tuple[str, ...] = ()
    #: How its logits are written.
    styles: tuple[str, ...] = ("inline", "named", "folder", "lines")
    moving: Optional[str] = None
    modes: Optional[dict[str, str]] = None
    first_step: int = 0
    #: Codes that a reader may find as well.
    detected_only: bool = False
    extra: Optional[str] = None


def clamp_elements(probe: Probe) -> Tensor:
    return token_mean(kl_div_rows(probe.policy, probe.reference).clamp(min=0).sum(-1), probe.mask)


def probabilities_as_input(probe: Probe) -> Tensor:
    rows = F.kl_div(F.softmax(probe.reference, -1), F.softmax(probe.policy, -1), reduction="none").sum(-1)
    return token_mean(rows, probe.mask)


def log_target_wrongly_set(probe: Probe) -> Tensor:
    rows = F.kl_div(F.log_softmax(probe.reference, -1), F.softmax(probe.policy, -1), reduction="none", log_target=True)
    return token_mean(rows.sum(-1), probe.mask)


def previous_policy(probes: list[Probe]) -> list[float]:
    before = [probes[0].policy] + [probe.policy for probe in probes[:-1]]
    return [float(token_mean(divergence_rows(p.policy, b), p.mask)) for p, b in zip(probes, before)]


def everything(probe: Probe) -> Tensor:
    return torch.ones_like(probe.mask)


def with_padding(mask: Tensor) -> Tensor:
    """From the first token that counts on to the last."""
    return mask.cumsum(1) > 0


def one_token(mask: Tensor, which: int) -> Tensor:
    """The first or the last token of each sequence that counts."""
    result = torch.zeros_like(mask)
    for row, places in enumerate(mask):
        result[row, places.nonzero()[which]] = True
    return result


def entropy_rows(policy: Tensor, reference: Tensor) -> Tensor:
    p = F.log_softmax(policy, -1)
    return -(p.exp() * p).sum(-1)


def top_k_part_rows(policy: Tensor, reference: Tensor, k: int) -> Tensor:
    ids = policy.topk(k, -1).indices
    p, q = F.log_softmax(policy, -1).gather(-1, ids), F.log_softmax(reference, -1).gather(-1, ids)
    return (p.exp() * (p - q)).sum(-1)


def bits_late(probes: list[Probe]) -> list[float]:
    return [0.0] + [figure / math.log(2) for figure in each(right)(probes)[:-1]]


EXACT = ("inline", "named", "folder", "lines", "rows")
MISTAKES = [
    Run("swapped", rows_of(swapped_rows), ("reference_policy/batchmean",), EXACT),
    Run("mean-of-elements", rows_of(lambda p, q: kl_div_rows(p, q).mean(-1)), ("policy_reference/mean",), EXACT),
    Run("summed", rows_of(divergence_rows, reduce=lambda r, m: r[m].sum()), ("policy_reference/sum",), EXACT),
    Run("per-sequence", rows_of(divergence_rows, reduce=lambda r, m: (r * m).sum() / len(r)), ("policy_reference/per_sequence",), EXACT),
    Run("bits", each(lambda probe: right(probe) / math.log(2)), ("policy_reference/bits",), EXACT),
    Run("swapped-in-bits", rows_of(lambda p, q: swapped_rows(p, q) / math.log(2)), ("reference_policy/bits",), EXACT),
    Run("mask-forgotten", rows_of(divergence_rows, everything), ("mask-forgotten",)),
    Run("mask-inverted", rows_of(divergence_rows, lambda probe: ~probe.mask), ("mask-inverted",)),
    Run("mask-shifted-later", rows_of(divergence_rows, lambda probe: shifted(probe.mask, 1)), ("mask-shifted",)),
    Run("mask-shifted-earlier", rows_of(divergence_rows, lambda probe: shifted(probe.mask, -1)), ("mask-shifted",)),
    Run("prompt-included", rows_of(divergence_rows, lambda probe: with_prompt(probe.mask)), ("prompt-included",)),
    Run("masked-zeros-counted", rows_of(divergence_rows, reduce=lambda r, m: (r * m).mean()), ("masked-rows-counted",)),
    Run("first-sequence", each(lambda p: token_mean(divergence_rows(p.policy[:1], p.reference[:1]), p.mask[:1])), ("first-sequence",), EXACT),
    Run("first-batch", each(right), ("first-batch",), ("batches",)),
    Run("last-batch", each(lambda p: token_mean(divergence_rows(*p.others[-1][:2]), p.others[-1][2])), ("another-batch",), ("batches",)),
    Run("sequence-means", rows_of(divergence_rows, reduce=sequence_means), ("mean-of-sequence-means",), EXACT),
    Run("maximum", rows_of(divergence_rows, reduce=lambda r, m: r[m].max()), ("maximum",), EXACT),
    Run("world-size", each(lambda probe: right(probe) * 8), ("multiplied",), EXACT),
    Run("accumulation", each(lambda probe: right(probe) / 4), ("divided",), EXACT),
    Run("weight", each(lambda probe: right(probe) * 0.05), ("multiplied",), EXACT),
    Run("softmax-over-time", rows_of(along(1)), ("softmax-over-time",)),
    Run("softmax-over-batch", rows_of(along(0)), ("softmax-over-batch",), ("inline", "named", "folder")),
    Run("one-evaluation-late", lambda probes: late(probes, 1), ("one-evaluation-late",), EXACT),
    Run("one-evaluation-early", lambda probes: late(probes, -1), ("one-evaluation-early",), EXACT),
    Run("stale", stale, ("stale",), EXACT),
    Run("constant", lambda probes: [float(right(probes[1]))] * len(probes), ("constant",), EXACT),
    Run("zero", lambda probes: [0.0] * len(probes), ("zero",), EXACT),
    Run("running-mean", running_mean, ("running-mean",), EXACT),
    Run("moving-average", moving_average, ("moving-average",), EXACT),
    Run("cross-entropy", rows_of(cross_entropy_rows), ("cross-entropy",), EXACT),
    Run("jensen-shannon", rows_of(jensen_shannon_rows), ("jensen-shannon",)),
    Run("symmetric", rows_of(lambda p, q: (divergence_rows(p, q) + swapped_rows(p, q)) / 2), ("symmetric",), EXACT),
    Run("symmetric-sum", rows_of(lambda p, q: divergence_rows(p, q) + swapped_rows(p, q)), ("symmetric",), EXACT),
    Run("negative", each(lambda probe: -right(probe)), ("negative",), EXACT),
    Run("top-8-renormalised", rows_of(lambda p, q: top_k_rows(p, q, 8)), ("top-k-renormalised",)),
    Run("top-50-renormalised", rows_of(lambda p, q: top_k_rows(p, q, 50)), ("top-k-renormalised",)),
    Run("label-log-ratio", each(lambda probe: log_ratios(probe)[probe.mask].mean()), ("k1-of-labels",), EXACT),
    Run("label-k3", each(lambda p: ((-log_ratios(p)).exp() - 1 + log_ratios(p))[p.mask].mean()), ("k3-of-labels",), EXACT),
    Run("elements-clamped-at-0", each(clamp_elements), ("elements-clamped",)),
    Run("tokens-shifted", each(shifted_models), ("tokens-shifted",)),
    Run("bf16-arithmetic", rows_of(lambda p, q: half_rows(p, q, torch.bfloat16)), ("half-precision",), ("inline", "named", "folder")),
    Run("f16-arithmetic", rows_of(lambda p, q: half_rows(p, q, torch.float16)), ("half-precision",), ("inline", "named", "folder")),
    Run("temperature-2", rows_of(lambda p, q: divergence_rows(p / 2, q / 2)), ("temperature",)),
    Run("temperature-0.7", rows_of(lambda p, q: divergence_rows(p / 0.7, q / 0.7)), ("temperature",)),
    Run("temperature-of-policy", rows_of(lambda p, q: divergence_rows(p / 0.7, q)), ("temperature",)),
    Run("probabilities-as-input", each(probabilities_as_input), ("probabilities-as-input",)),
    Run("log-target-wrongly-set", each(log_target_wrongly_set), ("log-target-wrongly-set",)),
    Run("swapped-mask-forgotten", rows_of(swapped_rows, everything), ("reference_policy/batchmean + mask-forgotten",)),
    Run("bits-mask-forgotten", rows_of(lambda p, q: divergence_rows(p, q) / math.log(2), everything), ("policy_reference/bits + mask-forgotten",)),
    Run("swapped-late", lambda probes: [0.0] + rows_of(swapped_rows)(probes)[:-1], ("reference_policy/batchmean + one-evaluation-late",), EXACT),
    Run("swapped-sequence-means", rows_of(swapped_rows, reduce=sequence_means), ("reference_policy/batchmean + mean-of-sequence-means",), EXACT),
    Run("previous-checkpoint", previous_policy, ("previous-checkpoint",)),
    Run("padding-included", rows_of(divergence_rows, lambda probe: with_padding(probe.mask)), ("padding-included",)),
    Run("last-sequence", each(lambda p: token_mean(divergence_rows(p.policy[-1:], p.reference[-1:]), p.mask[-1:])), ("last-sequence",), EXACT),
    Run("first-tokens", rows_of(divergence_rows, lambda probe: one_token(probe.mask, 0)), ("first-tokens",), EXACT),
    Run("last-tokens", rows_of(divergence_rows, lambda probe: one_token(probe.mask, -1)), ("last-tokens",), EXACT),
    Run("cross-entropy-swapped", rows_of(lambda p, q: cross_entropy_rows(q, p)), ("cross-entropy",), EXACT),
    Run("entropy", rows_of(entropy_rows), ("entropy",), EXACT),
    Run("label-loss", each(lambda p: F.cross_entropy(p.policy[p.mask], p.targets[p.mask].long())), ("loss-of-labels",), EXACT),
    Run("label-k2", each(lambda p: (log_ratios(p)[p.mask] ** 2).mean() / 2), ("k2-of-labels",), EXACT),
    Run("top-20-part", rows_of(lambda p, q: top_k_part_rows(p, q, 20)), ("top-k-part",)),
    Run("temperature-2-squared", rows_of(lambda p, q: 4 * divergence_rows(p / 2, q / 2)), ("temperature",)),
    Run("summed-mask-forgotten", rows_of(divergence_rows, everything, reduce=lambda r, m: r[m].sum()), ("policy_reference/sum + mask-forgotten",)),
    Run("symmetric-mask-forgotten", rows_of(lambda p, q: (divergence_rows(p, q) + swapped_rows(p, q)) / 2, everything), ("symmetric + mask-forgotten",)),
    Run("swapped-masked-zeros", rows_of(swapped_rows, reduce=lambda r, m: (r * m).mean()), ("reference_policy/batchmean + masked-rows-counted",)),
    Run("swapped-maximum", rows_of(swapped_rows, reduce=lambda r, m: r[m].max()), ("reference_policy/batchmean + maximum",), EXACT),
    Run("bits-sequence-means", rows_of(lambda p, q: divergence_rows(p, q) / math.log(2), reduce=sequence_means), ("policy_reference/bits + mean-of-sequence-means",), EXACT),
    Run("bits-late", bits_late, ("policy_reference/bits + one-evaluation-late",), EXACT),
    Run("dropout-on-declared", each(lambda p: token_mean(divergence_rows(p.dropped, p.reference), p.mask)), ("policy-in-train-mode",), modes={"mode": "train", "ref_mode": "eval"}),
    Run("dropout-on", each(lambda p: token_mean(divergence_rows(p.dropped, p.reference), p.mask)), ("none",), detected_only=True),
    Run("reference-alias", each(lambda p: token_mean(divergence_rows(p.policy, p.moving["alias"]), p.mask)), ("reference-drifts",), moving="alias"),
    Run("reference-ema", each(lambda p: token_mean(divergence_rows(p.policy, p.moving["ema"]), p.mask)), ("reference-drifts",), moving="ema"),
    Run("reference-previous", each(lambda p: token_mean(divergence_rows(p.policy, p.moving["previous"]), p.mask)), ("reference-drifts",), moving="previous"),
    Run("reference-at-saves", each(lambda p: token_mean(divergence_rows(p.policy, p.moving["saved"]), p.mask)), ("reference-drifts",), moving="saved"),
    Run("reference-quantised", each(lambda p: token_mean(divergence_rows(p.policy, p.moving["quantised"]), p.mask)), ("kl-at-step-0",), moving="quantised"),
    Run("reference-quantised-elsewhere", each(lambda p: token_mean(divergence_rows(p.policy, p.moving["quantised"]), p.mask)), ("none",), detected_only=True),
    Run("garbage", lambda probes: [0.3 + 0.1 * math.sin(7 * n) for n in range(len(probes))], ("none",), EXACT, detected_only=True),
    Run("policy-shuffled", each(lambda p: token_mean(divergence_rows(p.policy, p.reference.roll(1, 0)), p.mask)), ("other-sequences",), ("inline", "named", "folder")),
]  # fmt: skip

RIGHT = [
    Run("right", each(right), styles=EXACT),
    Run("right-named", each(right), styles=("named",)),
    Run("right-folder", each(right), styles=("folder",)),
    Run("right-lines", each(right), styles=("lines",)),
    Run("right-rows", each(right), styles=("rows",)),
    Run("right-several-dtypes", each(right), styles=("dtypes",)),
    Run("right-from-step-1", each(right), first_step=1),
    Run("right-from-step-0-after-update", each(right), extra="step0-after-update"),
    Run("right-whole-set-of-batches", each(of_whole_set), styles=("batches",)),
    Run("right-mean-of-batches", each(batch_means), styles=("batches",)),
    Run("right-whole-set-first-batch-dumped", each(of_whole_set), styles=("inline", "named", "folder")),
    Run("right-sets", each(right), styles=("sets",)),
    Run("right-set-names-reused", each(right), styles=("reused",)),
    Run("right-set-names-reused-no-tokens", each(right), styles=("reused-bare",)),
    Run("right-third-term", each(right), extra="third-term"),
    Run("right-third-term-unlogged", each(right), extra="third-term-unlogged"),
    Run("right-nan-once", lambda probes: [math.nan if n == 4 else float(right(p)) for n, p in enumerate(probes)]),
    Run("right-top-k-only", each(right), styles=("top",)),
    Run("right-k3-of-policy-tokens", each(right), styles=("sampled",)),
    Run("right-warm-up", each(right), extra="warm-up"),
    Run("right-accumulated", each(right), extra="accumulated"),
    Run("right-metrics-only", each(right), styles=("none",)),
]


# Writing.

KEYS = ("kl", "eval/kl", "eval_kl", "kl_div", "val/kl_divergence", "eval/kl_ref", "kl_to_ref")


class Writer:
    """One run's folder."""

    def __init__(self, folder: Path, run: Run, form: str, number: int) -> None:
        self.folder, self.run, self.form = folder, run, form
        folder.mkdir(parents=True)
        # What others would have written depends on the run, and is always the same.
        self.seed = zlib.crc32(f"{run.name} {form}".encode())
        styles = run.styles
        if form == "bf16":
            styles = tuple(style for style in styles if style not in ("inline", "lines", "rows")) or styles
        self.style = styles[self.seed % len(styles)]
        self.key = KEYS[self.seed // 7 % len(KEYS)]
        self.modes = {"mode": "eval", "ref_mode": "eval"} if self.seed // 3 % 3 else {}
        if run.modes is not None:
            self.modes = run.modes
        self.lines: list[str] = []
        if self.seed % 2:
            self.line({"event": "run", "name": run.name, "objective": {"lambda": 0.1, "sign": "+"}})

    def line(self, record: dict[str, Any]) -> None:
        self.lines.append(json.dumps(record))

    def number(self, value: float) -> float:
        if not math.isfinite(value):
            return value
        if self.form == "digits4":
            return float(f"{value:.4g}")
        return float(torch.tensor(value, dtype=torch.float32))

    def stored(self, logits: Tensor) -> Tensor:
        return logits.bfloat16() if self.form == "bf16" else logits

    def inline(self, tensor: Tensor) -> Any:
        return json.loads(json.dumps(tensor.float().tolist()), parse_float=lambda text: float(f"{float(text):.9g}"))

    def write(self, probes: list[Probe], figures: list[float]) -> None:
        for probe, figure in zip(probes, figures):
            self.training(probe)
            self.evaluation(probe, figure)
        (self.folder / "metrics.jsonl").write_text("\n".join(self.lines) + "\n", encoding="utf-8")

    def training(self, probe: Probe) -> None:
        step, values, extra = probe.step, dict(probe.training), self.run.extra
        if extra in ("third-term", "third-term-unlogged"):
            entropy = 2.0 + math.sin(step)
            values["total_loss"] += 0.01 * entropy
            if extra == "third-term":
                values["entropy_loss"] = entropy
        if extra == "accumulated":
            values["total_loss"] /= 4
        if extra == "warm-up":
            weight = min(0.1, 0.005 * step)
            values["total_loss"] = values["loss"] + weight * values["kl"]
        record = {"step": step, "mode": "train", "ref_mode": "eval", "lr": 1e-3}
        self.line(record | {key: self.number(value) for key, value in values.items()})

    def head(self, probe: Probe, *, kl: Optional[float] = None, key: Optional[str] = None) -> dict[str, Any]:
        record: dict[str, Any] = {"step": probe.step, "phase": "eval", **self.modes}
        if kl is not None:
            record[key or self.key] = self.number(kl)
        return record

    def evaluation(self, probe: Probe, figure: float) -> None:
        reference = probe.moving[self.run.moving] if self.run.moving else probe.reference
        policy, reference = self.stored(probe.policy), self.stored(reference)
        names = [f"probe-{index}" for index in range(len(policy))]
        getattr(self, "as_" + self.style.replace("-", "_"))(probe, policy, reference, names, figure)

    def as_none(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        self.line(self.head(probe, kl=figure))

    def labels(self, probe: Probe) -> dict[str, Any]:
        return {"mask": probe.mask.long().tolist(), "target": probe.targets.tolist()}

    def as_inline(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        self.line(
            self.head(probe, kl=figure) | {"samples": names, **self.labels(probe)}
            | {"logits": self.inline(policy), "ref_logits": self.inline(reference)}
        )  # fmt: skip

    def as_lines(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        """A line a sequence, and the KL of all on a line of its own."""
        for index, name in enumerate(names):
            self.line(
                self.head(probe) | {"sample": name, "target": probe.targets[index].tolist()}
                | {"mask": probe.mask[index].long().tolist()}
                | {"logits": self.inline(policy[index]), "ref_logits": self.inline(reference[index])}
            )  # fmt: skip
        self.line(self.head(probe, kl=figure))

    def file(self, probe: Probe, policy: Tensor, reference: Tensor, name: str) -> str:
        tensors = {"logits": policy.contiguous(), "ref_logits": reference.contiguous()}
        tensors |= {"mask": probe.mask.to(torch.uint8), "targets": probe.targets.contiguous()}
        (self.folder / name).parent.mkdir(exist_ok=True)
        write_safetensors(self.folder / name, tensors, {"step": str(probe.step)})
        return name

    def as_named(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        name = self.file(probe, policy, reference, f"dumps/step-{probe.step:06d}.safetensors")
        self.line(self.head(probe, kl=figure) | {"samples": names, "logits_file": name})

    def as_folder(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        self.file(probe, policy, reference, f"logits/step-{probe.step:06d}.safetensors")
        self.line(self.head(probe, kl=figure))

    def as_dtypes(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        self.file(probe, policy, reference, f"logits/step-{probe.step:06d}.safetensors")
        low = policy.bfloat16(), reference.bfloat16()
        self.file(probe, *low, f"logits/step-{probe.step:06d}.bf16.safetensors")
        self.line(self.head(probe, kl=figure))

    def as_batches(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        parts = [(policy, reference, probe.mask)] + [(self.stored(p), self.stored(q), m) for p, q, m in probe.others]
        for number, (p, q, mask) in enumerate(parts):
            record = self.head(probe) | {"samples": [f"batch-{number}-{name}" for name in names]}
            record |= {"mask": mask.long().tolist()}
            self.line(record | {"logits": self.inline(p), "ref_logits": self.inline(q)})
        self.line(self.head(probe, kl=figure))

    def as_sets(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        parts = {"old": (policy, reference, probe.mask), "new": probe.others[0]}
        for name, (p, q, mask) in parts.items():
            own = token_mean(divergence_rows(p.float(), q.float()), mask)
            record = self.head(probe, kl=float(own), key="kl") | {"set": name, "samples": names}
            record |= {"mask": mask.long().tolist()}
            self.line(record | {"logits": self.inline(p), "ref_logits": self.inline(q)})

    def as_reused(
        self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float, bare: bool = False
    ) -> None:
        """Other text under the same names at every evaluation."""
        parts = [(probe.policy, probe.reference, probe.mask), *probe.others]
        p, q, mask = parts[probe.step // UPDATES_BETWEEN % 3]
        own = token_mean(divergence_rows(p, q), mask)
        record = self.head(probe, kl=float(own)) | {"set": "probes", "samples": names}
        record |= {"mask": mask.long().tolist()}
        if not bare:
            record["target"] = torch.randint(0, VOCABULARY, mask.shape).tolist()
        self.line(record | {"logits": self.inline(p), "ref_logits": self.inline(q)})

    def as_reused_bare(self, *arguments: Any) -> None:
        self.as_reused(*arguments, bare=True)

    def as_top(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        p, q = F.log_softmax(probe.policy, -1)[probe.mask], F.log_softmax(probe.reference, -1)[probe.mask]
        ids = p.topk(16, -1).indices
        top = {"ids": ids.tolist(), "logprobs": p.gather(-1, ids).tolist(), "ref_logprobs": q.gather(-1, ids).tolist()}
        self.line(self.head(probe, kl=figure) | {"top": top})

    def as_sampled(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        p, q = F.log_softmax(probe.policy, -1)[probe.mask], F.log_softmax(probe.reference, -1)[probe.mask]
        torch.manual_seed(probe.step)
        ids = torch.multinomial(p.exp(), 4, replacement=True)
        ours, theirs = p.gather(-1, ids).flatten(), q.gather(-1, ids).flatten()
        record = {"sample": "s", "sampled_from": "policy", "logprobs": ours.tolist(), "ref_logprobs": theirs.tolist()}
        self.line(self.head(probe, kl=figure) | record)

    def as_rows(self, probe: Probe, policy: Tensor, reference: Tensor, names: list[str], figure: float) -> None:
        index = probe.mask.flatten().nonzero()[:, 0]
        rows = reduce_rows(policy.flatten(0, 1), reference.flatten(0, 1), probe.targets.flatten()[index], index, 8)
        offsets = [0] + probe.mask.sum(1).cumsum(0).tolist()
        name = rows_file_name(probe.step)
        (self.folder / name).parent.mkdir(exist_ok=True)
        metadata = {"phase": "eval", "sampled_from": "data", **self.modes}
        write_rows(
            self.folder / name, rows, [("", name) for name in names], offsets, step=probe.step, k=8,
            vocabulary=VOCABULARY, metadata=metadata,
        )  # fmt: skip
        self.line(self.head(probe, kl=figure))


def rounded(probe: Probe) -> Probe:
    """The same with logits that bfloat16 holds."""
    result = copy.copy(probe)
    result.policy, result.reference, result.dropped = (
        some.bfloat16().float() for some in (probe.policy, probe.reference, probe.dropped)
    )
    return result


def write_fixtures(folder: Path) -> None:
    probes = course(2, 3, 10)
    exact = [rounded(probe) for probe in probes]
    (folder / "logits").mkdir(parents=True)
    for probe in exact:
        tensors = {"logits": probe.policy.bfloat16(), "ref_logits": probe.reference.bfloat16()}
        tensors |= {"mask": probe.mask.to(torch.uint8), "targets": probe.targets.to(torch.int32).contiguous()}
        write_safetensors(folder / f"logits/step-{probe.step:06d}.safetensors", tensors, {"step": str(probe.step)})
    runs = {}
    for run in [*MISTAKES, RIGHT[0]]:
        if run.moving or run.modes or "batches" in run.styles:
            continue
        figures = {"exact": run.figure(exact), "before_rounding": run.figure(probes)}
        rest = {"truth": list(run.truth), "detected_only": run.detected_only}
        runs[run.name] = rest | {key: [float(f"{value:.9g}") for value in some] for key, some in figures.items()}
    text = json.dumps({"steps": [probe.step for probe in probes], "runs": runs}, indent=1)
    (folder / "figures.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--forms", nargs="*", default=FORMS, choices=FORMS)
    parser.add_argument("--fixtures", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    if arguments.fixtures:
        write_fixtures(arguments.directory)
        return
    shapes = ((4, 12), (3, 10), (5, 9))
    courses: dict[tuple[int, int], list[Probe]] = {}
    truth: dict[str, dict[str, Any]] = {}
    for number, run in enumerate(MISTAKES + RIGHT):
        if arguments.only and run.name not in arguments.only:
            continue
        seed = number % len(shapes)
        if (seed, run.first_step) not in courses:
            courses[seed, run.first_step] = course(seed + 1, *shapes[seed], run.first_step)
        probes = courses[seed, run.first_step]
        if run.extra == "step0-after-update":
            probes = [copy.copy(probe) for probe in course(seed + 1, *shapes[seed], 1)]
            for probe in probes:
                probe.step -= 1
        figures = run.figure(probes)
        for form in arguments.forms:
            name = f"{run.name}.{form}"
            writer = Writer(arguments.directory / name, run, form, number)
            writer.write(probes, figures)
            truth[name] = {
                "names": list(run.truth), "detected_only": run.detected_only, "style": writer.style, "key": writer.key,
            }  # fmt: skip
    (arguments.directory / "truth.json").write_text(json.dumps(truth, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Two passes over the logits of both models that torch compiles: what `_reduce` otherwise does in some twenty.

Both work on blocks of the vocabulary, whose sums are small enough for float32; the blocks are summed up in float64.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Optional

import torch
from torch import Tensor

BLOCK = 256

# A pass over tensors of whole blocks [n, V // 256, 256] or of the rest [n, 1, V % 256]; each result has one value a block.
Pass = Callable[..., Sequence[Tensor]]


def maxima_and_sums(policy: Tensor, reference: Tensor) -> tuple[Tensor, ...]:
    """Of each model the largest logit m of a block, and Σ exp(x − m)."""
    found: list[Tensor] = []
    for logits in (policy, reference):
        values = logits.float()
        maxima = values.amax(-1)
        found += [maxima, (values - maxima[..., None]).exp().sum(-1)]
    return tuple(found)


def divergences(policy: Tensor, reference: Tensor, *of_rows: Tensor) -> tuple[Tensor, ...]:
    """Σ of both divergences, of p·(x − max) and q·(y − max), of |p − q|, and how many logits are above the target's.

    of_rows: [n] of each row the maxima of both models, the inverses of their normalisers, log z_y − log z_x, and the
        logits of the target.
    """
    most_x, most_y, inverse_x, inverse_y, shift, target_x, target_y = (value[:, None, None] for value in of_rows)
    x, y = policy.float(), reference.float()
    a, b = x - most_x, y - most_y
    p, q = a.exp() * inverse_x, b.exp() * inverse_y
    d, difference = (a - b) + shift, p - q
    columns = (
        p * d - difference, difference - q * d, p * a, q * b, difference.abs(),
        (x > target_x).float(), (y > target_y).float(),
    )  # fmt: skip
    return tuple(column.sum(-1) for column in columns)


@functools.cache
def compiled(function: Callable[..., tuple[Tensor, ...]]) -> Optional[Pass]:
    """The pass as torch compiles it; None where it cannot, such as without a C++ compiler."""
    made: Any = torch.compile(function, dynamic=True)
    try:
        blocks = torch.zeros(2, 3, BLOCK)
        made(blocks, blocks, *([torch.zeros(2)] * 7 if function is divergences else []))
    except Exception:
        return None
    return made


def can_compile() -> bool:
    return compiled(maxima_and_sums) is not None and compiled(divergences) is not None


def over_blocks(function: Callable[..., tuple[Tensor, ...]], logits: Sequence[Tensor], *of_rows: Tensor) -> list[Tensor]:
    """A pass over all blocks of rows [n, V], compiled, and over the rest: [n, V // 256 + 1 or so] of each result."""
    whole = logits[0].shape[1] // BLOCK
    run = compiled(function) or function
    parts = [run(*(rows[:, : whole * BLOCK].unflatten(1, (whole, BLOCK)) for rows in logits), *of_rows)]
    if logits[0].shape[1] % BLOCK:
        parts.append(function(*(rows[:, None, whole * BLOCK :] for rows in logits), *of_rows))
    return [torch.cat(columns, dim=1) for columns in zip(*parts)]

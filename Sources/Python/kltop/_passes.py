"""Two passes over the logits of both models that torch compiles: what `_reduce` otherwise does in some twenty.

Both work on blocks of the vocabulary, whose sums are small enough for float32; the blocks are summed up in float64. All
but the total variation is linear in sums that each block can make by its own maxima, before the normalisers are known.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Optional

import torch
from torch import Tensor

BLOCK = 512

# A pass over tensors of whole blocks [n, V // 512, 512] or of the rest [n, 1, V % 512]; each result has one value a block.
Pass = Callable[..., Sequence[Tensor]]


def moments(policy: Tensor, reference: Tensor, *at_target: Tensor) -> tuple[Tensor, ...]:
    """Sums over a block, with a = x − max x, b = y − max y and d = a − b.

    at_target: [n] of each row the logits of the target.
    Returns max x, max y, Σ exp a, Σ exp b, Σ exp a · d, Σ exp b · d, Σ exp a · a, Σ exp b · b, and how many logits of each
    model are above the target's.
    """
    x, y = policy.float(), reference.float()
    target_x, target_y = (value[:, None, None] for value in at_target)
    most_x, most_y = x.amax(-1), y.amax(-1)
    a, b = x - most_x[..., None], y - most_y[..., None]
    p, q, d = a.exp(), b.exp(), a - b
    columns = (p, q, p * d, q * d, p * a, q * b, (x > target_x).float(), (y > target_y).float())
    return (most_x, most_y, *(column.sum(-1) for column in columns))


def variations(policy: Tensor, reference: Tensor, *of_rows: Tensor) -> tuple[Tensor, ...]:
    """Σ |p − q| of a block.

    of_rows: [n] of each row the maxima of both models, and the inverses of their normalisers.
    """
    most_x, most_y, inverse_x, inverse_y = (value[:, None, None] for value in of_rows)
    p, q = (policy.float() - most_x).exp() * inverse_x, (reference.float() - most_y).exp() * inverse_y
    return ((p - q).abs().sum(-1),)


_VALUES_OF_A_ROW = {moments: 2, variations: 4}


@functools.cache
def compiled(function: Callable[..., tuple[Tensor, ...]]) -> Optional[Pass]:
    """The pass as torch compiles it; None where it cannot, such as without a C++ compiler."""
    made: Any = torch.compile(function, dynamic=True)
    try:
        blocks = torch.zeros(2, 3, BLOCK)
        made(blocks, blocks, *[torch.zeros(2)] * _VALUES_OF_A_ROW[function])
    except Exception:
        return None
    return made


def can_compile() -> bool:
    return compiled(moments) is not None and compiled(variations) is not None


def over_blocks(function: Callable[..., tuple[Tensor, ...]], logits: Sequence[Tensor], *of_rows: Tensor) -> list[Tensor]:
    """A pass over all blocks of rows [n, V], compiled, and over the rest: [n, V // 512 + 1 or so] of each result."""
    whole = logits[0].shape[1] // BLOCK
    run = compiled(function) or function
    parts = [run(*(rows[:, : whole * BLOCK].unflatten(1, (whole, BLOCK)) for rows in logits), *of_rows)]
    if logits[0].shape[1] % BLOCK:
        parts.append(function(*(rows[:, None, whole * BLOCK :] for rows in logits), *of_rows))
    return [torch.cat(columns, dim=1) for columns in zip(*parts)]

"""Logits of two models become rows: both divergences of every token exactly, and the likeliest entries.

D(P‖Q) = Σ [p·d − (p − q)] with d = log p − log q. Each summand is ≥ 0, and an error of a normaliser cancels in the
first order, so float32 arithmetic keeps a row within 2e-6 · max(1, D) nats of the exact value for logits of
float32 or narrower. It needs p, q and d to come from the same normalisers, and plain sums: a matrix product
may round its inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Optional, Union

import torch
from torch import Tensor

from kltop._passes import BLOCK, can_compile, moments, over_blocks, variations

# Bits of `flags`.
MASKS_DIFFER = 1
NOT_A_NUMBER = 2
NO_TARGET = 4
MASKED_IN_BOTH = 8
BEYOND_FLOAT32 = 16

# Scratch memory of one call, in bytes, unless the caller gives another budget.
DEFAULT_BUDGET = 64 << 20

Head = Union[Tensor, Callable[[Tensor], Tensor]]
LogitsOfRows = Callable[[Tensor], "tuple[Tensor, Tensor]"]

_BLOCK = 64
# Rows of both models that stay in the caches between two compiled passes.
_COMPILED_ROWS = 16
# Bytes of scratch for one value of one row: five float32 buffers, a comparison and its sum; rows that are gathered come
# on top.
_FAST_BYTES = 5 * 4 + 1 + 8
_EXACT_BYTES = 14 * 8
_FLOAT32_MAX = torch.finfo(torch.float32).max


@dataclass
class Rows:
    """What is kept of R rows of logits, on the CPU.

    kl_policy_reference, kl_reference_policy: float32 [R], nats, ≥ 0; ∞ where one model masks what the other
        allows; NaN for a broken row.
    entropy_policy, entropy_reference: float32 [R], nats. total_variation: float32 [R], 0…1.
    target, position: int32 [R], the token that follows (−1: none) and the place of the row in its text.
    target_logprob_policy, target_logprob_reference: float32 [R], nats, NaN without a target.
    target_rank_policy, target_rank_reference: int32 [R], 1 for the likeliest, ties alike, 0 without a target.
    top_policy, top_reference: int32 [R], the likeliest entry (the first of equal ones), −1 for a broken row.
    flags: uint8 [R], the bits above.
    entry_offsets: int64 [R + 1], the entries of row r are those from `entry_offsets[r]` to `entry_offsets[r + 1]`.
    entry_ids: int32 [E], the union of both models' k likeliest, each once.
    entry_logprob_policy, entry_logprob_reference: float32 or float16 [E], nats.
    """

    kl_policy_reference: Tensor
    kl_reference_policy: Tensor
    entropy_policy: Tensor
    entropy_reference: Tensor
    total_variation: Tensor
    target: Tensor
    position: Tensor
    target_logprob_policy: Tensor
    target_logprob_reference: Tensor
    target_rank_policy: Tensor
    target_rank_reference: Tensor
    top_policy: Tensor
    top_reference: Tensor
    flags: Tensor
    entry_offsets: Tensor
    entry_ids: Tensor
    entry_logprob_policy: Tensor
    entry_logprob_reference: Tensor

    def __len__(self) -> int:
        """The number of rows R."""
        return int(self.target.numel())

    @staticmethod
    def joined(parts: Sequence[Rows]) -> Rows:
        """The rows of all parts, one after the other."""
        if not parts:
            return _no_rows()
        columns = {
            field.name: torch.cat([getattr(part, field.name) for part in parts])
            for field in fields(Rows)
            if field.name != "entry_offsets"
        }
        counts = torch.cat([part.entry_offsets.diff() for part in parts])
        return Rows(entry_offsets=_offsets(counts), **columns)

    def selected(self, rows: Tensor) -> Rows:
        """The rows with these numbers (int64 [n]), in this order."""
        counts = self.entry_offsets.diff()[rows]
        starts = self.entry_offsets[:-1][rows]
        offsets = _offsets(counts)
        within = torch.arange(int(offsets[-1])) - torch.repeat_interleave(offsets[:-1], counts)
        entries = torch.repeat_interleave(starts, counts) + within
        columns = {
            field.name: getattr(self, field.name)[entries if field.name.startswith("entry_") else rows]
            for field in fields(Rows)
            if field.name != "entry_offsets"
        }
        return Rows(entry_offsets=offsets, **columns)


def reduce_rows(
    policy_logits: Tensor,
    reference_logits: Tensor,
    targets: Optional[Tensor] = None,
    index: Optional[Sequence[int] | Tensor] = None,
    k: int = 8,
    *,
    positions: Optional[Sequence[int] | Tensor] = None,
    budget: int = DEFAULT_BUDGET,
    compiles: bool = False,
) -> Rows:
    """Reduces logits of both models for the same rows.

    policy_logits, reference_logits: [..., V], of one shape, float64 or narrower, on any device. They are only read.
    targets: [R] id of the token that follows each row, −1 where there is none; None: nowhere.
    index: [R] numbers of the rows that count, in all leading dimensions taken together; None: all of them. Made on
        the host, so that nothing has to wait for the device.
    k: how many of the likeliest entries of each model are kept, 0…V.
    positions: [R] places of the rows in their texts; None: their numbers.
    budget: bytes of scratch memory above the logits. The result does not depend on it.
    compiles: torch compiles the passes over the logits: some seconds once, then four times as fast on processors,
        and other last digits. Where it cannot, they run as they are.

    Raises ValueError where shapes do not fit, or an id or a row is not there.
    """
    if policy_logits.shape != reference_logits.shape:
        raise ValueError(
            f"the policy's logits are {list(policy_logits.shape)}, the reference's {list(reference_logits.shape)}"
        )
    vocabulary = policy_logits.shape[-1] if policy_logits.dim() else 0
    if vocabulary == 0:
        raise ValueError("logits without a vocabulary")
    policy, reference = policy_logits.reshape(-1, vocabulary), reference_logits.reshape(-1, vocabulary)
    rows = _host_integers(range(policy.shape[0]) if index is None else index)
    if rows.numel() and (int(rows.min()) < 0 or int(rows.max()) >= policy.shape[0]):
        raise ValueError(f"a row that counts is not among the {policy.shape[0]} rows of logits")

    def logits(numbers: Tensor) -> tuple[Tensor, Tensor]:
        return _picked(policy, rows[numbers]), _picked(reference, rows[numbers])

    gathered = policy.element_size() + reference.element_size()
    return _reduce(
        logits, rows.numel(), vocabulary, policy.device, targets, rows if positions is None else positions, k,
        budget, extra=gathered, is_exact=torch.float64 in (policy.dtype, reference.dtype), compiles=compiles,
    )  # fmt: skip


def reduce_hidden(
    policy_hidden: Tensor,
    policy_head: Head,
    reference_hidden: Tensor,
    reference_head: Head,
    targets: Optional[Tensor] = None,
    k: int = 8,
    *,
    positions: Optional[Sequence[int] | Tensor] = None,
    budget: int = DEFAULT_BUDGET,
    compiles: bool = False,
) -> Rows:
    """Reduces the last hidden states of both models, without the logits of all rows ever being there.

    policy_hidden, reference_hidden: [R, H], the states the head is applied to, in the type the models make them.
    policy_head, reference_head: the head's weight [V, H], or a function from states [n, H] to logits [n, V], such
        as the head's module followed by the scales and soft caps of the configuration.
    targets, k, positions, budget, compiles: as in `reduce_rows`.

    Raises ValueError where shapes do not fit.
    """
    if policy_hidden.dim() != 2 or policy_hidden.shape[0] != reference_hidden.shape[0]:
        raise ValueError(
            f"hidden states are {list(policy_hidden.shape)} and {list(reference_hidden.shape)}, not two [R, H]"
        )
    heads = [_as_function(policy_head), _as_function(reference_head)]
    count = policy_hidden.shape[0]
    if count == 0:
        return _no_rows()

    def logits(numbers: Tensor) -> tuple[Tensor, Tensor]:
        states = (_picked(policy_hidden, numbers), _picked(reference_hidden, numbers))
        policy, reference = (head(state) for head, state in zip(heads, states))
        if policy.shape != reference.shape:
            raise ValueError(f"the heads give {policy.shape[-1]} and {reference.shape[-1]} logits")
        return policy, reference

    with torch.no_grad():
        sample = logits(torch.zeros(1, dtype=torch.int64))
    gathered = 2 * (sample[0].element_size() + sample[1].element_size())
    return _reduce(
        logits, count, sample[0].shape[-1], policy_hidden.device, targets,
        range(count) if positions is None else positions, k, budget, extra=gathered,
        is_exact=torch.float64 in (sample[0].dtype, sample[1].dtype), compiles=compiles,
    )  # fmt: skip


def _as_function(head: Head) -> Callable[[Tensor], Tensor]:
    if isinstance(head, Tensor):
        weight = head
        return lambda states: torch.nn.functional.linear(states, weight)
    return head


def _reduce(
    logits: LogitsOfRows,
    count: int,
    vocabulary: int,
    device: torch.device,
    targets: Optional[Tensor],
    positions: Sequence[int] | Tensor,
    k: int,
    budget: int,
    *,
    extra: int,
    is_exact: bool,
    compiles: bool,
) -> Rows:
    places = _host_integers(positions)
    if places.numel() != count:
        raise ValueError(f"{places.numel()} positions for {count} rows")
    target = torch.full((count,), -1) if targets is None else _host_integers(targets)
    if target.numel() != count:
        raise ValueError(f"{target.numel()} targets for {count} rows")
    if count and int(target.max()) >= vocabulary:
        raise ValueError(f"target {int(target.max())} is beyond the vocabulary of {vocabulary}")
    if k < 0:
        raise ValueError(f"k is {k}")
    if count == 0:
        return _no_rows()
    k = min(k, vocabulary)
    with torch.no_grad():
        columns = _columns(logits, target, vocabulary, k, device, budget, extra, is_exact, compiles)
    return _assembled(columns, target, places)


def _columns(
    logits: LogitsOfRows,
    target: Tensor,
    vocabulary: int,
    k: int,
    device: torch.device,
    budget: int,
    extra: int,
    is_exact: bool,
    compiles: bool,
) -> _Columns:
    count = target.numel()
    if is_exact:
        broken = torch.arange(count)
        columns = _Columns.empty(count, k)
    else:
        if compiles and vocabulary >= BLOCK and can_compile():
            length = min(_chunk_length(budget, vocabulary, extra + 1, count), _COMPILED_ROWS)
            parts = [_compiled_chunk(*logits(numbers), target[numbers], k) for numbers in _chunks(count, length)]
        else:
            scratch = _Scratch(_chunk_length(budget, vocabulary, _FAST_BYTES + extra, count), vocabulary, device)
            parts = [
                _float32_chunk(*logits(numbers), target[numbers], k, scratch) for numbers in _chunks(count, scratch.length)
            ]
            del scratch
        # The only wait for the device, unless rows have to be done again.
        columns = _Columns.on_host(parts, count)
        broken = torch.nonzero(~columns.is_sound).flatten()
    length = _chunk_length(budget, vocabulary, _EXACT_BYTES + extra, broken.numel())
    for numbers in _chunks(broken.numel(), length):
        rows = broken[numbers]
        part = _float64_chunk(*logits(rows), target[rows], k)
        columns.replace(rows, _Columns.on_host([part], rows.numel()))
    return columns


def _chunk_length(budget: int, vocabulary: int, bytes_a_value: int, count: int) -> int:
    return max(2, min(budget // max(1, vocabulary * bytes_a_value), count))


def _chunks(count: int, length: int) -> Iterator[Tensor]:
    """Numbers of the rows of each chunk, at least two.

    A sum over one row alone is split over the threads, one over several rows is not: its value would depend on
    both. The chunk of a single row has that row twice.
    """
    for start in range(0, count, length):
        numbers = torch.arange(start, min(start + length, count))
        yield numbers if numbers.numel() > 1 else numbers.repeat(2)


def _picked(rows: Tensor, numbers: Tensor) -> Tensor:
    """Rows with these numbers; without a copy where they follow each other."""
    first, count = int(numbers[0]), numbers.numel()
    if int(numbers[-1]) - first == count - 1 and bool((numbers.diff() == 1).all()):
        return rows[first : first + count]
    return rows.index_select(0, numbers.to(rows.device, non_blocking=True))


class _Scratch:
    """Five float32 buffers [length, V] that all chunks share."""

    def __init__(self, length: int, vocabulary: int, device: torch.device) -> None:
        self.length = length
        self._buffers = torch.empty(5, length, vocabulary, dtype=torch.float32, device=device)

    def of(self, count: int) -> Sequence[Tensor]:
        return [buffer[:count] for buffer in self._buffers]


# Columns of a chunk while they are on the device: one float32 and one int32 table, so that few copies are needed.
_NUMBERS = (
    "kl_policy_reference", "kl_reference_policy", "entropy_policy", "entropy_reference", "total_variation",
    "target_logprob_policy", "target_logprob_reference",
)  # fmt: skip
_INTEGERS = ("target_rank_policy", "target_rank_reference", "top_policy", "top_reference", "flags")


@dataclass
class _Columns:
    """numbers: float32 [n, 7]; integers: int32 [n, 5]; ids: int32 [n, 2k], the policy's k first; logprobs: float32
    [n, 2, 2k], the policy's first."""

    numbers: Tensor
    integers: Tensor
    ids: Tensor
    logprobs: Tensor

    @staticmethod
    def empty(count: int, k: int) -> _Columns:
        return _Columns(
            torch.full((count, len(_NUMBERS)), torch.nan),
            torch.zeros(count, len(_INTEGERS), dtype=torch.int32),
            torch.zeros(count, 2 * k, dtype=torch.int32),
            torch.zeros(count, 2, 2 * k),
        )

    @staticmethod
    def on_host(parts: Sequence[_Columns], count: int) -> _Columns:
        """The first `count` rows of the parts (the last part may have one row twice), on the CPU."""
        return _Columns(
            *(
                torch.cat([getattr(part, name) for part in parts])[:count].cpu()
                for name in ("numbers", "integers", "ids", "logprobs")
            )
        )

    @property
    def is_sound(self) -> Tensor:
        """Which rows float32 could do: with a masked entry, a NaN or a difference beyond float32 something is not
        finite. (The last two columns are the target's.)"""
        return self.numbers[:, :5].isfinite().all(dim=1)

    def replace(self, rows: Tensor, part: _Columns) -> None:
        self.numbers[rows], self.integers[rows] = part.numbers, part.integers
        self.ids[rows], self.logprobs[rows] = part.ids, part.logprobs


def _float32_chunk(policy: Tensor, reference: Tensor, target: Tensor, k: int, scratch: _Scratch) -> _Columns:
    """A chunk in float32; a row that float32 cannot do has a column that is not finite."""
    a, b, p, q, work = scratch.of(policy.shape[0])
    chosen = _Target(target, policy.device)
    log_sums, tops, ranks = [], [], []
    for logits, shifted, probability in ((policy, a, p), (reference, b, q)):
        shifted.copy_(logits)
        # Ranks are those of the logits themselves: differences may be equal where they are not.
        block_maxima = _block_maxima(shifted)
        largest, top = _first_maximum(shifted, block_maxima)
        tops.append((top, _largest(shifted, block_maxima, k)))
        ranks.append(chosen.rank(shifted))
        shifted.sub_(largest)
        torch.exp(shifted, out=probability)
        total = probability.sum(dim=1, keepdim=True)
        probability.div_(total)
        log_sums.append(_as_precise(total).log())
    numbers = [chosen.logprob(side, log_sum) for side, log_sum in zip((a, b), log_sums)]
    ids = torch.cat([tops[0][1], tops[1][1]], dim=1)
    logprobs = torch.stack([(side.gather(1, ids) - log_sum).float() for side, log_sum in zip((a, b), log_sums)], 1)
    entropies = [
        log_sum.squeeze(1) - torch.mul(probability, shifted, out=work).sum(dim=1)
        for probability, shifted, log_sum in ((p, a, log_sums[0]), (q, b, log_sums[1]))
    ]
    # From here on a holds d = log p − log q, and b holds p − q.
    a.sub_(b).add_((log_sums[1] - log_sums[0]).float())
    torch.sub(p, q, out=b)
    variation = torch.abs(b, out=work).sum(dim=1) / 2
    policy_reference = torch.mul(p, a, out=work).sub_(b).sum(dim=1)
    reference_policy = torch.mul(q, a, out=work).neg_().add_(b).sum(dim=1)
    floats = [policy_reference, reference_policy, *entropies, variation]
    integers = [*ranks, tops[0][0], tops[1][0], torch.zeros_like(tops[0][0])]
    return _Columns(
        torch.stack([column.float().clamp(min=0) for column in floats] + numbers, 1),
        torch.stack([column.int() for column in integers], 1),
        ids.int(),
        logprobs,
    )


def _compiled_chunk(policy: Tensor, reference: Tensor, target: Tensor, k: int) -> _Columns:
    """What `_float32_chunk` gives, in two compiled passes over the logits."""
    chosen, models = _Target(target, policy.device), (policy, reference)
    at_target = [chosen.of(logits).float() for logits in models]
    found = over_blocks(moments, models, *(value.squeeze(1) for value in at_target))
    maxima, above = found[:2], [column.double().sum(dim=1) for column in found[8:]]
    sums, by_difference, by_shifted = ([column.double() for column in found[start : start + 2]] for start in (2, 4, 6))
    largest = [block.amax(1, keepdim=True) for block in maxima]
    # A block's logits below the largest of the row, and its share of the normaliser.
    below = [block.double() - most.double() for block, most in zip(maxima, largest)]
    totals = [(values * block.exp()).sum(dim=1, keepdim=True) for values, block in zip(sums, below)]
    shares = [block.exp() / total for block, total in zip(below, totals)]
    log_sums = [total.log() for total in totals]
    # log p − log q is a − b and this.
    rest = (below[0] - below[1]) + (log_sums[1] - log_sums[0])
    divergences = [
        (share * (values + rest * total)).sum(dim=1) for share, values, total in zip(shares, by_difference, sums)
    ]
    entropies = [
        log_sum.squeeze(1) - (share * (values + block * total)).sum(dim=1)
        for log_sum, share, values, block, total in zip(log_sums, shares, by_shifted, below, sums)
    ]
    of_rows = [value.squeeze(1).float() for value in (*largest, *(1 / total for total in totals))]
    (variation,) = over_blocks(variations, models, *of_rows)
    floats = [divergences[0], -divergences[1], *entropies, variation.double().sum(dim=1) / 2]
    numbers = [chosen.logged(value - most - log_sum) for value, most, log_sum in zip(at_target, largest, log_sums)]
    whole = policy.shape[1] // BLOCK
    ids = torch.cat([_largest(logits, block[:, :whole], k, BLOCK) for logits, block in zip(models, maxima)], dim=1)
    tops = [_first_maximum(logits, block[:, :whole], BLOCK)[1] for logits, block in zip(models, maxima)]
    logprobs = [
        (logits.gather(1, ids).float() - most - log_sum).float() for logits, most, log_sum in zip(models, largest, log_sums)
    ]
    integers = [*map(chosen.ranked, above), *tops, torch.zeros_like(tops[0])]
    return _Columns(
        torch.stack([column.float().clamp(min=0) for column in floats] + numbers, 1),
        torch.stack([column.int() for column in integers], 1),
        ids.int(),
        torch.stack(logprobs, 1),
    )


def _float64_chunk(policy: Tensor, reference: Tensor, target: Tensor, k: int) -> _Columns:
    """A chunk in float64, with masked entries (−∞), as the exact convention has it."""
    if not _has_float64(policy.device):
        policy, reference = policy.cpu(), reference.cpu()
    x, y = policy.double(), reference.double()
    is_masked = [x == -torch.inf, y == -torch.inf]
    chosen = _Target(target, x.device)
    shifted, probabilities, log_sums, tops, ranks = [], [], [], [], []
    is_broken = torch.zeros(x.shape[0], dtype=torch.bool, device=x.device)
    for logits in (x, y):
        block_maxima = _block_maxima(logits)
        largest, top = _first_maximum(logits, block_maxima)
        is_broken |= logits.isnan().any(1) | ~largest.squeeze(1).isfinite()
        tops.append((top, _largest(logits, block_maxima, k)))
        ranks.append(chosen.rank(logits))
        difference = logits - largest
        weight = difference.exp()
        total = weight.sum(dim=1, keepdim=True)
        shifted.append(difference)
        probabilities.append(weight / total)
        log_sums.append(total.log())
    (a, b), (p, q) = shifted, probabilities
    numbers = [chosen.logprob(side, log_sum) for side, log_sum in zip((a, b), log_sums)]
    ids = torch.cat([tops[0][1], tops[1][1]], dim=1)
    logprobs = torch.stack([side.gather(1, ids) - log_sum for side, log_sum in zip((a, b), log_sums)], 1)
    d = (a - b) + (log_sums[1] - log_sums[0])
    zero = torch.zeros((), dtype=x.dtype, device=x.device)
    policy_reference = (torch.where(p > 0, p * d, zero) - (p - q)).sum(dim=1).clamp(min=0)
    reference_policy = (torch.where(q > 0, -q * d, zero) + (p - q)).sum(dim=1).clamp(min=0)
    entropies = [
        log_sum.squeeze(1) - torch.where(probability > 0, probability * side, zero).sum(dim=1)
        for probability, side, log_sum in ((p, a, log_sums[0]), (q, b, log_sums[1]))
    ]
    floats = [policy_reference, reference_policy, *entropies, (p - q).abs().sum(dim=1) / 2]
    is_beyond = torch.zeros_like(is_broken)
    for column in floats[:2]:
        is_beyond |= column.isfinite() & (column > _FLOAT32_MAX)
    flags = (
        (is_masked[0] != is_masked[1]).any(1) * MASKS_DIFFER
        + (is_masked[0] & is_masked[1]).any(1) * MASKED_IN_BOTH
        + is_beyond * BEYOND_FLOAT32
    )
    flags = torch.where(is_broken, torch.full_like(flags, NOT_A_NUMBER), flags)
    columns = torch.stack([_as_float32(column.clamp(min=0)) for column in floats] + numbers, 1)
    integers = torch.stack([column.int() for column in [*ranks, tops[0][0], tops[1][0]]], 1)
    integers[is_broken] = torch.tensor([0, 0, -1, -1], dtype=torch.int32, device=x.device)
    columns[is_broken] = torch.nan
    return _Columns(columns, torch.cat([integers, flags.int()[:, None]], 1), ids.int(), _as_float32(logprobs))


def _has_float64(device: torch.device) -> bool:
    return device.type != "mps"


def _as_precise(values: Tensor) -> Tensor:
    """As float64 where the device has it."""
    return values.double() if _has_float64(values.device) else values


def _as_float32(values: Tensor) -> Tensor:
    """As float32; what is finite stays finite."""
    clamped = values.clamp(-_FLOAT32_MAX, _FLOAT32_MAX)
    return torch.where(values.isfinite(), clamped, values).float()


class _Target:
    """The tokens that follow the rows of a chunk (−1: none)."""

    def __init__(self, target: Tensor, device: torch.device) -> None:
        self._ids = target.clamp(min=0).to(device, non_blocking=True)[:, None]
        self._is_given = (target >= 0).to(device, non_blocking=True)

    def of(self, values: Tensor) -> Tensor:
        """The target's value in each row [n, 1]."""
        return values.gather(1, self._ids)

    def rank(self, logits: Tensor) -> Tensor:
        """1 for the likeliest, ties alike, 0 where there is none."""
        return self.ranked((logits > self.of(logits)).sum(dim=1))

    def ranked(self, above: Tensor) -> Tensor:
        """The rank of a target that so many entries are above."""
        return torch.where(self._is_given, 1 + above, torch.zeros_like(above))

    def logprob(self, shifted: Tensor, log_sum: Tensor) -> Tensor:
        return self.logged(self.of(shifted) - log_sum)

    def logged(self, logprob: Tensor) -> Tensor:
        """Log-probabilities [n, 1] of targets as [n], nats; NaN where there is none."""
        found = _as_float32(logprob.squeeze(1))
        return torch.where(self._is_given, found, torch.full_like(found, torch.nan))


def _block_maxima(values: Tensor) -> Tensor:
    """Maxima of blocks of 64 values [n, V // 64]; the rest of the row has none."""
    whole = values.shape[1] // _BLOCK
    if whole == 0:
        return values.new_empty(values.shape[0], 0)
    return values[:, : whole * _BLOCK].unflatten(1, (whole, _BLOCK)).amax(dim=2)


def _first_maximum(values: Tensor, block_maxima: Tensor, size: int = _BLOCK) -> tuple[Tensor, Tensor]:
    """The largest value [n, 1] and the first place where it stands [n]."""
    whole = block_maxima.shape[1]
    rest = values[:, whole * size :]
    if whole == 0:
        largest, place = rest.max(dim=1, keepdim=True)
        return largest, place.squeeze(1)
    largest, block = block_maxima.max(dim=1, keepdim=True)
    within = torch.arange(size, device=values.device)
    place = block * size + values.gather(1, block * size + within).argmax(dim=1, keepdim=True)
    if rest.shape[1]:
        rest_largest, rest_place = rest.max(dim=1, keepdim=True)
        is_later = ~(rest_largest <= largest)
        place = torch.where(is_later, rest_place + whole * size, place)
        largest = torch.where(is_later, rest_largest, largest)
    return largest, place.squeeze(1)


def _largest(values: Tensor, block_maxima: Tensor, k: int, size: int = _BLOCK) -> Tensor:
    """Places of the k largest values [n, k], largest first: they stand in the k blocks with the largest maxima."""
    whole = block_maxima.shape[1]
    if k == 0 or whole <= 2 * k:
        return values.topk(k, dim=1).indices
    blocks = block_maxima.topk(k, dim=1).indices
    within = torch.arange(size, device=values.device)
    places = (blocks[:, :, None] * size + within).flatten(1)
    rest = torch.arange(whole * size, values.shape[1], device=values.device)
    places = torch.cat([places, rest.expand(values.shape[0], -1)], dim=1)
    return places.gather(1, values.gather(1, places).topk(k, dim=1).indices)


def _assembled(columns: _Columns, target: Tensor, places: Tensor) -> Rows:
    floats = {name: columns.numbers[:, i].contiguous() for i, name in enumerate(_NUMBERS)}
    integers = {name: columns.integers[:, i].contiguous() for i, name in enumerate(_INTEGERS)}
    flags = integers.pop("flags") | (target < 0) * NO_TARGET
    ids, k = columns.ids, columns.ids.shape[1] // 2
    is_new = torch.ones_like(ids, dtype=torch.bool)
    is_new[:, k:] = ~(ids[:, k:, None] == ids[:, None, :k]).any(dim=2)
    is_new &= ((flags & NOT_A_NUMBER) == 0)[:, None]
    return Rows(
        target=target.clamp(min=-1).int(),
        position=places.int(),
        flags=flags.to(torch.uint8),
        entry_offsets=_offsets(is_new.sum(dim=1)),
        entry_ids=ids[is_new],
        entry_logprob_policy=columns.logprobs[:, 0][is_new],
        entry_logprob_reference=columns.logprobs[:, 1][is_new],
        **floats,
        **integers,
    )


def _offsets(counts: Tensor) -> Tensor:
    return torch.cat([torch.zeros(1, dtype=torch.int64), counts.long().cumsum(0)])


def _no_rows() -> Rows:
    columns = _Columns.empty(0, 0)
    return _assembled(columns, torch.zeros(0, dtype=torch.int64), torch.zeros(0, dtype=torch.int64))


def _host_integers(values: Sequence[int] | Tensor | range) -> Tensor:
    if isinstance(values, Tensor):
        return values.detach().to("cpu", torch.int64).flatten()
    if isinstance(values, range):
        return torch.arange(values.start, values.stop, values.step)
    return torch.tensor(list(values), dtype=torch.int64)

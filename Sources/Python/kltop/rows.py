"""Rows: what is kept of the logits of two models, and the files it is kept in.

`reduce_rows` and `reduce_hidden` make rows on the device where the logits are; `write_rows` writes those of one
evaluation as `rows/step-00000120.safetensors`, which kltop reads wherever it reads files of logits. Such a file says
everything itself. It is there whole or not at all: written aside, synchronised, renamed.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Optional, Union

import torch
from torch import Tensor

from kltop._log import write_safetensors
from kltop._reduce import (
    BEYOND_FLOAT32,
    DEFAULT_BUDGET,
    MASKED_IN_BOTH,
    MASKS_DIFFER,
    NO_TARGET,
    NOT_A_NUMBER,
    Rows,
    reduce_hidden,
    reduce_rows,
)

__all__ = [
    "BEYOND_FLOAT32",
    "DEFAULT_BUDGET",
    "FORMAT",
    "MASKED_IN_BOTH",
    "MASKS_DIFFER",
    "NOT_A_NUMBER",
    "NO_TARGET",
    "Rows",
    "RowsFile",
    "fitted",
    "read_rows",
    "read_safetensors",
    "read_safetensors_metadata",
    "reduce_hidden",
    "reduce_rows",
    "rows_file_name",
    "write_probes",
    "write_rows",
    "write_safetensors",
    "write_vocabulary",
]

FORMAT = "kltop-rows/1"

Path_ = Union[str, "os.PathLike[str]"]

_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
_MOST_HEADER_BYTES = 1 << 30
_FLOAT16_MIN = torch.finfo(torch.float16).min
# Bytes of a row without entries, and of an entry with float32 or float16 log-probabilities.
_ROW_BYTES = 5 * 4 + 2 * 4 + 2 * 4 + 2 * 4 + 2 * 4 + 1 + 8
_ENTRY_BYTES = {torch.float32: 12, torch.float16: 8}


@dataclass
class RowsFile:
    """One rows file: its rows, the (set, sample) of each sample, `sample_offsets` int64 [S + 1], and its metadata."""

    rows: Rows
    samples: list[tuple[str, str]]
    sample_offsets: Tensor
    metadata: dict[str, str]

    @property
    def step(self) -> int:
        return int(self.metadata["step"])


def rows_file_name(step: int, rank: int = 0, world_size: int = 1) -> str:
    """Name of an evaluation's file relative to the log: `rows/step-00000120[.rank-00003].safetensors`."""
    part = f".rank-{rank:05d}" if world_size > 1 else ""
    return f"rows/step-{step:08d}{part}.safetensors"


def write_rows(
    path: Path_,
    rows: Rows,
    samples: Sequence[tuple[str, str]],
    sample_offsets: Sequence[int] | Tensor,
    *,
    step: int,
    k: int,
    vocabulary: int,
    metadata: Optional[Mapping[str, Any]] = None,
    sync: bool = True,
) -> None:
    """Writes the rows of one evaluation (of one rank).

    samples: (set, sample) of each of the S samples. sample_offsets: [S + 1], the rows of sample s are those from
        `sample_offsets[s]` to `sample_offsets[s + 1]`; samples and rows may be none.
    k: how many entries of each model were kept. vocabulary: how many there are.
    metadata: whatever else the file says about itself (`rank`, `time`, `mode`, …); true and false become `true` and
        `false`, None is left out.
    sync: whether the file is on the disk before it has its name.

    Raises ValueError where the parts do not fit, OSError where the file cannot be written.
    """
    offsets = torch.as_tensor(sample_offsets, dtype=torch.int64)
    if offsets.numel() != len(samples) + 1 or int(offsets[0]) != 0 or int(offsets[-1]) != len(rows):
        raise ValueError(f"{offsets.numel()} sample offsets for {len(samples)} samples of {len(rows)} rows")
    if bool((offsets.diff() < 0).any()):
        raise ValueError("sample offsets fall")
    tensors = {field.name: getattr(rows, field.name) for field in fields(Rows)}
    about = {
        "format": FORMAT,
        "step": step,
        "k": k,
        "vocabulary": vocabulary,
        "samples": json.dumps([list(sample) for sample in samples], ensure_ascii=False),
        **(metadata or {}),
    }
    texts = {name: _text(value) for name, value in about.items() if value is not None}
    write_safetensors(path, {**tensors, "sample_offsets": offsets}, texts, sync=sync)


def fitted(rows: Rows, k: int, *, dtype: torch.dtype = torch.float32, max_bytes: Optional[int] = None) -> Rows:
    """Rows whose entries fit: as `dtype`, and in `max_bytes` for the whole file.

    A budget first lowers k; where not even one entry a model fits, only the rows of greatest divergence have entries.
    What is exact of a row (everything but its entries) stays in any case.
    """
    if dtype not in _ENTRY_BYTES:
        raise ValueError(f"log-probabilities of entries are float32 or float16, not {dtype}")
    if max_bytes is not None:
        room = max(0, max_bytes - len(rows) * _ROW_BYTES) // _ENTRY_BYTES[dtype]
        while k > 1 and rows.entry_ids.numel() > room:
            k -= 1
            rows = _with_largest(rows, k)
        if rows.entry_ids.numel() > room:
            rows = _without_small_divergences(rows, room)
    if dtype == torch.float16:
        columns = {field.name: getattr(rows, field.name) for field in fields(Rows)}
        for name in ("entry_logprob_policy", "entry_logprob_reference"):
            values = columns[name]
            clamped = values.clamp(min=_FLOAT16_MIN).half()
            columns[name] = torch.where(values == -math.inf, values.half(), clamped)
        rows = Rows(**columns)
    return rows


def _with_largest(rows: Rows, k: int) -> Rows:
    """Only the entries among the k likeliest of one of the models."""
    counts = rows.entry_offsets.diff()
    row_of = torch.repeat_interleave(torch.arange(len(rows)), counts)
    keeps = torch.zeros(row_of.numel(), dtype=torch.bool)
    for values in (rows.entry_logprob_policy, rows.entry_logprob_reference):
        order = torch.argsort(values, descending=True, stable=True)
        order = order[torch.argsort(row_of[order], stable=True)]
        place = torch.arange(row_of.numel()) - rows.entry_offsets[:-1][row_of]
        keeps[order[place < k]] = True
    return _with_entries(rows, keeps, row_of)


def _without_small_divergences(rows: Rows, room: int) -> Rows:
    counts = rows.entry_offsets.diff()
    order = torch.argsort(rows.kl_policy_reference.nan_to_num(-1.0), descending=True, stable=True)
    has_room = torch.zeros(len(rows), dtype=torch.bool)
    has_room[order[counts[order].cumsum(0) <= room]] = True
    row_of = torch.repeat_interleave(torch.arange(len(rows)), counts)
    return _with_entries(rows, has_room[row_of], row_of)


def _with_entries(rows: Rows, keeps: Tensor, row_of: Tensor) -> Rows:
    columns = {field.name: getattr(rows, field.name) for field in fields(Rows)}
    for name in ("entry_ids", "entry_logprob_policy", "entry_logprob_reference"):
        columns[name] = columns[name][keeps]
    counts = torch.bincount(row_of[keeps], minlength=len(rows))
    columns["entry_offsets"] = torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)])
    return Rows(**columns)


def write_vocabulary(path: Path_, tokens: Sequence[bytes]) -> None:
    """Writes the bytes of each token: `text` uint8, `offsets` int64 [V + 1]. Single tokens are often no UTF-8."""
    text = b"".join(tokens)
    offsets = torch.tensor([0, *(len(token) for token in tokens)], dtype=torch.int64).cumsum(0)
    data = torch.frombuffer(bytearray(text), dtype=torch.uint8) if text else torch.empty(0, dtype=torch.uint8)
    write_safetensors(path, {"text": data, "offsets": offsets}, {}, sync=True)


def write_probes(
    path: Path_, samples: Sequence[tuple[str, str]], input_ids: Sequence[Sequence[int]], starts: Sequence[int]
) -> None:
    """Writes what was asked: `input_ids` int32 [N], `sample_offsets` int64 [S + 1], `start` int32 [S].

    starts: the first token of each sample that counts as a target; the tokens before it are the prompt.
    """
    ids = torch.tensor([token for tokens in input_ids for token in tokens], dtype=torch.int32)
    offsets = torch.tensor([0, *(len(tokens) for tokens in input_ids)], dtype=torch.int64).cumsum(0)
    tensors = {
        "input_ids": ids,
        "sample_offsets": offsets,
        "start": torch.tensor(list(starts), dtype=torch.int32),
    }
    names = json.dumps([list(sample) for sample in samples], ensure_ascii=False)
    write_safetensors(path, tensors, {"samples": names}, sync=True)


def read_rows(path: Path_) -> RowsFile:
    """Reads a rows file; ValueError where it is none or its parts do not fit."""
    tensors, metadata = read_safetensors(path)
    if metadata.get("format") != FORMAT:
        raise ValueError(f"{path}: no rows file of format {FORMAT}")
    names = [field.name for field in fields(Rows)]
    missing = [name for name in [*names, "sample_offsets"] if name not in tensors]
    if missing:
        raise ValueError(f"{path}: without {', '.join(missing)}")
    rows = Rows(**{name: tensors[name] for name in names})
    samples = [(str(group), str(sample)) for group, sample in json.loads(metadata["samples"])]
    offsets = tensors["sample_offsets"]
    if offsets.numel() != len(samples) + 1 or int(offsets[-1]) != len(rows):
        raise ValueError(f"{path}: {offsets.numel()} sample offsets for {len(samples)} samples of {len(rows)} rows")
    if rows.entry_offsets.numel() != len(rows) + 1 or int(rows.entry_offsets[-1]) != rows.entry_ids.numel():
        raise ValueError(f"{path}: offsets of entries do not fit")
    return RowsFile(rows, samples, offsets, metadata)


def read_safetensors(path: Path_) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of a safetensors file; ValueError where it is none."""
    size = Path(path).stat().st_size
    with open(path, "rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        if length > size - 8:
            raise ValueError(f"{path}: no safetensors file")
        header = json.loads(file.read(length))
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            first, end = entry["data_offsets"]
            dtype = _DTYPES.get(entry["dtype"])
            if dtype is None or not 0 <= first <= end <= size - 8 - length:
                raise ValueError(f"{path}: tensor {name} cannot be read")
            file.seek(8 + length + first)
            data = bytearray(end - first)
            file.readinto(data)
            values = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
            tensors[name] = values.reshape(entry["shape"])
    return tensors, metadata


def read_safetensors_metadata(path: Path_) -> Optional[dict[str, str]]:
    """Metadata of a safetensors file; None where there is none."""
    with contextlib.suppress(OSError, ValueError, struct.error), open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length <= _MOST_HEADER_BYTES:
            return dict(json.loads(file.read(length)).get("__metadata__", {}))
    return None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)

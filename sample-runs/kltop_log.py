"""Log a fine-tuning run so that kltop can watch it. Copy this one file beside your training script.

    from kltop_log import RunLogger

    log = RunLogger("runs/sft", policy=model, reference=base, optimizer=optimizer)
    for inputs, targets in batches:
        if log.step % 50 == 0:
            model.eval()
            with torch.no_grad():
                log.logits(model(probes), base(probes), set="old", samples=names, target=labels)
            model.train()
        logits, ref_logits = model(inputs), reference_logits(inputs)
        ...
        log.metrics(loss=loss, kl=kl, total_loss=loss + 0.2 * kl, lr=schedule.get_last_lr()[0])

Every record is one line of JSON in `runs/sft/metrics.jsonl`, written at once. Step and time are added: the
step is the number of optimizer updates made when the models last ran (set `log.step` yourself where there is
no optimizer). So are `mode` and `grad_enabled` of both models, noted in their forward passes, which is when
they matter: log what you computed before you run the models for something else.

Only the standard library is imported. Tensors, numpy arrays and plain lists are all accepted. Reading a value
that lives on a GPU waits for it; nothing else here does. A file that cannot be written is told once, on
standard error, and never stops the training. In distributed training only rank 0 writes: create the logger
after `init_process_group`.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import json
import math
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["RunLogger", "write_safetensors"]

_SAFETENSORS_NAMES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "int64": "I64",
    "int32": "I32",
    "uint8": "U8",
    "bool": "BOOL",
}


class RunLogger:
    """Appends records of one run to a JSONL file; resuming a run means opening the same path again.

    path: a directory (its `metrics.jsonl` is written) or the name of a `.jsonl` file.
    policy, reference: the models, as they are called in training (wrapped or compiled), for their modes.
    optimizer: its updates are the steps.
    start_step: updates already made, in a run that goes on from a checkpoint.
    ref_is_adapter_off: the reference is the policy with its adapters off, as with PEFT's `disable_adapter()`;
        forward passes inside that block are recognised. Wrap them in `log.reference_pass()` where another
        library is used.
    name, classes, objective: what the log says about the run, such as `{"lambda": 0.2, "sign": "+"}`.
    digits: significant digits of inline logits; 9 give every float32 back, None writes all of float64.
    rank: rank of this process, found out where it is None; every rank but 0 writes nothing.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        policy: Any = None,
        reference: Any = None,
        optimizer: Any = None,
        start_step: int = 0,
        ref_is_adapter_off: bool = False,
        name: str | None = None,
        classes: Sequence[str] | None = None,
        objective: Mapping[str, Any] | None = None,
        digits: int | None = None,
        rank: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        path = Path(path)
        self.path = path if path.suffix == ".jsonl" else path / "metrics.jsonl"
        self.step = start_step
        self._ref_is_adapter_off = ref_is_adapter_off
        self._digits = digits
        self._clock = clock
        self._writes = (_rank() if rank is None else rank) == 0
        self._file: BinaryIO | None = None
        self._torn = False
        self._has_warned = False
        self._passes = _ForwardPasses()
        self._in_reference_pass = False
        self._logits_files: dict[str, int] = {}
        self._hooks: list[Any] = []
        if optimizer is not None:
            self._count_updates(optimizer)
        if self._writes:
            self._watch(policy, reference)
            self._write_description(name, classes, objective)

    def metrics(
        self,
        values: Mapping[str, Any] | None = None,
        /,
        *,
        step: int | None = None,
        phase: str | None = None,
        **more: Any,
    ) -> None:
        """Writes numbers by name: `metrics(loss=loss)`, `metrics({"eval/old/accuracy": accuracy})`.

        phase: `train` or `eval`, what the numbers are about, where that is not the mode the policy ran in.
        """
        if self._writes:
            self._write_record({**_numbers(values or {}), **_numbers(more)}, step, phase)

    def logits(
        self,
        logits: Any,
        ref_logits: Any = None,
        *,
        set: str | None = None,
        sample: str | None = None,
        samples: Sequence[str] | None = None,
        target: Any = None,
        mask: Any = None,
        tokens: Sequence[Any] | None = None,
        to_file: bool = False,
        step: int | None = None,
        phase: str | None = None,
        **more: Any,
    ) -> None:
        """Writes logits of both models for the same rows, and any numbers about exactly those rows (`kl=…`).

        logits: `[V]`, `[B, V]`, `[B, T, V]`, or `[T, V]` with `sample`.
        ref_logits: the same shape; one that does not change may be given once for each set and sample.
        set: group of probes, such as `old` and `new`; different sets are never averaged together.
        sample, samples: name of the one sample, or one name for each of the B.
        target: right class of each row. mask: 1 for the rows that count. tokens: text of each position.
        to_file: write a safetensors file in `logits/` beside the log, in the tensor's own precision.
        """
        if sample is not None and samples is not None:
            raise ValueError("give `sample` for one sample or `samples` for a batch, not both")
        if ref_logits is not None and _shape(ref_logits) != _shape(logits):
            raise ValueError(f"logits are {_shape(logits)}, ref_logits are {_shape(ref_logits)}")
        if not self._writes:
            return
        record: dict[str, Any] = {"set": set, "sample": sample, "samples": samples}
        if to_file:
            tensors = {"logits": logits, "ref_logits": ref_logits, "mask": mask, "targets": target}
            name = self._write_logits_file(tensors, self._step_of_record(step))
            record |= {"tokens": tokens, "logits_file": name}
        else:
            record |= {"target": target, "mask": _zeros_and_ones(mask), "tokens": tokens}
            record |= {"logits": self._rounded(logits), "ref_logits": self._rounded(ref_logits)}
        self._write_record({**_without_none(record), **_numbers(more)}, step, phase)

    def sampled(
        self,
        logprobs: Any,
        ref_logprobs: Any,
        *,
        sampled_from: str = "policy",
        set: str | None = None,
        sample: str | None = None,
        tokens: Sequence[str] | None = None,
        mask: Any = None,
        step: int | None = None,
        phase: str | None = None,
        **more: Any,
    ) -> None:
        """Writes what both models gave the T tokens of one sampled text, as log-probabilities in nats.

        sampled_from: who drew the tokens; where it was not the policy, estimates of the divergence mean
            something else.
        """
        if not self._writes:
            return
        record = _without_none(
            {
                "set": set,
                "sample": sample,
                "sampled_from": sampled_from,
                "tokens": tokens,
                "mask": _zeros_and_ones(mask),
                "logprobs": self._rounded(logprobs),
                "ref_logprobs": self._rounded(ref_logprobs),
            }
        )
        self._write_record({**record, **_numbers(more)}, step, phase)

    @contextlib.contextmanager
    def reference_pass(self) -> Iterator[None]:
        """Forward passes of the policy inside this block are the reference's (its adapters are off)."""
        before, self._in_reference_pass = self._in_reference_pass, True
        try:
            yield
        finally:
            self._in_reference_pass = before

    def close(self) -> None:
        """Stops watching the models and closes the file; a record written later opens it again."""
        for hook in self._hooks:
            hook.remove()
        self._hooks = []
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> RunLogger:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # Watching the models

    def _count_updates(self, optimizer: Any) -> None:
        def count(*_arguments: Any) -> None:
            self.step += 1

        # On every rank: training scripts decide by the step when to evaluate.
        self._hooks.append(optimizer.register_step_post_hook(count))

    def _watch(self, policy: Any, reference: Any) -> None:
        if policy is not None:
            adapter = _first_adapter_layer(policy) if self._ref_is_adapter_off else None

            def note_policy(module: Any, _inputs: Any) -> None:
                is_adapter_off = adapter is not None and adapter.disable_adapters
                self._note(module.training, is_reference=self._in_reference_pass or is_adapter_off)

            self._hooks.append(policy.register_forward_pre_hook(note_policy))
        if reference is not None:

            def note_reference(module: Any, _inputs: Any) -> None:
                self._note(module.training, is_reference=True)

            self._hooks.append(reference.register_forward_pre_hook(note_reference))

    def _note(self, training: bool, is_reference: bool) -> None:
        if self._passes.are_logged:
            self._passes = _ForwardPasses()
        modes = (training, sys.modules["torch"].is_grad_enabled())
        if is_reference:
            self._passes.reference = modes
        else:
            self._passes.policy = modes
        self._passes.step = self.step

    def _modes(self) -> dict[str, Any]:
        modes: dict[str, Any] = {}
        if self._passes.policy is not None:
            training, gradients = self._passes.policy
            modes |= {"mode": "train" if training else "eval", "grad_enabled": gradients}
        if self._ref_is_adapter_off:
            modes["ref_is_adapter_off"] = True
        if self._passes.reference is not None:
            training, gradients = self._passes.reference
            if not self._ref_is_adapter_off:
                modes["ref_mode"] = "train" if training else "eval"
            modes["ref_grad_enabled"] = gradients
        return modes

    def _step_of_record(self, step: int | None) -> int:
        if step is not None:
            return step
        return self.step if self._passes.step is None else self._passes.step

    # Writing lines

    def _write_description(
        self, name: str | None, classes: Sequence[str] | None, objective: Mapping[str, Any] | None
    ) -> None:
        if name is None:
            name = self.path.resolve().parent.name if self.path.name == "metrics.jsonl" else self.path.stem
        description = {"name": name, "time": self._clock(), "classes": classes, "objective": objective}
        self._write_line({"event": "run", **_without_none(description)})

    def _write_record(self, values: Mapping[str, Any], step: int | None, phase: str | None) -> None:
        record: dict[str, Any] = {"step": self._step_of_record(step), "time": self._clock()}
        if phase is not None:
            record["phase"] = phase
        record |= self._modes()
        record |= values
        self._write_line(record)
        self._passes.are_logged = True

    def _write_line(self, record: Mapping[str, Any]) -> None:
        text = json.dumps(record, default=_plain, separators=(",", ":"), ensure_ascii=False)
        line = text.encode("utf-8", errors="replace") + b"\n"
        try:
            if self._file is None:
                self._open()
            self._append(line)
        except OSError as error:
            self._warn(error)

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: a line is handed over whole, or it is known to be torn.
        self._file = open(self.path, "ab+", buffering=0)
        size = self._file.seek(0, os.SEEK_END)
        if size > 0:
            self._file.seek(size - 1)
            self._torn = self._file.read(1) != b"\n"

    def _append(self, line: bytes) -> None:
        assert self._file is not None
        remaining = b"\n" + line if self._torn else line
        while remaining:
            written = self._file.write(remaining)
            self._torn = self._torn or written < len(remaining)
            remaining = remaining[written:]
        self._torn = False

    def _warn(self, error: OSError) -> None:
        if not self._has_warned:
            self._has_warned = True
            print(f"kltop_log: {self.path}: {error}; training goes on, its log has gaps", file=sys.stderr)

    # Writing logits

    def _write_logits_file(self, tensors: Mapping[str, Any], step: int) -> str | None:
        """Name of the file relative to the log, or None where it could not be written."""
        name = f"logits/step-{step:06d}"
        self._logits_files = {known: count for known, count in self._logits_files.items() if known == name}
        count = self._logits_files[name] = self._logits_files.get(name, 0) + 1
        name += ".safetensors" if count == 1 else f"-{count}.safetensors"
        path = self.path.parent / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_safetensors(path, _without_none(tensors), {"step": str(step)})
        except OSError as error:
            self._warn(error)
            return None
        return name

    def _rounded(self, values: Any) -> Any:
        return values if values is None or self._digits is None else _rounded(_plain(values), self._digits)


@dataclass
class _ForwardPasses:
    """The passes since the last record: `(training, grad_enabled)` of each model that ran, and the step."""

    policy: tuple[bool, bool] | None = None
    reference: tuple[bool, bool] | None = None
    step: int | None = None
    are_logged: bool = False


def write_safetensors(
    path: str | os.PathLike[str], tensors: Mapping[str, Any], metadata: Mapping[str, str] | None = None
) -> None:
    """Writes tensors, numpy arrays or lists as a safetensors file that has its name only once whole."""
    parts = {name: _raw(value) for name, value in tensors.items()}
    header: dict[str, Any] = {"__metadata__": dict(metadata or {})}
    offset = 0
    # Widest elements first, so that each tensor is aligned.
    names = sorted(parts, key=lambda name: (-_width(parts[name][0]), name))
    for name in names:
        dtype, shape, data = parts[name]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = Path(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(aside, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name in names:
                file.write(parts[name][2])
        os.replace(aside, path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise


def _width(dtype: str) -> int:
    return 1 if dtype in ("BOOL", "U8") else int("".join(filter(str.isdigit, dtype))) // 8


def _raw(value: Any) -> tuple[str, list[int], bytes]:
    """Type, shape and bytes of a tensor, a numpy array or nested lists (which become float64 or int64)."""
    if hasattr(value, "data_ptr"):
        value = value.detach().to("cpu").contiguous()
        size = value.numel() * value.element_size()
        # Not through numpy, which has no bfloat16 and may not be there.
        return _safetensors_name(value.dtype), list(value.shape), ctypes.string_at(value.data_ptr(), size)
    if hasattr(value, "tobytes"):
        return _safetensors_name(value.dtype), list(value.shape), value.tobytes()
    flat = _flat(value)
    is_whole = all(isinstance(number, int) for number in flat)
    return (
        ("I64" if is_whole else "F64"),
        _shape(value),
        array.array("q" if is_whole else "d", flat).tobytes(),
    )


def _safetensors_name(dtype: Any) -> str:
    name = str(dtype).removeprefix("torch.")
    if name not in _SAFETENSORS_NAMES:
        raise ValueError(f"a tensor of {name} cannot be written to a logits file; convert it to float32")
    return _SAFETENSORS_NAMES[name]


def _shape(value: Any) -> list[int]:
    if hasattr(value, "shape"):
        return list(value.shape)
    shape = []
    while isinstance(value, (list, tuple)):
        shape.append(len(value))
        value = value[0] if value else None
    return shape


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [number for part in value for number in _flat(part)]
    return [value]


def _plain(value: Any) -> Any:
    """A value that json does not know, as one it does: arrays become numbers and lists, the rest text."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "detach"):
        value = value.detach()
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Metrics, of which arrays with one element are numbers too: losses often have the shape [1]."""
    return {key: value.item() if _is_single(value) else value for key, value in values.items()}


def _is_single(value: Any) -> bool:
    return hasattr(value, "item") and math.prod(_shape(value)) == 1


def _zeros_and_ones(mask: Any) -> Any:
    if mask is None or isinstance(mask, (bool, int, float)):
        return mask if mask is None else int(bool(mask))
    return [_zeros_and_ones(part) for part in _plain(mask)]


def _rounded(value: Any, digits: int) -> Any:
    if isinstance(value, list):
        return [_rounded(part, digits) for part in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _first_adapter_layer(model: Any) -> Any:
    """A layer that knows whether the adapters are off; PEFT switches all of them together."""
    knowing = (
        layer for layer in model.modules() if isinstance(getattr(layer, "disable_adapters", None), bool)
    )
    return next(knowing, None)


def _rank() -> int:
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return int(distributed.get_rank())
    return int(os.environ.get("RANK", "0"))

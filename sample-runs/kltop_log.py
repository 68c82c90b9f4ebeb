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
they matter. A record is about the last forward passes that no earlier record was about; numbers of the training
with `phase="train"` are about the last pass with gradients, whatever ran since, and passes inside
`with log.evaluation():` are never taken for the training.

Only the standard library is imported. Tensors, numpy arrays and plain lists are all accepted. Reading a value
that lives on a GPU waits for it; nothing else here does. Nothing here ever stops the training: a file that cannot be
written, a value that cannot be logged, shapes that do not fit are told once, in one line on standard error, and the
rest is logged. In distributed training only rank 0 writes: create the logger after `init_process_group`.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import functools
import json
import math
import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

__all__ = ["RunLogger", "write_safetensors"]

_SAFETENSORS_NAMES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint64": "U64",
    "uint32": "U32",
    "uint16": "U16",
    "uint8": "U8",
    "bool": "BOOL",
}
_WIDTHS = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4}
_WIDTHS.update({"U16": 2, "U8": 1, "BOOL": 1})
# Types that kltop reads logits in.
_LOGITS_NAMES = ("float64", "float32", "float16", "bfloat16")
# Bytes handed to the file at once.
_SLICE = 64 << 20
# Where wrappers (distributed, PEFT) and language models keep what they call.
_INNER_NAMES = ("module", "base_model", "model")
_MOST_WRAPPERS = 8
# Lines on standard error, in all.
_MOST_WARNINGS = 20

_Method = TypeVar("_Method", bound=Callable[..., Any])


def _never_raises(method: _Method) -> _Method:
    """What goes wrong inside is one line on standard error, and None is returned."""

    @functools.wraps(method)
    def guarded(self: RunLogger, *arguments: Any, **options: Any) -> Any:
        try:
            return method(self, *arguments, **options)
        except Exception as error:
            self._warn(method.__name__, f"{method.__name__}: {_told(error)}")
            return None

    return cast(_Method, guarded)


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
    description: more of it, such as `total_steps`, `config`, `sets`, `reference`.
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
        description: Mapping[str, Any] | None = None,
        digits: int | None = None,
        rank: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        path = Path(path)
        self.path = path if path.suffix == ".jsonl" else path / "metrics.jsonl"
        self._step = start_step
        self._updates = 0
        self._ref_is_adapter_off = ref_is_adapter_off
        self._digits = digits
        self._clock = clock
        self._writes = True
        self._file: BinaryIO | None = None
        self._torn = False
        self._warnings: set[str] = set()
        self._passes = _ForwardPasses()
        self._training = self._passes
        self._depth = threading.local()
        self._in_reference_pass = False
        self._in_evaluation = False
        self._logits_files: dict[str, int] = {}
        self._hooks: list[Any] = []
        self._start(policy, reference, optimizer, rank, (name, classes, objective, description))

    @_never_raises
    def _start(self, policy: Any, reference: Any, optimizer: Any, rank: int | None, description: Any) -> None:
        self._writes = (_rank() if rank is None else rank) == 0
        if optimizer is not None:
            self._count_updates(optimizer)
        if self._writes:
            self._watch(policy, reference)
            self._write_description(*description)

    @property
    def step(self) -> int:
        """Optimizer updates made so far; set it yourself where there is no optimizer to count them."""
        return self._step

    @step.setter
    def step(self, step: int) -> None:
        self._updates += step != self._step
        self._step = step

    @_never_raises
    def event(self, kind: str, **values: Any) -> None:
        """Writes a description, such as `event("checkpoint", step=120, path="out/checkpoint-120")`."""
        if self._writes:
            self._write_line({"event": kind, "time": self._clock(), **_without_none(values)})

    @_never_raises
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

    @_never_raises
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
        if not self._writes:
            return
        record: dict[str, Any] = {"set": set, "sample": sample, "samples": samples}
        mistake = _mistake(logits, ref_logits, sample, samples, target, mask, is_file=to_file)
        if mistake is not None:
            self._warn(mistake, f"logits are left out: {mistake}")
            record = {"set": set}
        elif to_file:
            tensors = {"logits": logits, "ref_logits": ref_logits, "mask": mask, "targets": target}
            passes = self._passes_of_record(phase)
            name = self._write_logits_file(tensors, self._step_of_record(step, passes))
            record |= {"tokens": tokens, "logits_file": name}
        else:
            record |= {"target": target, "mask": _zeros_and_ones(mask), "tokens": tokens}
            record |= {"logits": self._rounded(logits), "ref_logits": self._rounded(ref_logits)}
        self._write_record({**_without_none(record), **_numbers(more)}, step, phase)

    @_never_raises
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

    @contextlib.contextmanager
    def evaluation(self) -> Iterator[None]:
        """Forward passes inside this block are no part of the training; records inside it are about them alone."""
        before, self._passes = self._passes, _ForwardPasses()
        was_in_evaluation, self._in_evaluation = self._in_evaluation, True
        try:
            yield
        finally:
            self._passes, self._in_evaluation = before, was_in_evaluation

    @_never_raises
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

        # Libraries wrap the optimizer in a class that has its methods and not its hooks.
        candidate = optimizer
        for _ in range(_MOST_WRAPPERS):
            with contextlib.suppress(Exception):
                # On every rank: training scripts decide by the step when to evaluate.
                self._hooks.append(candidate.register_step_post_hook(count))
                return
            candidate = getattr(candidate, "optimizer", None)
        self._warn("optimizer", f"updates of a {type(optimizer).__name__} cannot be counted; set `log.step` yourself")

    def _watch(self, policy: Any, reference: Any) -> None:
        adapter = _first_adapter_layer(policy) if self._ref_is_adapter_off and policy is not None else None

        def is_adapter_off() -> bool:
            return adapter is not None and bool(adapter.disable_adapters)

        self.watch(policy, lambda: self._in_reference_pass or is_adapter_off())
        self.watch(reference, lambda: True)

    def watch(self, model: Any, is_reference: Callable[[], bool]) -> None:
        """Notes the modes of a model's forward passes; `is_reference` is asked in each, whose pass it is.

        A trainer may call the model, or what is inside its wrappers: the outermost call is noted.
        """
        if model is None:
            return

        def enter(module: Any, *_inputs: Any) -> None:
            torch = sys.modules["torch"]
            # A compiled graph is not to be broken, and not to hold our hooks.
            if torch.compiler.is_compiling():
                return
            depth = getattr(self._depth, "value", 0)
            self._depth.value = depth + 1
            if depth == 0:
                self._note((module.training, torch.is_grad_enabled()), is_reference())

        def leave(*_arguments: Any) -> None:
            if not sys.modules["torch"].compiler.is_compiling():
                self._depth.value = getattr(self._depth, "value", 1) - 1

        for module in _wrapped_modules(model):
            self._hooks.append(module.register_forward_pre_hook(enter))
            self._hooks.append(module.register_forward_hook(leave, always_call=True))

    def _note(self, modes: tuple[bool, bool], is_reference: bool) -> None:
        passes = self._passes
        has_switched = not is_reference and passes.policy is not None and passes.policy != modes
        if passes.are_logged or has_switched:
            passes = self._passes = _ForwardPasses()
        if is_reference:
            passes.reference = modes
        else:
            passes.policy = modes
            if modes[1] and not self._in_evaluation:
                self._training = passes
        passes.step, passes.update = self.step, self._updates

    def _passes_of_record(self, phase: str | None) -> _ForwardPasses:
        """The forward passes that a record is about.

        Of the training these are the last with gradients since the update before the last one; where there are none,
        the last passes outside an evaluation, and that is what is wrong with the training.
        """
        if self._in_evaluation:
            return self._passes
        is_recent = self._training.policy is not None and self._training.update >= self._updates - 1
        is_unlogged = self._passes.are_logged and not self._training.are_logged
        if is_recent and (phase == "train" or (phase is None and is_unlogged)):
            return self._training
        return self._passes

    def _modes(self, passes: _ForwardPasses) -> dict[str, Any]:
        modes: dict[str, Any] = {}
        if passes.policy is not None:
            training, gradients = passes.policy
            modes |= {"mode": "train" if training else "eval", "grad_enabled": gradients}
        if self._ref_is_adapter_off:
            modes["ref_is_adapter_off"] = True
        if passes.reference is not None:
            training, gradients = passes.reference
            modes |= {"ref_mode": "train" if training else "eval", "ref_grad_enabled": gradients}
        return modes

    def _step_of_record(self, step: int | None, passes: _ForwardPasses) -> int:
        if step is not None:
            return int(step)
        return self.step if passes.step is None else passes.step

    # Writing lines

    def _write_description(
        self,
        name: str | None,
        classes: Sequence[str] | None,
        objective: Mapping[str, Any] | None,
        more: Mapping[str, Any] | None,
    ) -> None:
        if name is None:
            name = self.path.resolve().parent.name if self.path.name == "metrics.jsonl" else self.path.stem
        description = {"name": name, "time": self._clock(), "classes": classes, "objective": objective}
        self._write_line({"event": "run", **_without_none({**description, **(more or {})})})

    def _write_record(self, values: Mapping[str, Any], step: int | None, phase: str | None) -> None:
        passes = self._passes_of_record(phase)
        record: dict[str, Any] = {"step": self._step_of_record(step, passes), "time": self._clock()}
        if phase is not None:
            record["phase"] = phase
        record |= self._modes(passes)
        record |= values
        self._write_line(record)
        passes.are_logged = True

    def _write_line(self, record: Mapping[str, Any]) -> None:
        line = self._text(record).encode("utf-8", errors="replace") + b"\n"
        try:
            if self._file is None:
                self._open()
            self._append(line)
        except OSError as error:
            self._warn("file", f"{_told(error)}; training goes on, its log has gaps")

    def _text(self, record: Mapping[str, Any]) -> str:
        with contextlib.suppress(Exception):
            return _json(record)
        parts: dict[str, Any] = {}
        for key, value in record.items():
            name = "a value whose key has no text"
            try:
                name = _key(key)
                parts[name] = json.loads(_json(_writable(value)))
            except Exception as error:
                self._warn(f"value {name}", f"{name} is left out: {_told(error)}")
        return _json(parts)

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: a line is handed over whole, or it is known to be torn.
        self._file = open(self.path, "ab+", buffering=0)  # noqa: SIM115
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

    def _warn(self, subject: str, message: str) -> None:
        """One line on standard error for each subject."""
        if subject in self._warnings or len(self._warnings) == _MOST_WARNINGS:
            return
        self._warnings.add(subject)
        with contextlib.suppress(Exception):
            print(f"kltop_log: {self.path}: {' '.join(message.split())}", file=sys.stderr)

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
            self._warn("file", f"{_told(error)}; training goes on, its log has gaps")
            return None
        except Exception as error:
            self._warn("logits file", f"{name} is not written: {_told(error)}")
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
    update: int = 0
    are_logged: bool = False


def write_safetensors(
    path: str | os.PathLike[str],
    tensors: Mapping[str, Any],
    metadata: Mapping[str, str] | None = None,
    *,
    sync: bool = False,
) -> None:
    """Writes tensors, numpy arrays or lists as a safetensors file that has its name only once whole.

    sync: its data are on the disk before it has its name.
    """
    parts = {name: _raw(value) for name, value in tensors.items()}
    header: dict[str, Any] = {"__metadata__": dict(metadata or {})}
    offset = 0
    # Widest elements first, so that each tensor is aligned.
    names = sorted(parts, key=lambda name: (-_WIDTHS[parts[name].dtype], name))
    for name in names:
        part = parts[name]
        end = offset + len(part.data)
        header[name] = {"dtype": part.dtype, "shape": part.shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = Path(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(aside, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name in names:
                data = parts[name].data
                for start in range(0, len(data), _SLICE):
                    file.write(data[start : start + _SLICE])
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise


@dataclass
class _Raw:
    """Type, shape and bytes of a tensor; `owner` keeps the memory that the bytes are in."""

    dtype: str
    shape: list[int]
    data: memoryview
    owner: Any = None


def _raw(value: Any) -> _Raw:
    """A tensor, a numpy array or nested lists (which become float64 or int64), little-endian."""
    if hasattr(value, "data_ptr"):
        name = _safetensors_name(value.dtype)
        value = value.detach().to("cpu").contiguous()
        size = value.numel() * value.element_size()
        # Not through numpy, which has no bfloat16 and may not be there; not copied, since it may be large.
        data = (ctypes.c_char * size).from_address(value.data_ptr()) if size else b""
        return _Raw(name, list(value.shape), memoryview(data).cast("B"), value)
    if hasattr(value, "tobytes"):
        name, shape = _safetensors_name(value.dtype), list(value.shape)
        if value.dtype.byteorder == ">" or (value.dtype.byteorder == "=" and sys.byteorder == "big"):
            value = value.astype(value.dtype.newbyteorder("<"))
        flat = value.reshape(-1)
        return _Raw(name, shape, memoryview(flat.view("uint8")) if flat.size else memoryview(b""), flat)
    flat = _flat(value)
    shape = _shape(value)
    if math.prod(shape) != len(flat):
        raise ValueError("lists of unequal lengths")
    is_whole = all(isinstance(number, int) for number in flat)
    numbers = array.array("q" if is_whole else "d", flat)
    if sys.byteorder == "big":
        numbers.byteswap()
    return _Raw("I64" if is_whole else "F64", shape, memoryview(numbers).cast("B"))


def _type_name(value: Any) -> str:
    dtype = value.dtype
    return str(getattr(dtype, "name", dtype)).removeprefix("torch.")


def _safetensors_name(dtype: Any) -> str:
    name = str(getattr(dtype, "name", dtype)).removeprefix("torch.")
    if name not in _SAFETENSORS_NAMES:
        raise ValueError(f"a tensor of {name} cannot be written to a logits file; convert it to float32")
    return _SAFETENSORS_NAMES[name]


def _mistake(
    logits: Any,
    ref_logits: Any,
    sample: str | None,
    samples: Sequence[str] | None,
    target: Any,
    mask: Any,
    *,
    is_file: bool,
) -> str | None:
    """What keeps these logits from being logged, or None."""
    shape = _shape(logits)
    if sample is not None and samples is not None:
        return "give `sample` for one sample or `samples` for a batch, not both"
    if ref_logits is not None and _shape(ref_logits) != shape:
        return f"logits are {shape}, ref_logits are {_shape(ref_logits)}"
    if samples is not None and (not shape or len(samples) != shape[0]):
        return f"{len(samples)} samples for logits {shape}"
    for name, value in (("target", target), ("mask", mask)):
        places = _shape(value)
        # A target may be that of a whole sequence.
        if value is not None and places != shape[: len(places)]:
            return f"{name} is {places}, logits are {shape}"
    for name, value in (("logits", logits), ("ref_logits", ref_logits)):
        if hasattr(value, "dtype"):
            kind = _type_name(value)
            if kind not in _LOGITS_NAMES and (is_file or kind.startswith("complex")):
                return f"{name} are {kind}; convert them to float32"
    return None


def _shape(value: Any) -> list[int]:
    if hasattr(value, "shape"):
        return list(value.shape)
    shape: list[int] = []
    while isinstance(value, (list, tuple)) and len(shape) < 64:
        shape.append(len(value))
        value = value[0] if value else None
    return shape


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [number for part in value for number in _flat(part)]
    return [value]


def _told(error: BaseException) -> str:
    """An error in words; asking it for them may fail as well."""
    try:
        text = str(error)
    except Exception:
        text = ""
    name = type(error).__name__
    return text if isinstance(error, (OSError, ValueError)) and text else f"{name}: {text}" if text else name


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain, separators=(",", ":"), ensure_ascii=False)


def _writable(value: Any, holders: tuple[int, ...] = ()) -> Any:
    """A value whose keys are text; ValueError where it contains itself."""
    if id(value) in holders:
        raise ValueError("it contains itself")
    if isinstance(value, Mapping):
        inside = (*holders, id(value))
        return {_key(key): _writable(part, inside) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        inside = (*holders, id(value))
        return [_writable(part, inside) for part in value]
    return value


def _key(key: Any) -> str:
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def _plain(value: Any) -> Any:
    """A value that json does not know, as one it does: arrays become numbers and lists, the rest text."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, complex):
        raise ValueError("complex numbers cannot be logged")
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


def _wrapped_modules(model: Any) -> list[Any]:
    """A model and what its wrappers hold, outermost first: any of them may be what a trainer calls."""
    modules = [model]
    # Calls of a compiled module's inside would put the hooks into its graph.
    while not hasattr(modules[-1], "_orig_mod") and len(modules) < _MOST_WRAPPERS:
        inner = (getattr(modules[-1], name, None) for name in _INNER_NAMES)
        held = [module for module in inner if hasattr(module, "register_forward_pre_hook")]
        held = [module for module in held if not any(module is known for known in modules)]
        if not held:
            break
        modules.append(held[0])
    return modules


def _first_adapter_layer(model: Any) -> Any:
    """A layer that knows whether the adapters are off; PEFT switches all of them together."""
    knowing = (layer for layer in model.modules() if isinstance(getattr(layer, "disable_adapters", None), bool))
    return next(knowing, None)


def _rank() -> int:
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return int(distributed.get_rank())
    return int(os.environ.get("RANK", "0"))

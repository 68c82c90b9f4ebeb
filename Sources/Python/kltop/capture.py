"""Checkpoints × probes → rows, beside or after a training.

    python -m kltop.capture --reference BASE --checkpoints 'out/checkpoint-*' --probes probes.jsonl --out drift/

`kltop drift/` then shows how far each checkpoint has drifted from the reference. A unit of work is a checkpoint and a
block of probes. A unit that is done is a file in `drift/rows/.parts`; whoever finds all units of a checkpoint done joins
them into `rows/step-NNNNNNNN.safetensors`. So a run can be stopped and started again at any time, and spread:

    python -m kltop.capture … --shard 3/16          the fourth of sixteen parts of the work
    python -m kltop.capture … --engine ray          on a cluster of Ray

Every way of running gives the same bytes: the batch of a unit is its block, and nothing of process, host or clock
is written.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import struct
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Optional, TypeVar

import torch
from torch import Tensor, nn

from kltop._log import _raw as raw_bytes
from kltop.folders import Folder, folders, text_of
from kltop.models import CausalModel, most_tokens, undisturbed
from kltop.probes import Probe, prepared
from kltop.references import AdapterOff, Reference, SecondModel, evidence_of, rows_of
from kltop.rows import DEFAULT_BUDGET, Rows, RowsFile, fitted, read_rows, rows_file_name, write_probes, write_rows
from kltop.rows import write_vocabulary as write_vocabulary_file
from kltop.store import Store
from kltop.vocabulary import token_bytes

MOST_ATTEMPTS = 3
_Item = TypeVar("_Item")
_NAMED_BLOCKS = 8


@dataclass(frozen=True)
class Plan:
    """What is to be measured; two plans that are equal give the same files.

    reference: folder, URL or name of the model before tuning. probes: path or URL of the probes, a line each. out: where
        `rows/` is written. block: probes of a unit. k: entries of each model a row keeps. dtype: type of the weights,
        `auto` for the checkpoint's own. threads: of a unit, on the CPU. max_length: tokens of a probe. entries: `float32`
        or `float16`.
    vocabulary: `common` for models with vocabularies of unequal length.
    """

    reference: str
    probes: str
    out: str
    block: int = 8
    k: int = 8
    dtype: str = "auto"
    device: Optional[str] = None
    device_map: Optional[str] = None
    threads: int = 1
    max_length: int = 2048
    entries: str = "float32"
    budget: int = DEFAULT_BUDGET
    vocabulary: Optional[str] = None


@dataclass(frozen=True)
class Unit:
    """A checkpoint and the number of a block of probes."""

    checkpoint: str
    block: int


class Refused(Exception):  # noqa: N818
    """What cannot be measured, in words for the user."""


# Checkpoints


def checkpoints(patterns: Sequence[str]) -> list[str]:
    """Folders that the patterns name, by step, then name."""
    found = {path.rstrip("/") for pattern in patterns for path in folders(pattern)}
    return sorted(found, key=lambda path: (step_of(path), path))


def step_of(checkpoint: str) -> int:
    """Digits at the end of a checkpoint's name, 0 where there are none."""
    digits = re.search(r"(\d+)$", os.path.basename(checkpoint.rstrip("/")))
    return int(digits.group(1)) if digits else 0


def is_adapter(checkpoint: str) -> bool:
    return "adapter_config.json" in Folder(checkpoint).names()


def weight_files(checkpoint: str) -> list[str]:
    """Names of its `.safetensors`; Refused with the command that makes them where there are only others."""
    names = Folder(checkpoint).names()
    found = [name for name in names if name.endswith(".safetensors")]
    if found:
        return found
    raise Refused(f"{checkpoint}: no .safetensors file; {_conversion(checkpoint, names)}")


def _conversion(folder: str, names: Sequence[str]) -> str:
    if any(name.startswith("global_step") for name in names) or "zero_to_fp32.py" in names:
        return f"DeepSpeed: python {folder}/zero_to_fp32.py {folder} {folder} --safe_serialization"
    if "actor" in names or any(name.startswith("model_world_size") for name in names):
        target = f"{folder}/actor" if "actor" in names else folder
        return f"verl: python -m verl.model_merger merge --backend fsdp --local_dir {target} --target_dir {folder}-merged"
    if any(name.startswith(("pytorch_model_fsdp", "__0_0", ".metadata")) for name in names):
        return f"FSDP: accelerate merge-weights {folder} {folder}-merged"
    if any(name.startswith(("mp_rank", "iter_")) for name in names) or "common.pt" in names:
        return "Megatron: python tools/checkpoint/convert.py --model-type GPT --loader core --saver llama_mistral …"
    if any(name.endswith((".bin", ".pt")) for name in names):
        return "a pickle is never loaded: model.save_pretrained(folder) of a current transformers writes safetensors"
    return "it is empty, or not written yet"


def is_whole(checkpoint: str) -> bool:
    """Whether its weight files are as long as their headers say, and all that an index names are there."""
    with contextlib.suppress(OSError, ValueError, struct.error, Refused):
        folder, weights = Folder(checkpoint), weight_files(checkpoint)
        names = folder.names()
        for index in names:
            if index.endswith(".safetensors.index.json"):
                with folder.open(index) as file:
                    if not set(json.loads(file.read())["weight_map"].values()) <= set(weights):
                        return False
        for name in weights:
            with folder.open(name) as file:
                (length,) = struct.unpack("<Q", file.read(8))
                header = json.loads(file.read(length))
            ends = [entry["data_offsets"][1] for key, entry in header.items() if key != "__metadata__"]
            if folder.size(name) != 8 + length + max(ends, default=0):
                return False
        return "adapter_config.json" in names or "config.json" in names
    return False


# Probes


def read_probes(path: str, tokenizer: Any, max_length: int) -> list[Probe]:
    """Probes of a JSONL file: `set`, `sample`, and `text`, `messages` or `input_ids` with, perhaps, `start`."""
    sets: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(text_of(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            group, sample = str(item.pop("set", "probes")), str(item.pop("sample", f"line-{number}"))
        except (ValueError, AttributeError) as error:
            raise Refused(f"{path}:{number}: {error}") from error
        if sample in sets.setdefault(group, {}):
            raise Refused(f"{path}:{number}: sample {sample} of set {group} stands there twice")
        sets[group][sample] = item
    found = prepared(sets, tokenizer, max_length=max_length)
    for note in found.notes:
        _say(note)
    if not found.probes:
        raise Refused(f"{path}: no probes")
    return found.probes


# Models


class Models:
    """The reference and one checkpoint at a time."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._device = plan.device or ("cuda" if torch.cuda.is_available() else "cpu")
        if self._device == "cpu":
            torch.set_num_threads(plan.threads)
        self._reference: Optional[nn.Module] = None
        self._adapted: Any = None
        self._checkpoint: Optional[str] = None
        self._policy: Optional[CausalModel] = None
        self._other: Optional[Reference] = None

    def both(self, checkpoint: str) -> tuple[CausalModel, Reference]:
        """The checkpoint and what it is compared with."""
        if checkpoint != self._checkpoint:
            self._policy = self._other = None
            self._load(checkpoint)
            self._checkpoint = checkpoint
        assert self._policy is not None
        assert self._other is not None
        return self._policy, self._other

    def _load(self, checkpoint: str) -> None:
        weight_files(checkpoint)
        reference = self._untouched_reference()
        if is_adapter(checkpoint):
            from peft import PeftModel

            with Folder(checkpoint).local() as path:
                self._adapted = PeftModel.from_pretrained(reference, path).eval()
            self._policy = CausalModel(self._adapted)
            self._other = AdapterOff(self._policy)
        else:
            self._policy = CausalModel(self._loaded(checkpoint))
            self._other = SecondModel(reference, autocast=None)

    def _untouched_reference(self) -> nn.Module:
        """The reference without the adapter that was put into it last; loaded anew where that cannot be taken out."""
        if self._adapted is not None:
            adapted, self._adapted, self._reference = self._adapted, None, None
            with contextlib.suppress(Exception):
                self._reference = adapted.unload()
                if hasattr(self._reference, "peft_config"):
                    del self._reference.peft_config
        if self._reference is None:
            self._reference = self._loaded(self._plan.reference)
        return self._reference

    def _loaded(self, place: str) -> nn.Module:
        with Folder(place).local() as path:
            return self._loaded_from(path)

    def _loaded_from(self, path: str) -> nn.Module:
        from transformers import AutoModelForCausalLM

        dtype = self._plan.dtype if self._plan.dtype == "auto" else getattr(torch, self._plan.dtype)
        options: dict[str, Any] = {"use_safetensors": True, "device_map": self._plan.device_map}
        # The name of the option changed between releases of transformers.
        try:
            model = AutoModelForCausalLM.from_pretrained(path, dtype=dtype, **options)
        except TypeError:
            model = AutoModelForCausalLM.from_pretrained(path, torch_dtype=dtype, **options)
        loaded: nn.Module = model.eval() if self._plan.device_map else model.eval().to(self._device)
        return loaded


# Units


class Capture:
    """A plan with its probes, its models and the files it has written so far."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.store = Store(plan.out)
        self.tokenizer, config = _tokenizer_and_configuration(plan.reference)
        self.probes = read_probes(plan.probes, self.tokenizer, most_tokens(config, plan.max_length))
        self.blocks = [self.probes[start : start + plan.block] for start in range(0, len(self.probes), plan.block)]
        self._models: Optional[Models] = None
        self._launches: dict[str, str] = {}
        self._times: dict[str, Optional[float]] = {}

    def units(self, paths: Sequence[str], shard: tuple[int, int] = (0, 1)) -> list[Unit]:
        """Of the i-th of n shards; it costs no more than what is in it."""
        count = len(self.blocks)
        return [Unit(paths[number // count], number % count) for number in shard_of(range(len(paths) * count), shard)]

    def launch(self, checkpoint: str) -> str:
        """A name of what determines the rows of a checkpoint, the same wherever it is worked out."""
        if checkpoint not in self._launches:
            self._launches[checkpoint] = self._hashed(checkpoint)
        return self._launches[checkpoint]

    def _hashed(self, checkpoint: str) -> str:
        plan = self.plan
        parts: list[Any] = [plan.reference.rstrip("/"), os.path.basename(checkpoint), plan.block, plan.k, plan.dtype]
        parts += [plan.entries, plan.vocabulary, plan.max_length]
        parts += [[probe.set, probe.sample, probe.hash] for probe in self.probes]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:14]

    def is_finished(self, checkpoint: str) -> bool:
        """Whether its rows are there, made by an equal plan."""
        found = self.store.metadata(rows_file_name(step_of(checkpoint)))
        return found is not None and found.get("launch") == self.launch(checkpoint)

    def waiting(self, units: Sequence[Unit]) -> list[Unit]:
        """Those that are not done yet; one look at the store for each checkpoint among them."""
        paths = dict.fromkeys(unit.checkpoint for unit in units)
        missing = {path: set() if self.is_finished(path) else set(self.missing(path)) for path in paths}
        return [unit for unit in units if unit.block in missing[unit.checkpoint]]

    def measure(self, unit: Unit) -> None:
        """Measures a unit and writes its part, if it is not there yet."""
        if self.store.exists(self._part(unit)) or self.is_finished(unit.checkpoint):
            return
        rows, about = self._measured(unit)
        self._write(self._part(unit), unit.checkpoint, rows, self.blocks[unit.block], about, is_part=True)

    def _measured(self, unit: Unit) -> tuple[Rows, dict[str, Any]]:
        """Rows of a unit, and what its file says about them."""
        if self._models is None:
            self._models = Models(self.plan)
        policy, reference = self._models.both(unit.checkpoint)
        probes = self.blocks[unit.block]
        with undisturbed([policy.outer, *reference.models]):
            for model in (policy, getattr(reference, "model", policy)):
                if model.has_hidden:
                    model.check_head(self.probes[0])
            ours, theirs = evidence_of(policy, probes), reference.evidence(probes)
            sizes = (ours.vocabulary(), theirs.vocabulary())
            if sizes[0] != sizes[1] and self.plan.vocabulary != "common":
                raise Refused(
                    f"{unit.checkpoint}: {sizes[0]} entries, the reference has {sizes[1]}: --vocabulary common compares "
                    "those that both have"
                )
            rows = rows_of(ours, theirs, probes, k=self.plan.k, budget=self.plan.budget, is_common=sizes[0] != sizes[1])
        return rows, {
            "logits_dtype": str(policy.logits_dtype).removeprefix("torch."), "reference": reference.name,
            "ref_is_adapter_off": True if reference.is_adapter_off else None, "vocabulary": min(sizes),
            "vocabulary_policy": sizes[0] if sizes[0] != sizes[1] else None,
            "vocabulary_reference": sizes[1] if sizes[0] != sizes[1] else None,
        }  # fmt: skip

    def missing(self, checkpoint: str) -> list[int]:
        """Numbers of the blocks that are not measured yet."""
        there = self.store.names(self._folder(checkpoint))
        return [block for block in range(len(self.blocks)) if _part_name(block) not in there]

    def join(self, checkpoint: str) -> bool:
        """Joins the parts of a checkpoint if all are there and whole, and removes them; whether its rows are there."""
        if self.is_finished(checkpoint):
            self._remove_parts(checkpoint)
            return True
        if self.missing(checkpoint):
            return False
        try:
            parts = [self._read_part(Unit(checkpoint, block)) for block in range(len(self.blocks))]
        except FileNotFoundError:
            # Another one has joined and removed them meanwhile.
            return self.is_finished(checkpoint)
        whole = [part for part in parts if part is not None]
        for block, part in enumerate(parts):
            if part is None:
                _say(f"{checkpoint}, block {block}: its part is broken, and has to be measured again")
                self.store.remove(self._part(Unit(checkpoint, block)))
        if len(whole) < len(parts):
            return False
        about = {name: whole[0].metadata.get(name) for name in _KEPT}
        self._write(
            rows_file_name(step_of(checkpoint)), checkpoint, Rows.joined([part.rows for part in whole]), self.probes, about
        )
        self._remove_parts(checkpoint)
        return True

    def _read_part(self, unit: Unit) -> Optional[RowsFile]:
        """None for a part of which something was lost; FileNotFoundError where there is none."""
        with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError, RuntimeError, struct.error):
            part = self.store.read(self._part(unit), read_rows)
            if part.metadata.get("checksum") == str(_checksum(part.rows)):
                return part
        return None

    def describe(self) -> None:
        """Writes probes and vocabulary, unless they are there."""
        probes = self.probes
        if not self.store.exists("rows/probes.safetensors"):
            self.store.write(
                "rows/probes.safetensors",
                lambda path: write_probes(
                    path, [p.name for p in probes], [p.input_ids for p in probes], [p.start for p in probes]
                ),
            )
        tokens = token_bytes(self.tokenizer, len(self.tokenizer)) if self.tokenizer is not None else None
        if tokens is not None and not self.store.exists("rows/vocabulary.safetensors"):
            self.store.write("rows/vocabulary.safetensors", lambda path: write_vocabulary_file(path, tokens))

    def _write(
        self,
        name: str,
        checkpoint: str,
        rows: Rows,
        probes: Sequence[Probe],
        about: dict[str, Any],
        *,
        is_part: bool = False,
    ) -> None:
        """A part is not synchronised: what a machine that fell over has lost of it is noticed when it is joined."""
        dtype = torch.float16 if self.plan.entries == "float16" else torch.float32
        kept = fitted(rows, self.plan.k, dtype=dtype)
        offsets: Tensor = torch.tensor([0, *(len(probe.positions) for probe in probes)]).cumsum(0)
        vocabulary = int(about.pop("vocabulary"))
        metadata = {
            "rank": 0, "world_size": 1, "time": self._time(checkpoint),
            "launch": self.launch(checkpoint), "generation": 0, "sequence": 0, "sampled_from": "data",
            "checkpoint": os.path.basename(checkpoint), "phase": "eval", "mode": "eval", "grad_enabled": False,
            "ref_mode": "eval", "ref_grad_enabled": False, "probes": "probes.safetensors",
            "checksum": _checksum(kept) if is_part else None, **about,
        }  # fmt: skip
        self.store.write(
            name,
            lambda path: write_rows(
                path, kept, [probe.name for probe in probes], offsets, step=step_of(checkpoint),
                k=min(self.plan.k, vocabulary), vocabulary=vocabulary, metadata=metadata, sync=not is_part,
            ),
        )  # fmt: skip

    def _time(self, checkpoint: str) -> Optional[float]:
        """When the newest weight file of a checkpoint was written."""
        if checkpoint not in self._times:
            folder = Folder(checkpoint)
            times = [folder.modified(name) for name in weight_files(checkpoint)]
            self._times[checkpoint] = max((time for time in times if time is not None), default=None)
        return self._times[checkpoint]

    def _folder(self, checkpoint: str) -> str:
        return f"rows/.parts/{self.launch(checkpoint)}"

    def _part(self, unit: Unit) -> str:
        return f"{self._folder(unit.checkpoint)}/{_part_name(unit.block)}"

    def attempts(self, unit: Unit) -> str:
        """Name of the file in which an engine notes how often a unit was tried."""
        return f"{self._folder(unit.checkpoint)}/{unit.block:06d}.attempts"

    def _remove_parts(self, checkpoint: str) -> None:
        folder = self._folder(checkpoint)
        for name in self.store.names(folder):
            self.store.remove(f"{folder}/{name}")
        self.store.remove_folder(folder)
        self.store.remove_folder("rows/.parts")


def _checksum(rows: Rows) -> int:
    found = 0
    for field in fields(Rows):
        found = zlib.crc32(raw_bytes(getattr(rows, field.name)).data, found)
    return found


def _part_name(block: int) -> str:
    return f"{block:06d}.safetensors"


_KEPT = ("logits_dtype", "reference", "ref_is_adapter_off", "vocabulary", "vocabulary_policy", "vocabulary_reference")


def _tokenizer_and_configuration(reference: str) -> tuple[Any, Any]:
    """The reference's; no tokenizer where it has none, which probes of token ids do not need. Refused without a model."""
    from transformers import AutoConfig, AutoTokenizer

    with Folder(reference).local() as path:
        try:
            config = AutoConfig.from_pretrained(path)
        except Exception as error:
            raise Refused(f"{reference}: no model that transformers can load: {_first_line(error)}") from error
        tokenizer = None
        with contextlib.suppress(Exception):
            tokenizer = AutoTokenizer.from_pretrained(path)
    return tokenizer, config


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


# Running


@dataclass
class Outcome:
    """What a run came to: units measured, units that failed with the reason, checkpoints with open parts."""

    measured: int
    failed: list[tuple[Unit, str]]
    open: list[str]


def run_plainly(capture: Capture, paths: Sequence[str], shard: tuple[int, int] = (0, 1)) -> Outcome:
    """Measures the units of one shard one after the other, and joins what is complete."""
    outcome = Outcome(0, [], [])
    units = capture.units(paths, shard)
    waiting = capture.waiting(units)
    if len(waiting) < len(units):
        _say(f"{len(units) - len(waiting)} of {len(units)} units are there already")
    for _ in range(MOST_ATTEMPTS):
        _measure_all(capture, waiting, outcome)
        outcome.open = [path for path in paths if not capture.join(path)]
        # What waits again had parts that joining found broken.
        failed = {unit for unit, _ in outcome.failed}
        waiting = [unit for unit in capture.waiting(units) if unit not in failed]
        if not waiting:
            break
    return outcome


def _measure_all(capture: Capture, units: Sequence[Unit], outcome: Outcome) -> None:
    started = time.monotonic()
    for number, unit in enumerate(units):
        reason = attempt(capture, unit)
        if reason is None:
            outcome.measured += 1
        else:
            if not outcome.failed or (outcome.failed[-1][0].checkpoint, outcome.failed[-1][1]) != (unit.checkpoint, reason):
                _say(f"{unit.checkpoint}, block {unit.block}: {reason}")
            outcome.failed.append((unit, reason))
        _progress(number + 1, len(units), started)
        last_of_checkpoint = number + 1 == len(units) or units[number + 1].checkpoint != unit.checkpoint
        if last_of_checkpoint:
            capture.join(unit.checkpoint)


def shard_of(units: Sequence[_Item], shard: tuple[int, int]) -> Sequence[_Item]:
    """The i-th of n stretches of units: units of one checkpoint stay together, so that few workers load it."""
    index, count = shard
    return units[len(units) * index // count : len(units) * (index + 1) // count]


def attempt(capture: Capture, unit: Unit, most: int = MOST_ATTEMPTS) -> Optional[str]:
    """Measures a unit, again where it failed; why it failed for good, or None."""
    reason: Optional[str] = None
    for _ in range(most):
        try:
            capture.measure(unit)
            return None
        except Refused as error:
            return str(error)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
    return reason


def watch(
    capture: Capture, patterns: Sequence[str], shard: tuple[int, int], interval: float, until: Optional[str]
) -> Outcome:
    """Measures checkpoints as they appear, until one named `until` is measured, or for ever."""
    total = Outcome(0, [], [])
    refused: set[str] = set()
    while True:
        paths = [path for path in checkpoints(patterns) if path not in refused and is_whole(path)]
        waiting = [path for path in paths if not capture.is_finished(path)]
        if waiting:
            outcome = run_plainly(capture, waiting, shard)
            total.measured += outcome.measured
            total.failed += outcome.failed
            refused |= {unit.checkpoint for unit, _ in outcome.failed}
        if until is not None and any(os.path.basename(path) == until for path in paths):
            total.open = [path for path in paths if not capture.is_finished(path)]
            return total
        time.sleep(interval)


def table(capture: Capture, paths: Sequence[str]) -> str:
    """One line a checkpoint and set: rows, mean divergences, negative log-likelihood, all in nats."""
    lines = [f"{'step':>8}  {'set':<16} {'rows':>7} {'D(policy‖ref)':>14} {'D(ref‖policy)':>14} {'NLL':>8} {'ref NLL':>8}"]
    for path in paths:
        if not capture.is_finished(path):
            lines.append(f"{step_of(path):>8}  not complete")
            continue
        file = capture.store.read(rows_file_name(step_of(path)), read_rows)
        for group, rows in _by_set(file):
            values = [rows.kl_policy_reference, rows.kl_reference_policy]
            values += [-rows.target_logprob_policy, -rows.target_logprob_reference]
            first, second, ours, theirs = (float(value.double().mean()) for value in values)
            lines.append(
                f"{file.step:>8}  {group:<16} {len(rows):>7} {first:>14.5f} {second:>14.5f} {ours:>8.3f} {theirs:>8.3f}"
            )
    return "\n".join(lines)


def _by_reason(failed: Sequence[tuple[Unit, str]]) -> dict[tuple[str, str], list[int]]:
    """Numbers of the blocks of each checkpoint that failed for the same reason."""
    found: dict[tuple[str, str], list[int]] = {}
    for unit, reason in failed:
        found.setdefault((unit.checkpoint, reason), []).append(unit.block)
    return {key: sorted(blocks) for key, blocks in found.items()}


def _by_set(file: RowsFile) -> Iterator[tuple[str, Rows]]:
    groups: dict[str, list[Tensor]] = {}
    for number, (group, _) in enumerate(file.samples):
        bounds = torch.arange(int(file.sample_offsets[number]), int(file.sample_offsets[number + 1]))
        groups.setdefault(group, []).append(bounds)
    for group, parts in groups.items():
        yield group, file.rows.selected(torch.cat(parts))


def _progress(done: int, count: int, started: float) -> None:
    elapsed = time.monotonic() - started
    rate = done / elapsed if elapsed > 0 else 0.0
    left = (count - done) / rate if rate > 0 else 0.0
    end = "\r" if sys.stderr.isatty() and done < count else "\n"
    if sys.stderr.isatty() or done == count or done % 20 == 0:
        print(f"kltop.capture: {done} of {count} units, {rate:.2f} a second, {left:.0f} s left", end=end, file=sys.stderr)


def _say(message: str) -> None:
    print(f"kltop.capture: {' '.join(message.split())}", file=sys.stderr)


def _shard(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if match is None or not int(match.group(1)) < int(match.group(2)):
        raise argparse.ArgumentTypeError(f"{text!r} is not i/n with 0 ≤ i < n")
    return int(match.group(1)), int(match.group(2))


def _arguments(given: Optional[Sequence[str]]) -> argparse.Namespace:
    defaults = {field.name: field.default for field in fields(Plan)}
    parser = argparse.ArgumentParser(
        prog="python -m kltop.capture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reference", required=True, help="the model before tuning")
    parser.add_argument("--checkpoints", required=True, nargs="+", metavar="PATTERN", help="folders or URLs, in quotes")
    parser.add_argument("--probes", required=True, help="JSONL: set, sample, and text, messages or input_ids")
    parser.add_argument("--out", required=True, help="the folder that kltop is to show; through fsspec where it is a URL")
    parser.add_argument(
        "--shard", type=_shard, default=(0, 1), metavar="i/n", help="the i-th of n parts of the work, from 0 on"
    )
    parser.add_argument("--block", type=int, default=defaults["block"], help="probes of a unit, and of a batch")
    parser.add_argument("--k", type=int, default=defaults["k"], help="entries of each model a row keeps")
    parser.add_argument("--dtype", default="auto", help="auto, float32, bfloat16, float16")
    parser.add_argument("--device", help="cpu, cuda, cuda:1 …")
    parser.add_argument("--device-map", help="as in transformers, for models over several devices")
    parser.add_argument("--threads", type=int, default=1, help="threads of a unit on the CPU; part of what fixes the bytes")
    parser.add_argument("--max-length", type=int, default=defaults["max_length"], help="tokens of a probe")
    parser.add_argument("--entries", choices=("float32", "float16"), default="float32")
    parser.add_argument("--vocabulary", choices=("common",), help="compare the entries that both models have")
    parser.add_argument("--watch", action="store_true", help="go on as checkpoints appear")
    parser.add_argument("--until", metavar="NAME", help="with --watch: end when this checkpoint is measured")
    parser.add_argument("--interval", type=float, default=10.0, help="with --watch: seconds between two looks")
    parser.add_argument("--max-memory", type=float, metavar="GiB", help="address space of this process")
    parser.add_argument("--engine", choices=("plain", "ray"), default="plain")
    parser.add_argument("--address", help="with --engine ray: of a cluster; without it a local one is started")
    parser.add_argument("--num-gpus", type=float, default=0, help="with --engine ray: of a worker")
    parser.add_argument("--concurrency", default="1", metavar="MIN[,MAX]", help="with --engine ray: workers")
    return parser.parse_args(given)


def main(given: Optional[Sequence[str]] = None) -> int:
    """Exit status: 0 done, 1 some units failed, 65 what was given cannot be used."""
    arguments = _arguments(given)
    if arguments.max_memory is not None:
        import resource

        limit = int(arguments.max_memory * (1 << 30))
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    plan = Plan(**{name: getattr(arguments, name) for name in asdict(Plan("", "", "")) if hasattr(arguments, name)})
    try:
        capture = Capture(plan)
        capture.describe()
        paths = checkpoints(arguments.checkpoints)
        if not paths and not arguments.watch:
            raise Refused(f"no checkpoint at {' '.join(arguments.checkpoints)}")
        if arguments.watch:
            outcome = watch(capture, arguments.checkpoints, arguments.shard, arguments.interval, arguments.until)
            paths = checkpoints(arguments.checkpoints)
        elif arguments.engine == "ray":
            from kltop.ray_engine import run_on_ray

            outcome = run_on_ray(capture, paths, arguments)
        else:
            outcome = run_plainly(capture, paths, arguments.shard)
    except (Refused, OSError) as error:
        _say(str(error))
        return 65
    print(table(capture, paths))
    for path in outcome.open:
        missing = capture.missing(path)
        _say(f"{path}: {len(capture.blocks) - len(missing)} of {len(capture.blocks)} parts are there, others are left open")
    for (path, reason), blocks in _by_reason(outcome.failed).items():
        named = ", ".join(map(str, blocks[:_NAMED_BLOCKS])) + (" …" if len(blocks) > _NAMED_BLOCKS else "")
        _say(f"failed: {path}, {len(blocks)} of {len(capture.blocks)} blocks ({named}): {reason}")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    sys.exit(main())

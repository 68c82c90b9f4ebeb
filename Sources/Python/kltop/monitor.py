"""The monitor: measures probes with both models beside a training, whatever runs that training.

    monitor = kltop.monitor.Monitor("runs/sft", model, tokenizer=tokenizer, probes={"old": old, "new": new})
    for step, batch in enumerate(batches):
        if step % 50 == 0:
            with monitor.evaluation(step):
                monitor.metrics({"eval/old/accuracy": accuracy(model)})
        ...
        monitor.metrics(loss=loss, step=step + 1, phase="train")
    monitor.end()

It never stops, changes or corrupts the training: what goes wrong is one line on standard error, and after three
evaluations in a row that went wrong it switches itself off. Modes of all submodules, random generators, buffers and
gradient mode are put back after each evaluation.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Optional, Union

import torch
from torch import nn

from kltop._log import RunLogger
from kltop._texts import GENERAL
from kltop.models import CausalModel, ShardedModel, first_adapter_layer, is_sharded, most_tokens, undisturbed
from kltop.probes import MAX_LENGTH, Probe, Probes, prepared
from kltop.ranks import COMPLETIONS, Completion, RanksJoiner
from kltop.references import AdapterOff, Reference, SecondModel, Stored, rows_of
from kltop.rows import (
    DEFAULT_BUDGET,
    Rows,
    fitted,
    read_safetensors,
    read_safetensors_metadata,
    rows_file_name,
    write_probes,
    write_rows,
    write_vocabulary,
)
from kltop.schedule import Schedule
from kltop.vocabulary import token_bytes

# With a reference that is the policy without its adapters, D at a fresh start is 0; above this it is another model.
_MOST_AT_START = 1e-4
_FAILURES_TO_GIVE_UP = 3
_PROMPT_TOKENS = 16
# Tokens of a continuation, unless the caller says how many.
_GENERATED_TOKENS = 16
# Logits of each model in one evaluation from which on compiling the reduction pays in that very evaluation.
_VALUES_TO_COMPILE = 2_000_000_000
# Seconds that the end of a training waits for the files of the other ranks.
_PATIENCE = 5.0

_KNOWN = {
    "reference": ("adapter_off", "stored"),
    "entries": ("float32", "float16"),
    "vocabulary": ("common",),
    "labels_from": ("assistant",),
}


@dataclass
class Options:
    """What a user may choose; every choice has a default that suits a first try.

    probes: named sets of texts, chats, token ids or data sets (see `kltop.probes.prepared`). Without them, `general`
        holds the package's own 32 short texts, a retention set, and `new` what the training's own data give.
    every: an evaluation each so many updates, or `auto`, which keeps to `overhead`.
    overhead: share of the training's time that `auto` may take, the first and last evaluation and those of saved
        checkpoints apart.
    reference: `adapter_off`, `stored`, or a model; None: `adapter_off` where the policy has PEFT adapters, else `stored`.
    k: how many of the likeliest entries of each model a row keeps.
    retention, new: names of the sets that are to be kept, and of those that are to be learnt.
    generate: tokens of a greedy continuation by both models of each probe's prompt, or where it has none of its first half
        (at most 16 tokens), at every evaluation; None: 16, at the first, the last and those of saved checkpoints; 0: none.
    max_length: tokens of a probe. batch: probes in one forward pass. labels_from: see `kltop.probes.prepared`.
    vocabulary: `common` compares models with vocabularies of unequal length over the entries both have.
    entries: `float32` or `float16`. max_bytes: of one rows file. budget: bytes of scratch memory of the reduction.
    compiles: whether torch compiles the reduction (some seconds, once); None: on processors, where an evaluation is so
        large that it pays at once.
    """

    probes: Optional[Mapping[str, Any]] = None
    every: Union[int, str] = "auto"
    overhead: float = 0.02
    reference: Union[str, nn.Module, None] = None
    k: int = 8
    retention: Sequence[str] = ()
    new: Sequence[str] = ()
    generate: Optional[int] = None
    max_length: int = MAX_LENGTH
    batch: int = 8
    labels_from: Optional[str] = None
    entries: str = "float32"
    max_bytes: Optional[int] = None
    budget: int = DEFAULT_BUDGET
    vocabulary: Optional[str] = None
    compiles: Optional[bool] = None
    name: Optional[str] = None

    def __post_init__(self) -> None:
        """ValueError where a value is none of those above."""
        Schedule(self.every, self.overhead)
        if self.probes is not None and not isinstance(self.probes, Mapping):
            self.probes = {"probes": self.probes}
        for name, known in _KNOWN.items():
            value = getattr(self, name)
            if isinstance(value, str) and value not in known:
                raise ValueError(f"{name} is {value!r}; known are {', '.join(map(repr, known))}")
        if isinstance(self.retention, str) or isinstance(self.new, str):
            raise ValueError('retention and new are lists of names of sets, such as ["old"]')


@dataclass
class Evaluation:
    """One evaluation: `rows` of this rank, `seconds` it took, None where nothing was measured."""

    step: int
    rows: Optional[Rows] = None
    seconds: float = 0.0


@dataclass
class _Launch:
    """What tells this start of the training from others that write into the same folder."""

    name: str
    generation: int


@dataclass
class _State:
    sequence: int = 0
    failures: int = 0
    is_on: bool = True
    are_on: bool = True
    last_step: Optional[int] = None
    told: set[str] = field(default_factory=set)


class Monitor:
    """Measures one training, and logs it.

    out: the run's folder. policy: the model that is tuned, wrapped or not. tokenizer: for texts and the names of tokens.
    total_steps, config: what the log says about the run. start_step: updates already made; with `is_resumed` the
        policy is not the model the tuning began with.
    examples: what `new` is taken from where no probes are given.
    autocast: type that the training's forward passes compute in, where that is not the parameters'.
    options: the fields of `Options`.
    """

    def __init__(
        self,
        out: Union[str, os.PathLike[str]],
        policy: nn.Module,
        *,
        tokenizer: Any = None,
        total_steps: Optional[int] = None,
        config: Optional[Mapping[str, Any]] = None,
        start_step: int = 0,
        is_resumed: Optional[bool] = None,
        examples: Any = None,
        autocast: Optional[torch.dtype] = None,
        optimizer: Any = None,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        self.out = Path(out)
        self.options = Options(**options)
        self.rank, self.world_size = _rank_and_world()
        self.schedule = Schedule(self.options.every, self.options.overhead, start_step, total_steps)
        self._tokenizer = tokenizer
        self._clock = clock
        self._is_resumed = start_step > 0 if is_resumed is None else is_resumed
        self._state = _State()
        self._reference: Optional[Reference] = None
        self._probes = Probes()
        self._launch = _Launch("", 1)
        self._joiner = RanksJoiner(self.out, 1, {}, [], self._log_completions)
        self._probes_file = "probes.safetensors"
        self._policy_module = policy
        self._policy: Optional[CausalModel] = None
        self._autocast = autocast
        self._is_sharded = False
        self._mine: Sequence[Probe] = []
        self._sizes: Optional[tuple[int, int]] = None
        self._attempt("the start", lambda: self._prepare(policy, examples))
        # After the start, so that the log says which reference was chosen; its hooks have not seen our passes.
        self._log = self._opened_log(policy, total_steps, config, start_step, optimizer)

    # What a training calls

    @property
    def log(self) -> RunLogger:
        """The log beside the rows, for whatever else there is to say."""
        return self._log

    @property
    def is_on(self) -> bool:
        """Whether probes are still measured."""
        return self._state.is_on and self._reference is not None

    @property
    def last_step(self) -> Optional[int]:
        """The step that was measured last."""
        return self._state.last_step

    def is_due(self, step: int) -> bool:
        """Whether `measure(step)` has something to do by the schedule."""
        return step != self._state.last_step and self.schedule.is_due(step)

    def metrics(
        self,
        values: Optional[Mapping[str, Any]] = None,
        /,
        *,
        step: Optional[int] = None,
        phase: Optional[str] = None,
        **more: Any,
    ) -> None:
        """Writes numbers by name, as `RunLogger.metrics` does."""
        self._log.metrics(values, step=step, phase=phase, **more)

    def measure(self, step: int, *, checkpoint: Optional[str] = None, is_forced: bool = False) -> Evaluation:
        """Measures all probes of this rank after `step` updates and writes their rows.

        checkpoint: path of the checkpoint that holds this very model. is_forced: the evaluation is never skipped, and
            does not count as overhead. Of several ranks every one has to call this at the same steps.
        """
        evaluation = Evaluation(step)
        started = time.perf_counter()
        is_kept = is_forced or checkpoint is not None
        measures = self.schedule.measures_at(step) or is_kept
        takes_part = self.is_on or (self._is_sharded and self._state.are_on and self._reference is not None)
        if measures and step != self._state.last_step and takes_part:
            self._state.last_step = step
            self._attempt(f"the evaluation at step {step}", lambda: self._measure(evaluation, checkpoint, is_kept))
        evaluation.seconds = time.perf_counter() - started
        self._attempt("the schedule", lambda: self._plan(evaluation, is_kept))
        return evaluation

    @contextlib.contextmanager
    def evaluation(self, step: int, *, is_forced: bool = True) -> Iterator[Evaluation]:
        """Measures the probes; in the block both models are in eval mode without gradients."""
        evaluation = self.measure(step, is_forced=is_forced)
        self._log.step = step
        with undisturbed(self._models()), self._log.evaluation():
            yield evaluation

    def checkpoint(self, step: int, path: str) -> None:
        """Notes that a checkpoint was saved."""
        self._log.event("checkpoint", step=step, path=path)

    def end(self, status: str = "finished", **more: Any) -> None:
        """Notes how the run ended (`finished`, `failed`, `interrupted`) and lets go of the models."""
        if status == "finished":
            self._attempt("joining the ranks' files", lambda: self._joiner.join(patience=_PATIENCE))
        self._log.event("end", status=status, **more)
        self._log.close()

    # Starting

    def _opened_log(
        self,
        policy: nn.Module,
        total_steps: Optional[int],
        config: Optional[Mapping[str, Any]],
        start_step: int,
        optimizer: Any,
    ) -> RunLogger:
        sets = dict.fromkeys(self.options.retention, "retention") | dict.fromkeys(self.options.new, "new")
        if self.options.probes is None and not sets:
            sets = {"general": "retention", "new": "new"}
        description = {
            "total_steps": total_steps,
            "config": config,
            "sets": sets or None,
            "reference": self._reference.name if self._reference is not None else None,
        }
        log = RunLogger(
            self.out, optimizer=optimizer, start_step=start_step, name=self.options.name, rank=self.rank,
            ref_is_adapter_off=description["reference"] == "adapter_off", description=description, clock=self._clock,
        )  # fmt: skip
        adapter = first_adapter_layer(policy)

        def is_reference() -> bool:
            return adapter is not None and (
                bool(adapter.disable_adapters) or list(getattr(adapter, "active_adapters", [])) == ["ref"]
            )

        if self.rank == 0:
            with contextlib.suppress(Exception):
                log.watch(policy, is_reference)
            if isinstance(self.options.reference, nn.Module):
                log.watch(self.options.reference, lambda: True)
        return log

    def _reference_name(self, policy: nn.Module) -> str:
        reference = self.options.reference
        if isinstance(reference, nn.Module):
            return "model"
        if reference is None:
            return "adapter_off" if first_adapter_layer(policy) is not None else "stored"
        return reference

    def _prepare(self, policy: nn.Module, examples: Any) -> None:
        self._launch = self._agreed_launch()
        self._is_sharded = is_sharded(policy)
        self._policy = (ShardedModel if self._is_sharded else CausalModel)(policy, autocast=self._autocast)
        if self._is_sharded:
            if self.options.generate:
                self._say("completions are not written where weights are spread over the ranks (FSDP, ZeRO-3)")
            self.options = replace(self.options, generate=0)
        self._policy.pad_id = self._pad_id()
        self._probes = self._prepared_probes(examples)
        mine = self._probes.probes[self.rank :: self.world_size]
        with undisturbed(self._models()):
            if mine and self._policy.has_hidden and not self._policy.check_head(mine[0]):
                self._say("hidden states and head do not give the model's own logits; all logits are built")
            self._reference = self._chosen_reference(policy, mine)
            if isinstance(self._reference, SecondModel):
                self._reference.model.pad_id = self._policy.pad_id
                if mine and self._reference.model.has_hidden:
                    self._reference.model.check_head(mine[0])
        unknown = self._reference.missing(mine)
        for probe in unknown:
            self._say(f"the stored reference does not know sample {probe.sample} of set {probe.set}; it is left out")
        self._mine = [probe for probe in mine if probe not in set(unknown)]
        if self.rank == 0:
            launch = {"launch": self._launch.name, "generation": self._launch.generation}
            order = [probe.name for probe in self._probes.probes]
            self._joiner = RanksJoiner(self.out, self.world_size, launch, order, self._log_completions)
            self._write_descriptions()

    def _prepared_probes(self, examples: Any) -> Probes:
        options = self.options
        sets = options.probes
        if sets is None:
            sets = {"general": GENERAL} if self._tokenizer is not None else {}
            if examples is not None:
                sets = {**sets, "new": examples}
            elif self.rank == 0:
                self._say('the data give no examples for the set `new`; give `probes={"old": texts, "new": texts}`')
        config = getattr(self._policy.base, "config", None) if self._policy is not None else None
        most = most_tokens(config, options.max_length)
        limit = {"examples": 32} if options.probes is None else {}
        probes = prepared(sets, self._tokenizer, max_length=most, labels_from=options.labels_from, **limit)
        unknown = [name for name in (*options.retention, *options.new) if name not in sets]
        notes = [*probes.notes, *(f"there are no probes of the set {name}" for name in unknown)]
        for note in notes if self.rank == 0 else []:
            self._say(note)
        if not probes.probes:
            self._say('there are no probes to measure; give `probes={"old": texts, "new": texts}`')
        return probes

    def _chosen_reference(self, policy: nn.Module, mine: Sequence[Probe]) -> Reference:
        assert self._policy is not None
        name = self._reference_name(policy)
        if isinstance(self.options.reference, nn.Module):
            return SecondModel(self.options.reference, autocast=self._autocast)
        if name == "adapter_off":
            reference: Reference = AdapterOff(self._policy)
            if self._is_resumed or self._distance(reference) <= _MOST_AT_START:
                return reference
            if "ref" in getattr(self._policy.outer, "peft_config", {}):
                self._say("the policy differs from its base at the start; its adapter `ref` is the reference")
                return AdapterOff(self._policy, "ref")
            self._say("the policy differs from its base at the start; the reference is the policy as it is now")
        path = self._reference_path()
        if self._is_resumed:
            return Stored.read(self._policy, path.parent)
        stored = Stored.captured(self._policy, self._batches(mine), self._own_completions(mine))
        stored.write(path)
        return stored

    def _distance(self, reference: Reference) -> float:
        """The mean divergence of the first probe of all, so that every rank comes to the same."""
        if not self._probes.probes:
            return 0.0
        rows = self._reduced(self._probes.probes[:1], reference)
        return float(rows.kl_policy_reference.mean()) if len(rows) else 0.0

    def _own_completions(self, mine: Sequence[Probe]) -> dict[str, list[int]]:
        count = self._tokens_to_generate(is_kept=True)
        if count <= 0:
            return {}
        assert self._policy is not None
        found: dict[str, list[int]] = {}
        try:
            for batch in self._batches(mine):
                tokens = self._policy.generated([_prompt(probe) for probe in batch], count)
                found.update({probe.hash: ids for probe, ids in zip(batch, tokens)})
        except Exception as error:
            self._give_up_completions(error)
        return found

    def _reference_path(self) -> Path:
        part = f".rank-{self.rank:05d}" if self.world_size > 1 else ""
        return self.out / "rows" / f"reference{part}.safetensors"

    def _pad_id(self) -> int:
        for name in ("pad_token_id", "eos_token_id"):
            value = getattr(self._tokenizer, name, None)
            if isinstance(value, int):
                return value
        return 0

    def _write_descriptions(self) -> None:
        folder = self.out / "rows"
        folder.mkdir(parents=True, exist_ok=True)
        probes = self._probes.probes
        path = folder / self._probes_file
        if path.exists() and not _holds(path, probes):
            self._probes_file = f"probes-{self._probes.hash}.safetensors"
            path = folder / self._probes_file
        write_probes(path, [p.name for p in probes], [p.input_ids for p in probes], [p.start for p in probes])
        config = getattr(self._policy.base, "config", None) if self._policy is not None else None
        size = (self._policy.vocabulary if self._policy is not None else 0) or getattr(config, "vocab_size", 0)
        tokens = token_bytes(self._tokenizer, int(size)) if size else None
        if tokens is not None:
            write_vocabulary(folder / "vocabulary.safetensors", tokens)

    def _agreed_launch(self) -> _Launch:
        """Name and generation of this launch; rank 0 decides, the others are told by one broadcast."""
        name = _launch_of_environment()
        random = int.from_bytes(secrets.token_bytes(7), "big")
        generation = 1
        if self.rank == 0:
            # Nothing may keep rank 0 from the broadcast that the others wait in.
            with contextlib.suppress(Exception):
                generation += _greatest_generation(self.out / "rows")
            with contextlib.suppress(Exception):
                self._forget_stored_references()
        random, generation = self._broadcast([random, generation])
        return _Launch(name or f"{random:014x}", generation)

    def _forget_stored_references(self) -> None:
        """A tuning that begins anew has another reference than the one before it in this folder, which may have had more
        ranks."""
        if self._is_resumed or isinstance(self.options.reference, nn.Module):
            return
        for pattern in ("reference.safetensors", "reference.rank-*.safetensors"):
            for path in (self.out / "rows").glob(pattern):
                path.unlink()

    # Measuring

    def _measure(self, evaluation: Evaluation, checkpoint: Optional[str], is_kept: bool) -> None:
        assert self._reference is not None
        with undisturbed(self._models()), self._log.evaluation():
            parts = self._parts(self._reference)
            completions = self._completions(self._tokens_to_generate(is_kept))
        if not self._state.is_on:
            return
        rows = evaluation.rows = Rows.joined(parts)
        self._write(evaluation.step, rows, checkpoint, [] if self.rank == 0 else completions)
        if self.rank == 0:
            self._log_completions(evaluation.step, completions)
        self._state.failures = 0

    def _parts(self, reference: Reference) -> list[Rows]:
        """Rows of this rank's batches. Where weights are spread, every forward pass is made, whatever goes wrong."""
        parts: list[Rows] = []
        failure: Optional[Exception] = None
        for number, batch in enumerate(self._batches(self._mine)):
            try:
                rows = self._reduced(batch, reference)
                if number * max(1, self.options.batch) < len(self._mine):
                    parts.append(rows)
            except Exception as error:
                if not self._is_sharded:
                    raise
                failure = failure or error
        if failure is not None:
            raise failure
        return parts

    def _reduced(self, batch: Sequence[Probe], reference: Reference) -> Rows:
        assert self._policy is not None
        ours, theirs = reference.beside(self._policy, batch)
        is_common = self.options.vocabulary == "common"
        if len(batch) and is_common:
            self._sizes = (ours.vocabulary(), theirs.vocabulary())
        return rows_of(
            ours, theirs, batch, k=self.options.k, budget=self.options.budget, is_common=is_common,
            compiles=self._compiles(),
        )  # fmt: skip

    def _compiles(self) -> bool:
        """Whether torch compiles the reduction; the same for all evaluations, once the vocabulary is known."""
        if self.options.compiles is not None or self._policy is None:
            return bool(self.options.compiles)
        values = sum(len(probe.positions) for probe in self._mine) * self._policy.vocabulary
        return self._policy.device.type == "cpu" and values >= _VALUES_TO_COMPILE

    def _batches(self, probes: Sequence[Probe]) -> list[Sequence[Probe]]:
        size = max(1, self.options.batch)
        batches = [probes[start : start + size] for start in range(0, len(probes), size)]
        if self._is_sharded and self._probes.probes:
            # A rank with fewer probes makes its forward passes all the same, with the first one.
            most = -(-len(self._probes.probes) // self.world_size)
            batches += [self._probes.probes[:1]] * (-(-most // size) - len(batches))
        return batches

    def _models(self) -> list[nn.Module]:
        models = [self._policy.outer if self._policy is not None else self._policy_module]
        if isinstance(self.options.reference, nn.Module):
            models.append(self.options.reference)
        return models

    def _write(self, step: int, rows: Rows, checkpoint: Optional[str], completions: Sequence[Completion]) -> None:
        assert self._policy is not None
        name = rows_file_name(step, self.rank, self.world_size)
        (self.out / "rows").mkdir(parents=True, exist_ok=True)
        dtype = torch.float16 if self.options.entries == "float16" else torch.float32
        kept = fitted(rows, self.options.k, dtype=dtype, max_bytes=self.options.max_bytes)
        offsets = torch.tensor([0, *(len(probe.positions) for probe in self._mine)]).cumsum(0)
        modes = self._modes()
        now = self._clock()
        metadata = {
            "rank": self.rank, "world_size": self.world_size, "time": now, "launch": self._launch.name,
            "generation": self._launch.generation, "sequence": self._state.sequence, "sampled_from": "data",
            "checkpoint": Path(checkpoint).name if checkpoint else None, "probes": self._probes_file,
            "logits_dtype": str(self._policy.logits_dtype).removeprefix("torch."),
            COMPLETIONS: json.dumps(completions, ensure_ascii=False) if completions else None, **modes,
        }  # fmt: skip
        vocabulary = self._policy.vocabulary
        if self._sizes is not None and self._sizes[0] != self._sizes[1]:
            metadata |= {"vocabulary_policy": self._sizes[0], "vocabulary_reference": self._sizes[1]}
            vocabulary = min(self._sizes)
        write_rows(
            self.out / name, kept, [probe.name for probe in self._mine], offsets, step=step,
            k=min(self.options.k, vocabulary), vocabulary=vocabulary, metadata=metadata,
        )  # fmt: skip
        if self.rank == 0:
            self._attempt("joining the ranks' files", self._joiner.join)
            self._joiner.add(step, self._state.sequence)
        self._state.sequence += 1
        if self.rank == 0:
            record: dict[str, Any] = {"rows_file": rows_file_name(step)}
            if self.world_size > 1:
                record["shards"] = self.world_size
            share = self.schedule.share()
            if share is not None:
                record["kltop/overhead"] = round(share, 5)
            with self._log.evaluation():
                seen = {name: value for name, value in modes.items() if name not in ("phase", "reference")}
                self._log.metrics({**seen, **record}, step=step, phase="eval")

    def _modes(self) -> dict[str, Any]:
        assert self._reference is not None
        modes: dict[str, Any] = {"phase": "eval", "mode": "eval", "grad_enabled": False}
        modes["reference"] = self._reference.name
        if self._reference.is_adapter_off:
            modes["ref_is_adapter_off"] = True
        modes |= {"ref_mode": "eval", "ref_grad_enabled": False}
        return modes

    def _tokens_to_generate(self, is_kept: bool) -> int:
        """Of a continuation at an evaluation that is never skipped, or at another one."""
        can_generate = self._tokenizer is not None and self._policy is not None and hasattr(self._policy.outer, "generate")
        if self.options.generate is None:
            return _GENERATED_TOKENS if is_kept and can_generate else 0
        return self.options.generate if can_generate else 0

    def _completions(self, count: int) -> list[Completion]:
        """What both models make of this rank's prompts; nothing any more once that went wrong."""
        found: list[Completion] = []
        if count <= 0:
            return found
        assert self._policy is not None
        assert self._reference is not None
        try:
            for batch in self._batches(self._mine):
                prompts = [_prompt(probe) for probe in batch]
                ours = self._policy.generated(prompts, count)
                theirs = self._reference.generated(batch, prompts, count)
                for probe, prompt, tokens, others in zip(batch, prompts, ours, theirs):
                    # Readers take what comes before `start` for the prompt: the rest of ours stands before what follows.
                    given = list(prompt[probe.start :])
                    reference = None if others is None else self._tokenizer.decode([*given, *others])
                    found.append((*probe.name, self._tokenizer.decode([*given, *tokens]), reference))
        except Exception as error:
            self._give_up_completions(error)
            return []
        return found

    def _give_up_completions(self, error: Exception) -> None:
        self._say(f"completions went wrong: {_words(error)}; they are left out, rows are measured all the same")
        self.options = replace(self.options, generate=0)

    def _log_completions(self, step: int, completions: Sequence[Completion]) -> None:
        with self._log.evaluation():
            for name, sample, ours, theirs in completions:
                record = {"set": name, "sample": sample, "completion": ours}
                if theirs is not None:
                    record["ref_completion"] = theirs
                self._log.metrics(record, step=step, phase="eval")

    # The schedule, and what goes wrong

    def _plan(self, evaluation: Evaluation, is_kept: bool) -> None:
        """One broadcast after each evaluation: the next step, whether it measures, and whether rank 0 is still on."""
        counts = 0.0 if is_kept or evaluation.rows is None else evaluation.seconds
        self.schedule.note(evaluation.step, evaluation.seconds, counts)
        following, measures = self.schedule.planned(evaluation.step)
        following, measures_there, is_on = self._broadcast([following, int(measures), int(self._state.is_on)])
        self.schedule.agree(following, bool(measures_there))
        if not is_on:
            self._state.is_on = self._state.are_on = False

    def _broadcast(self, numbers: list[int]) -> list[int]:
        if self.world_size == 1:
            return numbers
        distributed = torch.distributed
        on_device = distributed.get_backend() == "nccl"
        device = next(self._policy_module.parameters()).device if on_device else torch.device("cpu")
        values = torch.tensor(numbers, dtype=torch.int64, device=device)
        distributed.broadcast(values, src=0)
        return [int(value) for value in values.tolist()]

    def _attempt(self, what: str, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self._state.failures += 1
            self._say(f"{what} went wrong: {_words(error)}; the training goes on", is_repeated=True)
            if self._state.failures >= _FAILURES_TO_GIVE_UP and self._state.is_on:
                self._state.is_on = False
                self._say("three failures in a row: probes are not measured any more")

    def _say(self, message: str, *, is_repeated: bool = False) -> None:
        """One line on standard error, the same one only once."""
        if not is_repeated and message in self._state.told:
            return
        self._state.told.add(message)
        prefix = "kltop" if self.world_size == 1 else f"kltop (rank {self.rank})"
        with contextlib.suppress(Exception):
            print(f"{prefix}: {' '.join(message.split())}", file=sys.stderr)


def _prompt(probe: Probe) -> Sequence[int]:
    """What comes before the tokens that count; where everything counts, a first part of the text."""
    if probe.start > 1:
        return probe.input_ids[: probe.start]
    return probe.input_ids[: max(1, min(_PROMPT_TOKENS, len(probe.input_ids) // 2))]


def _holds(path: Path, probes: Sequence[Probe]) -> bool:
    """Whether a file of probes holds just these."""
    with contextlib.suppress(Exception):
        tensors, metadata = read_safetensors(path)
        names = [tuple(name) for name in json.loads(metadata["samples"])]
        ids = [token for probe in probes for token in probe.input_ids]
        starts = [probe.start for probe in probes]
        return bool(
            names == [probe.name for probe in probes]
            and tensors["input_ids"].tolist() == ids
            and tensors["start"].tolist() == starts
        )
    return False


def _rank_and_world() -> tuple[int, int]:
    distributed = torch.distributed
    if distributed.is_available() and distributed.is_initialized():
        return int(distributed.get_rank()), int(distributed.get_world_size())
    return 0, 1


def _launch_of_environment() -> Optional[str]:
    """A name that all ranks of a launch find by themselves, and that another launch does not have."""
    for job, restarts in (
        ("TORCHELASTIC_RUN_ID", ("TORCHELASTIC_RESTART_COUNT",)),
        ("SLURM_JOB_ID", ("SLURM_RESTART_COUNT", "SLURM_STEP_ID")),
        ("LSB_JOBID", ()),
        ("PBS_JOBID", ()),
    ):
        name = os.environ.get(job)
        # torchrun without an id of its own calls every launch `none`.
        if name and name != "none":
            text = "|".join([job, name, *(os.environ.get(count, "0") for count in restarts)])
            return hashlib.sha256(text.encode()).hexdigest()[:14]
    return None


def _greatest_generation(folder: Path) -> int:
    about = (read_safetensors_metadata(path) or {} for path in folder.glob("step-*.safetensors"))
    numbers = (found.get("generation", "0") for found in about)
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def _words(error: BaseException) -> str:
    text = ""
    with contextlib.suppress(Exception):
        text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

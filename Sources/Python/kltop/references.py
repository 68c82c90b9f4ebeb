"""The reference: what the policy is compared with. It gives hidden states or logits for the rows of a batch."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import torch
from torch import Tensor, nn

from kltop._log import write_safetensors
from kltop.models import CausalModel, ShardedModel, adapter_on, adapters_off, is_sharded
from kltop.probes import Probe
from kltop.rows import Rows, read_safetensors, reduce_hidden, reduce_rows

# A reference by full logits (a model without hidden states) is refused above this size.
MOST_STORED_LOGITS = 2 << 30


@dataclass
class Evidence:
    """What one model gives for R rows: hidden states [R, H] with their head, or logits [R, V]."""

    hidden: Optional[Tensor] = None
    head: Optional[Callable[[Tensor], Tensor]] = None
    logits: Optional[Tensor] = None

    def all_logits(self) -> Tensor:
        """Logits [R, V], made if need be."""
        if self.logits is not None:
            return self.logits
        if self.hidden is None or self.head is None:
            raise ValueError("neither logits nor hidden states with a head")
        return self.head(self.hidden)

    def vocabulary(self) -> int:
        """How many logits a row has."""
        if self.logits is not None:
            return int(self.logits.shape[-1])
        assert self.hidden is not None
        assert self.head is not None
        return int(self.head(self.hidden[:1]).shape[-1])


def evidence_of(model: CausalModel, probes: Sequence[Probe]) -> Evidence:
    """What a model gives for the rows of these probes as it stands."""
    if isinstance(model, ShardedModel):
        return Evidence(logits=model.rows_logits(probes)[0])
    if model.has_hidden:
        return Evidence(hidden=model.hidden(probes), head=model.head)
    logits, rows = model.logits(probes)
    return Evidence(logits=logits.flatten(0, 1).index_select(0, rows.to(logits.device)))


def rows_of(
    ours: Evidence, theirs: Evidence, probes: Sequence[Probe], *, k: int, budget: int, is_common: bool = False,
    compiles: bool = False,
) -> Rows:  # fmt: skip
    """Rows of the probes; `is_common`: of vocabularies of unequal length only the shared prefix counts."""
    targets = torch.tensor([token for probe in probes for token in probe.targets], dtype=torch.int64)
    positions = [position for probe in probes for position in probe.positions]
    if is_common:
        ours, theirs, shared = _shared(ours, theirs)
        targets = torch.where(targets < shared, targets, -1)
    if ours.hidden is not None and theirs.hidden is not None and ours.head is not None and theirs.head is not None:
        return reduce_hidden(
            ours.hidden, ours.head, theirs.hidden, theirs.head, targets, k, positions=positions, budget=budget,
            compiles=compiles,
        )  # fmt: skip
    return reduce_rows(
        ours.all_logits(), theirs.all_logits(), targets, k=k, positions=positions, budget=budget, compiles=compiles
    )


def _shared(ours: Evidence, theirs: Evidence) -> tuple[Evidence, Evidence, int]:
    shared = min(ours.vocabulary(), theirs.vocabulary())

    def cut(evidence: Evidence) -> Evidence:
        head = evidence.head
        return Evidence(
            hidden=evidence.hidden,
            head=None if head is None else lambda states: head(states)[..., :shared],
            logits=None if evidence.logits is None else evidence.logits[..., :shared],
        )

    return cut(ours), cut(theirs), shared


class Reference:
    """name: how files and the log call it."""

    name = "model"
    is_adapter_off = False
    # Modules that run for it and are not the policy's.
    models: Sequence[nn.Module] = ()

    def evidence(self, probes: Sequence[Probe]) -> Evidence:
        raise NotImplementedError

    def beside(self, policy: CausalModel, probes: Sequence[Probe]) -> tuple[Evidence, Evidence]:
        """What the policy and the reference give for the same rows."""
        return evidence_of(policy, probes), self.evidence(probes)

    def generated(
        self, probes: Sequence[Probe], prompts: Sequence[Sequence[int]], count: int
    ) -> Sequence[Optional[list[int]]]:
        """Continuations of the prompts, None where it does not know one."""
        raise NotImplementedError

    def missing(self, probes: Sequence[Probe]) -> list[Probe]:
        """Probes that it knows nothing about."""
        return []


class SecondModel(Reference):
    """A model of its own, which training does not touch."""

    def __init__(self, model: nn.Module, *, autocast: Optional[torch.dtype]) -> None:
        kind = ShardedModel if is_sharded(model) else CausalModel
        self._model = kind(model, autocast=autocast)
        self.models = (self._model.outer,)

    @property
    def model(self) -> CausalModel:
        return self._model

    def evidence(self, probes: Sequence[Probe]) -> Evidence:
        return evidence_of(self._model, probes)

    def generated(self, probes: Sequence[Probe], prompts: Sequence[Sequence[int]], count: int) -> list[list[int]]:
        return self._model.generated(prompts, count)


class AdapterOff(Reference):
    """The policy with its adapters off, or with an adapter that the trainer keeps for the reference."""

    def __init__(self, policy: CausalModel, adapter: Optional[str] = None) -> None:
        self._policy = policy
        self._adapter = adapter
        self.name = "adapter_off" if adapter is None else f"adapter {adapter}"
        self.is_adapter_off = adapter is None

    def evidence(self, probes: Sequence[Probe]) -> Evidence:
        with self._switched():
            found = evidence_of(self._policy, probes)
        if found.head is not None and self._policy.has_adapted_head:
            head = found.head

            def switched_head(states: Tensor) -> Tensor:
                with self._switched():
                    return head(states)

            found.head = switched_head
        return found

    def generated(self, probes: Sequence[Probe], prompts: Sequence[Sequence[int]], count: int) -> list[list[int]]:
        with self._switched():
            return self._policy.generated(prompts, count)

    def _switched(self) -> contextlib.AbstractContextManager[None]:
        peft = self._policy.peft
        return adapters_off(peft) if self._adapter is None else adapter_on(peft, self._adapter)


class Stored(Reference):
    """The untouched policy's last hidden states of the probes, and its head where that is tuned.

    The file holds `hidden` [N, H] (or `logits` [N, V] where the model has no hidden states), `row_offsets` int64
    [S + 1], and `head` [V, H] and `bias` [V] where the head is tuned, in the types the forward pass made; its metadata
    names the rows by (set, sample, hash of the ids). A run that goes on reads the files of all ranks.
    """

    name = "stored"

    def __init__(self, policy: CausalModel) -> None:
        self._policy = policy
        self._rows: dict[tuple[str, str, str], Tensor] = {}
        self._completions: dict[tuple[str, str, str], list[int]] = {}
        self._head: Optional[Tensor] = None
        self._bias: Optional[Tensor] = None
        self._is_logits = not policy.has_hidden and not isinstance(policy, ShardedModel)

    @staticmethod
    def captured(policy: CausalModel, batches: Sequence[Sequence[Probe]], completions: dict[str, list[int]]) -> Stored:
        """Runs the policy, which nothing has changed yet."""
        stored = Stored(policy)
        if policy.is_head_tuned:
            weight = getattr(policy.head_module, "weight", None)
            if not isinstance(policy.head_module, nn.Linear) or policy.has_adapted_head or weight is None:
                policy.decoder = policy.head_module = None
                stored._is_logits = True
            else:
                stored._head = weight.detach().to("cpu", copy=True)
                bias = policy.head_module.bias
                stored._bias = None if bias is None else bias.detach().to("cpu", copy=True)
        size = 0
        for batch in batches:
            if isinstance(policy, ShardedModel):
                values, stored._head, stored._bias = policy.hidden_and_head(batch)
            else:
                found = evidence_of(policy, batch)
                values = found.all_logits() if found.hidden is None else found.hidden
            parts = values.detach().to("cpu").split([len(probe.positions) for probe in batch])
            for probe, part in zip(batch, parts):
                size += part.numel() * part.element_size()
                if stored._is_logits and size > MOST_STORED_LOGITS:
                    raise ValueError(
                        "the model shows no hidden states, and its logits for the probes are over 2 GiB: give fewer "
                        "probes, or `reference=` a second model"
                    )
                stored._rows[_key(probe)] = part.clone()
        stored._completions = {
            _key(probe): completions[probe.hash] for batch in batches for probe in batch if probe.hash in completions
        }
        return stored

    @staticmethod
    def read(policy: CausalModel, folder: Path) -> Stored:
        """FileNotFoundError where the folder holds none."""
        paths = sorted(folder.glob("reference.safetensors")) + sorted(folder.glob("reference.rank-*.safetensors"))
        if not paths:
            raise FileNotFoundError(
                f"{folder / 'reference.safetensors'} is not there: the model as it was before tuning is not known, "
                "and the resumed model is not it"
            )
        stored = Stored(policy)
        for path in paths:
            tensors, metadata = read_safetensors(path)
            values = tensors.get("hidden", tensors.get("logits"))
            if values is None:
                raise ValueError(f"{path}: neither hidden states nor logits")
            stored._is_logits = "logits" in tensors
            stored._head, stored._bias = tensors.get("head", stored._head), tensors.get("bias", stored._bias)
            offsets = tensors["row_offsets"].tolist()
            for number, entry in enumerate(json.loads(metadata["samples"])):
                stored._rows[(entry[0], entry[1], entry[2])] = values[offsets[number] : offsets[number + 1]]
            for entry in json.loads(metadata.get("completions", "[]")):
                stored._completions[(entry[0], entry[1], entry[2])] = entry[3]
        if stored._is_logits:
            policy.decoder = policy.head_module = None
        return stored

    def write(self, path: Path) -> None:
        names = list(self._rows)
        values = list(self._rows.values())
        offsets = torch.tensor([0, *(len(part) for part in values)]).cumsum(0)
        tensors = {"logits" if self._is_logits else "hidden": torch.cat(values) if values else torch.zeros(0, 0)}
        if self._head is not None:
            tensors["head"] = self._head
        if self._bias is not None:
            tensors["bias"] = self._bias
        metadata = {
            "format": "kltop-reference/1",
            "samples": json.dumps([list(name) for name in names], ensure_ascii=False),
            "completions": json.dumps([[*name, tokens] for name, tokens in self._completions.items()], ensure_ascii=False),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        write_safetensors(path, {**tensors, "row_offsets": offsets}, metadata, sync=True)

    def missing(self, probes: Sequence[Probe]) -> list[Probe]:
        return [probe for probe in probes if _key(probe) not in self._rows]

    def evidence(self, probes: Sequence[Probe]) -> Evidence:
        device = self._policy.device
        values = torch.cat([self._rows[_key(probe)] for probe in probes]).to(device)
        if self._is_logits:
            return Evidence(logits=values)
        if self._head is None:
            return Evidence(hidden=values, head=self._policy.head)
        weight = self._head.to(device)
        bias = None if self._bias is None else self._bias.to(device)
        return Evidence(hidden=values, head=lambda states: self._policy.head_of(states, weight, bias))

    def beside(self, policy: CausalModel, probes: Sequence[Probe]) -> tuple[Evidence, Evidence]:
        if not isinstance(policy, ShardedModel):
            return super().beside(policy, probes)
        if self.missing(probes):
            # A forward pass that is made only because the other ranks make one.
            ours = Evidence(logits=policy.rows_logits(probes)[0])
            return ours, ours
        states = torch.cat([self._rows[_key(probe)] for probe in probes]).to(policy.device)
        logits, theirs = policy.rows_logits(probes, states if self._head is None else None)
        if self._head is not None:
            bias = None if self._bias is None else self._bias.to(policy.device)
            theirs = policy.head_of(states, self._head.to(policy.device), bias)
        return Evidence(logits=logits), Evidence(logits=theirs)

    def generated(
        self, probes: Sequence[Probe], prompts: Sequence[Sequence[int]], count: int
    ) -> Sequence[Optional[list[int]]]:
        found = [self._completions.get(_key(probe)) for probe in probes]
        return [None if tokens is None else tokens[:count] for tokens in found]


def _key(probe: Probe) -> tuple[str, str, str]:
    return (probe.set, probe.sample, probe.hash)

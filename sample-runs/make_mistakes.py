"""Short runs whose log has the divergence wrong, each in one known way, and some that have it right.

    pip install torch
    python make_mistakes.py DIRECTORY

Each becomes DIRECTORY/NAME.jsonl: training lines with loss, kl and total_loss, and every third step a probe
line with the logits of both models and the `kl` that the mistake made of them. Training lines hold the right
divergence (the policy in train mode, as it is then), so that one thing is wrong in each log. Seeded, and on
one thread.
"""

from __future__ import annotations

import argparse
import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kltop_log import RunLogger

SEED = 5
CLASSES = 10
FEATURES = 16
STEPS = 60
EVALUATE_EVERY = 3
BATCH = 64
KL_WEIGHT = 0.05
# Rows, sequences, positions and classes all differ in number, so that no two divisors are alike.
PROBES = 7
SEQUENCES, POSITIONS = 2, 4
SAMPLED_POSITIONS = 6

Measure = Callable[[Tensor, Tensor], Tensor]


def divergence(logits: Tensor, ref_logits: Tensor, reduction: str = "batchmean") -> Tensor:
    """D(policy‖reference), nats. `kl_div` takes log Q first and P second."""
    policy, reference = F.log_softmax(logits, dim=-1), F.log_softmax(ref_logits, dim=-1)
    return F.kl_div(reference, policy, reduction=reduction, log_target=True)


def per_token(logits: Tensor, ref_logits: Tensor) -> Tensor:
    return divergence(logits.flatten(0, -2), ref_logits.flatten(0, -2))


def swapped(logits: Tensor, ref_logits: Tensor) -> Tensor:
    return divergence(ref_logits, logits)


def divided_by_elements(logits: Tensor, ref_logits: Tensor) -> Tensor:
    return divergence(logits, ref_logits, reduction="mean")


def summed(logits: Tensor, ref_logits: Tensor) -> Tensor:
    return divergence(logits, ref_logits, reduction="sum")


def in_bits(logits: Tensor, ref_logits: Tensor) -> Tensor:
    return divergence(logits, ref_logits) / math.log(2)


def probabilities_as_input(logits: Tensor, ref_logits: Tensor) -> Tensor:
    return F.kl_div(F.softmax(ref_logits, dim=-1), F.softmax(logits, dim=-1), reduction="batchmean")


def log_target_forgotten(logits: Tensor, ref_logits: Tensor) -> Tensor:
    policy, reference = F.log_softmax(logits, dim=-1), F.log_softmax(ref_logits, dim=-1)
    return F.kl_div(reference, policy, reduction="batchmean")


def log_target_wrongly_set(logits: Tensor, ref_logits: Tensor) -> Tensor:
    policy, reference = F.softmax(logits, dim=-1), F.log_softmax(ref_logits, dim=-1)
    return F.kl_div(reference, policy, reduction="batchmean", log_target=True)


def at_temperature_two(logits: Tensor, ref_logits: Tensor) -> Tensor:
    return divergence(logits / 2, ref_logits / 2)


def rows_clamped_at_ten(logits: Tensor, ref_logits: Tensor) -> Tensor:
    return divergence(logits, ref_logits, reduction="none").sum(-1).clamp(-10, 10).mean()


# Of sampled tokens: log-probabilities of policy and reference in, an estimate of the divergence out.


def k1(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    return (logprobs - ref_logprobs).mean()


def k2(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    return ((ref_logprobs - logprobs) ** 2 / 2).mean()


def k3_of_each(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    ratio = ref_logprobs - logprobs
    return ratio.exp() - 1 - ratio


def k3(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    return k3_of_each(logprobs, ref_logprobs).mean()


def k1_clamped_at_zero(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    return k1(logprobs, ref_logprobs).clamp(min=0)


def k3_clamped_at_ten(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    return k3_of_each(logprobs, ref_logprobs).clamp(-10, 10).mean()


@dataclass
class Run:
    """One log: what its probe lines call `kl`, and in which state the models are when it is measured."""

    name: str
    measure: Measure = divergence
    #: `rows`, `sequences` of given characters, or `sampled` from the policy.
    probes: str = "rows"
    sign: int = 1
    policy_trains_in_probes: bool = False
    #: The line has logits of an eval-mode pass, and a kl of another pass in train mode.
    kl_of_another_pass: bool = False
    reference_trains_in_probes: bool = False
    reference_trains_in_batches: bool = False
    learning_rate: float = 2e-3
    pretraining_steps: int = 400
    #: Share of characters that do not follow the language's rule; without them the models are nearly certain.
    strays: float = 0.1


RUNS = [
    Run("correct"),
    Run("correct-sequences", per_token, "sequences"),
    Run("direction-swapped", swapped),
    Run("mean", divided_by_elements),
    Run("sum", summed),
    Run("bits", in_bits),
    Run("batchmean-of-sequences", divergence, "sequences"),
    Run("probabilities-as-input", probabilities_as_input),
    Run("log-target-forgotten", log_target_forgotten),
    Run("log-target-wrongly-set", log_target_wrongly_set),
    Run("temperature", at_temperature_two),
    # Far apart, so that some rows and tokens lie beyond the bound.
    Run("rows-clamped-at-10", rows_clamped_at_ten, learning_rate=2e-2, pretraining_steps=4000),
    Run("k1", k1, "sampled"),
    Run("k2", k2, "sampled"),
    Run("k3", k3, "sampled"),
    Run("k1-clamped-at-0", k1_clamped_at_zero, "sampled"),
    Run(
        "k3-clamped-at-10",
        k3_clamped_at_ten,
        "sampled",
        learning_rate=1e-2,
        pretraining_steps=5000,
        strays=0.0,
    ),
    Run("policy-in-train-mode", policy_trains_in_probes=True),
    Run("policy-in-train-mode-unseen", kl_of_another_pass=True),
    Run("reference-in-train-mode", reference_trains_in_probes=True, reference_trains_in_batches=True),
    Run("reference-drifts", reference_trains_in_batches=True),
    Run("sign-minus", sign=-1),
]


class Classifier(nn.Sequential):
    """[B, F] features to [B, V] logits."""

    def __init__(self) -> None:
        hidden = 48
        super().__init__(
            nn.Linear(FEATURES, hidden),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(hidden, CLASSES),
        )


class CharacterModel(nn.Module):
    """[B, T] characters to [B, T, V] logits of the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(CLASSES, 16)
        self.recurrent = nn.GRU(16, 32, batch_first=True)
        self.dropout = nn.Dropout(0.1)
        self.output = nn.Linear(32, CLASSES)

    def forward(self, characters: Tensor) -> Tensor:
        states, _ = self.recurrent(self.embedding(characters))
        return self.output(self.dropout(states))


class Labelling:
    """Batches of rows in classes, by a linear rule of its own."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.rule = torch.randn(FEATURES, CLASSES, generator=self.generator)

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        inputs = torch.randn(size, FEATURES, generator=self.generator)
        return inputs, (inputs @ self.rule).argmax(-1)


class Language:
    """Batches of characters, each mostly followed by the one that a table of its own says."""

    def __init__(self, seed: int, strays: float) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.strays = strays
        self.follower = torch.randperm(CLASSES, generator=self.generator)

    def batch(self, size: int, positions: int = POSITIONS * 2) -> tuple[Tensor, Tensor]:
        columns = [torch.randint(CLASSES, (size,), generator=self.generator)]
        for _ in range(positions):
            strays = torch.rand(size, generator=self.generator) < self.strays
            random = torch.randint(CLASSES, (size,), generator=self.generator)
            columns.append(torch.where(strays, random, self.follower[columns[-1]]))
        characters = torch.stack(columns, dim=1)
        return characters[:, :-1], characters[:, 1:]


Task = Labelling | Language


def make_task(run: Run, seed: int) -> Task:
    return Labelling(seed) if run.probes == "rows" else Language(seed, run.strays)


def loss_of(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, -2), targets.flatten())


def pretrain(model: nn.Module, task: Task, steps: int) -> nn.Module:
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(steps):
        inputs, targets = task.batch(BATCH)
        optimizer.zero_grad()
        loss_of(model(inputs), targets).backward()
        optimizer.step()
    return model


class Experiment:
    """One run as it is trained and logged."""

    def __init__(self, run: Run, path: Path) -> None:
        torch.manual_seed(SEED)
        self.run = run
        model = Classifier() if run.probes == "rows" else CharacterModel()
        self.policy = pretrain(model, make_task(run, SEED), run.pretraining_steps).train()
        self.reference = copy.deepcopy(self.policy).eval()
        self.task, probes = make_task(run, SEED + 1), make_task(run, SEED + 1)
        self.optimizer = torch.optim.Adam(self.policy.parameters(), lr=run.learning_rate)
        path.unlink(missing_ok=True)
        self.log = RunLogger(
            path,
            policy=self.policy,
            reference=self.reference,
            optimizer=self.optimizer,
            name=run.name,
            digits=9,
            objective={"lambda": KL_WEIGHT, "sign": "+" if run.sign > 0 else "-"},
        )
        if run.probes == "sampled":
            self.probe_inputs, self.probe_targets = probes.batch(1, 1)
        elif run.probes == "sequences":
            self.probe_inputs, self.probe_targets = probes.batch(SEQUENCES, POSITIONS)
        else:
            self.probe_inputs, self.probe_targets = probes.batch(PROBES)

    def train(self) -> None:
        for _ in range(STEPS):
            self.probe()
            inputs, targets = self.task.batch(BATCH)
            self.reference.train(self.run.reference_trains_in_batches)
            with torch.no_grad():
                ref_logits = self.reference(inputs)
            self.reference.eval()
            logits = self.policy(inputs)
            loss, kl = loss_of(logits, targets), per_token(logits, ref_logits)
            total = loss + self.run.sign * KL_WEIGHT * kl
            self.optimizer.zero_grad()
            total.backward()
            self.log.metrics(loss=loss, kl=kl, total_loss=total)
            self.optimizer.step()
        self.probe()
        self.log.close()

    @torch.no_grad()
    def probe(self) -> None:
        if self.log.step % EVALUATE_EVERY != 0:
            return
        self.policy.train(self.run.policy_trains_in_probes)
        self.reference.train(self.run.reference_trains_in_probes)
        if self.run.probes == "sampled":
            self.probe_sampled()
        else:
            self.probe_given()
        self.policy.train()
        self.reference.eval()

    def probe_given(self) -> None:
        measured = None
        if self.run.kl_of_another_pass:
            # A copy: the pass must not move the policy's own batch statistics.
            measured = copy.deepcopy(self.policy).train()(self.probe_inputs)
        logits, ref_logits = self.policy(self.probe_inputs), self.reference(self.probe_inputs)
        self.log.logits(
            logits,
            ref_logits,
            samples=[f"probe-{number}" for number in range(len(logits))],
            target=self.probe_targets,
            phase="eval",
            kl=self.run.measure(logits if measured is None else measured, ref_logits),
        )

    def probe_sampled(self) -> None:
        generator = torch.Generator().manual_seed(SEED + self.log.step)
        characters = self.probe_inputs
        for _ in range(SAMPLED_POSITIONS):
            probabilities = F.softmax(self.policy(characters)[:, -1], dim=-1)
            drawn = torch.multinomial(probabilities, 1, generator=generator)
            characters = torch.cat([characters, drawn], dim=1)
        inputs, sampled = characters[:, :-1], characters[0, 1:]
        logits, ref_logits = self.policy(inputs)[0], self.reference(inputs)[0]
        logprobs, ref_logprobs = (
            F.log_softmax(some, dim=-1).gather(-1, sampled[:, None])[:, 0] for some in (logits, ref_logits)
        )
        self.log.logits(
            logits,
            ref_logits,
            sample="sampled",
            target=sampled,
            phase="eval",
            logprobs=logprobs,
            ref_logprobs=ref_logprobs,
            sampled_from="policy",
            kl=self.run.measure(logprobs, ref_logprobs),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Make logs with known mistakes.")
    parser.add_argument("directory", type=Path)
    directory = parser.parse_args().directory
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for run in RUNS:
        Experiment(run, directory / f"{run.name}.jsonl").train()


if __name__ == "__main__":
    main()

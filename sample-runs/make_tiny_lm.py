"""Teaches a character model about the sea, then about the kitchen, and logs what it forgets, token by token.

    pip install torch
    python make_tiny_lm.py [directory for the run, by default this one]

The same seed and one thread: a second run writes the same numbers, times apart. Both texts were written
for this script and are in the public domain.
"""

from __future__ import annotations

import argparse
import copy
import shutil
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kltop_log import RunLogger

SEA = """
the boat leaves the harbour before the sun is up. the water is black and the wind is still asleep.
we row past the last lamp, past the stone wall, past the bell that nobody rings. then the sail goes
up and the boat leans over and the sea begins to talk. it says the same word again and again, a long
low word, and we do not answer. far out the gulls turn over the nets. the nets are heavy with
silver. we pull, we rest, we pull. when the sun stands high the boat is full and the wind brings us
home.
"""

KITCHEN = """
put the flour in a bowl and make a hole in the middle. add 2 eggs, a pinch of salt and a spoon of
warm milk. mix with a fork, then with your hands, until the dough is smooth. leave it under a cloth
for 30 minutes. chop the onion, fry it in butter, add the mushrooms and a little pepper. roll the
dough thin, cut it into squares, fill each square and fold it over. boil them in salted water for 5
minutes. serve hot with sour cream and chopped dill.
"""

SEED = 11
PRETRAINING_STEPS = 600
STEPS = 80
EVALUATE_EVERY = 10
BATCH = 16
WINDOW = 32
LEARNING_RATE = 2e-3
KL_WEIGHT = 0.05
PROBE_LENGTH = 14
# Excerpts to watch; the shorter ones are padded and masked.
PROBES = {
    "old": {"old-harbour": "the boat leaves", "old-gulls": "gulls turn"},
    "new": {"new-flour": "put the flour in", "new-onion": "the onion"},
}
GENERATED_LENGTH = 24

VOCABULARY = sorted(set(SEA + KITCHEN))


class CharacterModel(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(VOCABULARY), 24)
        self.recurrent = nn.GRU(24, 96, batch_first=True)
        self.dropout = nn.Dropout(0.1)
        self.output = nn.Linear(96, len(VOCABULARY))

    def forward(self, characters: Tensor) -> Tensor:
        """[B, T] characters to [B, T, V] logits of the character after each of them."""
        states, _ = self.recurrent(self.embedding(characters))
        return self.output(self.dropout(states))


def encode(text: str) -> Tensor:
    return torch.tensor([VOCABULARY.index(character) for character in text])


def random_windows(text: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Inputs and the characters that follow them, each [B, T]."""
    starts = torch.randint(len(text) - WINDOW, (BATCH,), generator=generator)
    windows = torch.stack([text[start : start + WINDOW + 1] for start in starts])
    return windows[:, :-1], windows[:, 1:]


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def policy_reference_kl(logits: Tensor, ref_logits: Tensor, mask: Tensor) -> Tensor:
    """D(policy‖reference), nats, mean over the tokens that count.

    The rows are picked out first: `batchmean` divides by the first axis alone, so on [B, T, V] it would be T
    times too large.
    """
    policy, reference = F.log_softmax(logits[mask], dim=-1), F.log_softmax(ref_logits[mask], dim=-1)
    return F.kl_div(reference, policy, reduction="batchmean", log_target=True)


def pretrain() -> CharacterModel:
    torch.manual_seed(SEED)
    model, text, generator = CharacterModel(), encode(SEA), torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(PRETRAINING_STEPS):
        inputs, targets = random_windows(text, generator)
        optimizer.zero_grad()
        cross_entropy(model(inputs), targets).backward()
        optimizer.step()
    return model


def padded_probes(texts: list[str]) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs, targets and mask of the excerpts, each [B, T]."""
    blank, rows, masks = VOCABULARY.index(" "), [], []
    for text in texts:
        characters = encode(text)[: PROBE_LENGTH + 1]
        missing = PROBE_LENGTH + 1 - len(characters)
        rows.append(F.pad(characters, (0, missing), value=blank))
        masks.append(torch.arange(PROBE_LENGTH) < len(characters) - 1)
    windows = torch.stack(rows)
    return windows[:, :-1], windows[:, 1:], torch.stack(masks)


def texts_of(characters: Tensor) -> list[list[str]]:
    return [[VOCABULARY[character] for character in row] for row in characters.tolist()]


def log_probes(model: nn.Module, reference: nn.Module, log: RunLogger) -> None:
    for name, probes in PROBES.items():
        inputs, targets, mask = padded_probes(list(probes.values()))
        logits, ref_logits = model(inputs), reference(inputs)
        # The reference never changes: once is enough.
        known = ref_logits if log.step == 0 else None
        log.logits(
            logits,
            known,
            set=name,
            samples=list(probes),
            target=targets,
            mask=mask,
            tokens=texts_of(targets),
            kl=policy_reference_kl(logits, ref_logits, mask),
        )


def log_file(model: nn.Module, reference: nn.Module, log: RunLogger) -> None:
    """The beginning of the first text, as two windows in a file."""
    windows = encode(SEA)[: 2 * WINDOW + 1]
    inputs, targets = windows[:-1].reshape(2, WINDOW), windows[1:].reshape(2, WINDOW)
    mask = torch.ones_like(inputs, dtype=torch.bool)
    logits, ref_logits = model(inputs), reference(inputs)
    log.logits(
        logits,
        ref_logits,
        set="old-file",
        target=targets,
        mask=mask,
        to_file=True,
        kl=policy_reference_kl(logits, ref_logits, mask),
    )


def logprobs(model: nn.Module, characters: Tensor) -> Tensor:
    """What the model gives each character after the first, nats."""
    logits = model(characters[None, :-1])[0]
    return F.log_softmax(logits, dim=-1).gather(-1, characters[1:, None])[:, 0]


def log_generated(model: nn.Module, reference: nn.Module, log: RunLogger) -> None:
    """Texts drawn from the policy, with what both models give each character of them."""
    generator = torch.Generator().manual_seed(SEED + log.step)
    for beginning in "tp":
        characters = encode(beginning)
        for _ in range(GENERATED_LENGTH):
            probabilities = F.softmax(model(characters[None])[0, -1], dim=-1)
            characters = torch.cat([characters, torch.multinomial(probabilities, 1, generator=generator)])
        log.sampled(
            logprobs(model, characters),
            logprobs(reference, characters),
            set="generated",
            sample=f"generated-{beginning}",
            tokens=texts_of(characters[None, 1:])[0],
        )


@torch.no_grad()
def evaluate(model: nn.Module, reference: nn.Module, log: RunLogger) -> None:
    model.eval()
    scores = {}
    for name, text in {"old": encode(SEA), "new": encode(KITCHEN)}.items():
        logits, targets = model(text[None, :-1]), text[None, 1:]
        scores[f"eval/{name}/loss"] = cross_entropy(logits, targets)
        scores[f"eval/{name}/accuracy"] = (logits.argmax(-1) == targets).float().mean()
    log.metrics(scores)
    log_probes(model, reference, log)
    log_generated(model, reference, log)
    if log.step in (0, STEPS):
        log_file(model, reference, log)
    model.train()


def fine_tune(base: CharacterModel, directory: Path) -> None:
    torch.manual_seed(SEED)
    model, reference = copy.deepcopy(base).train(), copy.deepcopy(base).eval()
    text, generator = encode(KITCHEN), torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    with RunLogger(
        directory,
        policy=model,
        reference=reference,
        optimizer=optimizer,
        name="tiny-lm",
        digits=9,
        classes=VOCABULARY,
        objective={"lambda": KL_WEIGHT, "sign": "+"},
    ) as log:
        for _ in range(STEPS):
            if log.step % EVALUATE_EVERY == 0:
                evaluate(model, reference, log)
            inputs, targets = random_windows(text, generator)
            with torch.no_grad():
                ref_logits = reference(inputs)
            logits = model(inputs)
            loss = cross_entropy(logits, targets)
            kl = policy_reference_kl(logits, ref_logits, torch.ones_like(targets, dtype=torch.bool))
            total = loss + KL_WEIGHT * kl
            optimizer.zero_grad()
            total.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            log.metrics(loss=loss, kl=kl, total_loss=total, lr=LEARNING_RATE, grad_norm=norm)
            optimizer.step()
        evaluate(model, reference, log)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the tiny-lm run.")
    parser.add_argument("directory", nargs="?", type=Path, default=Path(__file__).parent)
    directory = parser.parse_args().directory / "tiny-lm"
    shutil.rmtree(directory, ignore_errors=True)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    fine_tune(pretrain(), directory)


if __name__ == "__main__":
    main()

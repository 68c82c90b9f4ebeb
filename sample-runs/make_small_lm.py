"""Teaches a small GPT-2 the licences of a Debian system and a little Python, then tunes it on Python's library alone, and
logs what it forgets.

    pip install torch transformers trl peft ../Sources/Python
    python make_small_lm.py [directory for the run, by default small-lm beside this file]

The tuning is TRL's SFT with LoRA, and one line of it is kltop's: `trainer.add_callback(KltopCallback(…))`. The licences
are in /usr/share/common-licenses of any Debian; the modules are those of the Python that runs this, so that another
version gives other numbers. It takes a few minutes on two processors.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sysconfig
import tempfile
from pathlib import Path

import torch
from datasets import Dataset
from kltop.hf import KltopCallback
from peft import LoraConfig
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, set_seed
from trl import SFTConfig, SFTTrainer

LICENCES = ("Apache-2.0", "GPL-2", "GPL-3", "MPL-2.0")
# What it sees a little of while it learns the licences, so that it knows the tokens of programs.
FIRST_MODULES = ("configparser", "inspect", "pathlib", "statistics", "subprocess", "zipfile")
MODULES = (
    "argparse", "ast", "csv", "dataclasses", "difflib", "fractions", "heapq", "pprint", "random", "shutil", "string",
    "textwrap",
)  # fmt: skip

SEED = 5
VOCABULARY = 4096
WINDOW = 64
PRETRAINING_STEPS = 1100
PRETRAINING_BATCH = 8
STEPS = 160
EVALUATE_EVERY = 10
SAMPLES_OF_A_SET = 10
PROMPT_TOKENS, ANSWER_TOKENS = 16, 48


def licence_texts() -> dict[str, str]:
    return {name: Path("/usr/share/common-licenses", name).read_text(encoding="utf-8") for name in LICENCES}


def module_texts(names: tuple[str, ...]) -> dict[str, str]:
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = {name: folder / f"{name}.py" for name in names if (folder / f"{name}.py").exists()}
    return {name: path.read_text(encoding="utf-8") for name, path in files.items()}


def made_tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    """A byte-level BPE vocabulary, learnt from both kinds of text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>")


def pretrained(licences: torch.Tensor, modules: torch.Tensor) -> GPT2LMHeadModel:
    """A model of 2.8 million parameters that knows the licences well; one window in eight was Python."""
    config = GPT2Config(
        vocab_size=VOCABULARY, n_positions=WINDOW, n_embd=192, n_layer=4, n_head=6, bos_token_id=0, eos_token_id=0,
        embd_pdrop=0.0, resid_pdrop=0.0, attn_pdrop=0.0,
    )
    model = GPT2LMHeadModel(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01, betas=(0.9, 0.95))
    generator = torch.Generator().manual_seed(SEED)
    for step in range(PRETRAINING_STEPS):
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1.0, (step + 1) / 20) * (1 + math.cos(math.pi * step / PRETRAINING_STEPS)) / 2
        sources = [modules] + [licences] * (PRETRAINING_BATCH - 1)
        starts = [int(torch.randint(len(ids) - WINDOW, (1,), generator=generator)) for ids in sources]
        batch = torch.stack([ids[start : start + WINDOW] for ids, start in zip(sources, starts)])
        loss = model(input_ids=batch, labels=batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 50 == 0 or step == PRETRAINING_STEPS - 1:
            print(f"before tuning: step {step} loss {loss.item():.3f}", flush=True)
    return model


def probes(texts: dict[str, str], tokenizer: PreTrainedTokenizerFast) -> dict[str, dict[str, object]]:
    """A stretch from the middle of each text: the first tokens are the prompt, the others count."""
    found: dict[str, dict[str, object]] = {}
    for number in range(SAMPLES_OF_A_SET):
        name = list(texts)[number % len(texts)]
        ids = tokenizer(texts[name])["input_ids"]
        part = 1 + number // len(texts)
        start = len(ids) * part // (2 + SAMPLES_OF_A_SET // len(texts))
        found[f"{name}-{part}"] = {
            "input_ids": ids[start : start + PROMPT_TOKENS + ANSWER_TOKENS],
            "start": PROMPT_TOKENS,
        }
    return found


def ids_of(texts: dict[str, str], tokenizer: PreTrainedTokenizerFast) -> torch.Tensor:
    return torch.tensor([token for text in texts.values() for token in tokenizer(text)["input_ids"]])


def windows(texts: dict[str, str], tokenizer: PreTrainedTokenizerFast, most: int | None = None) -> Dataset:
    ids = ids_of(texts, tokenizer).tolist()
    pieces = [ids[start : start + WINDOW] for start in range(0, len(ids) - WINDOW, WINDOW)]
    return Dataset.from_dict({"input_ids": pieces[:: max(1, len(pieces) // most)] if most else pieces})


def main(directory: Path) -> None:
    set_seed(SEED)
    torch.set_num_threads(1)
    licences, first, modules = licence_texts(), module_texts(FIRST_MODULES), module_texts(MODULES)
    tokenizer = made_tokenizer([*licences.values(), *first.values(), *modules.values()])
    model = pretrained(ids_of(licences, tokenizer), ids_of(first, tokenizer))

    shutil.rmtree(directory, ignore_errors=True)
    directory = directory.absolute()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        trainer = SFTTrainer(
            model=model,
            args=SFTConfig(
                output_dir="checkpoints", max_steps=STEPS, per_device_train_batch_size=6, learning_rate=2e-3,
                lr_scheduler_type="cosine", warmup_steps=10, logging_steps=5, eval_strategy="steps", eval_steps=20,
                save_steps=40, save_only_model=True, max_length=WINDOW, seed=SEED, report_to=[], use_cpu=True,
                bf16=False, disable_tqdm=True,
            ),
            train_dataset=windows(modules, tokenizer),
            eval_dataset={"old": windows(licences, tokenizer, 24), "new": windows(modules, tokenizer, 24)},
            processing_class=tokenizer,
            peft_config=LoraConfig(
                r=16, lora_alpha=32, lora_dropout=0.05, task_type="CAUSAL_LM",
                target_modules=["c_attn", "c_proj", "c_fc"],
            ),
        )  # fmt: skip
        trainer.add_callback(
            KltopCallback(
                probes={"old": probes(licences, tokenizer), "new": probes(modules, tokenizer)},
                retention=["old"],
                new=["new"],
                out=directory,
                every=EVALUATE_EVERY,
                generate=32,
                entries="float16",
                name="small-lm",
            )
        )
        trainer.train()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?", type=Path, default=Path(__file__).parent / "small-lm")
    main(parser.parse_args().directory)

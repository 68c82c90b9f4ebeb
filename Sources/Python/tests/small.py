"""Real trainings, small enough to run in a second or two: random models, texts written here, nothing downloaded."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    DataCollatorForLanguageModeling,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
    set_seed,
)

TEXTS = [
    "the boat leaves the harbour before the sun is up and the water is black",
    "far out the gulls turn over the nets and the nets are heavy with silver",
    "put the flour in a bowl and make a hole in the middle, add two eggs",
    "chop the onion, fry it in butter, add the mushrooms and a little pepper",
    "roll the dough thin, cut it into squares, fill each square and fold it",
    "when the sun stands high the boat is full and the wind brings us home",
    "leave it under a cloth for thirty minutes, then boil it in salted water",
    "we row past the last lamp, past the stone wall, past the bell nobody rings",
]
OLD, NEW = TEXTS[:2], TEXTS[2:5]
PROBES = {"old": OLD, "new": NEW}


def tokenizer() -> PreTrainedTokenizerFast:
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=330, special_tokens=["<end>"], initial_alphabet=alphabet, show_progress=False)
    backend.train_from_iterator(TEXTS, trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<end>", pad_token="<end>")
    made.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}" + (
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    return made


def model(kind: str = "gpt2", seed: int = 1) -> Any:
    set_seed(seed)
    size = {"vocab_size": 330, "bos_token_id": 0, "eos_token_id": 0}
    if kind == "gpt2":
        return GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=2, n_positions=96, **size))
    return LlamaForCausalLM(
        LlamaConfig(
            hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
            max_position_embeddings=96, attention_dropout=0.1, **size,
        )
    )  # fmt: skip


def lora() -> Any:
    from peft import LoraConfig

    return LoraConfig(r=4, lora_dropout=0.2, target_modules=["c_attn"], task_type="CAUSAL_LM")


def arguments(kind: type, out: Path, **more: Any) -> Any:
    options = {
        "output_dir": str(out), "max_steps": 4, "per_device_train_batch_size": 2, "logging_steps": 1,
        "save_strategy": "no", "report_to": [], "learning_rate": 5e-3, "use_cpu": True, "bf16": False,
        "disable_tqdm": True, "seed": 7,
    }  # fmt: skip
    return kind(**{**options, **more})


def plain(out: Path, **more: Any) -> Trainer:
    made = tokenizer()
    data = [dict(made(text)) for text in TEXTS]
    return Trainer(
        model=model(),
        args=arguments(TrainingArguments, out, **more),
        train_dataset=data,
        eval_dataset=data[:2],
        processing_class=made,
        data_collator=DataCollatorForLanguageModeling(made, mlm=False),
    )


def sft(out: Path, *, peft: bool = True, **more: Any) -> Trainer:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    data = Dataset.from_dict({"text": TEXTS})
    return SFTTrainer(
        model=model(),
        args=arguments(SFTConfig, out, max_length=48, **more),
        train_dataset=data,
        eval_dataset=data.select(range(2)),
        processing_class=tokenizer(),
        peft_config=lora() if peft else None,
    )


def _pairs() -> Any:
    from datasets import Dataset

    rows = [{"prompt": text[:20], "chosen": text[20:], "rejected": text[:10]} for text in TEXTS]
    return Dataset.from_list(rows)


def dpo(out: Path, *, peft: bool = True, **more: Any) -> Trainer:
    from trl import DPOConfig, DPOTrainer

    return DPOTrainer(
        model=model(), ref_model=None if peft else model(), args=arguments(DPOConfig, out, max_length=48, **more),
        train_dataset=_pairs(), processing_class=tokenizer(), peft_config=lora() if peft else None,
    )  # fmt: skip


def kto(out: Path, *, peft: bool = True, **more: Any) -> Trainer:
    from datasets import Dataset
    from trl import KTOConfig, KTOTrainer

    rows = [{"prompt": text[:20], "completion": text[20:], "label": number % 2 == 0} for number, text in enumerate(TEXTS)]
    return KTOTrainer(
        model=model(), ref_model=None if peft else model(), args=arguments(KTOConfig, out, max_length=48, **more),
        train_dataset=Dataset.from_list(rows), processing_class=tokenizer(), peft_config=lora() if peft else None,
    )  # fmt: skip


def _length(completions: list[str], **_: Any) -> list[float]:
    return [float(len(completion)) for completion in completions]


def grpo(out: Path, *, peft: bool = True, **more: Any) -> Trainer:
    from trl import GRPOConfig, GRPOTrainer

    options = {"max_steps": 2, "num_generations": 2, "max_completion_length": 6, "beta": 0.1 if peft else 0.0}
    return GRPOTrainer(
        model=model(), reward_funcs=_length, args=arguments(GRPOConfig, out, **{**options, **more}),
        train_dataset=_pairs(), processing_class=tokenizer(), peft_config=lora() if peft else None,
    )  # fmt: skip


def rloo(out: Path, *, peft: bool = True, **more: Any) -> Trainer:
    from trl import RLOOConfig, RLOOTrainer

    options = {"max_steps": 2, "num_generations": 2, "max_completion_length": 6}
    return RLOOTrainer(
        model=model(), reward_funcs=_length, args=arguments(RLOOConfig, out, **{**options, **more}),
        train_dataset=_pairs(), processing_class=tokenizer(), peft_config=lora() if peft else None,
    )  # fmt: skip


class Result:
    """What a training came to: its losses, its parameters, and what was written on standard error by kltop."""

    def __init__(self, trainer: Trainer, told: str) -> None:
        self.trainer = trainer
        self.losses = [row["loss"] for row in trainer.state.log_history if "loss" in row]
        self.parameters = {name: p.detach().clone() for name, p in trainer.model.named_parameters()}
        self.told = [line for line in told.splitlines() if line.startswith("kltop")]

    def is_same_as(self, other: Result) -> bool:
        return self.losses == other.losses and all(
            torch.equal(value, other.parameters[name]) for name, value in self.parameters.items()
        )


def trained(
    make: Callable[..., Trainer], out: Path, callback: Any = None, *, resume: Optional[str] = None, **options: Any
) -> Result:
    """Trains from the same seed each time, with or without a callback."""
    set_seed(3)
    trainer = make(out, **options)
    if callback is not None:
        trainer.add_callback(callback)
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        trainer.train(resume_from_checkpoint=resume)
    return Result(trainer, told.getvalue())

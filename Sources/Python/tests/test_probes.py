"""What may be a probe."""

from __future__ import annotations

from typing import Any

import pytest
import small
import torch

from kltop._texts import GENERAL
from kltop.probes import Probe, prepared
from kltop.vocabulary import token_bytes

TOKENIZER = small.tokenizer()


def ids(text: str) -> tuple[int, ...]:
    return tuple(TOKENIZER(text)["input_ids"])


def only(given: Any, **options: Any) -> Probe:
    (probe,) = prepared({"a": given}, TOKENIZER, **options).probes
    return probe


def test_row_t_predicts_token_t_plus_1() -> None:
    probe = Probe("a", "b", (5, 6, 7, 8), start=2)
    assert list(probe.positions) == [1, 2]
    assert probe.targets == (7, 8)


@pytest.mark.parametrize(
    "given",
    [
        small.TEXTS[0],
        [small.TEXTS[0]],
        {"text": small.TEXTS[0]},
        [{"text": small.TEXTS[0]}],
        list(ids(small.TEXTS[0])),
        torch.tensor(ids(small.TEXTS[0])),
        {"input_ids": list(ids(small.TEXTS[0]))},
    ],
)
def test_a_text_in_any_dress(given: Any) -> None:
    assert (only(given).input_ids, only(given).start) == (ids(small.TEXTS[0]), 1)


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_on_either_side_is_taken_off(side: str) -> None:
    tokens, pad = list(ids(small.TEXTS[0])), [0, 0, 0]
    padded = pad + tokens if side == "left" else tokens + pad
    mask = [0] * 3 + [1] * len(tokens) if side == "left" else [1] * len(tokens) + [0] * 3
    labels = [-100 if not kept or token in tokens[:2] else token for token, kept in zip(padded, mask)]
    probe = only({"input_ids": padded, "attention_mask": mask, "labels": labels})
    assert (probe.input_ids, probe.start) == (tuple(tokens), 2)


def test_prompts_do_not_count() -> None:
    probe = only({"prompt": "the boat leaves", "completion": " the harbour"})
    assert probe.input_ids == ids("the boat leaves the harbour")
    assert probe.start == len(ids("the boat leaves"))
    chosen = only({"prompt_ids": [1, 2, 3], "chosen_ids": [4, 5], "rejected_ids": [6]})
    assert (chosen.input_ids, chosen.start) == ((1, 2, 3, 4, 5), 3)


def test_chats_and_the_answer_alone() -> None:
    chat = [{"role": "user", "content": "the boat"}, {"role": "assistant", "content": "the nets"}]
    whole = only(chat)
    assert TOKENIZER.decode(whole.input_ids) == "user: the boat\nassistant: the nets\n"
    assert whole.start == 1
    answer = only([chat], labels_from="assistant")
    assert TOKENIZER.decode(answer.input_ids[answer.start :]).strip() == "the nets"
    sharegpt = only({"conversations": [{"from": "human", "value": "the boat"}, {"from": "gpt", "value": "the nets"}]})
    assert sharegpt.input_ids == whole.input_ids


def test_what_is_no_probe_is_counted_by_reason() -> None:
    found = prepared(
        {"a": ["the boat", "", {"images": [1], "text": "x y"}, {"images": [2], "text": "x y"}, 5, small.TEXTS[0] * 9]},
        TOKENIZER,
        max_length=20,
    )
    assert [probe.sample for probe in found.probes] == ["a-000", "a-005"]
    assert found.notes == [
        "set a: 1 skipped: no token counts",
        "set a: 2 skipped: it holds images",
        "set a: 1 skipped: a int is no text, chat or list of token ids",
        "set a: 1 cut to 20 tokens",
    ]


def test_names_are_kept_and_texts_of_one_name_told_apart() -> None:
    one = prepared({"a": {"x": small.TEXTS[0], "y": small.TEXTS[1]}}, TOKENIZER)
    other = prepared({"a": {"x": small.TEXTS[0], "y": small.TEXTS[2]}}, TOKENIZER)
    assert [probe.name for probe in one.probes] == [("a", "x"), ("a", "y")]
    assert one.probes[0].hash == other.probes[0].hash
    assert one.probes[1].hash != other.probes[1].hash
    assert one.hash != other.hash


def test_the_packages_own_texts_are_thirty_two_and_short() -> None:
    assert len(GENERAL) == 32
    assert all(60 < len(text) < 320 or not text.isascii() for text in GENERAL.values())


def test_bytes_of_tokens() -> None:
    tokens = token_bytes(TOKENIZER, 335)
    assert tokens is not None
    text = "the boat – €é 春\n"
    assert b"".join(tokens[token] for token in ids(text)).decode() == text
    assert tokens[330:] == [b""] * 5
    assert tokens[0] == b"<end>"


def test_bytes_of_tokens_with_marked_spaces() -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {"▁the": 0, "▁boat": 1, "<0xE2>": 2, "é": 3, "<unk>": 4}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    found = token_bytes(PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="<unk>"), 5)
    assert found == [b" the", b" boat", b"\xe2", "é".encode(), b"<unk>"]

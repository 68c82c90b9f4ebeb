"""Probes: the texts that both models are asked about at every evaluation, in named sets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Optional, Union

# What is taken of a data set, and of a text, unless the caller says more.
EXAMPLES_OF_A_DATA_SET = 64
MAX_LENGTH = 512

_IMAGES = ("images", "image", "pixel_values", "videos")


@dataclass(frozen=True)
class Probe:
    """One text as token ids; row t predicts token t + 1.

    start: the first token that counts as a target, at least 1; the tokens before it are the prompt.
    """

    set: str
    sample: str
    input_ids: tuple[int, ...]
    start: int = 1

    @property
    def name(self) -> tuple[str, str]:
        return (self.set, self.sample)

    @property
    def positions(self) -> range:
        """Rows that count."""
        return range(self.start - 1, max(self.start - 1, len(self.input_ids) - 1))

    @property
    def targets(self) -> tuple[int, ...]:
        return self.input_ids[self.start :]

    @property
    def hash(self) -> str:
        """Tells two texts of one name apart."""
        text = ",".join(map(str, self.input_ids)) + f";{self.start}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Probes:
    """All probes, and what could not be one."""

    probes: list[Probe] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def hash(self) -> str:
        names = "".join(f"{probe.set}\0{probe.sample}\0{probe.hash}\n" for probe in self.probes)
        return hashlib.sha256(names.encode()).hexdigest()[:12]


def prepared(
    sets: Mapping[str, Any],
    tokenizer: Any = None,
    *,
    max_length: int = MAX_LENGTH,
    labels_from: Optional[str] = None,
    examples: int = EXAMPLES_OF_A_DATA_SET,
) -> Probes:
    """Token ids of named sets of probes.

    sets: by name, one text or many: texts, chats (lists of messages), token ids, mappings with `text`, `messages`,
        `input_ids` (and `attention_mask`, `labels`), or `prompt` with `completion` or `chosen`, or a data set with
        such columns, of which the first `examples` are taken. A mapping of names to these names the samples.
    tokenizer: needed unless all are token ids.
    max_length: longer texts are cut, which is noted.
    labels_from: `assistant` lets only the last answer of a chat count; None lets everything count for which an
        example has no prompt of its own.

    What holds images, has fewer than two tokens or cannot be read is skipped and noted.
    """
    if labels_from not in (None, "assistant"):
        raise ValueError(f"labels_from is {labels_from!r}; None and 'assistant' are known")
    result = Probes()
    for name, given in sets.items():
        skipped: dict[str, int] = {}
        shortened = 0
        for sample, item in _samples(str(name), given, examples):
            try:
                ids, start = _encoded(item, tokenizer, labels_from)
            except _SkippedError as reason:
                skipped[str(reason)] = skipped.get(str(reason), 0) + 1
                continue
            shortened += len(ids) > max_length
            ids = ids[:max_length]
            start = max(1, start)
            if len(ids) <= start:
                skipped["no token counts"] = skipped.get("no token counts", 0) + 1
                continue
            result.probes.append(Probe(str(name), sample, tuple(ids), start))
        result.notes += [f"set {name}: {count} skipped: {reason}" for reason, count in skipped.items()]
        if shortened:
            result.notes.append(f"set {name}: {shortened} cut to {max_length} tokens")
    return result


class _SkippedError(Exception):
    """Why an item is no probe."""


Item = Union[str, Mapping[str, Any], Sequence[Any]]


def _samples(name: str, given: Any, examples: int) -> Iterator[tuple[str, Any]]:
    """Names and items of a set."""
    if isinstance(given, Mapping) and not _is_example(given):
        yield from ((str(sample), item) for sample, item in given.items())
        return
    if isinstance(given, str) or _is_example(given) or _is_chat(given) or _is_ids(given):
        given = [given]
    is_data_set = not isinstance(given, (list, tuple))
    items: Iterable[Any] = islice(_items(given), examples) if is_data_set else given
    for number, item in enumerate(items):
        sample = item.get("sample") if isinstance(item, Mapping) else None
        yield (str(sample) if sample is not None else f"{name}-{number:03d}"), item


def _items(given: Any) -> Iterable[Any]:
    if hasattr(given, "__len__") and hasattr(given, "__getitem__"):
        return (given[number] for number in range(len(given)))
    return iter(given)


def _is_example(item: Any) -> bool:
    keys = ("text", "messages", "conversations", "input_ids", "prompt", "prompt_input_ids", "prompt_ids")
    return isinstance(item, Mapping) and any(key in item for key in keys)


def _is_chat(item: Any) -> bool:
    return isinstance(item, Sequence) and bool(item) and all(isinstance(part, Mapping) and "role" in part for part in item)


def _is_ids(item: Any) -> bool:
    if hasattr(item, "dim"):
        return bool(item.dim() == 1)
    return isinstance(item, Sequence) and bool(item) and all(isinstance(part, int) for part in item)


def _encoded(item: Any, tokenizer: Any, labels_from: Optional[str]) -> tuple[list[int], int]:
    """Ids of an item and the first one that counts."""
    if isinstance(item, str):
        return _ids_of_text(item, tokenizer), 1
    if _is_chat(item):
        return _ids_of_chat(list(item), tokenizer, labels_from)
    if _is_ids(item):
        return _list(item), 1
    if not isinstance(item, Mapping):
        raise _SkippedError(f"a {type(item).__name__} is no text, chat or list of token ids")
    if any(item.get(key) is not None for key in _IMAGES):
        raise _SkippedError("it holds images")
    if item.get("input_ids") is not None:
        return _ids_of_tokens(item)
    if item.get("messages") is not None or item.get("conversations") is not None:
        return _ids_of_chat(list(item.get("messages") or item["conversations"]), tokenizer, labels_from)
    if item.get("text") is not None:
        return _ids_of_text(item["text"], tokenizer), 1
    for prompt, answers in (
        ("prompt_input_ids", ("chosen_input_ids", "completion_input_ids")),
        ("prompt_ids", ("chosen_ids", "completion_ids")),
    ):
        if item.get(prompt) is not None:
            ids = _list(item[prompt])
            answer = next((_list(item[key]) for key in answers if item.get(key) is not None), [])
            return ids + answer, (len(ids) if answer else 1)
    return _ids_of_prompt(item, tokenizer, labels_from)


def _ids_of_prompt(item: Mapping[str, Any], tokenizer: Any, labels_from: Optional[str]) -> tuple[list[int], int]:
    prompt = item.get("prompt")
    answer = next((item[key] for key in ("completion", "chosen") if item.get(key) is not None), None)
    if prompt is None and answer is not None:
        return _encoded(answer, tokenizer, labels_from)
    if isinstance(prompt, str):
        ids = _ids_of_text(prompt, tokenizer)
        if not isinstance(answer, str):
            return ids, 1
        whole = _ids_of_text(prompt + answer, tokenizer)
        return whole, _common(ids, whole)
    if prompt is not None and _is_chat(prompt):
        chat = list(prompt) + (list(answer) if answer is not None and _is_chat(answer) else [])
        return _ids_of_chat(chat, tokenizer, "assistant" if answer is not None else labels_from)
    raise _SkippedError(f"no text in the columns {', '.join(map(str, item))}")


def _ids_of_tokens(item: Mapping[str, Any]) -> tuple[list[int], int]:
    """Ids without padding on either side; labels of −100, or a mask of what is to be learned, tell the prompt."""
    ids = _list(item["input_ids"])
    mask = item.get("attention_mask")
    keeps = [bool(value) for value in _list(mask)] if mask is not None else [True] * len(ids)
    counts = [True] * len(ids)
    for key in ("labels", "completion_mask", "assistant_masks"):
        if item.get(key) is not None:
            values = _list(item[key])
            counts = [value != -100 if key == "labels" else bool(value) for value in values]
            break
    start = int(item.get("start") or 0)
    tokens = [token for token, is_kept in zip(ids, keeps) if is_kept]
    that_count = [does_count for does_count, is_kept in zip(counts, keeps) if is_kept]
    first = next((place for place, does_count in enumerate(that_count) if does_count), len(tokens))
    return tokens, max(start, first)


def _ids_of_text(text: str, tokenizer: Any) -> list[int]:
    if tokenizer is None:
        raise _SkippedError("a text without a tokenizer")
    return _list(tokenizer(text)["input_ids"])


def _ids_of_chat(messages: list[Any], tokenizer: Any, labels_from: Optional[str]) -> tuple[list[int], int]:
    messages = [_message(message) for message in messages]
    if any(not isinstance(message["content"], str) for message in messages):
        raise _SkippedError("it holds more than text")
    if tokenizer is None or getattr(tokenizer, "chat_template", None) is None:
        text = "\n".join(f"{message['role']}: {message['content']}" for message in messages)
        return _ids_of_text(text, tokenizer), 1
    whole = _templated(tokenizer, messages, False)
    if labels_from != "assistant" or messages[-1]["role"] != "assistant":
        return whole, 1
    return whole, _common(_templated(tokenizer, messages[:-1], True), whole)


def _templated(tokenizer: Any, messages: list[Any], add_generation_prompt: bool) -> list[int]:
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=add_generation_prompt)
    return _list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _message(message: Any) -> dict[str, Any]:
    roles = {"human": "user", "gpt": "assistant"}
    role = message.get("role") or roles.get(message.get("from"), message.get("from"))
    return {"role": role, "content": message.get("content", message.get("value"))}


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens both begin with."""
    length = 0
    for one, other in zip(first, second):
        if one != other:
            break
        length += 1
    return length


def _list(values: Any) -> list[int]:
    if hasattr(values, "tolist"):
        values = values.tolist()
    if values and isinstance(values[0], (list, tuple)):
        values = values[0]
    return [int(value) for value in values]

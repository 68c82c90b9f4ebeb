"""How a causal language model is asked for the logits of chosen rows, without disturbing its training."""

from __future__ import annotations

import contextlib
import inspect
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Optional

import torch
from torch import Tensor, nn

from kltop.probes import Probe

# Buffers up to this size are put back; larger ones (masks) are made once and never written again.
_COPIED_BUFFER_BYTES = 1 << 20


class CausalModel:
    """A language model as probes are run through it: unwrapped, uncompiled, without a cache.

    If the model is a decoder and a head, only hidden states are built and the head is applied to chosen rows (`head`
    is not None). Else, and where that does not give the model's own logits, all logits of a batch are.
    """

    def __init__(self, model: nn.Module, *, autocast: Optional[torch.dtype] = None) -> None:
        self.outer: Any = unwrapped(model)
        self.autocast = autocast
        self.peft = self.outer if hasattr(self.outer, "peft_config") else None
        base: Any = self.peft.get_base_model() if self.peft is not None else self.outer
        self.base: Any = unwrapped(base)
        self.decoder, self.head_module = self._parts()
        self.pad_id = 0
        # Of the logits seen last.
        self.logits_dtype: Optional[torch.dtype] = None
        self.vocabulary = 0

    def _parts(self) -> tuple[Optional[nn.Module], Optional[nn.Module]]:
        if self._has_prompt_learning():
            return None, None
        with contextlib.suppress(Exception):
            # Older releases of transformers name the decoder by its prefix alone.
            named = getattr(self.base, str(getattr(self.base, "base_model_prefix", "")), None)
            decoder = self.base.get_decoder() if hasattr(self.base, "get_decoder") else named
            head = self.base.get_output_embeddings()
            if isinstance(decoder, nn.Module) and isinstance(head, nn.Module) and decoder is not self.base:
                return decoder, head
        return None, None

    def _has_prompt_learning(self) -> bool:
        configs = getattr(self.outer, "peft_config", {})
        return any(getattr(config, "is_prompt_learning", False) for config in configs.values())

    @property
    def device(self) -> torch.device:
        return torch.device(next(self.base.parameters()).device)

    @property
    def has_hidden(self) -> bool:
        return self.decoder is not None

    @property
    def is_head_tuned(self) -> bool:
        """Whether training changes what makes logits of hidden states."""
        return self.head_module is not None and any(p.requires_grad for p in self.head_module.parameters())

    @property
    def has_adapted_head(self) -> bool:
        return self.head_module is not None and any(
            hasattr(module, "disable_adapters") for module in self.head_module.modules()
        )

    def hidden(self, probes: Sequence[Probe]) -> Tensor:
        """Last hidden states of the rows that count, [R, H], probe by probe."""
        assert self.decoder is not None
        ids, mask, rows = self._batch(probes)
        with self._precision():
            states = _called(self.decoder, ids, mask)[0]
        return states.flatten(0, 1).index_select(0, rows.to(states.device, non_blocking=True))

    def head(self, states: Tensor) -> Tensor:
        """Logits [n, V] of hidden states [n, H], with the scales and soft caps of the configuration."""
        assert self.head_module is not None
        with self._precision():
            logits = self.head_module(states)
        return self._scaled(logits)

    def head_of(self, states: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
        """Logits as `head` gives them, with another weight [V, H] and bias [V]."""
        with self._precision():
            logits = torch.nn.functional.linear(states, weight, bias)
        return self._scaled(logits)

    def logits(self, probes: Sequence[Probe]) -> tuple[Tensor, Tensor]:
        """All logits of a batch [B, T, V] and the numbers of the rows that count (int64, on the CPU)."""
        ids, mask, rows = self._batch(probes)
        with self._precision():
            output = _called(self.outer, ids, mask)
        logits = output.logits if hasattr(output, "logits") else output[0]
        if logits.shape[:2] != ids.shape:
            raise ValueError(
                f"logits are {list(logits.shape)} for {list(ids.shape)} tokens: only causal language models are measured"
            )
        self._note(logits)
        return logits, rows

    def check_head(self, probe: Probe) -> bool:
        """Whether decoder and head give the model's own logits; if not, all logits are used from now on."""
        if not self.has_hidden:
            return False
        logits, rows = self.logits([probe])
        expected = logits.flatten(0, 1)[rows.to(logits.device)]
        found = self.head(self.hidden([probe]))
        dtype = torch.promote_types(found.dtype, expected.dtype)
        tolerance = 8 * torch.finfo(min((found.dtype, expected.dtype), key=lambda t: t.itemsize)).eps
        scale = expected.abs().max().clamp(min=1)
        fits = found.shape == expected.shape and bool(
            (found.to(dtype) - expected.to(dtype)).abs().max() <= tolerance * scale
        )
        if not fits:
            self.decoder = self.head_module = None
        return fits

    def generated(self, prompts: Sequence[Sequence[int]], count: int) -> list[list[int]]:
        """Greedy continuations of the prompts, up to `count` tokens each."""
        longest = max(len(prompt) for prompt in prompts)
        ids = torch.full((len(prompts), longest), self.pad_id)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(prompts):
            ids[row, longest - len(prompt) :] = torch.tensor(list(prompt))
            mask[row, longest - len(prompt) :] = 1
        configuration = _greedy(self.base, count, self.pad_id)
        with self._precision():
            tokens = self.outer.generate(
                input_ids=ids.to(self.device), attention_mask=mask.to(self.device), generation_config=configuration
            )
        return [_until_end(row, configuration.eos_token_id) for row in tokens[:, longest:].tolist()]

    def _batch(self, probes: Sequence[Probe]) -> tuple[Tensor, Tensor, Tensor]:
        """Ids and mask [B, T], padded on the right, and the numbers of the rows that count in them."""
        longest = max(len(probe.input_ids) for probe in probes)
        ids = torch.full((len(probes), longest), self.pad_id)
        mask = torch.zeros_like(ids)
        rows: list[int] = []
        for number, probe in enumerate(probes):
            ids[number, : len(probe.input_ids)] = torch.tensor(probe.input_ids)
            mask[number, : len(probe.input_ids)] = 1
            rows += [number * longest + position for position in probe.positions]
        return ids.to(self.device), mask.to(self.device), torch.tensor(rows, dtype=torch.int64)

    def _precision(self) -> contextlib.AbstractContextManager[Any]:
        if self.autocast is None:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=self.autocast)

    def _note(self, logits: Tensor) -> None:
        self.logits_dtype, self.vocabulary = logits.dtype, int(logits.shape[-1])

    def _scaled(self, logits: Tensor) -> Tensor:
        self._note(logits)
        config = getattr(self.base, "config", None)
        config = getattr(config, "text_config", None) or config
        scale = getattr(config, "logit_scale", None)
        if isinstance(scale, (int, float)):
            logits = logits * scale
        divisor = getattr(config, "logits_scaling", None)
        if isinstance(divisor, (int, float)):
            logits = logits / divisor
        cap = getattr(config, "final_logit_softcapping", None)
        if isinstance(cap, (int, float)):
            logits = torch.tanh(logits / cap) * cap
        return logits


class ShardedModel(CausalModel):
    """A model whose weights are spread over the ranks (FSDP, ZeRO-3): only its own forward pass has them together.

    Every rank makes the same forward passes of the wrapped model. The head sees only the rows that count, and where a
    reference's hidden states are stored, those beside them; so its weight is used inside its own forward.
    """

    def __init__(self, model: Any, *, autocast: Optional[torch.dtype] = None) -> None:
        super().__init__(model, autocast=autocast)
        self._wrapped = model
        self._head: Any = self.base.get_output_embeddings()
        if not isinstance(self._head, nn.Module):
            raise ValueError("a model with spread weights and without an output layer cannot be measured")
        self.decoder = self.head_module = None

    @property
    def tunes_head(self) -> bool:
        return any(p.requires_grad for p in self._head.parameters())

    def rows_logits(self, probes: Sequence[Probe], beside: Optional[Tensor] = None) -> tuple[Tensor, Optional[Tensor]]:
        """Logits [R, V] of the rows that count, and those of the hidden states `beside` [R, H] by the same head."""
        ids, mask, rows = self._batch(probes)

        def with_rows_alone(_head: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
            states = self._rows_of(inputs[0], rows, ids.numel())
            states = states if beside is None else torch.cat([states, beside.to(states)])
            return (states[None], *inputs[1:])

        with self._hooked(with_rows_alone), self._precision():
            output = _called(self._wrapped, ids, mask)
        logits = (output.logits if hasattr(output, "logits") else output[0])[0]
        self._note(logits)
        return logits[: len(rows)], None if beside is None else logits[len(rows) :]

    def hidden_and_head(self, probes: Sequence[Probe]) -> tuple[Tensor, Tensor, Optional[Tensor]]:
        """Last hidden states [R, H] of the rows that count, and weight and bias of the head as they are now, on the CPU."""
        ids, mask, rows = self._batch(probes)
        found: list[Any] = []

        def note(head: Any, inputs: tuple[Any, ...]) -> None:
            states = self._rows_of(inputs[0], rows, ids.numel())
            parts = [getattr(head, name, None) for name in ("weight", "bias")]
            weights = parts if self.tunes_head else [None, None]
            found.extend([states.cpu(), *(w if w is None else _whole(w).detach().to("cpu", copy=True) for w in weights)])

        with self._hooked(note), self._precision():
            _called(self._wrapped, ids, mask)
        states, weight, bias = found
        return states, weight, bias

    def _rows_of(self, states: Tensor, rows: Tensor, count: int) -> Tensor:
        if states.shape[:-1].numel() != count:
            raise ValueError("the output layer does not see one hidden state for each token")
        return states.flatten(0, -2).index_select(0, rows.to(states.device))

    @contextlib.contextmanager
    def _hooked(self, hook: Callable[..., Any]) -> Iterator[None]:
        # After the hooks that gather the weights, which were registered before.
        handle = self._head.register_forward_pre_hook(hook)
        try:
            yield
        finally:
            handle.remove()


def _whole(weight: Any) -> Any:
    return weight.full_tensor() if hasattr(weight, "full_tensor") else weight


def unwrapped(model: Any) -> Any:
    """The model inside wrappers of distribution and compilation."""
    while True:
        inner = getattr(model, "_orig_mod", None)
        if inner is None and type(model).__name__ in ("DistributedDataParallel", "DataParallel"):
            inner = model.module
        if not isinstance(inner, nn.Module):
            return model
        model = inner


def most_tokens(config: Any, wanted: int) -> int:
    """Tokens of a probe: no more than the configuration has positions for."""
    config = getattr(config, "text_config", None) or config
    most = getattr(config, "max_position_embeddings", None)
    return min(wanted, most) if isinstance(most, int) and most > 1 else wanted


def is_sharded(model: nn.Module) -> bool:
    """Whether no rank has all weights (FSDP, ZeRO-3)."""
    names = {type(module).__name__ for module in model.modules()}
    if any(name == "FullyShardedDataParallel" or name.startswith("FSDP") for name in names):
        return True
    return any(hasattr(p, "ds_id") or type(p).__name__ == "DTensor" for p in model.parameters())


@contextlib.contextmanager
def undisturbed(models: Sequence[nn.Module]) -> Iterator[None]:
    """In this block the models are in eval mode without gradients; afterwards everything is as it was.

    Put back are the mode of every submodule, buffers, the state of the random generators of CPU and device, of
    Python and of numpy, and gradient mode.
    """
    modules = {id(module): module for model in models for module in model.modules()}
    modes = [(module, module.training) for module in modules.values()]
    buffers = _Buffers(modules.values())
    devices = {p.device for model in models for p in model.parameters() if p.device.type not in ("cpu", "meta")}
    generators = _Generators(devices)
    try:
        for module, _ in modes:
            # Not `eval()`, which a model may have given another meaning.
            module.training = False
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        buffers.put_back()
        generators.put_back()
        for module, _ in modes:
            # A root module keeps its weights together after a forward pass that no backward pass follows.
            reshard: Any = getattr(module, "reshard", None)
            if type(module).__name__.startswith("FSDP") and callable(reshard):
                reshard()


class _Buffers:
    """Buffers of modules: rotary embeddings, for one, make theirs anew for longer texts."""

    def __init__(self, modules: Any) -> None:
        self._known: list[tuple[nn.Module, str, Optional[Tensor], int, Optional[Tensor]]] = []
        for module in modules:
            for name, buffer in module._buffers.items():
                is_small = buffer is not None and buffer.numel() * buffer.element_size() <= _COPIED_BUFFER_BYTES
                copy = buffer.clone() if buffer is not None and is_small else None
                self._known.append((module, name, buffer, getattr(buffer, "_version", 0), copy))

    def put_back(self) -> None:
        with torch.no_grad():
            for module, name, buffer, version, copy in self._known:
                if module._buffers.get(name) is not buffer:
                    module._buffers[name] = buffer
                if buffer is not None and copy is not None and buffer._version != version:
                    buffer.copy_(copy)


class _Generators:
    def __init__(self, devices: Any) -> None:
        self._cpu = torch.get_rng_state()
        self._python = random.getstate()
        numpy = sys.modules.get("numpy")
        self._numpy = numpy.random.get_state() if numpy is not None else None
        self._devices = []
        for device in devices:
            module: Any = getattr(torch, device.type, None)
            if hasattr(module, "get_rng_state"):
                arguments = (device,) if device.index is not None else ()
                self._devices.append((module, arguments, module.get_rng_state(*arguments)))

    def put_back(self) -> None:
        torch.set_rng_state(self._cpu)
        random.setstate(self._python)
        if self._numpy is not None:
            sys.modules["numpy"].random.set_state(self._numpy)
        for module, arguments, state in self._devices:
            module.set_rng_state(state, *arguments)


@contextlib.contextmanager
def adapters_off(peft: Any) -> Iterator[None]:
    """PEFT's adapters are off in this block; which parameters are tuned stays as it was."""
    tuned = [(p, p.requires_grad) for p in peft.parameters()]
    try:
        with peft.disable_adapter():
            yield
    finally:
        for p, requires_grad in tuned:
            p.requires_grad_(requires_grad)


@contextlib.contextmanager
def adapter_on(peft: Any, name: str) -> Iterator[None]:
    """The adapter of this name is the active one in this block; which parameters are tuned stays as it was."""
    tuned = [(p, p.requires_grad) for p in peft.parameters()]
    active = list(peft.active_adapters)
    try:
        peft.base_model.set_adapter(name)
        yield
    finally:
        peft.base_model.set_adapter(active if len(active) > 1 else active[0])
        for p, requires_grad in tuned:
            p.requires_grad_(requires_grad)


def first_adapter_layer(model: nn.Module) -> Any:
    """A layer that knows whether the adapters are off; PEFT switches all of them together."""
    layers = (module for module in model.modules() if isinstance(getattr(module, "disable_adapters", None), bool))
    return next(layers, None)


def _called(module: nn.Module, ids: Tensor, mask: Tensor) -> Any:
    options: dict[str, Any] = {"attention_mask": mask}
    if _takes(module.forward, "use_cache"):
        options["use_cache"] = False
    return module(ids, **options) if not _takes(module.forward, "input_ids") else module(input_ids=ids, **options)


def _takes(function: Callable[..., Any], name: str) -> bool:
    with contextlib.suppress(TypeError, ValueError):
        parameters = inspect.signature(function).parameters
        return name in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return False


def _greedy(model: Any, count: int, pad_id: int) -> Any:
    from transformers import GenerationConfig

    own = getattr(model, "generation_config", None)
    return GenerationConfig(
        do_sample=False,
        num_beams=1,
        max_new_tokens=count,
        pad_token_id=pad_id,
        eos_token_id=getattr(own, "eos_token_id", None),
        bos_token_id=getattr(own, "bos_token_id", None),
    )


def _until_end(tokens: list[int], end: Any) -> list[int]:
    ends = set(end) if isinstance(end, (list, tuple)) else {end}
    return tokens[: next((place for place, token in enumerate(tokens) if token in ends), len(tokens))]

"""Tests of the logger that is copied beside a script. What needs PyTorch is skipped without it."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import json
import math
import os
import struct
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from kltop._log import RunLogger, write_safetensors

try:
    import torch
except ImportError:
    torch = None

needs_torch = unittest.skipIf(torch is None, "PyTorch is not installed")


def read_safetensors(path: Path) -> tuple[dict[str, Any], bytes]:
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


class LoggerTestCase(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name) / "run"
        self.path = self.directory / "metrics.jsonl"

    def open(self, **options: Any) -> RunLogger:
        log = RunLogger(self.directory, **{"clock": lambda: 12.5, "rank": 0, **options})
        self.addCleanup(log.close)
        return log

    def told(self) -> contextlib.AbstractContextManager[io.StringIO]:
        return contextlib.redirect_stderr(io.StringIO())

    def records(self) -> list[dict[str, Any]]:
        """Records without the description of the run."""
        lines = self.path.read_text(encoding="utf-8").split("\n")
        self.assertEqual(lines.pop(), "", "the last line is terminated")
        records = [json.loads(line) for line in lines if line]
        return [record for record in records if record.get("event") != "run"]


class LinesTests(LoggerTestCase):
    def test_the_run_is_described_at_once(self) -> None:
        self.open(name="sft", classes=["a", "b"], objective={"lambda": 0.2, "sign": "+"})
        self.assertEqual(
            self.path.read_text(),
            '{"event":"run","name":"sft","time":12.5,"classes":["a","b"],"objective":{"lambda":0.2,"sign":"+"}}\n',
        )

    def test_a_run_without_a_name_is_called_after_its_directory(self) -> None:
        self.open()
        self.assertEqual(json.loads(self.path.read_text())["name"], "run")

    def test_a_record_has_step_and_time(self) -> None:
        log = self.open(start_step=7)
        log.metrics(loss=0.5)
        log.step = 8
        log.metrics({"eval/old/accuracy": 1})
        log.metrics(step=3, lr=1e-3)
        self.assertEqual(
            self.records(),
            [
                {"step": 7, "time": 12.5, "loss": 0.5},
                {"step": 8, "time": 12.5, "eval/old/accuracy": 1},
                {"step": 3, "time": 12.5, "lr": 1e-3},
            ],
        )

    def test_a_line_is_in_the_file_before_the_logger_is_closed(self) -> None:
        log = self.open()
        log.metrics(loss=0.5)
        self.assertEqual(len(self.records()), 1)

    def test_numbers_keep_every_digit(self) -> None:
        self.open().metrics(loss=0.1 + 0.2)
        self.assertEqual(self.records()[0]["loss"], 0.1 + 0.2)

    def test_what_is_not_finite_is_written_as_python_writes_it(self) -> None:
        self.open().metrics(loss=math.nan, kl=math.inf, reward=-math.inf, absent=None)
        line = self.path.read_text().split("\n")[1]
        self.assertTrue(line.endswith('"loss":NaN,"kl":Infinity,"reward":-Infinity,"absent":null}'), line)

    def test_values_that_json_does_not_know_are_no_error(self) -> None:
        self.open().metrics(where=Path("a"), nested={"a": (1, 2)}, broken="\ud800")
        record = self.records()[0]
        self.assertEqual((record["where"], record["nested"], record["broken"]), ("a", {"a": [1, 2]}, "?"))

    def test_the_path_may_name_the_file_itself(self) -> None:
        self.path = self.directory.parent / "other.jsonl"
        with RunLogger(self.path, rank=0) as log:
            log.metrics(loss=1.0)
        self.assertEqual(self.records()[0]["loss"], 1.0)


class ResumingTests(LoggerTestCase):
    def test_a_run_that_goes_on_appends(self) -> None:
        with self.open() as log:
            log.metrics(loss=2.0)
        self.open(start_step=1).metrics(loss=1.0)
        self.assertEqual([(r["step"], r["loss"]) for r in self.records()], [(0, 2.0), (1, 1.0)])

    def test_a_crash_between_lines_loses_none(self) -> None:
        # The first logger is never closed, as after a kill.
        self.open().metrics(loss=2.0)
        self.open(start_step=1).metrics(loss=1.0)
        self.assertEqual([r["loss"] for r in self.records()], [2.0, 1.0])

    def test_a_torn_last_line_is_not_joined_to_the_next(self) -> None:
        self.directory.mkdir()
        self.path.write_text('{"step":0,"loss":2.5}\n{"step":1,"loss":2.')
        self.open(start_step=1).metrics(loss=2.25)
        lines = self.path.read_text().split("\n")
        self.assertEqual(lines[:2], ['{"step":0,"loss":2.5}', '{"step":1,"loss":2.'])
        self.assertEqual(json.loads(lines[2])["event"], "run")
        self.assertEqual(json.loads(lines[3])["loss"], 2.25)

    def test_no_blank_line_is_added_to_a_whole_file(self) -> None:
        self.directory.mkdir()
        self.path.write_text('{"step":0}\n')
        self.open()
        self.assertNotIn("\n\n", self.path.read_text())


class FullDisk:
    """Stands for the log's file while the disk is full: takes so many bytes, then refuses."""

    def __init__(self, file: Any, room: int) -> None:
        self.file, self.room = file, room

    def write(self, data: bytes) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = bytes(data[: self.room])
        self.room -= len(taken)
        return int(self.file.write(taken))

    def close(self) -> None:
        self.file.close()


class FullDiskTests(LoggerTestCase):
    def test_training_goes_on_and_is_told_once(self) -> None:
        log = self.open()
        file = log._file
        log._file = FullDisk(file, room=10)
        messages = io.StringIO()
        with contextlib.redirect_stderr(messages):
            log.metrics(loss=3.0)
            log.metrics(loss=2.0)
        self.assertEqual(messages.getvalue().count("\n"), 1)
        self.assertIn("No space left on device", messages.getvalue())
        log._file = file
        log.metrics(loss=1.0)
        lines = self.path.read_text().split("\n")
        self.assertEqual(lines[1], '{"step":0,')
        self.assertEqual(json.loads(lines[2])["loss"], 1.0)
        self.assertEqual(lines[3:], [""])

    def test_a_line_taken_in_pieces_is_whole(self) -> None:
        log = self.open()
        file = log._file
        log._file = mock.Mock(write=lambda data: file.write(data[:7]), close=file.close)
        log.metrics(loss=1.0)
        self.assertEqual(self.records(), [{"step": 0, "time": 12.5, "loss": 1.0}])

    def test_a_directory_that_cannot_be_made_does_not_stop_training(self) -> None:
        self.directory.write_text("a file is in the way")
        messages = io.StringIO()
        with contextlib.redirect_stderr(messages):
            log = self.open()
            log.metrics(loss=1.0)
            log.logits([1.0, 2.0], to_file=True)
        self.assertEqual(messages.getvalue().count("\n"), 1)

    def test_a_logits_file_that_cannot_be_written_is_not_referred_to(self) -> None:
        log = self.open()
        (self.directory / "logits").write_text("a file is in the way")
        with contextlib.redirect_stderr(io.StringIO()):
            log.logits([1.0, 2.0], to_file=True, kl=0.5)
        self.assertEqual(self.records(), [{"step": 0, "time": 12.5, "kl": 0.5}])


class DistributedTests(LoggerTestCase):
    def test_only_rank_zero_writes(self) -> None:
        with mock.patch.dict(os.environ, {"RANK": "1"}):
            log = self.open(rank=None)
        log.metrics(loss=1.0)
        log.logits([1.0], to_file=True)
        log.sampled([-1.0], [-1.0])
        self.assertFalse(self.directory.exists())

    def test_every_rank_counts_steps(self) -> None:
        hooks: list[Any] = []

        def register(hook: Any) -> mock.Mock:
            hooks.append(hook)
            return mock.Mock()

        log = self.open(rank=1, optimizer=mock.Mock(register_step_post_hook=register))
        hooks[0](None, (), {})
        self.assertEqual(log.step, 1)


class LogitsTests(LoggerTestCase):
    def test_rows_are_written_with_their_names(self) -> None:
        self.open().logits(
            [[1.0, 2.0]],
            [[1.5, 2.5]],
            set="old",
            samples=["a"],
            target=[1],
            mask=[True],
            kl=0.25,
            phase="eval",
        )
        self.assertEqual(
            self.records(),
            [
                {
                    "step": 0, "time": 12.5, "phase": "eval", "set": "old", "samples": ["a"], "target": [1],
                    "mask": [1], "logits": [[1.0, 2.0]], "ref_logits": [[1.5, 2.5]], "kl": 0.25,
                }
            ],
        )  # fmt: skip

    def test_a_sequence_has_tokens(self) -> None:
        self.open().logits([[1.0], [2.0]], sample="s", tokens=["The", " cat"], mask=[1, 0])
        record = self.records()[0]
        self.assertEqual((record["sample"], record["tokens"], record["mask"]), ("s", ["The", " cat"], [1, 0]))
        self.assertNotIn("ref_logits", record)

    def test_digits_shorten_logits_alone(self) -> None:
        self.open(digits=3).logits([1.23456], [-math.inf], kl=1.23456)
        record = self.records()[0]
        self.assertEqual((record["logits"], record["ref_logits"], record["kl"]), ([1.23], [-math.inf], 1.23456))

    def test_sampled_tokens_say_who_drew_them(self) -> None:
        self.open().sampled([-1.0, -2.0], [-1.5, -2.0], sample="s", tokens=["a", "b"], sampled_from="reference")
        record = self.records()[0]
        self.assertEqual((record["logprobs"], record["ref_logprobs"]), ([-1.0, -2.0], [-1.5, -2.0]))
        self.assertEqual(record["sampled_from"], "reference")

    def test_shapes_that_do_not_fit_are_told_and_the_numbers_beside_them_are_logged(self) -> None:
        mistakes: list[tuple[Any, dict[str, Any], str]] = [
            ([[1.0, 2.0]], {"ref_logits": [1.0, 2.0]}, "logits are [1, 2], ref_logits are [2]"),
            ([1.0], {"sample": "a", "samples": ["a"]}, "not both"),
            ([[1.0], [2.0]], {"samples": ["a"]}, "1 samples for logits [2, 1]"),
            ([[1.0], [2.0]], {"target": [0, 0, 0]}, "target is [3], logits are [2, 1]"),
            ([[1.0], [2.0]], {"mask": [1]}, "mask is [1], logits are [2, 1]"),
        ]
        for logits, options, words in mistakes:
            with self.subTest(words), self.told() as messages:
                self.open().logits(logits, kl=0.5, **options)
                self.assertEqual(self.records()[-1], {"step": 0, "time": 12.5, "kl": 0.5})
                self.assertIn(words, messages.getvalue())
                self.assertEqual(messages.getvalue().count("\n"), 1)

    def test_lists_of_unequal_lengths_are_told(self) -> None:
        with self.told() as messages:
            self.open().logits([[1.0, 2.0], [1.0]], to_file=True, kl=0.5)
        self.assertEqual(self.records(), [{"step": 0, "time": 12.5, "kl": 0.5}])
        self.assertIn("unequal lengths", messages.getvalue())


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__


class StrangeValuesTests(LoggerTestCase):
    def test_a_value_that_cannot_be_logged_is_told_and_the_others_are_logged(self) -> None:
        circular: dict[str, Any] = {}
        circular["self"] = circular
        deep: list[Any] = []
        for _ in range(5000):
            deep = [deep]
        for strange in (circular, deep, Unprintable(), 1 + 2j, {Unprintable(): 1}, [Unprintable()]):
            with self.subTest(type(strange)), self.told() as messages:
                self.open().metrics(loss=1.0, strange=strange)
                self.assertEqual(self.records()[-1], {"step": 0, "time": 12.5, "loss": 1.0})
                self.assertIn("strange is left out", messages.getvalue())
                self.assertEqual(messages.getvalue().count("\n"), 1)

    def test_keys_that_are_no_text_become_it(self) -> None:
        self.open().metrics({"of": {("old", 1): 2.0, 3: 4.0}})
        self.assertEqual(self.records()[0]["of"], {"old/1": 2.0, "3": 4.0})
        self.open().metrics({("old", "kl"): 0.5})
        self.assertEqual(self.records()[1]["old/kl"], 0.5)

    def test_no_argument_stops_the_training(self) -> None:
        with self.told() as messages:
            log = self.open(optimizer=object(), policy=3, reference="x", classes=Unprintable())
            log.metrics(3)
            log.metrics(loss=1.0, step="soon")
            log.logits(None)
            log.logits([1.0], samples=5)
            log.sampled([1.0], Unprintable())
            log.event("end", status=Unprintable())
            log.metrics(loss=1.0)
        self.assertEqual(self.records()[-1]["loss"], 1.0)
        self.assertNotIn("Traceback", messages.getvalue())

    def test_nothing_is_raised_where_nobody_listens(self) -> None:
        with mock.patch("sys.stderr", None):
            self.open().metrics(loss=1j)
        with mock.patch("sys.stderr", mock.Mock(write=mock.Mock(side_effect=ValueError("closed")))):
            self.open().metrics(loss=1j)

    def test_a_thousand_mistakes_are_told_in_twenty_lines(self) -> None:
        log = self.open()
        with self.told() as messages:
            for number in range(1000):
                log.metrics({f"value {number}": 1j})
        self.assertEqual(messages.getvalue().count("\n"), 20)


class EventTests(LoggerTestCase):
    def test_events_describe_the_run(self) -> None:
        log = self.open(description={"total_steps": 50, "sets": {"old": "retention"}})
        log.event("checkpoint", step=50, path="out/checkpoint-50")
        log.event("end", status="finished")
        lines = [json.loads(line) for line in self.path.read_text().splitlines()]
        self.assertEqual((lines[0]["total_steps"], lines[0]["sets"]), (50, {"old": "retention"}))
        self.assertEqual(lines[1]["path"], "out/checkpoint-50")
        self.assertEqual(lines[2], {"event": "end", "time": 12.5, "status": "finished"})


class LogitsFileTests(LoggerTestCase):
    def test_a_file_is_whole_before_a_line_refers_to_it(self) -> None:
        log = self.open(start_step=120)
        seen = []

        def append(line: bytes) -> None:
            name = json.loads(line)["logits_file"]
            seen.append((name, os.listdir(self.directory / "logits")))

        with mock.patch.object(log, "_append", append):
            log.logits([[1.0, 2.0]], [[3.0, 4.0]], set="old", to_file=True)
        self.assertEqual(seen, [("logits/step-000120.safetensors", ["step-000120.safetensors"])])

    def test_a_file_holds_what_was_given(self) -> None:
        self.open(start_step=3).logits([[1.0, 2.0]], [[3.0, 4.0]], target=[1], to_file=True)
        header, data = read_safetensors(self.directory / self.records()[0]["logits_file"])
        self.assertEqual(header["__metadata__"], {"step": "3"})
        self.assertEqual(header["logits"], {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]})
        self.assertEqual(header["ref_logits"]["data_offsets"], [16, 32])
        self.assertEqual(header["targets"], {"dtype": "I64", "shape": [1], "data_offsets": [32, 40]})
        self.assertEqual(struct.unpack("<4dq", data), (1.0, 2.0, 3.0, 4.0, 1))

    def test_a_second_file_of_a_step_does_not_replace_the_first(self) -> None:
        log = self.open()
        for step in (0, 0, 1):
            log.logits([float(step)], step=step, to_file=True)
        self.assertEqual(
            [record["logits_file"] for record in self.records()],
            [
                "logits/step-000000.safetensors",
                "logits/step-000000-2.safetensors",
                "logits/step-000001.safetensors",
            ],
        )

    def test_a_run_that_starts_over_replaces_its_files(self) -> None:
        for value in (1.0, 2.0):
            with self.open() as log:
                log.logits([value], to_file=True)
        self.assertEqual(os.listdir(self.directory / "logits"), ["step-000000.safetensors"])
        _, data = read_safetensors(self.directory / "logits/step-000000.safetensors")
        self.assertEqual(struct.unpack("<d", data), (2.0,))

    def test_a_file_that_fails_half_way_leaves_the_old_one(self) -> None:
        self.directory.mkdir()
        path = self.directory / "step-1.safetensors"
        write_safetensors(path, {"logits": [1.0]})
        before = path.read_bytes()
        with mock.patch("os.replace", side_effect=OSError(errno.ENOSPC, "full")), self.assertRaises(OSError):
            write_safetensors(path, {"logits": [2.0]})
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual(os.listdir(self.directory), ["step-1.safetensors"])

    def test_the_data_begins_at_a_multiple_of_eight(self) -> None:
        self.directory.mkdir()
        for name in ("a", "ab", "abc", "abcdefgh"):
            path = self.directory / name
            write_safetensors(path, {name: [1.0]})
            self.assertEqual((path.stat().st_size - 8) % 8, 0)


@needs_torch
class TorchTests(LoggerTestCase):
    def test_steps_are_those_of_the_optimizer_when_the_policy_ran(self) -> None:
        model = torch.nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        log = self.open(policy=model, optimizer=optimizer)
        for _ in range(2):
            loss = model(torch.ones(1, 1)).sum()
            loss.backward()
            optimizer.step()
            log.metrics(loss=loss)
        self.assertEqual([record["step"] for record in self.records()], [0, 1])
        self.assertEqual(log.step, 2)

    def test_modes_are_those_of_the_forward_pass(self) -> None:
        model, reference = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1).eval()
        log = self.open(policy=model, reference=reference)
        x = torch.ones(1, 1)
        model(x)
        with torch.no_grad():
            reference(x)
        model.eval()
        log.metrics(loss=1.0)
        with torch.inference_mode():
            model(x)
        log.metrics(accuracy=1.0)
        log.metrics(more=1.0)
        modes = [{k: v for k, v in record.items() if "mode" in k or "grad" in k} for record in self.records()]
        train = {"mode": "train", "grad_enabled": True, "ref_mode": "eval", "ref_grad_enabled": False}
        evaluation = {"mode": "eval", "grad_enabled": False}
        self.assertEqual(modes, [train, evaluation, evaluation])

    def test_a_pass_with_the_adapters_off_is_the_references(self) -> None:
        model = torch.nn.Sequential(torch.nn.Linear(1, 1))
        model[0].disable_adapters = False
        log = self.open(policy=model, ref_is_adapter_off=True)
        x = torch.ones(1, 1)
        model(x)
        model[0].disable_adapters = True
        with torch.no_grad():
            model(x)
        model[0].disable_adapters = False
        log.metrics(loss=1.0)
        with torch.no_grad(), log.reference_pass():
            model(x)
        log.metrics(loss=1.0)
        first, second = self.records()
        self.assertEqual((first["mode"], first["grad_enabled"], first["ref_grad_enabled"]), ("train", True, False))
        self.assertTrue(first["ref_is_adapter_off"])
        self.assertEqual(first["ref_mode"], "train", "it was seen running, with the policy's modules")
        self.assertNotIn("mode", second)
        self.assertFalse(second["ref_grad_enabled"])

    def test_a_closed_logger_has_let_go_of_the_models(self) -> None:
        model = torch.nn.Linear(1, 1)
        self.open(policy=model).close()
        self.assertEqual(len(model._forward_pre_hooks), 0)

    def test_tensors_and_numpy_scalars_are_numbers(self) -> None:
        values = {
            "a": torch.tensor(0.5, requires_grad=True),
            "b": torch.tensor([2]),
            "c": torch.tensor([1.0, 2.0]),
        }
        with contextlib.suppress(ImportError):
            import numpy

            values |= {"d": numpy.float32(0.5), "e": numpy.int64(3)}
        self.open().metrics(values)
        record = self.records()[0]
        self.assertEqual((record["a"], record["b"], record["c"]), (0.5, 2, [1.0, 2.0]))
        if "d" in values:
            self.assertEqual((record["d"], record["e"]), (0.5, 3))

    def test_a_single_class_keeps_its_axis(self) -> None:
        self.open().logits(torch.tensor([[1.0]]), torch.tensor([[2.0]]), mask=torch.tensor([True]))
        record = self.records()[0]
        self.assertEqual((record["logits"], record["ref_logits"], record["mask"]), ([[1.0]], [[2.0]], [1]))

    def test_nine_digits_give_every_float32_back(self) -> None:
        generator = torch.Generator().manual_seed(1)
        logits = torch.randn(50, 10, generator=generator) * 30
        self.open(digits=9).logits(logits)
        self.assertTrue(torch.equal(torch.tensor(self.records()[0]["logits"]), logits))

    def test_files_keep_the_precision_of_the_tensor(self) -> None:
        logits = torch.tensor([[1.5, -2.25], [3.0, 0.125]])
        log = self.open()
        for dtype, name in ((torch.float32, "F32"), (torch.float16, "F16"), (torch.bfloat16, "BF16")):
            # Transposed, so that its memory is not in the order of its rows.
            given = logits.to(dtype).T
            log.logits(given, given, mask=torch.tensor([True, False]), to_file=True)
            header, data = read_safetensors(self.directory / self.records()[-1]["logits_file"])
            self.assertEqual((header["logits"]["dtype"], header["logits"]["shape"]), (name, [2, 2]))
            self.assertEqual(header["mask"]["dtype"], "BOOL")
            start, end = header["logits"]["data_offsets"]
            read = torch.frombuffer(bytearray(data[start:end]), dtype=dtype).reshape(2, 2)
            self.assertTrue(torch.equal(read, given))

    def test_a_type_that_no_logits_file_holds_is_named(self) -> None:
        for dtype in (torch.complex64, torch.int8):
            with self.subTest(dtype), self.told() as messages:
                self.open().logits(torch.zeros(2, dtype=dtype), to_file=True, kl=0.5)
                self.assertEqual(self.records()[-1], {"step": 0, "time": 12.5, "kl": 0.5})
                self.assertIn(str(dtype).removeprefix("torch."), messages.getvalue())

    def test_a_probe_before_the_row_is_not_taken_for_the_training(self) -> None:
        model = torch.nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        log = self.open(policy=model, optimizer=optimizer)
        for step in range(4):
            loss = model(torch.ones(1, 1)).sum()
            loss.backward()
            optimizer.step()
            if step == 1:
                model.eval()
                with torch.no_grad():
                    log.logits(model(torch.ones(1, 1)), set="old", samples=["a"])
                model.train()
            if step == 2:
                model.eval()
                with log.evaluation(), torch.no_grad():
                    log.metrics({"eval/old/accuracy": float(model(torch.ones(1, 1)) > 0)}, phase="eval")
                model.train()
            if step == 3:
                model.eval()
                with torch.no_grad():
                    model(torch.ones(1, 1))
                model.train()
            log.metrics(loss=loss, **({"phase": "train"} if step == 3 else {}))
        rows = [record for record in self.records() if "loss" in record]
        self.assertEqual([(r["step"], r["mode"], r["grad_enabled"]) for r in rows], [(i, "train", True) for i in range(4)])
        probes = [record for record in self.records() if "loss" not in record]
        self.assertEqual([(r["mode"], r["grad_enabled"]) for r in probes], [("eval", False)] * 2)

    def test_a_training_in_eval_mode_is_not_hidden(self) -> None:
        model = torch.nn.Linear(1, 1).eval()
        log = self.open(policy=model)
        with torch.no_grad():
            log.metrics(loss=model(torch.ones(1, 1)), phase="train")
        self.assertEqual((self.records()[0]["mode"], self.records()[0]["grad_enabled"]), ("eval", False))

    def test_the_outermost_call_is_noted_whatever_the_trainer_calls(self) -> None:
        inner = torch.nn.Linear(1, 1).eval()
        outer = torch.nn.Sequential()
        outer.module = inner
        outer.forward = lambda x: inner(x)
        log = self.open(policy=outer)
        outer(torch.ones(1, 1))
        log.metrics(loss=1.0)
        inner(torch.ones(1, 1))
        log.metrics(loss=1.0)
        with contextlib.suppress(RuntimeError):
            outer(torch.ones(1, 2))
        outer(torch.ones(1, 1))
        log.metrics(loss=1.0)
        self.assertEqual([record["mode"] for record in self.records()], ["train", "eval", "train"])

    def test_updates_are_counted_through_an_optimizer_that_has_no_hooks(self) -> None:
        model = torch.nn.Linear(1, 1)

        class Wrapper(torch.optim.Optimizer):
            """As accelerate's: it never calls the initialiser of its base class."""

            def __init__(self, optimizer: Any) -> None:
                self.optimizer = optimizer

            def step(self, closure: Any = None) -> None:
                self.optimizer.step(closure)

        wrapped = Wrapper(torch.optim.SGD(model.parameters(), lr=0.1))
        log = self.open(policy=model, optimizer=wrapped)
        model(torch.ones(1, 1)).sum().backward()
        wrapped.step()
        self.assertEqual(log.step, 1)

    def test_big_endian_arrays_are_turned(self) -> None:
        numpy = importlib.import_module("numpy")
        values = numpy.array([[1.5, -2.0]], dtype=">f4")
        self.open().logits(values, values.T.reshape(1, 2), mask=numpy.array([True]), to_file=True)
        header, data = read_safetensors(self.directory / self.records()[-1]["logits_file"])
        self.assertEqual((header["logits"]["dtype"], header["mask"]["dtype"]), ("F32", "BOOL"))
        start, end = header["logits"]["data_offsets"]
        self.assertEqual(struct.unpack("<2f", data[start:end]), (1.5, -2.0))

    @unittest.skipUnless(os.environ.get("KLTOP_FULL") == "1", "5 GiB of disk: only with KLTOP_FULL=1")
    def test_tensors_beyond_four_gibibytes_are_whole(self) -> None:
        count = (5 << 30) // 2
        logits = torch.zeros(1, count, dtype=torch.float16)
        logits[0, -1] = 7
        self.open().logits(logits, to_file=True)
        path = self.directory / self.records()[0]["logits_file"]
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            entry = json.loads(file.read(length))["logits"]
            self.assertEqual(entry["data_offsets"], [0, 5 << 30])
            self.assertEqual(path.stat().st_size, 8 + length + (5 << 30))
            file.seek(-2, os.SEEK_END)
            self.assertEqual(struct.unpack("<e", file.read(2)), (7.0,))


if __name__ == "__main__":
    unittest.main()

"""Tests of kltop_log.py: `python -m unittest` in this directory. What needs PyTorch is skipped without it."""

from __future__ import annotations

import contextlib
import errno
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

from kltop_log import RunLogger, write_safetensors

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
        self.assertEqual(
            (record["logits"], record["ref_logits"], record["kl"]), ([1.23], [-math.inf], 1.23456)
        )

    def test_sampled_tokens_say_who_drew_them(self) -> None:
        self.open().sampled(
            [-1.0, -2.0], [-1.5, -2.0], sample="s", tokens=["a", "b"], sampled_from="reference"
        )
        record = self.records()[0]
        self.assertEqual((record["logprobs"], record["ref_logprobs"]), ([-1.0, -2.0], [-1.5, -2.0]))
        self.assertEqual(record["sampled_from"], "reference")

    def test_shapes_that_differ_are_a_mistake_of_the_caller(self) -> None:
        with self.assertRaisesRegex(ValueError, r"logits are \[1, 2\], ref_logits are \[2\]"):
            self.open().logits([[1.0, 2.0]], [1.0, 2.0])
        with self.assertRaisesRegex(ValueError, "not both"):
            self.open().logits([1.0], sample="a", samples=["a"])


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
        self.assertEqual(
            (first["mode"], first["grad_enabled"], first["ref_grad_enabled"]), ("train", True, False)
        )
        self.assertTrue(first["ref_is_adapter_off"])
        self.assertNotIn("ref_mode", first)
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
        with self.assertRaisesRegex(ValueError, "complex64"):
            self.open().logits(torch.zeros(2, dtype=torch.complex64), to_file=True)


if __name__ == "__main__":
    unittest.main()

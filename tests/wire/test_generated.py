"""`generated.py` is what the compiler writes from the schemas, and the compiler refuses what it does not know."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from construct import Byte, IfThenElse, this

from dmproto.wire import compile as compiler
from dmproto.wire import layout
from dmproto.wire.emit.decode import class_fields
from dmproto.wire.emit.source import python_type, steps
from dmproto.wire.layout import U32
from dmproto.wire.primitives import CharArray, Text
from dmproto.wire.records import Field, Record


def test_generated_is_what_the_compiler_writes() -> None:
    assert compiler.GENERATED.read_bytes() == compiler.write().encode()


def test_the_compiler_writes_the_same_twice() -> None:
    assert compiler.write() == compiler.write()


def test_check_says_whether_it_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiler.main(["--check"]) == 0
    monkeypatch.setattr(compiler, "GENERATED", tmp_path / "generated.py")
    (tmp_path / "generated.py").write_text("stale\n")
    assert compiler.main(["--check"]) == 1
    assert (tmp_path / "generated.py").read_text() == "stale\n"
    assert compiler.main([]) == 0
    assert compiler.main(["--check"]) == 0


def test_the_command_line_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["compile", "--check"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(Path(compiler.__file__)), run_name="__main__")
    assert caught.value.code == 0


def test_a_member_of_an_unknown_kind_is_refused() -> None:
    record = Record("odd", "Odd", "A record.", Field("word", U32, "a word"), Field("odd", Byte, "construct's own byte"))
    with pytest.raises(TypeError, match="odd: no code is made for"):
        list(steps(record))


def test_a_field_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(TypeError, match="no type is known for"):
        python_type(Field("odd", Byte, "construct's own byte"))


def test_a_field_that_is_there_by_condition_has_the_type_of_what_is_there() -> None:
    assert python_type(Field("maybe", IfThenElse(this.flags, Text(), None), "a text")) == "str"


def test_every_record_of_the_layout_is_compiled() -> None:
    from dmproto.wire import generated

    declared = [record for record in vars(layout).values() if isinstance(record, Record)]
    assert set(compiler.records()) == set(generated.SHAPES)
    assert len(generated.SHAPES) == len(declared) + len(layout.FRAMES)
    for key, record in compiler.records().items():
        value_class = getattr(generated, record.cls)
        assert value_class.__struct_fields__[: len(class_fields(record))] == tuple(class_fields(record))
        assert generated.SHAPES[key].cls == record.cls


def test_every_field_has_its_facts() -> None:
    for record in compiler.records().values():
        for member in record.subcons:
            if isinstance(member, Field):
                assert member.doc, member.name
                assert not member.doc.endswith(".")
                assert member.direction in ("in", "out", "in/out")
                assert len(member.since) == 3


def test_a_char_array_is_as_large_as_c_makes_it() -> None:
    assert layout.dm_ioctl.sizeof() == 312
    assert layout.dm_ioctl.fixed_size == 305
    assert [layout.dm_ioctl.offset_of(name) for name in ("flags", "dev", "name", "uuid")] == [28, 40, 48, 176]
    assert CharArray(16).sizeof() == 16


def test_importing_the_codec_loads_neither_construct_nor_hypothesis() -> None:
    program = (
        "import sys, dmproto, dmproto.wire.codec\n"
        "dmproto.decode_request, dmproto.Header, dmproto.DmFlag\n"
        "heavy = {'construct', 'hypothesis', 'argparse', 'dmproto.wire.layout', 'dmproto.wire.interpreted'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_public_names_load_when_they_are_used() -> None:
    import dmproto

    assert set(dmproto.__all__) <= set(dir(dmproto))
    for name in dmproto.__all__:
        assert getattr(dmproto, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = dmproto.nothing_of_the_kind

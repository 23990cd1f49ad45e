"""The folder of a function, packed by pip."""

import ctypes
from pathlib import Path

import google_crc32c
import numpy as np
import pytest

from manyhands import bundle
from manyhands.bundle import make_function, named_in
from manyhands.errors import InvalidInputError
from manyhands.strip import strip

KERNEL = """
from manyhands import Kernel, Number, Value

def fill(window, out, tools):
    out[...] = window["x"]

kernel = Kernel(inputs={"x": Number(start=0, stop=4)}, values={"y": Value()}, fill=fill)
"""
NEEDING = '# /// script\n# dependencies = [\n#   "scipy>=1.15",\n# ]\n# ///\n'
AARCH64 = 183


def machine(library: Path) -> int:
    return int.from_bytes(library.read_bytes()[18:20], "little")


def test_a_function_has_the_kernel_this_package_and_compiled_packages_for_its_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(KERNEL)
    folder = make_function(tmp_path / "kept", "arm64", [str(mine)])
    assert (folder / "kernels/mine.py").read_text() == KERNEL
    assert (folder / "manyhands/lambda_handler.py").exists()
    libraries = [*folder.rglob("*.so"), *folder.glob("*.libs/*")]
    assert len(libraries) > 10
    assert {machine(each) for each in libraries} == {AARCH64}
    named = {path.name for path in folder.iterdir()}
    assert named >= {"boto3", "numcodecs", "numpy"}
    assert "numba" not in named  # only `point` takes it
    assert {path.name for path in (folder / "botocore/data").iterdir() if path.is_dir()} == {"s3", "sqs"}
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 80_000_000

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("pip is asked once")

    monkeypatch.setattr(bundle, "_install", refuse)
    assert make_function(tmp_path / "kept", "arm64", [str(mine)]) == folder
    mine.write_text(KERNEL + "\n")
    other = make_function(tmp_path / "kept", "arm64", [str(mine)])
    assert other != folder
    assert (other / "kernels/mine.py").read_text() == KERNEL + "\n"


def test_a_file_names_what_it_imports_in_its_script_block(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(NEEDING + KERNEL)
    assert named_in(file) == ["scipy>=1.15"]
    file.write_text(KERNEL)
    assert named_in(file) == []
    file.write_text("# /// script\n# dependencies = 5\n# ///\n")
    with pytest.raises(InvalidInputError, match="to be a list of texts, got 5"):
        named_in(file)


def test_what_cannot_be_installed_is_named_with_pips_own_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(KERNEL)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(InvalidInputError, match=r"to be installable for Python 3\.13 on arm64, .*, got Cannot"):
        make_function(tmp_path / "kept", "arm64", [str(mine)])
    assert list((tmp_path / "kept").iterdir()) == []
    monkeypatch.setattr(bundle, "find_spec", lambda _: None)
    with pytest.raises(InvalidInputError, match=r"Expected pip to be there for .*, got none\. `.* -m ensurepip`"):
        make_function(tmp_path / "kept", "arm64", [str(mine)])


def test_a_stripped_library_is_smaller_and_loads_and_another_file_stays_as_it_is(tmp_path: Path) -> None:
    of_numpy = next((Path(np.__file__).parent / "_core").glob("_multiarray_umath*.so"))
    of_crc32c = next(Path(google_crc32c.__file__).parent.glob("_crc32c*.so"))
    for library in (of_numpy, of_crc32c):
        copy = tmp_path / library.name
        copy.write_bytes(library.read_bytes())
        strip(copy)
        assert copy.stat().st_size <= library.stat().st_size
        assert ctypes.CDLL(str(copy))
    other = tmp_path / "other.so"
    other.write_bytes(b"GROUP ( libc.so.6 )")
    strip(other)
    assert other.read_bytes() == b"GROUP ( libc.so.6 )"

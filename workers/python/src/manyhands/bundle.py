"""Kernels, this package and all that they import, as the folder of a function for Lambda's python3.13."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any

from .declaration import Kernel
from .errors import InvalidInputError
from .kernel_file import load_kernel_file
from .strip import strip

RUNTIME = (3, 13)
#: Amazon Linux 2023 has glibc 2.34. By `manylinux2014` alone pip finds no numpy later than 2.2.
MANYLINUX = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_27", "manylinux2014", "manylinux_2_17")
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
#: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MOST_BYTES = 250 * 2**20
PACKAGE = Path(__file__).parent
PINS = PACKAGE / "function_requirements.txt"
NEEDED = ("boto3", "google-crc32c", "numcodecs", "numpy")
NEEDED_BY_POINT = ("numba",)
#: What no worker loads: the models of all other services are 26 of botocore's 32 MB, and tests a third of numba.
UNUSED = ("bin", "botocore/data/*/", "numba/tests/")
USED = {"botocore/data/s3", "botocore/data/sqs"}
#: The block in a script's comments that names what it imports: https://peps.python.org/pep-0723/
SCRIPT_BLOCK = re.compile(r"^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$", re.MULTILINE)


def make_function(into: Path, architecture: str, files: Sequence[str]) -> Path:
    """The function's folder, below `into`, where all that is built stays for later builds. Raises InvalidInputError."""
    loaded = [(load_kernel_file(file), Path(file)) for file in files]
    kernels = {kernel.name: (kernel, path) for kernel, path in loaded}
    python = compiler()
    packages = _packages(into, _requirements(kernels), architecture, python)
    folder = _function(into, packages, kernels, python)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if size > MOST_BYTES:
        expected = f"{MOST_BYTES // 2**20} MB at most, unzipped, with all that its kernels import"
        raise InvalidInputError("the function", expected, f"{ceil(size / 2**20)} MB")
    return folder


Kernels = dict[str, tuple[Kernel, Path]]


def _requirements(kernels: Kernels) -> list[str]:
    needed = set(NEEDED)
    for kernel, path in kernels.values():
        needed |= set(NEEDED_BY_POINT) if kernel.point else set()
        needed |= set(named_in(path))
    return sorted(needed)


def named_in(path: Path) -> list[str]:
    """The `dependencies` of the file's script block. Raises InvalidInputError."""
    block = SCRIPT_BLOCK.search(path.read_text())
    if block is None:
        return []
    lines = [line[2:] if line.startswith("# ") else line[1:] for line in block["content"].splitlines(keepends=True)]
    try:
        named: Any = tomllib.loads("".join(lines)).get("dependencies", [])
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(f"the script block of {path}", "TOML", error) from error
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise InvalidInputError(f"dependencies in {path}", "a list of texts", json.dumps(named))
    return named


def _packages(into: Path, requirements: list[str], architecture: str, python: str | None) -> Path:
    """The installed packages, of the machine and the Python that the function has; installed once for the same requirements."""
    made_of = [*requirements, PINS.read_text(), architecture, str(MANYLINUX), str(UNUSED), str(python is not None)]
    folder = into / f"packages-{_hash(*made_of)}"

    def fill(empty: Path) -> None:
        _install(empty, requirements, architecture)
        for path in [found for pattern in UNUSED for found in empty.glob(pattern)]:
            if str(path.relative_to(empty)) not in USED:
                shutil.rmtree(path, ignore_errors=True)
        for path in empty.rglob("*.so*"):
            strip(path)
        _compile(empty, python)

    return _made(folder, fill)


def _install(target: Path, requirements: list[str], architecture: str) -> None:
    if find_spec("pip") is None:
        hint = f"`{sys.executable} -m ensurepip` installs it, or `apt install python3-pip`."
        raise InvalidInputError("pip", f"there for {sys.executable}", "none", hint)
    platforms = [f"--platform={each}_{MACHINES[architecture]}" for each in MANYLINUX]
    python = [f"--python-version={RUNTIME[0]}.{RUNTIME[1]}", "--implementation=cp"]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-compile", "--only-binary=:all:"]
    command = [sys.executable, "-m", "pip", "install", *quiet, *python, *platforms]
    done = subprocess.run(
        [*command, "--target", target, "--constraint", PINS, *requirements], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        errors = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = errors[0] if errors else done.stderr.strip()[-300:]
        what = f"installable for Python {RUNTIME[0]}.{RUNTIME[1]} on {architecture}, at the versions of {PINS.name}"
        raise InvalidInputError(", ".join(requirements), what, reason.removesuffix("."))


def _function(into: Path, packages: Path, kernels: Kernels, python: str | None) -> Path:
    own = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".json", ".typed"))
    made_of = [packages.name, *(f"{path.relative_to(PACKAGE)} {path.read_text()}" for path in own)]
    made_of += [f"{name} {kernel.hash}" for name, (kernel, _) in sorted(kernels.items())]

    def fill(empty: Path) -> None:
        shutil.copytree(packages, empty, dirs_exist_ok=True, copy_function=_link)
        for path in own:
            to = empty / "manyhands" / path.relative_to(PACKAGE)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
        _compile(empty / "manyhands", python)
        (empty / "kernels").mkdir()
        for name, (_, path) in kernels.items():
            shutil.copyfile(path, empty / "kernels" / f"{name}.py")

    return _made(into / f"function-{_hash(*made_of)}", fill)


def _compile(folder: Path, python: str | None) -> None:
    """A cold start else compiles all that it imports, as it cannot write beside its code; only the function's own Python can do so."""
    if python is not None:
        options = ["-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder)]
        subprocess.run([python, "-m", "compileall", *options, str(folder)], capture_output=True, check=False)


def compiler() -> str | None:
    """A Python of the function's version: this one, or one on the path."""
    version = f"{RUNTIME[0]}.{RUNTIME[1]}"
    if sys.version_info[:2] == RUNTIME:
        return sys.executable
    named = f"python{version}"
    # pyenv has a file of that name for each version that it has installed, chosen or not.
    found = shutil.which(named) and subprocess.run([named, "-V"], capture_output=True, text=True, check=False).stdout
    return named if found and found.startswith(f"Python {version}.") else None


def _made(folder: Path, fill: Callable[[Path], None]) -> Path:
    """The folder, filled under another name first: an interruption leaves no half of it, and of two builds the first one stays."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="making-", ignore_cleanup_errors=True) as made:
            inside = Path(made) / "it"
            inside.mkdir()
            fill(inside)
            try:
                inside.rename(folder)
            except OSError:
                if not folder.exists():
                    raise
    return folder


def _link(source: str, to: str) -> None:
    try:
        os.link(source, to)
    except OSError:
        shutil.copyfile(source, to)


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]

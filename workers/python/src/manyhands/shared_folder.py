"""A folder that machines share, as the store of a Redis's jobs. Where it is not mounted its path is another folder, mostly an empty one: a job
that is not there would seem deleted. So the first process that names the folder puts a mark into it."""

from __future__ import annotations

import os
from errno import EACCES, errorcode
from pathlib import Path

from .errors import InvalidInputError, ManyhandsError
from .folder_store import FolderStore

MARK = ".manyhands-store"


class SharedFolder(FolderStore):
    """Raises ManyhandsError where the folder is not there, in place of finding nothing or beginning another one."""

    def get(self, key: str, most_bytes: int | None = None) -> bytes | None:
        found = super().get(key, most_bytes)
        if found is None:
            self._expect_there()
        return found

    def put(self, key: str, data: bytes) -> None:
        self._expect_there()
        super().put(key, data)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        self._expect_there()
        return super().put_if_absent(key, data)

    def _expect_there(self) -> None:
        if not _is_shared(self.folder):
            raise ManyhandsError(
                f"Expected the store to be the folder that all machines share, got {_lacking(self.folder)}."
            )


def make_shared(folder: Path) -> None:
    """Makes the folder of a store, with its mark. Raises InvalidInputError where it cannot be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(EACCES, "no permission")
        if not (folder / MARK).exists():
            (folder / MARK).write_text("The store of a Redis's jobs.\n")
    except OSError as error:
        got = f"{folder} ({errorcode.get(error.errno or 0, error)})"
        raise InvalidInputError("--store", "a folder that can be written to", got) from None


def expect_shared(folder: Path) -> None:
    """Raises InvalidInputError where the folder is not the one that machines share."""
    if not _is_shared(folder):
        raise InvalidInputError("--store", "the folder that all machines share", _lacking(folder))


def _is_shared(folder: Path) -> bool:
    """Former versions made no mark: their jobs are one."""
    return (folder / MARK).exists() or (folder / "jobs").exists()


def _lacking(folder: Path) -> str:
    return f"{folder}, which has no {MARK}: it is not mounted here, or is another folder"

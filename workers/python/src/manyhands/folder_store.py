"""A folder that machines share, as the store: each key a file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderStore:
    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def get(self, key: str, most_bytes: int | None = None) -> bytes | None:
        try:
            with open(self.folder / key, "rb") as file:
                large = most_bytes is not None and os.fstat(file.fileno()).st_size > most_bytes
                return b"" if large else file.read()
        except FileNotFoundError:
            return None

    def put(self, key: str, data: bytes) -> None:
        with self._written(key, data) as temporary:
            os.replace(temporary, self.folder / key)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        with self._written(key, data) as temporary:
            try:
                os.link(temporary, self.folder / key)
            except FileExistsError:
                return False
        return True

    @contextmanager
    def _written(self, key: str, data: bytes) -> Iterator[Path]:
        """A whole file beside the object's; a name that ends in .tmp is no object's."""
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(8)}.tmp")
        try:
            with open(temporary, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

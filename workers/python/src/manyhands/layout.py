"""How an array is cut into chunks, for any number of axes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from .errors import ChunkOutOfRangeError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Chunk:
    """The part of the array that one chunk covers: its place among the chunks, its first element, its shape cut to the array."""

    index: int
    place: Shape
    start: Shape
    shape: Shape


@dataclass(frozen=True)
class Layout:
    shape: Shape
    chunk_shape: Shape

    @property
    def counts(self) -> Shape:
        """Chunks along each axis."""
        return tuple(-(-length // side) for length, side in zip(self.shape, self.chunk_shape, strict=True))

    @property
    def total(self) -> int:
        return prod(self.counts)

    def chunk(self, index: int) -> Chunk:
        """The chunk of that number, in row-major order. Raises ChunkOutOfRangeError."""
        if index >= self.total:
            raise ChunkOutOfRangeError(index, self.total)
        place: list[int] = []
        rest = index
        for count in reversed(self.counts):
            rest, at = divmod(rest, count)
            place.insert(0, at)
        start = tuple(at * side for at, side in zip(place, self.chunk_shape, strict=True))
        ends = zip(self.chunk_shape, self.shape, start, strict=True)
        return Chunk(index, tuple(place), start, tuple(min(side, length - first) for side, length, first in ends))

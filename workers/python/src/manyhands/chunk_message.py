"""The messages that ask for chunks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .codec import crc32c
from .errors import InvalidInputError
from .job import check_version

MESSAGE_VERSION = 2
MOST_CHUNKS = 50
MOST_CHUNK_INDEX = 999_999
MOST_ROUND = 999_999
#: More often than any worker hands a message on.
MOST_HANDED_ON = 99_999
JOB_ID = re.compile(r"[a-z0-9-]{1,64}")
HASH = re.compile(r"[0-9a-f]{16,64}")
MARK = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class ChunkMessage:
    job_id: str
    chunks: tuple[int, ...]
    of_job_ms: float | None
    kernel: str | None
    round: int
    again: bool
    failed: str | None
    #: How often workers that could not do it sent it again for others.
    handed_on: int
    #: As it came, with all that this version does not know.
    given: Mapping[str, Any]


def parse_chunk_message(body: str) -> ChunkMessage:
    """Raises InvalidInputError for junk, and NewerVersionError."""
    what = "chunk message"
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(what, "JSON", repr(body[:80])) from error
    if not isinstance(given, dict):
        raise InvalidInputError(what, "an object", type(given).__name__)
    check_version(given.get("version"), MESSAGE_VERSION, what)
    chunks = given.get("chunks")
    if not isinstance(chunks, list) or not 1 <= len(chunks) <= MOST_CHUNKS:
        raise InvalidInputError("chunks", f"a list of 1 to {MOST_CHUNKS} chunks", json.dumps(chunks)[:80])
    return ChunkMessage(
        job_id=_text(given, "jobId", JOB_ID) or _refuse("jobId", "1 to 64 characters of a-z, 0-9 and -", None),
        chunks=tuple(_whole("chunks", chunk, MOST_CHUNK_INDEX) for chunk in chunks),
        of_job_ms=_number(given, "ofJobMs"),
        kernel=_text(given, "kernel", HASH),
        round=_whole("round", given.get("round", 0), MOST_ROUND),
        again=_flag(given, "again"),
        failed=_text(given, "failed", MARK),
        handed_on=_whole("handedOn", given.get("handedOn", 0), MOST_HANDED_ON),
        given=given,
    )


def sent_again(message: ChunkMessage, chunk: int, **fields: object) -> str:
    """The body that asks for one chunk of the message again."""
    kept = {name: message.given[name] for name in ("ofJobMs", "kernel", "uploaded") if name in message.given}
    issue = {**({"round": message.round} if message.round else {}), **({"again": True} if message.again else {})}
    body = {"version": MESSAGE_VERSION, "jobId": message.job_id, **kept, "chunks": [chunk], **issue, **fields}
    return json.dumps(body, separators=(",", ":"))


def error_mark(description: str) -> str:
    """A short hash of an error's sentence, to recognise it."""
    return f"{crc32c(description.encode()):08x}"


def _refuse(field: str, expected: str, received: object) -> str:
    raise InvalidInputError(field, expected, json.dumps(received)[:80])


def _text(given: Mapping[str, Any], field: str, pattern: re.Pattern[str]) -> str | None:
    value = given.get(field)
    if field not in given:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        return _refuse(field, f"text like {pattern.pattern}", value)
    return value


def _whole(field: str, value: object, most: int) -> int:
    is_whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value // 1
    if not is_whole or not 0 <= value <= most:  # type: ignore[operator]
        raise InvalidInputError(field, f"a whole number from 0 to {most}", json.dumps(value)[:80])
    return int(value)  # type: ignore[call-overload, no-any-return]


def _number(given: Mapping[str, Any], field: str) -> float | None:
    value = given.get(field)
    if field in given and (not isinstance(value, (int, float)) or isinstance(value, bool)):
        raise InvalidInputError(field, "a number", json.dumps(value)[:80])
    return value


def _flag(given: Mapping[str, Any], field: str) -> bool:
    value = given.get(field, False)
    if not isinstance(value, bool):
        raise InvalidInputError(field, "true or false", json.dumps(value)[:80])
    return value

"""What can go wrong, and whether another attempt can help."""

from __future__ import annotations

import unicodedata

LONGEST_DESCRIPTION = 500
UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Cs", "Cn"}


class ManyhandsError(Exception):
    """An error of ours: its text is a sentence. A permanent one fails for good."""

    permanent = False


class InvalidInputError(ManyhandsError):
    """Bad input: what was expected, what came, and where."""

    permanent = True

    def __init__(self, field: str, expected: str, received: object, hint: str = "") -> None:
        super().__init__(f"Expected {field} to be {expected}, got {received}.{hint and f' {hint}'}")
        self.parts = (field, expected, str(received), hint)


class NewerVersionError(ManyhandsError):
    """A message or record of a newer version: it means something, to a newer worker."""

    def __init__(self, what: str, version: int, known: int) -> None:
        super().__init__(
            f"Expected {what} to be of version {known}, got one made by a newer manyhands "
            f"(version {version}; this one reads up to {known})."
        )


class UnknownKernelError(ManyhandsError):
    """This worker lacks the kernel, or what else a job asks for: another worker may have it. Where it becomes a chunk's failure, none has."""

    permanent = True


class ChunkOutOfRangeError(ManyhandsError):
    """A chunk index beyond the job's last chunk."""

    permanent = True

    def __init__(self, chunk: int, total: int) -> None:
        super().__init__(f"Expected chunk to be below {total}, got {chunk}.")


class KernelError(ManyhandsError):
    """What a kernel raised, by name and message: it will raise the same on every machine."""


class ContractError(KernelError):
    """A kernel whose function is not what a kernel's must be."""

    permanent = True

    def __init__(self, field: str, expected: str, received: str) -> None:
        super().__init__(f"Expected {field} to be {expected}, got {received}.")
        self.parts = (field, expected, received, "")


class UnusableObjectError(ManyhandsError):
    """The store says that an object cannot be used in its state; asking again does not help."""


class IntegrityError(ManyhandsError):
    """The store holds an intact chunk with values other than the computed ones."""

    permanent = True

    def __init__(self, key: str, stored: str, computed: str) -> None:
        super().__init__(
            f"Expected the chunk stored as {key} to have the values computed for it (checksum {computed}), it has "
            f"others (checksum {stored}) and is left as it is: `manyhands verify` tells which are right."
        )


def printable(text: str) -> str:
    """The text on one line, with invisible characters escaped."""
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in UNSEEN else character
        for character in text
    )


def describe_error(error: BaseException) -> str:
    """A sentence for reports and logs."""
    text = printable(str(error) if isinstance(error, ManyhandsError) else f"{type(error).__name__}: {error}")
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[:LONGEST_DESCRIPTION]}…"

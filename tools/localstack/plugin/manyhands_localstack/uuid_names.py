"""Lets uuid5 take bytes, as it does since Python 3.12: LocalStack's KMS calls it so, and made no key on 3.11.

https://docs.python.org/3.12/library/uuid.html#uuid.uuid5
"""

import hashlib
import sys
import uuid


def install() -> None:
    if sys.version_info < (3, 12):
        uuid.uuid5 = uuid5


def uuid5(namespace: uuid.UUID, name: str | bytes) -> uuid.UUID:
    data = name.encode() if isinstance(name, str) else name
    digest = hashlib.sha1(namespace.bytes + data, usedforsecurity=False).digest()
    return uuid.UUID(bytes=digest[:16], version=5)

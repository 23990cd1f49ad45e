"""Refuses every connection and every name look-up that would leave this machine, and logs it.

Settings such as DISABLE_EVENTS switch off the connections that LocalStack is known to make; this refuses
the unknown ones too. It sees what Python does, not native libraries, so the tests look at the kernel's
list of connections as well.
"""

import ipaddress
import sys

ADDRESS_ARGUMENT = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


def install() -> None:
    """For the life of the process: an audit hook cannot be removed."""
    sys.addaudithook(refuse_others)


def refuse_others(event: str, arguments: tuple) -> None:
    position = ADDRESS_ARGUMENT.get(event)
    if position is None:
        return
    address = arguments[position]
    host = address[0] if isinstance(address, tuple) else address
    # A string is the path of a Unix socket in socket events, and a name in the look-up events.
    is_path = event in ("socket.connect", "socket.sendto", "socket.sendmsg") and not isinstance(address, tuple)
    if is_path or is_loopback(host):
        return
    message = f"manyhands refused {event} {host}"
    print(message, file=sys.stderr, flush=True)
    raise ConnectionRefusedError(message)


def is_loopback(host: str | bytes | None) -> bool:
    """Whether the host is this machine; no host and 0.0.0.0 mean it too."""
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

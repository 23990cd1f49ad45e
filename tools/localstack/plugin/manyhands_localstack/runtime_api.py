"""The Lambda Runtime API, served to one process:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

Each process has a server of its own, as each environment has on AWS, so a process cannot see another's
invocations. Other users cannot either: paths begin with a secret in the process's environment, which only
its user can read.
"""

import hmac
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

HOST = "127.0.0.1"


class Conversation(Protocol):
    """The requests of the process, and the answers it waits for."""

    def next_invocation(self) -> tuple[bytes, dict[str, str]] | None:
        """Blocks until there is an invocation: its payload and headers. None after the last one."""

    def responded(self, request_id: str, body: bytes, is_error: bool) -> bool:
        """False if no caller waits for an answer to that request."""

    def init_failed(self, body: bytes) -> None: ...


class Server(ThreadingHTTPServer):
    """Listens on a free port of the loopback address. `address` is host, port and the beginning of paths. The
    owner shuts it down and closes it."""

    daemon_threads = True

    def __init__(self, conversation: Conversation):
        super().__init__((HOST, 0), Handler)
        self.conversation = conversation
        self.secret = f"/{secrets.token_urlsafe()}"
        self.address = f"{HOST}:{self.server_port}{self.secret}"


def serve(conversation: Conversation) -> Server:
    server = Server(conversation)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for head and body

    def parse_request(self):
        """Stops at a request without the secret, and reads no more of it."""
        if not super().parse_request():
            return False
        secret = self.server.secret
        known, self.path = self.path[: len(secret)], self.path[len(secret) :]
        if hmac.compare_digest(known.encode(), secret.encode()):
            return True
        self.close_connection = True
        self.answer(403)
        return False

    def do_GET(self):
        if self.path != "/2018-06-01/runtime/invocation/next":
            return self.answer(404)
        invocation = self.server.conversation.next_invocation()
        if invocation is None:
            self.close_connection = True
            return None
        body, headers = invocation
        return self.answer(200, body, headers)

    def do_POST(self):
        conversation = self.server.conversation
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.path.split("/"):
            case ["", "2018-06-01", "runtime", "init", "error"]:
                conversation.init_failed(body)
            case ["", "2018-06-01", "runtime", "invocation", request_id, "response" | "error" as kind]:
                if not conversation.responded(request_id, body, kind == "error"):
                    return self.answer(400, b'{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}')
            case _:
                return self.answer(404)
        return self.answer(202, b'{"status":"OK"}')

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *args):
        """Logs nothing: there is a line for each invocation already."""

"""Lets in programs that use the gateway's own address, and refuses pages in a browser.

LocalStack verifies no signature, so every program of every user on this machine may use it. Its own check
of origins lets in requests to S3, pages of its maker's, and GETs whose page hides its origin; and it
answers to any name in `Host`.
"""


class Door:
    """The first of the gateway's request handlers."""

    def __init__(self, ports: list[int]):
        # These names only: a name server could make any other name mean this machine.
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost") for port in ports}

    def __call__(self, chain, context, response):
        headers = context.request.headers
        from_page = "Origin" in headers or "Sec-Fetch-Site" in headers
        if headers.get("Host") in self._hosts and not from_page:
            return
        response.status_code = 403
        response.set_response(b"This request may not come in.")
        chain.terminate()  # not stop(): the later handlers would tell the browser that the page may read the answer

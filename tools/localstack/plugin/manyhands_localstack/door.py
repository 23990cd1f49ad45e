"""Lets in programs that ask by the gateway's own address, and no page in a browser.

LocalStack verifies no signature, so every program of every user on this machine may use it. Its own check of origins lets
in what concerns S3, pages of its maker's, and GETs whose page hides where it is; and it answers to any name in `Host`.
"""


class Door:
    """The first of the gateway's request handlers."""

    def __init__(self, ports: list[int]):
        # No name but this one is sure to mean this machine, whatever a name server says.
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost") for port in ports}

    def __call__(self, chain, context, response):
        headers = context.request.headers
        from_page = "Origin" in headers or "Sec-Fetch-Site" in headers
        if headers.get("Host") in self._hosts and not from_page:
            return
        response.status_code = 403
        response.set_response(b"This request may not come in.")
        chain.terminate()  # and not stop(): what comes after would tell the browser that the page may read the answer

"""Listens on the given address only, with a door: LocalStack's own twisted server listens on 0.0.0.0 for
every IPv4 address."""

from functools import partial

from localstack.runtime.server import twisted
from twisted.internet.endpoints import TCP4ServerEndpoint

from manyhands_localstack.door import Door


class BoundServer(twisted.TwistedRuntimeServer):
    def register(self, gateway, listen, ssl_creds=None):
        gateway.request_handlers.insert(0, Door([address.port for address in listen]))
        for address in listen:
            # `register` takes the endpoint class from this attribute, and passes it a port but no interface.
            twisted.endpoints.TCP4ServerEndpoint = partial(TCP4ServerEndpoint, interface=address.host)
            try:
                super().register(gateway, [address], ssl_creds)
            finally:
                twisted.endpoints.TCP4ServerEndpoint = TCP4ServerEndpoint

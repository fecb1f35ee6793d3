# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Connections that go to the address that was checked, whatever the name means a moment later.

A name is resolved once, as the connection is opened; each of its addresses is checked, and the
connection is made to these addresses. Between the check and the call no name is asked again, so
that a resolver which changes its answer (DNS rebinding) leads nowhere. The host of the request, the
server name of TLS and the name in the certificate stay those of the address that was called.
"""

import socket
from collections.abc import Callable

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

Resolver = Callable[[str, int], list[str]]
"""Returns the addresses of a host that may be called, or raises."""


class _Checked:
    """A connection of urllib3 whose socket is opened to what its resolver has let through."""

    resolve: Resolver

    def _new_conn(self) -> socket.socket:
        problem: OSError | None = None
        for address in self.resolve(self.host, self.port):
            try:
                return create_connection(
                    (address, self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except TimeoutError as error:
                raise ConnectTimeoutError(self, f"{address} does not answer") from error
            except OSError as error:
                problem = error
        raise NewConnectionError(self, f"no address can be reached: {problem}")


class CheckedAdapter(HTTPAdapter):
    """Sends requests over checked connections; through a proxy it is the proxy that connects."""

    def __init__(self, resolve: Resolver):
        self._resolve = resolve
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": self._make_pool(HTTPConnectionPool, HTTPConnection),
            "https": self._make_pool(HTTPSConnectionPool, HTTPSConnection),
        }
        return result

    def _make_pool(self, pool: type, connection: type) -> type:
        checked = type("Checked", (_Checked, connection), {"resolve": staticmethod(self._resolve)})
        return type("CheckedPool", (pool,), {"ConnectionCls": checked})

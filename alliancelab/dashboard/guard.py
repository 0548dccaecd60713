"""Who may ask the dashboard: pages that it served itself, under the names of this machine, and nobody else. Source: H6.

A page of another site can make a browser ask any address of this machine, under a host name of its own if it likes, and
another program can ask without saying whence. Tornado lets the latter through and looks at no host.
"""

from collections.abc import Collection
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler

__all__ = ["guard"]


class _Refused(RequestHandler):
    """An answer to whoever may not ask; it says why."""

    def prepare(self) -> None:
        self.set_status(403)
        self.finish("This dashboard answers its own pages on this machine only.\n")


def guard(application: Application, hosts: Collection[str]) -> None:
    """Refuse requests of a foreign host, of a foreign origin, and those to open a connection without any origin.

    Parameters
    ----------
    hosts : collection of str
        Names with ports under which the dashboard is asked.
    """
    origins = {f"http://{host}" for host in hosts}
    find = application.find_handler

    def find_handler(request: HTTPServerRequest, **more: Any) -> Any:
        origin = request.headers.get("Origin") or request.headers.get("Sec-Websocket-Origin")
        opens = "upgrade" in request.headers.get("Connection", "").lower() or request.method not in ("GET", "HEAD")
        if request.headers.get("Host") not in hosts or (origin not in origins if origin or opens else False):
            return application.get_handler_delegate(request, _Refused)
        return find(request, **more)

    application.find_handler = find_handler  # type: ignore[method-assign]

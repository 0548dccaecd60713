"""The server of the dashboard: on this machine only, until Ctrl-C. Source: H6."""

import panel as pn
from panel.io.resources import BASE_TEMPLATE
from panel.io.server import get_server

from alliancelab.agents.errors import UserError
from alliancelab.analysis.words.glossary import require_language, translator
from alliancelab.dashboard.guard import guard
from alliancelab.dashboard.job import Worker
from alliancelab.dashboard.page import Page

__all__ = ["ADDRESS", "serve"]

ADDRESS = "127.0.0.1"
# Phones show a page as wide as they are only where it says so.
TEMPLATE = BASE_TEMPLATE.environment.from_string(
    '{% extends "base.html" %}{% block preamble %}{{ super() }}'
    '<meta name="viewport" content="width=device-width, initial-scale=1">{% endblock %}')
LOST = "The dashboard has ended or cannot be reached; start it again and load this page anew."
GONE = 5_000  # milliseconds after which a tab that was closed is forgotten, and its computation stopped


def serve(port: int, language: str = "en", show: bool = False) -> None:
    """Serve the dashboard on the loopback address until somebody presses Ctrl-C.

    Source: H6.

    Parameters
    ----------
    port : int
        From 1 to 65535.
    language : str
        "en" or "zh".
    show : bool
        Whether to open a browser.

    Raises
    ------
    UserError
        When the port cannot be used, or the language is not known or no font has its characters.
    """
    require_language(language)
    if not 1 <= port <= 65535:
        raise UserError(f"the port {port} has to be from 1 to 65535")
    desks: list[Worker] = []
    hosts = [f"{ADDRESS}:{port}", f"localhost:{port}"]
    pn.extension(notifications=True, disconnect_notification=translator(language)(LOST))

    def session() -> pn.viewable.Viewable:
        """The page of a new tab, whose computation ends with it."""
        document = pn.state.curdoc
        assert document is not None  # a session has one
        document.template = TEMPLATE
        worker = Worker()
        desks.append(worker)

        def leave(_: object) -> None:
            worker.stop()
            desks.remove(worker)

        pn.state.on_session_destroyed(leave)
        return Page(language, worker).view()

    try:
        server = get_server(
            {"/": session}, port, ADDRESS, hosts,
            title="alliancelab", show=show, check_unused_sessions_milliseconds=GONE,
            unused_session_lifetime_milliseconds=GONE)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"the port {port} cannot be used: {reason}; give another with --port") from None
    guard(server._tornado, hosts)
    print(f"The dashboard is at http://{ADDRESS}:{port}; Ctrl-C ends it.", flush=True)
    try:
        server.run_until_shutdown()
    finally:
        for worker in desks:
            worker.stop()


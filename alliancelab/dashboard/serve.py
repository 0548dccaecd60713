"""The server of the dashboard: on this machine only, until Ctrl-C. Source: H6."""

import panel as pn
from panel.io.server import get_server

from alliancelab.analysis.glossary import ready
from alliancelab.dashboard.job import Desk
from alliancelab.dashboard.page import Page
from alliancelab.scenarios.errors import UserError

__all__ = ["ADDRESS", "serve"]

ADDRESS = "127.0.0.1"
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
    ready(language)
    if not 1 <= port <= 65535:
        raise UserError(f"the port {port} has to be from 1 to 65535")
    desks: list[Desk] = []

    def session() -> pn.viewable.Viewable:
        """The page of a new tab, whose computation ends with it."""
        desk = Desk()
        desks.append(desk)

        def leave(_: object) -> None:
            desk.stop()
            desks.remove(desk)

        pn.state.on_session_destroyed(leave)
        return Page(language, desk).view()

    try:
        server = get_server(
            {"/": session}, port, ADDRESS, [f"{ADDRESS}:{port}", f"localhost:{port}"],
            title="alliancelab", show=show, check_unused_sessions_milliseconds=GONE,
            unused_session_lifetime_milliseconds=GONE)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"the port {port} cannot be used: {reason}; give another with --port") from None
    print(f"The dashboard is at http://{ADDRESS}:{port}; Ctrl-C ends it.", flush=True)
    try:
        server.run_until_shutdown()
    finally:
        for desk in desks:
            desk.stop()


"""`alliancelab app`: on this machine only, ends with Ctrl-C, and mistakes are answered in one sentence."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.dashboard import COMMAND, free_port


def answer(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Port of a dashboard that is there for all tests."""
    chosen = free_port()
    with subprocess.Popen([*COMMAND, "--port", str(chosen)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as server:
        assert server.stdout.readline() == f"The dashboard is at http://127.0.0.1:{chosen}; Ctrl-C ends it.\n"
        yield chosen
        server.kill()


def test_ctrl_c_ends_it_without_a_word():
    """Rows: H6."""
    with subprocess.Popen([*COMMAND, "--port", str(free_port())], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as server:
        assert server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert server.communicate(timeout=20) == ("", "") and server.returncode == 0


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--port", "0"], "the port 0 has to be from 1 to 65535"),
    (["--port", "65536"], "the port 65536 has to be from 1 to 65535"),
    (["--lang", "fr"], "there is no language 'fr'; there are en, zh"),
])
def test_a_mistake_is_answered_in_one_sentence(arguments, sentence):
    """Rows: H6."""
    found = answer(*arguments)
    assert (found.returncode, found.stdout, found.stderr) == (2, "", f"alliancelab: {sentence}\n")


def test_a_taken_port_is_answered_in_one_sentence(port):
    """Rows: H6."""
    found = answer("--port", str(port))
    assert found.returncode == 2
    assert found.stderr == (f"alliancelab: the port {port} cannot be used: address already in use; give another with "
                            "--port\n")


def test_without_panel_the_command_says_what_to_install():
    """Rows: H6."""
    code = "import sys; sys.modules['panel'] = None; sys.argv = ['alliancelab', 'app']\n" \
           "from alliancelab.cli import main; main()"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr == ("alliancelab: the dashboard needs Panel, which is not installed; install alliancelab with "
                            "its extra 'app'\n")


@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="the list of open ports is Linux's")
def test_it_listens_on_the_loopback_address_alone(port):
    """Rows: H6."""
    sockets = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").readlines()[1:]]
    listening = [one[1] for one in sockets if one[3] == "0A" and one[1].endswith(f":{port:04X}")]
    assert listening == [f"0100007F:{port:04X}"]


@pytest.mark.parametrize(("origin", "status"), [("http://127.0.0.1:{port}", 101), ("http://localhost:{port}", 101),
                                                ("http://evil.example", 403), ("null", 403), (None, 403), ("", 403),
                                                ("http://127.0.0.1.evil.example:{port}", 403),
                                                ("https://127.0.0.1:{port}", 403), ("http://127.0.0.1:1", 403)])
def test_pages_of_others_cannot_talk_to_it(port, origin, status):
    """Rows: H6."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/", headers={})
    text = connection.getresponse().read().decode()
    token = text.partition('"token":"')[2].partition('"')[0]
    told = {} if origin is None else {"Origin": origin.format(port=port)}
    connection.request("GET", "/ws", headers={
        **told, "Connection": "Upgrade", "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": f"bokeh, {token}"})
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1.evil.example:{port}", "[::1]:{port}", "",
                                  "a b", "localhost:1", "169.254.169.254"])
@pytest.mark.parametrize("path", ["/", "/static/js/bokeh.min.js", "/ws", "/none"])
def test_a_name_that_is_not_this_machines_is_refused(port, host, path):
    """Rows: H6. A page of another site can have its own name point to this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host.format(port=port))
    connection.endheaders()
    found = connection.getresponse()
    assert found.status in (400, 403) and b"token" not in found.read()
    connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}"])
def test_the_names_of_this_machine_are_answered(port, host):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/", headers={"Host": host.format(port=port)})
    found = connection.getresponse()
    page = found.read().decode()
    assert found.status == 200 and '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    connection.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_is_asked_in_another_way_without_an_origin(port, method):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, "/", body=b"x")
    assert connection.getresponse().status == 403
    connection.close()

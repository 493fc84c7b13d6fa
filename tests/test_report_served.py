"""Reports as a site serves them: who hangs up, and a renderer that dies, leave the site as it was."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from served import Site, serving

PDF = "/examples/ulm_18_months/report.pdf"
OTHER = "/examples/ulm_before/report.pdf"  # a worker keeps the reports of examples, so each is rendered once
PATIENCE = 120


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """With one worker, so that whatever one request breaks is broken for the next."""
    with serving(tmp_path_factory.mktemp("instance"), workers=1) as running:
        yield running


def fetch(site: Site, path: str) -> tuple[int, bytes]:
    try:
        with urlopen(site.address + path, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def hang_up(site: Site, path: str, after: int) -> None:
    """Ask for something and close the connection after so many bytes of the answer."""
    address = urlsplit(site.address)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        left = after
        while left > 0 and (part := connection.recv(min(left, 4096))):
            left -= len(part)


def below(process: int) -> list[int]:
    """The processes that a process started and that still run."""
    table = subprocess.run(["ps", "-A", "-o", "pid=", "-o", "ppid="], capture_output=True, text=True, check=True).stdout
    return [int(pid) for pid, parent in (line.split() for line in table.splitlines()) if int(parent) == process]


def fork_server(site: Site) -> int:
    """The process below the worker that forks renderers."""
    for process in below(site.workers()[0]):
        words = Path(f"/proc/{process}/cmdline").read_text() if Path("/proc").exists() else ""
        if "forkserver import main" in words:
            return process
    raise AssertionError("the worker has no fork server")


@pytest.mark.parametrize("after", [0, 1, 20_000])
def test_a_download_that_is_cut_leaves_the_site_as_it_was(site: Site, after: int) -> None:
    assert fetch(site, "/health")[0] == 200
    workers = site.workers()
    hang_up(site, PDF, after)
    assert fetch(site, "/examples/ulm_18_months/")[0] == 200
    status, pdf = fetch(site, PDF)
    assert (status, pdf[:5], pdf.rstrip()[-5:]) == (200, b"%PDF-", b"%%EOF")
    assert site.workers() == workers


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes in /proc")
def test_a_renderer_that_is_killed_is_said_to_be_unavailable_and_the_next_one_works(site: Site) -> None:
    assert fetch(site, PDF)[0] == 200
    server, answers = fork_server(site), []
    asking = threading.Thread(target=lambda: answers.append(fetch(site, OTHER)))
    asking.start()
    until = time.monotonic() + PATIENCE
    while not (renderers := below(server)) and time.monotonic() < until:
        time.sleep(0.001)
    os.kill(renderers[0], signal.SIGKILL)
    asking.join()
    status, page = answers[0]
    assert status == 503
    assert "The PDF could not be made: its process ended early." in page.decode()
    assert fetch(site, OTHER)[0] == 200


@pytest.mark.skipif(not Path("/proc").exists(), reason="finds processes in /proc")
def test_a_dead_fork_server_is_replaced(site: Site) -> None:
    assert fetch(site, PDF)[0] == 200
    dead = fork_server(site)
    os.kill(dead, signal.SIGKILL)
    answers = [fetch(site, f"{OTHER}?edition=summary&sheet={sheet}") for sheet in ("A4", "Letter")]
    assert answers[-1][1][:5] == b"%PDF-"
    assert all(status == 200 or b"The PDF could not be made" in page for status, page in answers)
    assert fork_server(site) != dead

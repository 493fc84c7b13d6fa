"""The renderer reaches nothing but its own assets, however it is asked."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

ROOT = Path(__file__).parents[1]
SECRET = "SECRET-OF-THIS-MACHINE"
HUGE = "data:text/css;base64," + "QUFB" * 300_000

# Each way of asking for a file or an address that HTML, CSS and SVG have. {0} is the address.
ATTACKS = {
    "image": '<img src="{0}" alt="x"/>',
    "image by set": '<img srcset="{0} 2x" alt="x"/><picture><source srcset="{0}"/><img src="{0}" alt="x"/></picture>',
    "object": '<object data="{0}" type="image/png">x</object>',
    "embed": '<embed src="{0}" type="image/svg+xml"/>',
    "iframe": '<iframe src="{0}"></iframe>',
    "video": '<video src="{0}" poster="{0}"></video><audio src="{0}"></audio>',
    "input": '<input type="image" src="{0}" alt="x"/>',
    "script": '<script src="{0}"></script>',
    "stylesheet": '<link rel="stylesheet" href="{0}"/>',
    "icon": '<link rel="icon" href="{0}"/>',
    "attachment": '<link rel="attachment" href="{0}"/><a rel="attachment" href="{0}">x</a>',
    "base": '<base href="{0}"/><img src="x.png" alt="x"/><link rel="stylesheet" href="x.css"/>',
    "import": '<style>@import "{0}"; @import url({0});</style>',
    "font": '<style>@font-face {{ font-family: F; src: url("{0}") }} p {{ font-family: F }}</style><p>x</p>',
    "colours": '<style>@color-profile --p {{ src: url("{0}") }} p {{ color: color(--p 0 0 0) }}</style><p>x</p>',
    "background": '<p style="background: url({0})">x</p><p style="border-image: url({0}) 1; mask: url({0})">x</p>',
    "content": '<style>p::before {{ content: url("{0}") }}</style><p>x</p>',
    "margin": '<style>@page {{ background: url({0}); @top-left {{ content: url("{0}") }} }}</style><p>x</p>',
    "list": '<ul style="list-style-image: url({0})"><li>x</li></ul>',
    "svg image": '<svg width="9" height="9"><image href="{0}" width="9" height="9"/></svg>',
    "svg xlink": '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{0}" width="9"/>'
    '<use xlink:href="{0}#a"/></svg>',
    "svg use": '<svg width="9" height="9"><use href="{0}#a"/><rect fill="url({0}#a)" width="9" height="9"/></svg>',
    "svg style": '<svg width="9" height="9"><style>@import "{0}"; rect {{ fill: url("{0}#a") }}</style>'
    '<rect filter="url({0}#f)" mask="url({0}#m)" clip-path="url({0}#c)" width="9" height="9"/></svg>',
    "svg object": '<svg width="9" height="9"><foreignObject><iframe src="{0}"></iframe></foreignObject></svg>',
    "sheet": '<?xml-stylesheet href="{0}"?><html lang="en"><h1>x</h1></html>',
    "entity": '<!DOCTYPE html [<!ENTITY x SYSTEM "{0}">]><html lang="en"><h1>x</h1><p>&x;</p></html>',
    "entity of parameters": '<!DOCTYPE html [<!ENTITY % x SYSTEM "{0}"> %x;]><html lang="en"><h1>x</h1></html>',
    "document type": '<!DOCTYPE html SYSTEM "{0}"><html lang="en"><h1>x</h1></html>',
    "include": '<p xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{0}" parse="text"/></p>',
    "refresh": '<meta http-equiv="refresh" content="0; url={0}"/>',
    "frame": '<frameset><frame src="{0}"/></frameset>',
}
BOMB = "<!DOCTYPE html [" + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol" * 10}">' for n in range(10)
) + ']><html lang="en"><h1>&a9;</h1></html>'  # fmt: skip

# Why a document is not made: it asks for something, or its entities are unknown or too many.
REASONS = ("loads nothing but its own assets", "undefined entity", "amplification")

# Lays out and writes each document, and notes every file that Python opens and every way out that it takes.
RENDER = """
import json, os, sys
from pathlib import Path
from readiness.report.pdf import warm, write, _lay_out
from readiness.report.editions import Sheet
warm()
whole = '<html lang="en"><head><title>t</title></head><body><h1>x</h1>{}</body></html>'
write("", _lay_out(whole.format(""), False, Sheet.A4))
noted = []
def note(event, arguments):
    if event.startswith(("socket.connect", "socket.get", "subprocess", "os.system", "os.exec", "urllib")):
        noted.append(f"{event} {arguments}")
    elif event == "open" and not str(arguments[0]).endswith((".py", ".pyc")):
        noted.append(f"open {arguments[0]}")
sys.addaudithook(note)
told = {}
for name, html in json.load(sys.stdin).items():
    noted.clear()
    try:
        html = html.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
        is_whole = html.startswith(("<!", "<?"))
        pdf = write(html, _lay_out(html if is_whole else whole.format(html), False, Sheet.A4))
        end = "made"
    except BaseException as error:  # what WeasyPrint raises to stop is no Exception
        pdf, end = b"", f"{error}; {error.__cause__}"
    told[name] = {"end": end, "noted": list(noted), "size": len(pdf)}
    Path(sys.argv[1], "".join(filter(str.isalnum, name)) + ".pdf").write_bytes(pdf)
print(json.dumps(told), flush=True)
os._exit(0)  # Python ends badly with an audit hook and libraries in C
"""


class Door(BaseHTTPRequestHandler):
    """A server on this machine that notes whoever knocks."""

    knocks: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.knocks.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def door() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def addresses(folder: Path, door: str) -> dict[str, str]:
    """Where an attack may lead: the network, this machine's files, and content that is brought along."""
    (folder / "secret.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><text>{SECRET}</text></svg>')
    (folder / "secret.css").write_text(f"p::after {{ content: '{SECRET}' }}")
    secret = str(folder / "secret.svg")
    return {
        "http": f"{door}/x.svg",
        "file": f"file://{secret}",
        "file of css": f"file://{folder / 'secret.css'}",
        "path": secret,
        "no scheme": f"//{door.removeprefix('http://')}/x.svg",
        "upwards": "../../../../../../../../etc/passwd",
        "font of ours": "asset:fonts/NotoSans-Regular.ttf",
        "data": "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    }


def test_no_form_of_attack_reaches_a_file_or_an_address(tmp_path: Path, door: str) -> None:
    documents = {
        f"{attack} {where}": html.format(escape(address))
        for attack, html in ATTACKS.items()
        for where, address in addresses(tmp_path, door).items()
    }
    documents |= {
        f"{attack} huge": ATTACKS[attack].format(HUGE) for attack in ("stylesheet", "image", "import", "font")
    }
    documents["bomb"] = BOMB
    made = tmp_path / "made"
    made.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", RENDER, str(made)],
        input=json.dumps(documents), capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert set(told) == set(documents)
    assert {name: each["noted"] for name, each in told.items() if outside(each["noted"], made)} == {}
    assert Door.knocks == []
    assert [path.name for path in made.iterdir() if SECRET.encode() in path.read_bytes()] == []
    assert max(each["size"] for each in told.values()) < 100_000
    refused = {name: each["end"] for name, each in told.items() if each["end"] != "made"}
    assert [end for end in refused.values() if not any(reason in end for reason in REASONS)] == []
    assert {name.partition(" ")[0] for name in refused} >= {"image", "stylesheet", "import", "bomb"}


def outside(noted: list[str], made: Path) -> list[str]:
    """What was opened or called beside the packages that Python came with and the files that the test itself writes."""
    inside = ("site-packages", str(ROOT / "readiness" / "report"), str(made))
    return [each for each in noted if not each.startswith("open ") or not any(part in each for part in inside)]


def test_a_door_that_is_knocked_at_is_noticed(door: str) -> None:
    """What the test above rests on."""
    host, port = door.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as knocking:
        knocking.sendall(b"GET /knock HTTP/1.0\r\n\r\n")
        knocking.recv(100)
    assert Door.knocks.pop() == "/knock"

"""How pages travel: compressed where that gives nothing away, and static files that a browser fetches only once.

Compressing a page can give its secrets away (BREACH) where somebody elsewhere can make a browser ask for it again and
again, put guesses into it, and watch how long the answers are. So only answers to plain addresses are compressed: a
GET without a query, answered with 200. Nothing that a stranger can choose stands in such a page: an address with a key
cannot be asked for without knowing the key, and forms from elsewhere come without our cookie (SameSite). Flask-WTF does
not mask its tokens, but signs them with the second they were made: the part that stays the same is worth nothing
without the signature, and the signature is another one a second later.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
}
FOR_GOOD, FOR_AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"
LEVEL = 6


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that comes with the program, as it is and compressed; its digest stands in the address."""

    content: bytes
    compressed: bytes
    digest: str
    kind: str


def init_app(app: Flask) -> None:
    """Serve static files from memory under addresses that change with their content, and compress what may be."""
    files = _read(Path(str(app.static_folder)))

    def serve(filename: str) -> Response:
        return _answer(files, filename)

    app.view_functions["static"] = serve
    app.after_request(_compress)

    @app.url_defaults
    def name_version(endpoint: str, values: dict[str, object]) -> None:
        file = files.get(str(values.get("filename"))) if endpoint == "static" else None
        if file is not None:
            values["v"] = file.digest


def _read(folder: Path) -> Mapping[str, StaticFile]:
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in KINDS:
            content = path.read_bytes()
            digest = sha256(content).hexdigest()[:16]
            name = path.relative_to(folder).as_posix()
            files[name] = StaticFile(content, _gzip(content), digest, KINDS[path.suffix])
    return files


def _answer(files: Mapping[str, StaticFile], name: str) -> Response:
    """A static file; under the address of its present content a browser may keep it for good."""
    file = files.get(name)
    if file is None:
        raise NotFound
    compressed = _takes_gzip()
    response = Response(file.compressed if compressed else file.content, mimetype=file.kind)
    response.headers["Cache-Control"] = FOR_GOOD if request.args.get("v") == file.digest else FOR_AN_HOUR
    response.vary.add("Accept-Encoding")
    if compressed:
        response.content_encoding = "gzip"
    response.set_etag(f"{file.digest}-gzip" if compressed else file.digest)
    response.make_conditional(request.environ)
    return response


def _compress(response: Response) -> Response:
    """Compress the answer to a plain address, where the browser takes it compressed."""
    if response.mimetype != "text/html":
        return response
    response.vary.add("Accept-Encoding")
    is_plain = request.method == "GET" and not request.query_string and response.status_code == 200
    if is_plain and _takes_gzip() and not response.is_streamed:
        response.set_data(_gzip(response.get_data()))
        response.content_encoding = "gzip"
    return response


def _takes_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, LEVEL, mtime=0)

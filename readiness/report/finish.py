"""A tagged PDF as WeasyPrint leaves it > the same with scopes of header cells and with fields. Deterministic."""

from io import BytesIO

import pikepdf

from readiness.report.fields import finish_fields

pikepdf.settings.set_flate_compression_level(9)


def finish(pdf: bytes) -> bytes:
    """Give every header cell its scope, Column in a table's head, Row elsewhere, and every box to fill in its field."""
    with pikepdf.open(BytesIO(pdf)) as document:
        _scope(document.Root.StructTreeRoot.K)
        finish_fields(document)
        target = BytesIO()
        document.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
    return target.getvalue()


def _scope(root: pikepdf.Object) -> None:
    waiting: list[tuple[pikepdf.Object, bool]] = [(root, False)]
    while waiting:
        node, in_head = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += [(child, in_head) for child in node]
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            kind = str(node.S)
            if kind == "/TH":
                node.A = pikepdf.Dictionary(
                    {
                        **dict(node.get("/A", {})),
                        "/O": pikepdf.Name.Table,
                        "/Scope": pikepdf.Name("/Column" if in_head else "/Row"),
                    }
                )
            if "/K" in node:
                waiting.append((node.K, in_head or kind == "/THead"))

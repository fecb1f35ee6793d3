# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Whose document a dropped file claims to be, and what was changed in a PDF.

A file from a stranger is data: it is searched in bounded space, and nothing of it is run.
"""

import json
import re
import zlib

from .document import LARGEST, Finding, differences

TOKEN = re.compile(rb"/verify/([A-Za-z0-9_-]{32})(?![A-Za-z0-9_-])")
STREAM = re.compile(rb"stream\r?\n")
# Together no more than this is unpacked of one file, however well it was packed.
UNPACKED = 16 * 1024 * 1024
STREAMS = 400


def find_token(content: bytes) -> str | None:
    """Return the token of the verify page that a file names first, or None.

    >>> find_token(b'{"url": "https://x.example/verify/' + b"A" * 32 + b'"}')
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    >>> find_token(b"nothing") is None
    True
    """
    for text in (content, *unpack(content)):
        found = TOKEN.search(text)
        if found:
            return found[1].decode()
    return None


def unpack(content: bytes):
    """Yield the unpacked streams of a PDF, one after the other, until the bound is reached.

    >>> list(unpack(b"%PDF-1.7 stream\\n" + zlib.compress(b"hello") + b"endstream"))
    [b'hello']
    """
    if content[:1024].lstrip()[:5] != b"%PDF-":
        return
    left, place = UNPACKED, 0
    for _number in range(STREAMS):
        start = STREAM.search(content, place)
        end = content.find(b"endstream", start.end()) if start else -1
        if end < 0 or left <= 0:
            return
        # one after the other: streams inside streams would be copied as often as they begin
        place = end + len(b"endstream")
        try:
            text = zlib.decompressobj().decompress(content[start.end() : end], left)
        except zlib.error:
            continue
        left -= len(text)
        yield text


def explain_pdf(content: bytes, issued_pdf: bytes, issued_text: str) -> Finding:
    """Say what differs in a PDF that is not the issued one.

    ``appended``: the issued file, and something after it; ``inside``: its embedded data differ, at
    these places; ``pages``: the embedded data are those that were issued, the rest is not.

    >>> explain_pdf(b"%PDF-1 and more", b"%PDF-1", "{}").reason
    'appended'
    """
    if content.startswith(issued_pdf):
        return Finding("altered", "appended")
    for text in unpack(content):
        if not text.startswith(b'{"format":') or len(text) > LARGEST:
            continue
        if text == issued_text.encode():
            return Finding("altered", "pages")
        try:
            given = json.loads(text.decode())
        except (ValueError, RecursionError):
            continue
        places = tuple(differences(given, json.loads(issued_text)))
        return Finding("altered", "inside", places)
    return Finding("altered", "pdf")

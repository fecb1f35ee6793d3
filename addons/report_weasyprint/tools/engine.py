# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""HTML to PDF by WeasyPrint, in this process, without a network."""

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

# (content, MIME type) of a local URL; raises LookupError when the report may not load it.
Loader = Callable[[str], tuple[bytes, str]]


@dataclass(frozen=True)
class EmbeddedFile:
    """A file inside the PDF; ``relationship`` is PDF's word: Source, Data, Alternative, ..."""

    name: str
    content: bytes
    mimetype: str = "application/octet-stream"
    relationship: str = "Data"


def make_fetcher(load: Loader):
    """Return a WeasyPrint fetcher that knows ``data:`` URLs and what ``load`` can supply."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class LocalFetcher(URLFetcher):
        """Never opens a connection and never reads a file path."""

        def __init__(self):
            super().__init__(allowed_protocols=["data"], allow_redirects=False)

        def fetch(self, url, headers=None):
            if url[:5].lower() == "data:":
                return super().fetch(url, headers)
            content, mimetype = load(url)
            return URLFetcherResponse(url, content, {"Content-Type": mimetype})

    return LocalFetcher()


def render_pdf(
    html: str,
    *,
    load: Loader,
    base_url: str,
    variant: str | None = None,
    page_css: str | None = None,
    embedded: Iterable[EmbeddedFile] = (),
    created: datetime | None = None,
) -> bytes:
    """Return the PDF of one HTML document.

    :param page_css: a user style sheet (paper size and margins); the document's own CSS wins
    :param variant: ``pdf/a-3b`` and the like, or None for a plain PDF
    :param created: the time written on the embedded files (default: now)
    """
    import weasyprint

    fetcher = make_fetcher(load)
    document = weasyprint.HTML(string=html, base_url=base_url, url_fetcher=fetcher)
    return document.write_pdf(
        stylesheets=[weasyprint.CSS(string=page_css, url_fetcher=fetcher)] if page_css else None,
        attachments=[_attachment(file, created) for file in embedded],
        pdf_variant=variant,
    )


def _attachment(file: EmbeddedFile, created: datetime | None):
    """Return WeasyPrint's attachment; it would guess the type by the name, we know it."""
    from weasyprint import Attachment

    attachment = Attachment(
        string=file.content,
        name=file.name,
        description=file.name,
        relationship=file.relationship,
        created=created,
        modified=created,
    )
    attachment.source = _source(file)
    return attachment


@contextmanager
def _source(file: EmbeddedFile):
    yield BytesIO(file.content), None, None, file.mimetype


def page_css(width_mm: float, height_mm: float, margins_mm: tuple[float, ...]) -> str:
    """Return the ``@page`` rule of a paper format; margins are top, right, bottom, left.

    >>> page_css(210, 297, (10, 7, 10, 7))
    '@page { size: 210mm 297mm; margin: 10mm 7mm 10mm 7mm; }'
    """
    margins = " ".join(f"{margin:g}mm" for margin in margins_mm)
    return f"@page {{ size: {width_mm:g}mm {height_mm:g}mm; margin: {margins}; }}"

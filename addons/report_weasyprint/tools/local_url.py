# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Which URLs of a report may be loaded while it is printed: only those of Odoo itself."""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_BINARY = re.compile(r"^/web/(?:image|content)/(?P<id>\d+)(?:-[^/]*)?(?:/[^/]*)?$")
_FIELD = re.compile(
    r"^/web/(?:image|content)/(?P<model>[a-z_][a-z0-9_.]*)/(?P<id>\d+)(?:-[^/]*)?/(?P<field>\w+)"
)
_STATIC = re.compile(r"^/(?P<module>[a-z_][a-z0-9_]*)/static/(?P<file>.+)$")


@dataclass(frozen=True)
class Target:
    """What a local URL means.

    ``kind`` is ``static`` (``path`` = ``module/static/...``), ``record`` (``model``, ``res_id``,
    ``field``) or ``attachment`` (``path`` = the URL an attachment is stored under).
    """

    kind: str
    path: str = ""
    model: str = ""
    res_id: int = 0
    field: str = ""


def local_path(url: str, base_url: str) -> str | None:
    """Return the path of ``url`` when it points to this Odoo, else ``None``.

    >>> local_path("https://plant.example/web/image/7?x=1", "https://plant.example")
    '/web/image/7'
    >>> local_path("https://elsewhere.example/a.png", "https://plant.example") is None
    True
    >>> local_path("file:///etc/passwd", "https://plant.example") is None
    True
    """
    wanted, own = urlsplit(url), urlsplit(base_url)
    if (wanted.scheme, wanted.netloc) != (own.scheme, own.netloc) or not own.netloc:
        return None
    return posixpath.normpath(unquote(wanted.path) or "/")


def resolve(path: str) -> Target:
    """Say what the normalised local ``path`` names.

    >>> resolve("/web/image/7-abc/logo.png")
    Target(kind='record', path='', model='ir.attachment', res_id=7, field='raw')
    >>> resolve("/web/image/res.company/1/logo")
    Target(kind='record', path='', model='res.company', res_id=1, field='logo')
    >>> resolve("/base/static/img/res_company_logo.png").path
    'base/static/img/res_company_logo.png'
    >>> resolve("/web/assets/1/abc/web.report_assets_common.min.css").kind
    'attachment'
    """
    if match := _BINARY.match(path):
        return Target("record", model="ir.attachment", res_id=int(match["id"]), field="raw")
    if match := _FIELD.match(path):
        return Target("record", model=match["model"], res_id=int(match["id"]), field=match["field"])
    if match := _STATIC.match(path):
        return Target("static", path=f"{match['module']}/static/{match['file']}")
    return Target("attachment", path=path)

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.exceptions import RequestEntityTooLarge

from odoo import models
from odoo.http import request

from .. import pages


class IrHttp(models.AbstractModel):
    """A file that is too large is refused by a page a stranger understands.

    Odoo reads the form before a controller is asked: a body beyond the route's
    `max_content_length` never gets there.
    """

    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        too_large = isinstance(exception, RequestEntityTooLarge)
        if too_large and pages.is_ours(request.httprequest.path):
            return pages.message("too_large", 413)
        return super()._handle_error(exception)

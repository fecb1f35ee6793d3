# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.exceptions import MethodNotAllowed

from odoo import models
from odoo.http import request

from .. import errors


class IrHttp(models.AbstractModel):
    """Errors of the exchange have its own shape, also before a controller is reached."""

    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        try:
            return super()._match(path_info)
        except MethodNotAllowed as exc:
            # raised before Odoo asks `_handle_error`
            if errors.is_ours(path_info):
                exc.error_response = errors.render(exc)
            raise

    @classmethod
    def _dispatch(cls, endpoint):
        if errors.is_ours(request.httprequest.path):
            # Odoo hands a query on as arguments; one that is called self would not go in
            request.params.pop("self", None)
        return super()._dispatch(endpoint)

    @classmethod
    def _handle_error(cls, exception):
        if errors.is_ours(request.httprequest.path):
            return errors.render(exception)
        return super()._handle_error(exception)

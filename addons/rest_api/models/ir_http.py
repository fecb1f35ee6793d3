# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from werkzeug.exceptions import MethodNotAllowed

from odoo import models
from odoo.http import request

from ..problem import render, to_problem

API_PREFIX = "/api/v1/"


class IrHttp(models.AbstractModel):
    """Errors of our API are problem documents, also before a controller is reached."""

    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        try:
            return super()._match(path_info)
        except MethodNotAllowed as exc:
            # raised before Odoo asks `_handle_error`
            if path_info.startswith(API_PREFIX):
                exc.error_response = render(to_problem(exc))
            raise

    @classmethod
    def _dispatch(cls, endpoint):
        if request.httprequest.path.startswith(API_PREFIX):
            # Odoo hands a query on as arguments; one that is called self would not go in
            request.params.pop("self", None)
        return super()._dispatch(endpoint)

    @classmethod
    def _handle_error(cls, exception):
        if request.httprequest.path.startswith(API_PREFIX):
            return render(to_problem(exception))
        return super()._handle_error(exception)

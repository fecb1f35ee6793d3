# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.http import Controller, request

from ..area import API, Area
from ..rate import get_allowed
from ..schemas import COUNT, ID, TEXT, exact, some

AREA = Area(
    __name__,
    name="Access",
    prefix=API,
    about="Whose key this is.",
    tags={"Access": "Try a key here before anything else."},
    schemas={
        "Caller": exact(
            user=TEXT,
            login=TEXT,
            company=TEXT,
            company_id=ID,
            companies=some(exact(company_id=ID, name=TEXT)),
            time_zone=TEXT,
            requests_per_minute={**COUNT, "description": "0: as many as you like."},
        )
    },
    examples={
        "Caller": {
            "user": "Line 1",
            "login": "line1@dairy.example",
            "company": "Alpenquell Dairy",
            "company_id": 2,
            "companies": [{"company_id": 2, "name": "Alpenquell Dairy"}],
            "time_zone": "Europe/Vienna",
            "requests_per_minute": 1200,
        }
    },
)


class Access(Controller):
    """What a program asks first: whether its key works, and whose it is."""

    @AREA.endpoint("/me", "GET", answer="Caller")
    def get_caller(self, query):
        """Return the user of the key, the company it works in, and how often it may ask."""
        user = request.env.user
        return {
            "user": user.name,
            "login": user.login,
            "company": user.company_id.name,
            "company_id": user.company_id.id,
            "companies": [
                {"company_id": company.id, "name": company.name} for company in user.company_ids
            ],
            "time_zone": user.tz or "UTC",
            "requests_per_minute": get_allowed(),
        }

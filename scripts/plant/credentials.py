# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Who may log in: made up at random on the first start, kept in the state folder."""

import secrets

from .processes import read_json, write_json

LOGINS = {
    "process_engineer": "engineer@demo.example",
    "operator": "operator@demo.example",
    "supervisor": "supervisor@demo.example",
    "quality_manager": "quality@demo.example",
    "sustainability_manager": "sustainability@demo.example",
    "energy_manager": "energy@demo.example",
    "auditor": "auditor@demo.example",
    "integration": "integration@demo.example",
    "sales": "sales@demo.example",
    "purchase": "purchase@demo.example",
    "warehouse": "warehouse@demo.example",
}
API_ROLES = (
    "process_engineer",
    "operator",
    "supervisor",
    "quality_manager",
    "sustainability_manager",
    "integration",
)
MQTT_USERS = ("bridge", "plant")  # the bridge reads, the plant (or its simulator) publishes


def ensure(state):
    """The secrets of this plant; missing ones are added, existing ones stay."""
    path = state.root / "secrets.json"
    known = read_json(path)
    wanted = {
        "users": {role: secrets.token_urlsafe(9) for role in LOGINS},
        "mqtt": {user: secrets.token_urlsafe(18) for user in MQTT_USERS},
        "admin": secrets.token_urlsafe(12),
        "master": secrets.token_urlsafe(24),
    }
    for name, value in wanted.items():
        if isinstance(value, dict):
            known[name] = {**value, **known.get(name, {})}
        else:
            known.setdefault(name, value)
    write_json(path, known)
    return known


def logins(known):
    """Role -> user and password, the administrator last."""
    found = {
        role: {"user": user, "password": known["users"][role]} for role, user in LOGINS.items()
    }
    found["admin"] = {"user": "admin", "password": known["admin"]}
    return found

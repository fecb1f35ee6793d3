# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Make what the broker's container needs, once: TLS certificate, key and password file."""

import os
import shutil
import sys
from pathlib import Path

from certificates import broker
from passwords import password_file

BROKER_USER = 1883  # of the broker's image
USERS = {"bridge": "MQTT_BRIDGE_PASSWORD", "plant": "MQTT_PLANT_PASSWORD"}


def main(public, secret):
    """Fill the two volumes; the password file follows the environment at each start."""
    if not (public / "ca.crt").exists():
        broker(public)
        shutil.move(public / "server.key", secret / "server.key")
    users = {user: os.environ[variable] for user, variable in USERS.items()}
    (secret / "passwords").write_text(password_file(users), encoding="utf-8")
    for path in (secret, *secret.iterdir()):
        os.chown(path, BROKER_USER, BROKER_USER)
        path.chmod(0o700 if path.is_dir() else 0o600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

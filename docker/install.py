# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Install or update the demo plants in a container, then set passwords and addresses."""

import json
import os
import subprocess
import sys
from pathlib import Path

from certificates import signing

HERE = Path(__file__).parent
DATA = Path("/var/lib/odoo")
ROLES = (
    "process_engineer", "operator", "supervisor", "quality_manager", "sustainability_manager",
    "energy_manager", "auditor", "integration", "sales", "purchase", "warehouse",
)  # fmt: skip


def odoo(*arguments, **options):
    """Run Odoo on the container's database."""
    server = [f"--db_host={os.environ['HOST']}", f"--db_user={os.environ['USER']}"]
    command = ["odoo", *arguments, "-d", "batchproof", *server, "--no-http"]
    environment = {**os.environ, "PGPASSWORD": os.environ["PASSWORD"], **options.pop("env", {})}
    subprocess.run(command, check=True, env=environment, **options)


def settings(keys):
    """What ``provision.py`` is to set up."""
    return {
        "users": dict.fromkeys(ROLES, os.environ["DEMO_PASSWORD"]),
        "admin": os.environ["ADMIN_PASSWORD"],
        "api_roles": [],
        "api_keys": {},
        "url": "http://localhost:8069",
        "smtp_host": "mail",
        "smtp_port": 8025,
        "broker": {
            "name": "Local broker",
            "host": "broker",
            "port": 8883,
            "username": "bridge",
            "ca_file": "/run/broker/ca.crt",
        },
        "signing": str(keys),
        "result": "/tmp/provisioned.json",
    }


def main():
    """Install, then provision."""
    odoo("-i", "process_demo", "-u", "process_demo", "--without-demo=True", "--stop-after-init")
    keys = DATA / "signing"
    if not (keys / "signing.crt").exists():
        keys.mkdir(mode=0o700, exist_ok=True)
        signing(keys)
    with open(HERE / "provision.py", "rb") as script:
        odoo("shell", stdin=script, env={"BATCHPROOF_PROVISION": json.dumps(settings(keys))})


if __name__ == "__main__":
    sys.exit(main())

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sixteen people deliver from one mass-balance book at once, each with a session's first request.

Nothing is drawn twice, lost or below zero, and nobody reads of a conflict. `scripts/bench drawing`
does the same for as long as is asked.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCHES = str(ROOT / "scripts" / "benches")
WORKERS, DELIVERIES, SECONDS = 16, 64, 120


def _in_shell(plant, program: str, **values) -> list:
    """Run a program in the plant's Odoo shell and commit; return what it called `answer`."""
    lines = [
        "import json, sys",
        f"sys.path.insert(0, {BENCHES!r})",
        "import drawing",
        f"values = json.loads({json.dumps(json.dumps(values))})",
        f"answer = {program}",
        "env.cr.commit()",
        "print('ANSWER', json.dumps(answer))",
    ]
    done = subprocess.run(
        [str(ROOT / "scripts" / "shell")],
        input="\n".join(lines) + "\n",
        env=plant.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    answers = [line for line in done.stdout.splitlines() if "ANSWER" in line]
    assert answers, f"{done.stdout}\n{done.stderr}"
    return json.loads(answers[-1].partition("ANSWER")[2])


def test_sixteen_draw_from_one_book(plant):
    sys.path.insert(0, BENCHES)
    import drawing

    password = secrets.token_urlsafe()
    account, pickings = _in_shell(
        plant,
        "drawing.prepare(env, values['count'], values['password'])",
        count=DELIVERIES,
        password=password,
    )
    access = plant.access
    user = (access["url"], access["database"], drawing.LOGIN, password)
    taken, errors, _elapsed = drawing.draw(user, pickings, WORKERS, SECONDS)
    assert not errors, errors
    assert len(taken) == DELIVERIES
    _in_shell(
        plant,
        "drawing.check(env, values['account'], values['pickings'], values['count'], [])",
        account=account,
        pickings=pickings,
        count=DELIVERIES,
    )

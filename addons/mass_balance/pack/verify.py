#!/usr/bin/env python3
# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Verify this audit pack: python3 verify.py [FOLDER].

Needs Python 3.11 and nothing else: no Odoo, no database, no network. It recomputes the hash
chains, the digests of all files, every period and every declaration. Exit: 0 all holds,
1 something does not (with the place), 2 the folder is not an audit pack.
"""

import hashlib
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from batchproof import chain, recompute  # noqa: E402

CHAINS = ("ledger.jsonl", "signatures.jsonl")


def verify(folder: Path) -> list[recompute.Finding]:
    """Return everything that was found, good and bad, in the order looked at."""
    found = check_files(folder)
    bodies = {}
    for name in CHAINS:
        bodies[name], findings = check_chain(folder / name)
        found += findings
    pack = json.loads((folder / "pack.json").read_text(encoding="utf-8"))
    found += recompute.check(bodies["ledger.jsonl"], pack)
    found += check_evidence(folder, bodies["ledger.jsonl"])
    return found + check_signatures(pack["periods"], bodies["signatures.jsonl"])


def check_files(folder: Path) -> list[recompute.Finding]:
    """Compare every file with its digest in summary.json; none may be missing or unlisted."""
    listed = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["files"]
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    } - {"summary.json"}
    found = [
        recompute.Finding(False, name, "is listed and not there")
        for name in sorted(set(listed) - there)
    ]
    found += [
        recompute.Finding(False, name, "is not listed in summary.json")
        for name in sorted(there - set(listed))
    ]
    for name in sorted(there & set(listed)):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]:
            found.append(recompute.Finding(False, name, "does not have its digest"))
    if not found:
        found.append(recompute.Finding(True, "", f"{len(listed)} files have their digests"))
    return found


def check_chain(path: Path) -> tuple[list[dict], list[recompute.Finding]]:
    """Recompute a chain from its first entry; return the hashed bodies."""
    try:
        with path.open(encoding="utf-8") as lines:
            entries = list(chain.parse_lines(lines))
    except chain.FormatError as error:
        return [], [recompute.Finding(False, path.name, str(error))]
    verdict = chain.verify(entries)
    if not verdict.ok:
        return [], [recompute.Finding(False, f"{path.name}, line {verdict.line}", verdict.reason)]
    text = f"{verdict.count} entries, each hashed with the one before; last {verdict.last_hash}"
    return [json.loads(entry.body) for entry in entries], [recompute.Finding(True, path.name, text)]


def check_evidence(folder: Path, ledger: list[dict]) -> list[recompute.Finding]:
    """Every file that a booked voucher was signed with is here, as it was then."""
    there = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.glob("vouchers/*/*")
        if path.is_file()
    }
    signed = {
        (body["voucher"], text) for body in ledger for text in body.get("evidence") or () if text
    }
    found = [
        recompute.Finding(False, f"voucher {voucher}", f"its evidence is not here: {text}")
        for voucher, text in sorted(signed)
        if text.rpartition(": ")[2] not in there
    ]
    if signed and not found:
        found.append(recompute.Finding(True, "", f"{len(signed)} files of evidence as signed"))
    return found


def check_signatures(periods: list[dict], signatures: list[dict]) -> list[recompute.Finding]:
    """Every closed period was signed, and by an entry of the chain of signatures."""
    known = {body["content_sha256"]: body for body in signatures}
    found = []
    for row in periods:
        if row["state"] != "closed":
            continue
        where = f"{recompute.name_of(row['account'])}, {row['from']} to {row['to']}"
        body = known.get(row["signed_sha256"])
        text = f"signed by {body['signer']}" if body else "no signature of its closing is here"
        found.append(recompute.Finding(bool(body), where, text))
    return found


def main(arguments: list[str]) -> int:
    """Print the findings; return the exit code."""
    folder = Path(arguments[0]) if arguments else HERE
    try:
        found = verify(folder)
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"{folder}: not an audit pack ({error})\n")
        return 2
    for finding in found:
        mark = "ok    " if finding.ok else "FAILED"
        where = f"{finding.where}: " if finding.where else ""
        sys.stdout.write(f"{mark} {where}{finding.text}\n")
    failed = sum(not finding.ok for finding in found)
    sys.stdout.write("Everything holds.\n" if not failed else f"NOT VERIFIED: {failed} findings.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

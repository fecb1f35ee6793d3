# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What leaves the plant: certificate, mail and books, fetched as their readers would."""

from __future__ import annotations

import base64
import email
import email.policy
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from actors import Plant
from client import wait_for
from evidence import Evidence, require

VERIFY = Path(__file__).resolve().parents[1] / "verify"


def wait_issued(plant: Plant, domain: list) -> dict[str, Any]:
    """Return the certificate that matches, once it is issued; fail with its error otherwise."""
    reader = plant.key("quality_manager")
    fields = ["name", "state", "error", "snapshot_hash", "attachment_id", "verify_url"]

    def settled() -> dict[str, Any] | None:
        found = reader.search_read("lot.certificate", domain, fields, limit=1)
        return found[0] if found and found[0]["state"] in ("issued", "failed") else None

    certificate = wait_for(f"a certificate for {domain}", settled)
    require(
        certificate["state"] == "issued",
        f"{certificate['name']} was not issued: {certificate['error']}",
    )
    return certificate


def fetch(plant: Plant, evidence: Evidence, certificate: dict[str, Any]) -> None:
    """Write `certificate.pdf` and `declaration.json`."""
    reader = plant.key("quality_manager")
    attachment = reader.read_one("ir.attachment", certificate["attachment_id"][0], ["datas"])
    evidence.write("certificate.pdf", base64.b64decode(attachment["datas"]))
    document = reader.call("lot.certificate", "export_document", [certificate["id"]])
    evidence.write("declaration.json", document)


def fetch_mail(plant: Plant, evidence: Evidence, number: str, recipient: str) -> EmailMessage:
    """Write `mail.eml`: the message the mail server received with the certificate's number."""

    def received() -> Path | None:
        for path in sorted(plant.mail_dir.glob("*.eml")):
            message = _parse(path.read_bytes())
            if number in (message["Subject"] or "") and recipient in (message["To"] or ""):
                return path
        return None

    path = wait_for(f"the mail with {number} to {recipient}", received)
    evidence.write("mail.eml", path.read_bytes())
    message = _parse(path.read_bytes())
    attached = [part.get_content_type() for part in message.iter_attachments()]
    require("application/pdf" in attached, f"the mail with {number} has no PDF: {attached}")
    return message


def fetch_ledger(plant: Plant, evidence: Evidence, models: list[str]) -> int:
    """Write `ledger.jsonl`: the exported chains, one after the other; return its lines."""
    reader = plant.person("auditor")
    chains = [
        reader.call(model, "export_chain_jsonl", plant.company_id).rstrip("\n") for model in models
    ]
    text = "\n".join(chain for chain in chains if chain) + "\n"
    evidence.write("ledger.jsonl", text)
    return text.count("\n")


def verify(folder: Path) -> None:
    """Run the offline verifier over the evidence; fail unless it accepts every file."""
    files = [str(path) for path in sorted(folder.iterdir())]
    done = subprocess.run([sys.executable, str(VERIFY), *files], capture_output=True, text=True)
    print(done.stdout, end="", flush=True)
    require(done.returncode == 0, f"scripts/verify refused the evidence:\n{done.stderr}")


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)

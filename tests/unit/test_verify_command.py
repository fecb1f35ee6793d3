# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The command itself: files together, exit codes, and that it runs without Odoo."""

import json
import os
import subprocess
import sys

import pytest
from verify_case import (
    ROOT,
    identities,
    main,
    make_declaration,
    make_folder,
    make_ledger,
    make_pdf,
    make_summary,
    to_pem,
)


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path)


def run(paths, capsys, *options):
    """Return exit code and everything said."""
    code = main([*options, *(str(path) for path in paths)])
    said = capsys.readouterr()
    return code, said.out + said.err


def flip(path, position, bit=1):
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[position] ^= bit
    path.write_bytes(content)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_whole_folder_holds(tmp_path, capsys, kind):
    folder = make_folder(tmp_path, kind)
    code, said = run(folder.values(), capsys)
    assert code == 0, said
    assert "Everything holds." in said
    assert "ledger.jsonl records the issue of the snapshot in certificate.pdf" in said
    assert "mail.eml carries certificate.pdf unchanged" in said
    assert "the same snapshot" in said


@pytest.mark.parametrize(
    "name", ["certificate.pdf", "declaration.json", "ledger.jsonl", "mail.eml", "readings.csv"]
)
@pytest.mark.parametrize("part", [0.02, 0.3, 0.5, 0.7, 0.98])
def test_one_changed_byte_in_any_file_of_the_folder(folder, capsys, name, part):
    path = folder[name]
    flip(path, int(len(path.read_bytes()) * part))
    code, said = run(folder.values(), capsys)
    assert code == 1
    assert f"FAILED {name}: altered: its SHA-256" in said


def test_every_byte_of_a_sealed_summary(folder, capsys):
    content = folder["summary.json"].read_bytes()
    for position in range(len(content)):
        folder["summary.json"].write_bytes(content)
        flip(folder["summary.json"], position)
        code, said = run([folder["summary.json"], folder["readings.csv"]], capsys)
        assert code == 1, (position, said)


@pytest.mark.parametrize(
    "name", ["certificate.pdf", "declaration.json", "ledger.jsonl", "mail.eml"]
)
def test_each_signed_file_alone(folder, capsys, name):
    code, said = run([folder[name]], capsys)
    assert code == 0, said


def test_readings_alone_are_not_proven(folder, capsys):
    code, said = run([folder["readings.csv"]], capsys)
    assert code == 1
    assert "nothing here proves it" in said


def test_readings_with_a_missing_column(folder, capsys):
    rows = folder["readings.csv"].read_text().splitlines()
    rows[3] = "d1-pasteur-temp,1"
    folder["readings.csv"].write_text("\n".join(rows))
    assert "row 4: 2 columns, the header has 4" in run([folder["readings.csv"]], capsys)[1]


def test_summary_without_a_seal_holds_with_its_files(folder, capsys):
    data = {"readings.csv": folder["readings.csv"].read_bytes()}
    folder["summary.json"].write_bytes(make_summary(data, seal=False))
    code, said = run([folder["summary.json"], folder["readings.csv"]], capsys)
    assert code == 0, said
    assert "not sealed" in said


def test_file_the_summary_does_not_list(folder, capsys):
    folder["summary.json"].write_bytes(make_summary({"readings.csv": b""}))
    code, said = run([folder["summary.json"], folder["ledger.jsonl"]], capsys)
    assert code == 1
    assert "it does not list ledger.jsonl" in said


def test_snapshot_missing_from_the_ledger(folder, capsys):
    folder["ledger.jsonl"].write_bytes(make_ledger("0" * 64))
    code, said = run([folder["ledger.jsonl"], folder["certificate.pdf"]], capsys)
    assert code == 1
    assert "no entry certificate.issue names the snapshot" in said


@pytest.mark.parametrize(
    ("key", "words"), [("pdf_sha256", "the PDF of"), ("signer_sha256", "the signer's certificate")]
)
def test_ledger_that_recorded_another_file_or_key(folder, capsys, key, words):
    digest = json.loads(folder["declaration.json"].read_bytes())["sha256"]
    folder["ledger.jsonl"].write_bytes(make_ledger(digest, **{key: "0" * 64}))
    code, said = run([folder["ledger.jsonl"], folder["certificate.pdf"]], capsys)
    assert code == 1
    assert f"ledger.jsonl, details.{key}: {words}" in said


def test_another_sound_declaration_beside_the_pdf(folder, capsys):
    folder["declaration.json"].write_bytes(make_declaration({"number": "CERT/2026/00002"}))
    code, said = run([folder["declaration.json"], folder["certificate.pdf"]], capsys)
    assert code == 1
    assert "snapshot: they differ" in said


def test_mail_with_another_pdf(folder, capsys):
    folder["certificate.pdf"].write_bytes(make_pdf(folder["declaration.json"].read_bytes()))
    code, said = run([folder["mail.eml"], folder["certificate.pdf"]], capsys)
    assert code == 1
    assert "it differs from the copy certificate.pdf attached to mail.eml" in said


def test_mail_without_a_document(tmp_path, capsys):
    path = tmp_path / "mail.eml"
    path.write_bytes(b"Subject: hello\n\nno attachment\n")
    assert run([path], capsys)[0] == 1


def test_changed_byte_in_the_attachment_of_a_mail(folder, capsys):
    content = folder["mail.eml"].read_bytes()
    begin = content.index(b"JVBERi")
    for position in range(begin + 20, len(content) - 80, 211):
        changed = bytearray(content)
        changed[position] = ord("A" if changed[position] != ord("A") else "B")
        folder["mail.eml"].write_bytes(changed)
        assert run([folder["mail.eml"]], capsys)[0] == 1, position


def test_trust(folder, tmp_path, capsys):
    pem = tmp_path / "ca.pem"
    pem.write_text(to_pem(identities()["authority"]))
    code, said = run([folder["certificate.pdf"]], capsys, "--trust", str(pem))
    assert code == 0
    assert "it leads to the authority you trust, CN=Test authority" in said
    pem.write_text(to_pem(identities()["rsa"][0]))
    assert run([folder["certificate.pdf"]], capsys, "--trust", str(pem))[0] == 1


@pytest.mark.parametrize("arguments", [["absent.pdf"], [__file__], ["."]])
def test_unusable_arguments(arguments, capsys):
    assert main(arguments) == 2
    assert "scripts/verify:" in capsys.readouterr().err


def test_unusable_trust(folder, capsys):
    assert main(["--trust", "absent.pem", str(folder["certificate.pdf"])]) == 2
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2


def test_executable_imports_no_odoo(folder):
    """Run the script itself, with a finder that refuses Odoo, in another folder."""
    guard = folder["summary.json"].parent / "sitecustomize.py"
    guard.write_text(
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'odoo':\n"
        "            raise RuntimeError('Odoo was imported')\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/verify"), *map(str, folder.values())],
        capture_output=True,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(guard.parent)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    flip(folder["ledger.jsonl"], 40)
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/verify"), str(folder["ledger.jsonl"])],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "line 1" in done.stdout


def test_missing_packages_are_named(folder, tmp_path):
    """Without any environment a ledger is still verified, and a PDF asks for what it needs."""
    bare = {
        **os.environ,
        "BATCHPROOF_CACHE": str(tmp_path / "none"),
        "BATCHPROOF_VERIFY_PYTHON": "x",
    }
    for name, code in (("ledger.jsonl", 0), ("certificate.pdf", 2)):
        done = subprocess.run(
            [sys.executable, "-S", "-E", str(ROOT / "scripts/verify"), str(folder[name])],
            capture_output=True,
            text=True,
            env=bare,
        )
        assert done.returncode == code, done.stderr
    assert "cryptography and pyhanko are missing" in done.stderr


def test_evidence_of_the_check_has_the_expected_shape(folder):
    assert set(json.loads(folder["summary.json"].read_bytes())) == {
        "plant",
        "steps",
        "files",
        "seal",
    }

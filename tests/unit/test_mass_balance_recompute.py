# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The books recomputed from their export, rule 25; every rule once with a broken pack."""

import copy
import doctest
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import load_tool

ROOT = Path(__file__).resolve().parents[2]
load_tool("mass_balance", "balance")
tool = load_tool("mass_balance", "recompute")

INPUT = {"site": "WH", "scheme": "iscc_plus", "book": "input", "product": "naphtha"}
OUTPUT = INPUT | {"book": "output", "product": "PP"}
EMPTY = {"order": "", "factor": "", "declaration": "", "corrects": None, "lot": ""}
SET = "Baltic / SD-1 / C-1"


def body(seq, account, direction, change, **values):
    return {
        **EMPTY,
        "seq": seq,
        "account": account,
        "period": "2026-01-01/2026-03-31",
        "direction": direction,
        "change": change,
        "quantity": change.lstrip("-"),
        "set": SET,
        **values,
    }


def ledger():
    made = {"order": "MO/1", "factor": "900.000000000/1000.000000000"}
    return [
        body(1, INPUT, "in", "100.000", declaration="SD-1"),
        body(2, INPUT, "convert", "-90.000", **made),
        body(3, INPUT, "loss", "-10.000", **made),
        body(4, OUTPUT, "convert", "90.000", **made),
        body(5, OUTPUT, "out", "-40.000", declaration="SD-2026-1"),
        body(6, OUTPUT, "out", "-10.000", declaration="SD-2026-2"),
        body(7, OUTPUT, "correction", "10.000", declaration="SD-2026-2", corrects=6),
    ]


def period(account, movements, closing, **values):
    return {
        "account": account,
        "basis": "mass",
        "from": "2026-01-01",
        "revision": 0,
        "to": "2026-03-31",
        "state": "open",
        "opening": "0.000",
        "movements": movements,
        "closing": closing,
        "physical_stock": "",
        "carried": "0.000",
        "forfeited": "0.000",
        "signed": None,
        "signed_sha256": "",
        **values,
    }


def declaration(number, direction, state, quantity):
    return {
        "number": number,
        "direction": direction,
        "state": state,
        "supplier": "Baltic",
        "set": SET if direction == "in" else "",
        "quantity_kg": quantity,
    }


def pack():
    return {
        "periods": [
            period(INPUT, {"in": "100.000", "convert": "-90.000", "loss": "-10.000"}, "0.000"),
            period(
                OUTPUT, {"convert": "90.000", "out": "-50.000", "correction": "10.000"}, "50.000"
            ),
        ],
        "declarations": [
            declaration("SD-1", "in", "booked", "100.000"),
            declaration("SD-2026-1", "out", "issued", "40.000"),
            declaration("SD-2026-2", "out", "cancelled", "10.000"),
        ],
    }


def bad(lines, table):
    return [f"{f.where}: {f.text}" for f in tool.check(lines, table) if not f.ok]


def test_doctests():
    assert doctest.testmod(tool).failed == 0


def test_a_true_pack_holds():
    assert bad(ledger(), pack()) == []


@pytest.mark.parametrize(
    ("line", "changes", "said"),
    [
        (0, {"change": "110.000", "quantity": "110.000"}, "in is 110.000 kg by the entries"),
        (4, {"change": "-91.000", "quantity": "91.000"}, "falls to -1.000 kg"),
        (4, {"quantity": "41.000"}, "its change is not its quantity"),
        (3, {"change": "90.001", "quantity": "90.001"}, "90.001 kg are credited"),
        (4, {"declaration": "SD-2026-9"}, "it is not in the pack"),
        (4, {"period": "2026-04-01/2026-06-30"}, "has entries in 2026-04-01/2026-06-30"),
        (4, {"set": "Other / SD-7 / C-7"}, "the set Other / SD-7 / C-7 falls to"),
        (5, {"declaration": "SD-2026-1"}, "50.000 kg left the books, 40.000 kg are declared"),
        (0, {"change": "a lot"}, "is not what it should be"),
    ],
)
def test_a_changed_line_is_named(line, changes, said):
    lines = ledger()
    lines[line] |= changes
    assert said in " ".join(bad(lines, pack()))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opening": "1.000"}, "opening is 0.000 kg by the entries"),
        ({"closing": "49.000"}, "closing is 50.000 kg by the entries"),
        ({"movements": {}}, "convert is 90.000 kg by the entries, 0.000 kg as reported"),
        ({"to": "2026-04-01"}, "over three months"),
        ({"state": "closed", "carried": "49.000"}, "the scheme carries 50.000 kg"),
        ({"signed": {"a": "b"}, "signed_sha256": "0" * 64}, "does not have the hash"),
        ({"closing": None}, "a field is missing or is not what it should be"),
    ],
)
def test_a_changed_period_is_named(changes, said):
    table = pack()
    table["periods"][1] |= changes
    assert said in " ".join(bad(ledger(), table))


def test_rule_4_an_eu_surplus_is_capped_by_the_stock():
    account = OUTPUT | {"scheme": "iscc_eu"}
    lines = [
        body(1, account, "opening", "46.000"),
        body(2, account, "forfeit", "-6.000"),
    ]
    row = period(account, {"opening": "46.000", "forfeit": "-6.000"}, "40.000")
    row |= {"state": "closed", "physical_stock": "40.000", "carried": "40.000"}
    brought = [declaration("SD-1", "in", "booked", "46.000")]
    table = {"periods": [row | {"forfeited": "6.000"}], "declarations": brought}
    assert bad(lines, table) == []
    table["periods"][0]["physical_stock"] = "41.000"
    assert "the scheme carries 41.000 kg" in " ".join(bad(lines, table))


def test_rule_20_an_opening_uses_its_declaration():
    lines = [body(1, INPUT, "opening", "46.001")]
    row = period(INPUT, {"opening": "46.001"}, "46.001")
    table = {"periods": [row], "declarations": [declaration("SD-1", "in", "booked", "46.000")]}
    assert "46.001 kg came in of 46.000 kg declared" in " ".join(bad(lines, table))


def test_a_correcting_period_follows_what_it_corrects():
    closed = period(INPUT, {"in": "100.000"}, "100.000", state="closed", carried="100.000")
    correcting = period(INPUT, {"correction": "-8.000"}, "92.000", revision=1, opening="100.000")
    late = "2026-01-01/2026-03-31/1"
    lines = [body(1, INPUT, "in", "100.000"), body(2, INPUT, "correction", "-8.000", period=late)]
    brought = [declaration("SD-1", "in", "booked", "100.000")]
    table = {"periods": [closed, correcting], "declarations": brought}
    assert bad(lines, table) == []
    table["periods"][1]["opening"] = "92.000"
    assert "opening is 100.000 kg by the entries" in " ".join(bad(lines, table))


def test_rule_13_an_intermediate_gives_no_more_than_its_factor():
    made = {"order": "MO-2", "factor": "95/100"}
    film = OUTPUT | {"product": "Film"}
    lines = [
        body(1, OUTPUT, "opening", "40.000"),
        body(2, OUTPUT, "convert", "-38.000", **made),
        body(3, OUTPUT, "loss", "-2.000", **made),
        body(4, film, "convert", "38.000", **made),
    ]
    assert tool.check_factors(lines, {})[0].ok
    lines[3] |= {"change": "38.001", "quantity": "38.001"}
    assert "40.000 kg by 95/100 give 38.000 kg" in tool.check_factors(lines, {})[0].text


def test_rule_13_an_unbuilt_order_gives_back_what_it_took_back():
    """A tenth is taken back: 9 of credit, and 10 of input; a gram more of input is named."""
    made = {"order": "MO/1", "factor": "900.000000000/1000.000000000"}
    lines = [
        *ledger(),
        body(8, OUTPUT, "correction", "-9.000", **made),
        body(9, INPUT, "correction", "10.000", corrects=2, **made),
    ]
    assert tool.check_factors(lines, {})[0].ok
    lines[-1] |= {"change": "10.001", "quantity": "10.001"}
    assert "81.000 kg are credited; 89.999 kg" in tool.check_factors(lines, {})[0].text


def test_rule_2_a_gap_is_named():
    table = pack()
    late = copy.deepcopy(table["periods"][1])
    late |= {"from": "2026-04-02", "to": "2026-06-30", "opening": "50.000", "movements": {}}
    table["periods"].append(late)
    assert "2026-04-02 does not follow 2026-03-31" in " ".join(bad(ledger(), table))


def test_rule_20_a_number_twice_is_named():
    table = pack()
    table["declarations"].append(declaration("sd-1", "in", "complete", "5.000"))
    assert "its number is used twice" in " ".join(bad(ledger(), table))
    table["declarations"][-1]["state"] = "cancelled"
    assert bad(ledger(), table) == []


def test_rule_22_what_is_issued_is_what_left():
    table = pack()
    table["declarations"][1]["quantity_kg"] = "41.000"
    assert "40.000 kg left the books, 41.000 kg are declared" in " ".join(bad(ledger(), table))


def test_another_basis_is_left_to_the_books():
    lines, table = ledger(), pack()
    lines[3] |= {"change": "102.000", "quantity": "102.000"}
    table["periods"][1] |= {"closing": "62.000", "basis": "lhv"}
    table["periods"][1]["movements"]["convert"] = "102.000"
    assert bad(lines, table) == []


def make_zip(tmp_path, table, rows=None, papers=None):
    """An audit pack as the report writes it, with an empty chain of signatures."""
    chain = load_tool("audit_chain", "chain")
    lines, previous = [], chain.GENESIS
    for number, row in enumerate(rows or ledger(), 1):
        text = chain.canonical({**row, "seq": number, "chain": "books"})
        entry = chain.Entry("books", number, previous, chain.link(previous, text), text)
        lines.append(entry.to_line() + "\n")
        previous = entry.hash
    files = {
        "ledger.jsonl": "".join(lines).encode(),
        "signatures.jsonl": b"",
        "pack.json": json.dumps(table).encode(),
        **(papers or {}),
    }
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files["summary.json"] = json.dumps({"files": digests}).encode()
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def run_verify(path):
    command = [sys.executable, str(ROOT / "scripts/verify"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_scripts_verify_recomputes_a_pack(tmp_path):
    code, text = run_verify(make_zip(tmp_path, pack()))
    assert code == 0, text
    assert "Everything holds" in text
    table = pack()
    table["periods"][1]["closing"] = "49.000"
    code, text = run_verify(make_zip(tmp_path, table))
    assert code == 1
    assert "49.000 kg as reported" in text


def test_scripts_verify_looks_for_the_evidence_of_vouchers(tmp_path):
    """The ledger names the file a voucher was signed with: that one, and no other, must be here."""
    paper = b"Closing of the old books"
    rows = ledger()
    rows[0] |= {
        "voucher": "MBV-1",
        "evidence": [f"closing.txt: {hashlib.sha256(paper).hexdigest()}"],
    }
    name = "vouchers/MBV-1/7-closing.txt"
    code, text = run_verify(make_zip(tmp_path, pack(), rows, {name: paper}))
    assert code == 0, text
    assert "1 files of evidence as signed" in text
    for papers in ({}, {name: b"Closing, another one"}):
        code, text = run_verify(make_zip(tmp_path, pack(), rows, papers))
        assert code == 1
        assert "voucher MBV-1" in text and "closing.txt" in text


def test_scripts_verify_unpacks_nothing_outside_and_nothing_endless(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    run_verify(make_zip(inside, pack(), papers={"../outside.txt": b"x"}))
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zeros", b"0")
        archive.filelist[0].file_size = 5 * 2**30
    assert "it unpacks to more than" in run_verify(path)[1]


def test_scripts_verify_says_what_is_no_pack(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"no zip")
    code, text = run_verify(path)
    assert code == 1
    assert "not an audit pack" in text

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An audit pack (*.zip): recomputed by the code of this checkout, not by the one inside it."""

import importlib
import io
import sys
import tempfile
import types
import zipfile
from pathlib import Path

from ..report import Fault, Item

ADDONS = Path(__file__).resolve().parents[3] / "addons"
# far more than a year of a plant, and less than would fill a disk
UNPACKED = 4 * 1024**3


def _load_command():
    """Return the pack's command with its arithmetic taken from the add-ons."""
    package = types.ModuleType("batchproof")
    package.__path__ = [str(ADDONS / "audit_chain/tools"), str(ADDONS / "mass_balance/tools")]
    sys.modules.setdefault("batchproof", package)
    spec = importlib.util.spec_from_file_location(
        "batchproof_pack", ADDONS / "mass_balance/pack/verify.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check(item: Item, trusted: list) -> None:
    """Unpack, recompute, and take over what was found."""
    command = _load_command()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            zipfile.ZipFile(io.BytesIO(item.content)) as archive,
        ):
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
                raise Fault("archive", f"it unpacks to more than {UNPACKED} bytes")
            archive.extractall(folder)
            found = command.verify(Path(folder))
    except (zipfile.BadZipFile, OSError, ValueError, KeyError) as error:
        item.report.bad("", f"not an audit pack ({error})")
        return
    for finding in found:
        if finding.ok:
            where = f"{finding.where}: " if finding.where else ""
            item.report.good(f"{where}{finding.text}")
        else:
            item.report.bad(finding.where, finding.text)

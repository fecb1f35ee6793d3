# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Read the modules as text: manifests, models, access lines and rules, without Odoo."""

import ast
import csv
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
KINDS = {"Model", "TransientModel", "AbstractModel"}
FIELD_TYPES = {"BigInt", "Lines", "Quantity"}


@cache
def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a file; a broken one fails its own test, not all the others."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"), str(path))
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def literal(node, default=None):
    """Return the value of a literal expression, or the default when it is computed."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        return default


@dataclass
class ModelClass:
    """One class statement that makes or extends a model."""

    path: Path
    node: ast.ClassDef
    kind: str
    name: str | None
    inherit: tuple[str, ...]
    is_table: bool
    fields: dict[str, ast.Call] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """It makes a model of its own instead of extending one."""
        return bool(self.name) and self.name not in self.inherit

    @property
    def model(self) -> str:
        """The model it makes or extends."""
        return self.name or (self.inherit[0] if self.inherit else "")

    @property
    def where(self) -> str:
        """Place for a message."""
        return f"{self.path.relative_to(ROOT)}:{self.node.lineno}"


@dataclass(frozen=True)
class Module:
    """One add-on."""

    path: Path

    @property
    def name(self) -> str:
        """Technical name."""
        return self.path.name

    @cached_property
    def manifest(self) -> dict:
        """The manifest's content."""
        return literal(parse(self.path / "__manifest__.py").body[0].value)

    def files(self, pattern: str) -> list[Path]:
        """Files below the module, without caches."""
        found = self.path.rglob(pattern)
        return sorted(path for path in found if "__pycache__" not in path.parts)

    @cached_property
    def sources(self) -> list[Path]:
        """Python files that run in production."""
        return [
            path
            for path in self.files("*.py")
            if "tests" not in path.relative_to(self.path).parts and path.name != "__manifest__.py"
        ]

    @cached_property
    def classes(self) -> list[ModelClass]:
        """Every class that makes or extends a model."""
        return [found for path in self.sources for found in _read_classes(path)]

    @cached_property
    def models(self) -> list[ModelClass]:
        """The models that this module makes."""
        return [each for each in self.classes if each.is_new]

    def fields_of(self, model: str) -> dict[str, ast.Call]:
        """The fields that this module gives to a model, wherever they are written."""
        found = {}
        for each in self.classes:
            if each.model == model:
                found.update(each.fields)
        return found

    def is_chained(self, model: str) -> bool:
        """The model inherits the append-only mixin."""
        return any(
            "audit.chain.mixin" in each.inherit for each in self.classes if each.model == model
        )

    @cached_property
    def access(self) -> list[dict]:
        """Lines of the access file."""
        path = self.path / "security" / "ir.model.access.csv"
        if not path.exists():
            return []
        with path.open(newline="", encoding="utf-8") as stream:
            return list(csv.DictReader(stream))

    def access_of(self, model: str) -> list[dict]:
        """Access lines of one model."""
        xmlid = "model_" + model.replace(".", "_")
        return [line for line in self.access if line["model_id:id"].split(".")[-1] == xmlid]

    @cached_property
    def rules(self) -> list[ElementTree.Element]:
        """Record rules."""
        return [
            record
            for path in (self.path / "security").glob("*.xml")
            for record in ElementTree.parse(path).iter("record")
            if record.get("model") == "ir.rule"
        ]


def _read_classes(path: Path) -> list[ModelClass]:
    return [
        found
        for node in parse(path).body
        if isinstance(node, ast.ClassDef)
        for found in [_read_class(path, node)]
        if found
    ]


def _read_class(path: Path, node: ast.ClassDef) -> ModelClass | None:
    kinds = [ast.unparse(base).split(".")[-1] for base in node.bases]
    kind = next((kind for kind in kinds if kind in KINDS), None)
    if kind is None:
        return None
    values = {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    inherit = literal(values.get("_inherit"), ()) or ()
    inherit = (inherit,) if isinstance(inherit, str) else tuple(inherit)
    return ModelClass(
        path=path,
        node=node,
        kind=kind,
        name=literal(values.get("_name")),
        inherit=inherit,
        is_table=kind != "AbstractModel",
        fields={name: value for name, value in values.items() if _is_field(value)},
    )


def _is_field(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return False
    name = ast.unparse(value.func)
    return name.startswith("fields.") or name.split(".")[-1] in FIELD_TYPES


def argument(call: ast.Call, name: str):
    """Return the literal value of a keyword argument, or None."""
    return next((literal(each.value) for each in call.keywords if each.arg == name), None)


def has_argument(call: ast.Call, name: str) -> bool:
    """Tell whether a keyword argument is given."""
    return any(each.arg == name for each in call.keywords)


MODULES = [Module(path.parent) for path in sorted(ADDONS.glob("*/__manifest__.py"))]

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""docker-compose.yml: no default password, nothing open to the network, health of each service."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]


def test_every_variable_is_required_and_in_the_example():
    variables = re.findall(r"\$\{([A-Z_]+)([^}]*)\}", TEXT)
    example = (ROOT / "docker" / "env.example").read_text(encoding="utf-8")
    assert variables
    assert [name for name, rest in variables if not rest.startswith(":?")] == []
    assert {name for name, _rest in variables} == set(re.findall(r"^([A-Z_]+)=$", example, re.M))


@pytest.mark.parametrize("name", SERVICES)
def test_service(name):
    service = SERVICES[name]
    assert service.get("image") or service["build"]["dockerfile"] == "docker/Dockerfile"
    assert "healthcheck" in service
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    for key, value in service.get("environment", {}).items():
        assert "PASSWORD" not in key or value.startswith("${")


@pytest.mark.parametrize("name", SERVICES)
def test_dependencies_can_be_met(name):
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        check = SERVICES[needed]["healthcheck"]
        ends = how["condition"] == "service_completed_successfully"
        assert bool(check.get("disable")) == ends, f"{name} waits for {needed}"


def test_files_and_volumes_exist():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            made = ("./mail",)  # by the mail catcher
            known = (ROOT / source).exists() or source in made
            assert known if source.startswith(".") else source in COMPOSE["volumes"]


def test_images_are_of_a_named_version():
    for service in SERVICES.values():
        assert re.search(r":\d", service.get("image", ":0"))


def test_packages_are_those_of_the_plant():
    ours = set((ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines())
    lines = (ROOT / "docker" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} <= ours

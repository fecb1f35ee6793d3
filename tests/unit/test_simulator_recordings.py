# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The recordings: the bytes their generator makes, and what data/README.md says of them."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from simulator import recording  # noqa: E402

FOLDER = ROOT / "data" / "recordings"
NAMES = ("dairy_htst.csv", "polymer_meters.csv")
STAGES = {
    "dairy_htst.csv": ["reception", "standardisation", "pasteurisation", "cooling", "filling"],
    "polymer_meters.csv": ["feed", "polymerisation", "extrusion"],
}


def by_tag(name, stage=""):
    found = defaultdict(list)
    for point in recording.select(recording.load(FOLDER / name), stage):
        found[point.tag].append(point)
    return found


def test_generator_makes_these_bytes(tmp_path):
    script = str(ROOT / "scripts" / "make_recordings")
    subprocess.run([sys.executable, script, str(tmp_path)], check=True, capture_output=True)
    for name in NAMES:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_small_and_in_order_of_stages(name):
    assert (FOLDER / name).stat().st_size < 300_000
    stages = [point.stage for point in recording.load(FOLDER / name)]
    assert list(dict.fromkeys(stages)) == STAGES[name]
    assert stages == sorted(stages, key=STAGES[name].index)


def test_pasteuriser_is_diverted_until_it_is_warm():
    tags = by_tag("dairy_htst.csv", "pasteurisation")
    position = {point.offset_ms: point.value for point in tags["divert-valve"]}
    forward = [p.value for p in tags["pasteur-temp"] if position[p.offset_ms] == "forward"]
    diverted = [p.value for p in tags["pasteur-temp"] if position[p.offset_ms] == "divert"]
    assert min(diverted) < 60
    assert min(forward) >= 72.75
    assert max(forward) <= 73.25
    assert list(position.values()) == sorted(position.values())  # divert first, forward once
    assert max(point.value for point in tags["pasteur-flow"]) < 1150
    assert all(6.65 <= point.value <= 6.75 for point in tags["ph"])


def test_state_comes_before_the_temperature_it_judges():
    first = {}
    for point in recording.select(recording.load(FOLDER / NAMES[0]), "pasteurisation"):
        first.setdefault((point.offset_ms, point.tag), len(first))
    assert all(
        first[offset, "divert-valve"] < first[offset, "pasteur-temp"]
        for offset, tag in first
        if tag == "pasteur-temp"
    )


def test_meters_only_count_up():
    for tag, points in by_tag("polymer_meters.csv").items():
        values = [point.value for point in points]
        if points[0].is_counter:
            assert values == sorted(values), tag
            assert values[-1] > values[0], tag


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tag,value\n", "no column offset_ms, unit"),
        ("offset_ms,tag,value,unit\nx,a,1,\n", "line 2: the offset"),
        ("offset_ms,tag,value,unit\n1,a,,\n", "line 2: a tag and a value"),
        ("offset_ms,tag,value,unit\n2,a,1,\n1,a,1,\n", "comes after"),
    ],
)
def test_bad_files_are_named(tmp_path, text, words):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(recording.BadRecording, match=words):
        recording.load(path)


def test_unknown_stage_names_the_known_ones():
    with pytest.raises(recording.BadRecording, match="cooling, filling, pasteurisation"):
        recording.select(recording.load(FOLDER / NAMES[0]), "brewing")


def test_meters_go_on_from_stage_to_stage_and_from_run_to_run():
    points = recording.load(FOLDER / NAMES[1])
    meters = recording.Meters({"electricity": 10.0, "steam": 0.0, "water": 0.0})
    published = []
    for stage in [*STAGES[NAMES[1]], "feed"]:
        for point in meters.continued(recording.select(points, stage)):
            if point.tag == "electricity":
                published.append(point.value)
    assert published[0] == 10.0
    assert published == sorted(published)
    assert meters.standing["electricity"] == published[-1]

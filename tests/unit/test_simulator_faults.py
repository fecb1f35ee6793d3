# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the simulator publishes: payloads, faults, times, checksum; without a broker."""

import contextlib
import doctest
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from simulator import cli, control, faults, idle, message, recording, replay  # noqa: E402

RECORDING = (
    "offset_ms,stage,tag,value,unit\n"
    "0,warm,valve,divert,\n0,warm,temp,60,degC\n"
    "1000,run,valve,forward,\n1000,run,temp,73.5,degC\n2000,run,temp,73.25,degC\n"
)


class Broker:
    """Takes what a publisher would send."""

    def __init__(self):
        self.sent = []

    def publish(self, topic, payload):
        self.sent.append((topic, payload))

    def flush(self, _timeout=0):
        return None

    def tell(self, topic, document):
        self.publish(topic, json.dumps(document).encode())


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text(RECORDING)
    return str(file)


def run(path, **order):
    broker = Broker()
    replayer = replay.Replayer(broker, "dairy", "d1")
    report = replayer.replay(replay.Order(path, **{"speed": 0, "start_ms": 5000, **order}))
    return report, broker.sent


@pytest.mark.parametrize("module", [control, faults, idle, message, recording, replay])
def test_doctests(module):
    assert doctest.testmod(module).failed == 0


def test_payloads_are_those_of_the_contract(path):
    report, sent = run(path)
    assert [topic for topic, _data in sent] == [
        f"plant/dairy/d1/{tag}" for tag in ("valve", "temp", "valve", "temp", "temp")
    ]
    documents = [json.loads(data) for _topic, data in sent]
    assert [document["ts"] for document in documents] == [5000, 5000, 6000, 6000, 7000]
    assert documents[0].keys() == {"ts", "seq", "value", "q"}
    assert documents[1] == {**documents[1], "value": 60.0, "unit": "degC", "q": 192}
    sequences = [d["seq"] for d in documents if "unit" in d]
    assert sequences == sorted(set(sequences))
    assert (report["published"], report["broken"]) == (5, 0)
    assert (report["first_ms"], report["last_ms"]) == (5000, 7000)
    assert report["sensors"] == ["d1-temp", "d1-valve"]


def test_stage_begins_at_its_own_zero(path):
    _report, sent = run(path, stage="run")
    assert [json.loads(data)["ts"] for _topic, data in sent] == [5000, 5000, 6000]


def test_checksum_can_be_repeated_from_what_arrived(path):
    report, sent = run(path)
    again = message.Tally()
    for topic, data in reversed(sent):
        document = json.loads(data)
        sensor = "d1-" + topic.rpartition("/")[2]
        again.add(sensor, document["ts"], document["seq"], document["value"])
    assert again.checksum() == report["checksum"]


def test_value_fault_hits_its_tag_and_time_only(path):
    _report, sent = run(path, faults=["temp=71.2@1s+1s"])
    values = [json.loads(data)["value"] for topic, data in sent if topic.endswith("temp")]
    assert values == [60.0, 71.2, 73.25]


def test_silence(path):
    assert run(path, faults=["silence@0s+1s"])[0]["published"] == 3
    assert run(path, faults=["temp=silence@0s+1m"])[0]["published"] == 2


@pytest.mark.parametrize(
    ("kind", "piece"), [("malformed", b'{"ts"'), ("nan", b"NaN"), ("comma", b'"73,25"')]
)
def test_broken_payloads_are_counted_apart(path, kind, piece):
    report, sent = run(path, faults=[f"temp={kind}@2s+1s"])
    assert (report["published"], report["broken"]) == (4, 1)
    assert piece in sent[-1][1]


def test_bad_quality(path):
    _report, sent = run(path, faults=["temp=bad@0s+1s"])
    assert [json.loads(data)["q"] for _topic, data in sent] == [192, 0, 192, 192, 192]


@pytest.mark.parametrize("text", ["", "temp", "72@1s+1s", "temp=1@1+1s", "temp=1@1s+1h", "x@1s"])
def test_no_fault(text):
    with pytest.raises(faults.BadFault):
        faults.parse(text)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "JSON object"),
        ({}, "an order has a recording"),
        ({"recording": "x", "colour": 1}, "not colour"),
        ({"recording": "x", "speed": -1}, "speed"),
        ({"recording": "x", "speed": True}, "speed"),
        ({"recording": "x", "start_ms": "now"}, "start_ms"),
        ({"recording": "x", "faults": "silence@1s+1s"}, "faults"),
        ({"recording": "x", "faults": [1]}, "faults"),
    ],
)
def test_wrong_orders_are_refused_with_a_sentence(document, words):
    with pytest.raises(ValueError, match=words):
        replay.Order.from_json(document)


def test_excerpt_of_a_stage(path):
    _report, sent = run(path, stage="run", from_ms=1000)
    assert [json.loads(data)["ts"] for _topic, data in sent] == [5000]
    _report, sent = run(path, until_ms=1000)
    assert len(sent) == 2
    with pytest.raises(ValueError, match="nothing from 9000"):
        run(path, from_ms=9000)


def test_order_of_silence():
    broker = Broker()
    line = control.Line(broker, "dairy", "d1", is_idle=True)
    assert line.idler.tick() > 0
    assert line.carry_out(b'{"quiet": true}', lambda: False) == {"quiet": True, "published": 0}
    line.idler._next = 0.0
    assert line.idler.tick() == 0


def test_command_line_replays_and_reports(path, monkeypatch, capsys):
    monkeypatch.setattr(cli.signal, "signal", lambda *_arguments: None)
    monkeypatch.setattr(cli, "_publisher", lambda _given: contextlib.nullcontext(Broker()))
    options = ["--recording", path, "--stage", "run", "--speed", "0", "--start-ms", "5000"]
    assert cli.main([*options, "--fault", "temp=malformed@1s+1s"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["published"], report["broken"], report["stage"]) == (2, 1, "run")


@pytest.mark.parametrize(
    ("options", "code"),
    [([], 2), (["--recording", "nope"], 1), (["--recording", "dairy_htst", "--fault", "x"], 1)],
)
def test_command_line_says_what_is_wrong(options, code, monkeypatch, capsys):
    monkeypatch.setattr(cli.signal, "signal", lambda *_arguments: None)
    monkeypatch.setattr(cli, "_publisher", lambda _given: contextlib.nullcontext(Broker()))
    assert cli.main(options) == code
    assert capsys.readouterr().err.startswith("simulate: ")


def test_wrong_order_is_answered():
    broker = Broker()
    line = control.Line(broker, "dairy", "d1", is_idle=True)
    for data in (b"no json", b'{"recording": "no such"}'):
        assert line.carry_out(data, lambda: False)["error"]
    assert [topic for topic, _data in broker.sent] == ["plant/dairy/d1/simulator/done"] * 2


def test_recordings_are_found_by_name():
    assert control.find_recording("dairy_htst").endswith("data/recordings/dairy_htst.csv")
    assert control.find_recording("polymer_meters.csv").endswith("polymer_meters.csv")


def test_sequences_grow_when_the_clock_stands_or_falls():
    clock = iter([10, 10, 5, 20])
    numbers = message.Sequences(lambda: next(clock))
    assert [numbers.next("a") for _time in range(4)] == [10, 11, 12, 20]


def test_idle_line_speaks_gives_way_and_speaks_again():
    now = [1_800_000_000.0]
    broker = Broker()
    meters = recording.Meters(idle.standing("polymer", "p1", now[0]))
    idler = idle.Idler(replay.Replayer(broker, "polymer", "p1", meters), lambda: now[0])
    assert idler.tick() == 5
    assert idler.tick() == 0
    now[0] += 2
    assert idler.tick() == 2
    idler.give_way()
    now[0] += idle.GIVE_WAY_S - 1
    assert idler.tick() == 0
    now[0] += 2
    assert idler.tick() == 5
    meter = [json.loads(d)["value"] for topic, d in broker.sent if topic.endswith("electricity")]
    assert 0 < meter[1] - meter[0] < 1  # the meter stood still while others spoke


def test_idle_values_are_quiet():
    for quiet in idle.LINES["dairy", "d1"][0]:
        for second in range(0, 3600, 7):
            value = quiet.at(second)
            assert value == quiet.level or abs(value - quiet.level) <= quiet.wave + 0.001

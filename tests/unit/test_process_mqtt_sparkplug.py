# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Rule A34 and the values of Sparkplug B, without network and clock."""

import doctest
import json
import struct

import pytest
from conftest import load_tool

load_tool("process_monitoring", "sample")
message = load_tool("process_mqtt", "message")
metric = load_tool("process_mqtt", "sparkplug_metric")
node = load_tool("process_mqtt", "sparkplug_node")
birth = load_tool("process_mqtt", "sparkplug_birth")
host = load_tool("process_mqtt", "sparkplug_host")
wire = load_tool("process_mqtt", "sparkplug_wire")
payload = load_tool("process_mqtt", "payload")
router = load_tool("process_mqtt", "router")

NOW = 1_795_348_800_000
TEMP = "spBv1.0/dairy/edge1/htst/Outlet/Temp"
INT32, FLOAT, DOUBLE, BOOLEAN, STRING = 3, 9, 10, 11, 12


@pytest.mark.parametrize("module", [metric, birth, wire, router])
def test_doctests(module):
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)


def make_metric(name="Outlet/Temp", value=72.4, datatype=DOUBLE, at=NOW, quality=None, **fields):
    """Keyword arguments of one metric; `value` may be a (field, value) pair."""
    made = {"datatype": datatype, "timestamp": at, **fields}
    if name is not None:
        made["name"] = name.encode()
    kind, content = value if isinstance(value, tuple) else ("double_value", value)
    if content is None:
        made["is_null"] = True
    else:
        made[kind] = content
    return made, quality


def encode(*metrics, seq=None, at=NOW):
    made = wire.RawPayload(timestamp=at)
    if seq is not None:
        made.seq = seq
    for fields, quality in metrics:
        added = made.metrics.add(**{k: v for k, v in fields.items() if v is not None})
        if quality is not None:
            added.properties.keys.append(b"Quality")
            added.properties.values.add(type=INT32, int_value=quality)
    return made.SerializeToString()


def bd_seq(number):
    return make_metric("bdSeq", ("long_value", number), 4)


class Edge:
    """An edge node `dairy/edge1` with a device `htst`, heard by a host; time stands still."""

    def __init__(self):
        self.host = host.Host()
        self.seq = 0
        self.now = NOW

    def send(self, kind, *metrics, device="", seq=None, name="edge1", counted=True):
        if counted:
            seq = self.seq if seq is None else seq
            self.seq = (seq + 1) % 256
        topic = f"spBv1.0/dairy/{kind}/{name}" + (f"/{device}" if device else "")
        data = encode(*metrics, seq=seq, at=self.now)
        return self.host.receive(message.Message(topic, data, self.now))

    def birth(self, number=0, alias=5, value=72.4):
        self.seq = 0
        items = self.send("NBIRTH", bd_seq(number), make_metric("Node Control/Rebirth", 0.0))
        return items + self.send("DBIRTH", make_metric(alias=alias, value=value), device="htst")

    def data(self, value, alias=5, name=None, seq=None, at=None):
        made = make_metric(name, value, None, at or self.now, alias=alias)
        return self.send("DDATA", made, device="htst", seq=seq)

    def death(self, number):
        return self.send("NDEATH", bd_seq(number), counted=False)

    def tick(self, seconds):
        self.now += int(seconds * 1000)
        return self.host.tick(self.now)


@pytest.fixture
def edge():
    return Edge()


def messages(items):
    return [item for item in items if isinstance(item, message.Message)]


def notices(items):
    return [item.kind for item in items if isinstance(item, message.Notice)]


def values(items):
    return [json.loads(item.payload)["value"] for item in messages(items) if not item.problem]


def problems(items):
    return [item.problem for item in messages(items) if item.problem]


def test_birth_names_the_metrics_and_data_needs_only_the_alias(edge):
    born = edge.birth()
    assert [item.topic for item in messages(born)] == [TEMP]
    assert notices(born) == ["birth", "birth"]
    [told] = messages(edge.data(72.5))
    assert (told.topic, json.loads(told.payload)["value"]) == (TEMP, 72.5)
    assert edge.host.take_rebirths() == []
    assert edge.host.online() == [TEMP]


def test_a34_gap_asks_for_rebirth_after_the_reorder_timeout(edge):
    """Sequence 1, 2, 4: nothing for five seconds, then a finding and a question."""
    edge.birth()
    edge.data(72.5, seq=2)
    assert edge.data(72.7, seq=4) == []
    assert edge.tick(4.9) == []
    assert edge.host.take_rebirths() == []
    late = edge.tick(0.2)
    [gap] = [item for item in late if isinstance(item, message.Notice)]
    assert (gap.kind, gap.source, gap.count) == ("gap", "dairy/edge1", 1)
    assert "3 to 3" in gap.detail
    assert edge.host.take_rebirths() == [("dairy", "edge1")]
    assert edge.host.online() == []
    assert values(edge.birth(value=73.0)) == [72.7, 73.0], "confirmed by the birth"


def test_a34_messages_that_change_places_are_put_in_order(edge):
    edge.birth()
    assert edge.data(72.6, seq=3) == []
    assert edge.host.online() == [], "something is on its way"
    assert values(edge.data(72.5, seq=2)) == [72.5, 72.6]
    edge.seq = 4
    assert values(edge.data(72.7)) == [72.7]
    assert edge.tick(60) == []


def test_a34_sequence_wraps(edge):
    edge.birth()
    for number in range(2, 600):
        assert values(edge.data(70 + number / 10)) == [70 + number / 10]
    assert edge.host.take_rebirths() == []


def test_a34_stale_death_is_ignored(edge):
    edge.birth(number=7)
    assert edge.death(6) == []
    assert edge.host.online() == [TEMP]
    gone = edge.death(7)
    [stale] = messages(gone)
    assert (stale.topic, json.loads(stale.payload)["q"]) == (TEMP, 500)
    assert json.loads(stale.payload)["ts"] >= edge.now
    assert notices(gone) == ["death"]
    assert edge.host.online() == []


def test_a34_alias_before_birth_asks_for_rebirth(edge):
    items = edge.data(72.5, seq=9)
    assert problems(items) == [host.UNBORN]
    assert messages(items)[0].topic == "spBv1.0/dairy/DDATA/edge1/htst"
    assert notices(items) == ["unborn"]
    assert edge.host.take_rebirths() == [("dairy", "edge1")]
    edge.now += 1000
    edge.data(72.5)
    assert edge.host.take_rebirths() == [], "not again within ten seconds"
    edge.now += 10_000
    edge.data(72.5)
    assert edge.host.take_rebirths() == [("dairy", "edge1")]


def test_unknown_alias_keeps_the_rest_of_the_message(edge):
    edge.birth()
    metrics = (make_metric(None, 1.0, None, alias=99), make_metric(None, 72.5, None, alias=5))
    items = edge.send("DDATA", *metrics, device="htst")
    assert values(items) == [72.5]
    assert "99 is in no birth" in problems(items)[0]
    assert edge.host.take_rebirths() == [("dairy", "edge1")]


def test_metric_without_name_and_alias_is_not_taken_for_alias_0(edge):
    edge.birth(alias=0)
    items = edge.send("DDATA", make_metric(None, 72.5, None), device="htst")
    assert values(items) == []


def test_doubtful_alias_is_refused_where_the_birth_says_otherwise(edge):
    """A missed birth may have given the alias another meaning."""
    edge.birth()
    edge.data(72.7, seq=4)
    edge.tick(5.1)
    assert edge.data(72.8, seq=5) == [], "waits for the birth as well"
    items = edge.birth(alias=6)
    assert values(items) == [72.4]
    assert len(problems(items)) == 2
    assert all(item.topic == TEMP for item in messages(items)), "an engineer may replay them"


def test_doubtful_metrics_do_not_wait_for_ever(edge):
    edge.birth()
    edge.data(72.7, seq=4)
    edge.tick(5.1)
    assert len(problems(edge.tick(30.1))) == 1
    assert problems(edge.data(72.7, seq=5)) == [host.UNBORN]


def test_named_metrics_need_no_confirmation(edge):
    edge.birth()
    edge.data(72.7, alias=None, name="Outlet/Temp", seq=4)
    assert values(edge.tick(5.1)) == [72.7]


def test_metric_that_no_birth_named_is_read_and_asked_for(edge):
    edge.birth()
    made = make_metric("New", 1.5)
    [told] = messages(edge.send("DDATA", made, device="htst"))
    assert told.topic.endswith("/New")
    assert edge.host.take_rebirths() == [("dairy", "edge1")]


def test_device_death_and_its_data_before_a_new_birth(edge):
    edge.birth()
    gone = edge.send("DDEATH", device="htst")
    assert [json.loads(item.payload)["q"] for item in messages(gone)] == [500]
    assert problems(edge.data(72.5)) == [host.UNBORN]
    assert edge.send("DDEATH", device="htst")[1:] == [], "dead is dead"


def test_devices_stay_silent_after_a_node_birth_until_their_own(edge):
    edge.birth()
    edge.seq = 0
    edge.send("NBIRTH", bd_seq(0))
    assert edge.host.online() == []
    assert problems(edge.data(72.5)) == [host.UNBORN]
    gone = edge.tick(30.1)
    assert notices(gone) == ["death"]
    assert [json.loads(item.payload)["q"] for item in messages(gone)] == [500]


def test_death_in_the_middle_of_a_gap(edge):
    edge.birth()
    edge.data(72.7, seq=4)
    items = edge.death(0)
    assert notices(items) == ["gap", "death"]
    assert len(problems(items)) == 1
    assert [json.loads(item.payload)["q"] for item in messages(items)].count(500) == 1


def test_death_of_a_device_within_a_gap_is_not_overlooked(edge):
    edge.birth()
    edge.send("DDEATH", device="htst", seq=4)
    assert "death" in notices(edge.tick(5.1))


def test_lost_connection_doubts_everything(edge):
    edge.birth()
    edge.host.forget(edge.now)
    assert edge.host.online() == []
    assert edge.host.take_rebirths() == [("dairy", "edge1")]
    assert edge.data(72.5, seq=9) == []
    assert values(edge.birth(value=72.6)) == [72.5, 72.6]


def test_nodes_known_from_before_are_asked(edge):
    edge.host.expect([("dairy", "edge1")])
    assert edge.host.take_rebirths() == [("dairy", "edge1")]
    edge.birth()
    assert edge.host.take_rebirths() == []


def test_stale_is_newer_than_the_newest_value_of_a_fast_clock(edge):
    edge.birth()
    edge.data(72.5, at=NOW + 3_000)
    [stale] = messages(edge.death(0))
    assert json.loads(stale.payload)["ts"] == NOW + 3_001


@pytest.mark.parametrize("data", [b"", b"\xff" * 40, b'{"ts": 1}', b"\x0a"])
def test_malformed_is_kept_and_asked_about(edge, data):
    edge.birth()
    items = edge.host.receive(message.Message("spBv1.0/dairy/DDATA/edge1/htst", data, NOW))
    assert [item.payload for item in messages(items)] == [data]
    assert notices(items) == ["malformed"]
    assert edge.host.take_rebirths() == [("dairy", "edge1")]


@pytest.mark.parametrize(
    "topic",
    ["spBv1.0/STATE/plant", "spBv1.0/dairy/NCMD/edge1", "plant/d1/temp", "spBv1.0/dairy//edge1"],
)
def test_what_tells_a_host_nothing(edge, topic):
    assert edge.host.receive(message.Message(topic, b"x", NOW)) == []


def read(made, quality=None):
    """The one message that a metric of a birth becomes."""
    edge = Edge()
    edge.send("NBIRTH", bd_seq(0))
    [told] = messages(edge.send("DBIRTH", (made, quality), device="htst"))
    return told


def value_of(datatype, field, content):
    told = read(make_metric(value=(field, content), datatype=datatype)[0])
    return told.problem or json.loads(told.payload)["value"]


@pytest.mark.parametrize(
    ("datatype", "field", "content", "expected"),
    [
        (1, "int_value", 2**32 - 5, -5),
        (1, "int_value", 2**8 - 5, -5),
        (1, "int_value", 127, 127),
        (2, "int_value", 2**32 - 300, -300),
        (2, "int_value", 2**16 - 300, -300),
        (3, "int_value", 2**32 - 1, -1),
        (3, "long_value", 2**32 - 1, -1),
        (4, "long_value", 2**64 - 1, -1),
        (4, "long_value", 2**63 - 1, 2**63 - 1),
        (4, "int_value", 7, 7),
        (5, "int_value", 255, 255),
        (6, "int_value", 65_535, 65_535),
        (7, "int_value", 2**32 - 1, 2**32 - 1),
        (7, "long_value", 2**32 - 1, 2**32 - 1),
        (8, "long_value", 2**64 - 1, 2**64 - 1),
        (9, "float_value", 72.4, 72.4),
        (9, "float_value", 1e-40, 1e-40),
        (9, "double_value", 72.4, 72.4),
        (10, "double_value", 71.99999999999999, 71.99999999999999),
        (11, "boolean_value", True, "true"),
        (11, "boolean_value", False, "false"),
        (12, "string_value", "vorwärts".encode(), "vorwärts"),
        (13, "long_value", NOW + 7, "2026-11-22T12:00:00.007Z"),
        (14, "string_value", b"x", "x"),
        (15, "string_value", b"0-1", "0-1"),
    ],
)
def test_values_of_every_type(datatype, field, content, expected):
    found = value_of(datatype, field, content)
    if field == "float_value" and not isinstance(expected, str):
        assert struct.pack("f", found) == struct.pack("f", expected)
    assert found == pytest.approx(expected) if content == 1e-40 else found == expected


@pytest.mark.parametrize(
    ("datatype", "field", "content", "words"),
    [
        (1, "int_value", 300, "no Int8"),
        (5, "int_value", 256, "no UInt8"),
        (6, "long_value", 2**40, "no UInt16"),
        (3, "double_value", 1.5, "declared Int32"),
        (9, "int_value", 1, "declared Float"),
        (9, "float_value", float("nan"), "nan"),
        (10, "double_value", float("inf"), "inf"),
        (11, "int_value", 1, "declared Boolean"),
        (12, "string_value", b"\xff", "not UTF-8"),
        (13, "long_value", 2**63, "no time"),
        (16, "dataset_value", b"", "DataSet, which is no single value"),
        (17, "bytes_value", b"x", "Bytes"),
        (18, "bytes_value", b"x", "File"),
        (19, "template_value", b"", "Template, which is no single value"),
        (22, "bytes_value", b"x", "an array"),
        (0, "double_value", 1.0, "declared nothing"),
    ],
)
def test_what_is_no_value_is_refused_with_a_reason(datatype, field, content, words):
    assert words in value_of(datatype, field, content)


@pytest.mark.parametrize("quality", [0, 192, 500])
def test_quality(quality):
    document = json.loads(read(*make_metric(quality=quality)).payload)
    assert (document["q"], document["value"]) == (quality, 72.4)


def test_quality_is_good_unless_said_otherwise_and_null_is_never_good():
    assert json.loads(read(make_metric()[0]).payload)["q"] == 192
    null = json.loads(read(make_metric(value=None)[0]).payload)
    assert (null["value"], null["q"]) == (None, 0)


def test_historical_keeps_its_time_and_transient_is_not_kept():
    old = read(make_metric(at=NOW - 3_600_000, is_historical=True)[0])
    document = json.loads(old.payload)
    assert (document["ts"], document["is_historical"]) == (NOW - 3_600_000, True)
    assert "transient" in read(make_metric(is_transient=True)[0]).problem


def test_time_of_the_message_where_the_metric_has_none():
    assert json.loads(read(make_metric(at=None)[0]).payload)["ts"] == NOW


def test_births_repeat_values_that_are_known_already(edge):
    """The same value at the same time is the same reading; another value is a later one."""

    def numbers(items):
        return [json.loads(item.payload)["seq"] for item in messages(items)]

    assert numbers(edge.birth()) == [0]
    assert numbers(edge.birth()) == [0]
    assert numbers(edge.data(72.5)) == [1]
    assert numbers(edge.data(72.4)) == [2]
    edge.now += 1
    assert numbers(edge.data(72.4)) == [0]


def test_mapping_reads_a_metric_by_its_address():
    mapping = payload.Mapping(
        "spBv1.0/{group}/{node}/{device}/Outlet/{tag}",
        "{device}-{tag}",
        quality_path="q",
        sequence_path="seq",
        unit="degC",
    )
    reader = router.Router([mapping])
    sample = reader.decode(read(make_metric()[0]))
    assert (sample.sensor, sample.value, sample.unit) == ("htst-Temp", 72.4, "degC")
    other = read(make_metric("Inlet/Temp")[0])
    assert isinstance(reader.decode(other), message.Ignored)
    transient = read(make_metric(is_transient=True)[0])
    assert "transient" in reader.decode(transient).reason


def test_what_could_not_be_taken_does_not_hold_on():
    reader = router.Router([payload.Mapping("spBv1.0/+/+/{device}/#", "{device}")])
    told = read(make_metric()[0])
    assert reader.find_sensors([told.topic, "spBv1.0/x"]) == ["htst"]
    reader.note(told, is_taken=False)
    assert reader.find_sensors([told.topic]) == []
    reader.note(told, is_taken=True)
    assert reader.find_sensors([told.topic]) == ["htst"]


def test_what_changed_while_the_connection_was_lost_is_a_gap(edge):
    """A value of an old time held all along; a newer one may not have been the only change."""
    edge.host.expect([("dairy", "edge1")])
    edge.host.forget(edge.now, lost_ms=NOW - 60_000)
    edge.send("NBIRTH", bd_seq(0))
    made = (make_metric("old", at=NOW - 90_000), make_metric("new", at=NOW - 30_000))
    born = edge.send("DBIRTH", *made, device="htst")
    told = [json.loads(item.payload) for item in messages(born)]
    assert [(line["q"], line["ts"] - NOW) for line in told] == [
        (192, -90_000),
        (500, -59_999),
        (192, -30_000),
    ]
    later = edge.birth()
    assert [json.loads(item.payload)["q"] for item in messages(later)] == [192], "told once"


def test_what_changed_within_a_gap_is_a_gap_in_the_readings(edge):
    edge.birth()
    edge.now += 1_000
    edge.data(72.5, seq=2)
    edge.now += 1_000
    edge.data(72.7, seq=4)
    edge.tick(5.1)
    edge.seq = 0
    edge.send("NBIRTH", bd_seq(0))
    born = make_metric(alias=5, value=72.9, at=NOW + 3_000)
    told = [json.loads(m.payload) for m in messages(edge.send("DBIRTH", born, device="htst"))]
    assert [(line["q"], line["ts"] - NOW) for line in told] == [
        (192, 2_000),
        (500, 1_001),
        (192, 3_000),
    ]

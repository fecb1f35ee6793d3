# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The bytes of a Sparkplug B payload, by Google's protobuf library and a descriptor of our own.

Field numbers and data types are those of the public Sparkplug 3.0 specification (Eclipse
Foundation), chapter 6; nothing is generated from its files. What a reading never is (data sets,
templates, extensions, metadata) is declared as plain bytes: its presence is seen, its inside is
not parsed. protobuf is under the 3-clause BSD licence.
"""

from dataclasses import dataclass

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

_PACKAGE = "batchproof.sparkplug"
_TYPE = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "bool": _TYPE.TYPE_BOOL,
    "bytes": _TYPE.TYPE_BYTES,
    "double": _TYPE.TYPE_DOUBLE,
    "float": _TYPE.TYPE_FLOAT,
    "uint32": _TYPE.TYPE_UINT32,
    "uint64": _TYPE.TYPE_UINT64,
}
# number, type, name. Text is declared as bytes: whether it is UTF-8 is for us to judge, by name.
_ONE_OF = "value"
_SCHEMA = {
    "PropertyValue": """1 uint32 type
        2 bool is_null
        3 uint32 int_value
        4 uint64 long_value
        5 float float_value
        6 double double_value
        7 bool boolean_value
        8 bytes string_value""",
    "PropertySet": """1 bytes* keys
        2 PropertyValue* values""",
    "Metric": """1 bytes name
        2 uint64 alias
        3 uint64 timestamp
        4 uint32 datatype
        5 bool is_historical
        6 bool is_transient
        7 bool is_null
        9 PropertySet properties
        10 uint32 int_value
        11 uint64 long_value
        12 float float_value
        13 double double_value
        14 bool boolean_value
        15 bytes string_value
        16 bytes bytes_value
        17 bytes dataset_value
        18 bytes template_value
        19 bytes extension_value""",
    "Payload": """1 uint64 timestamp
        2 Metric* metrics
        3 uint64 seq""",
}


def _describe(message, lines: str) -> None:
    """Add the fields of one message; those named `…_value` exclude one another."""
    for line in lines.splitlines():
        number, kind, name = line.split()
        field = message.field.add(name=name, number=int(number))
        is_repeated = kind.endswith("*")
        field.label = _TYPE.LABEL_REPEATED if is_repeated else _TYPE.LABEL_OPTIONAL
        kind = kind.rstrip("*")
        if kind in _SCALARS:
            field.type = _SCALARS[kind]
        else:
            field.type, field.type_name = _TYPE.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
        if name.endswith("_value"):
            if not message.oneof_decl:
                message.oneof_decl.add(name=_ONE_OF)
            field.oneof_index = 0


def _make_classes() -> dict[str, type]:
    """Classes from a pool of our own: another module's Sparkplug cannot collide with it."""
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug.proto", package=_PACKAGE)
    for name, lines in _SCHEMA.items():
        _describe(file.message_type.add(name=name), lines)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _SCHEMA
    }


_CLASSES = _make_classes()
RawPayload = _CLASSES["Payload"]

BOOLEAN = 11
REBIRTH = "Node Control/Rebirth"


@dataclass(frozen=True)
class Unreadable:
    """Why bytes are no Sparkplug payload."""

    reason: str


def decode(payload: bytes):
    """Return the payload as protobuf gives it, or Unreadable.

    >>> decode(b"not a payload")
    Unreadable(reason='The payload is no Sparkplug B payload.')
    >>> decode(encode_rebirth(1795348800000)).metrics[0].name
    b'Node Control/Rebirth'
    """
    try:
        return RawPayload.FromString(payload)
    except (DecodeError, RecursionError):
        return Unreadable("The payload is no Sparkplug B payload.")


def encode_rebirth(now_ms: int) -> bytes:
    """Return the command that asks an edge node for its births."""
    payload = RawPayload(timestamp=now_ms)
    payload.metrics.add(
        name=REBIRTH.encode(), timestamp=now_ms, datatype=BOOLEAN, boolean_value=True
    )
    return payload.SerializeToString()

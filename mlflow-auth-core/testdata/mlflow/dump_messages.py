"""Writes the request messages of MLflow's REST API as Rust, from the protobuf descriptors of the installed MLflow.

    python dump_messages.py > ../../src/routes/mlflow/messages.rs

Needs the Python packages of `mlflow server`. The messages are those that the routes of MLflow's services name, and
those inside of them, by the name under which `mlflow/server/handlers.py` knows them.
"""

import re
import sys
import textwrap

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FieldDescriptor as F
from mlflow.protos import databricks_pb2
from mlflow.protos.mlflow_artifacts_pb2 import MlflowArtifactsService
from mlflow.protos.model_registry_pb2 import ModelRegistryService
from mlflow.protos.service_pb2 import MlflowService
from mlflow.protos.webhooks_pb2 import WebhookService
from mlflow.version import VERSION

SERVICES = [MlflowService, ModelRegistryService, MlflowArtifactsService, WebhookService]

# Two packages have a message of this name; the handlers tell them apart like this.
RENAMED = {"mlflow.artifacts.ListArtifacts": "ListArtifactsMlflowArtifacts"}

SCALARS = {
    F.TYPE_STRING: "String",
    F.TYPE_BYTES: "Bytes",
    F.TYPE_BOOL: "Bool",
    F.TYPE_INT32: "Int32",
    F.TYPE_SINT32: "Int32",
    F.TYPE_SFIXED32: "Int32",
    F.TYPE_UINT32: "Uint32",
    F.TYPE_FIXED32: "Uint32",
    F.TYPE_INT64: "Int64",
    F.TYPE_SINT64: "Int64",
    F.TYPE_SFIXED64: "Int64",
    F.TYPE_UINT64: "Uint64",
    F.TYPE_FIXED64: "Uint64",
    F.TYPE_FLOAT: "Float",
    F.TYPE_DOUBLE: "Double",
}

WELL_KNOWN = {
    "google.protobuf.Value": "Value",
    "google.protobuf.Timestamp": "Timestamp",
    "google.protobuf.Duration": "Duration",
    "google.protobuf.FieldMask": "FieldMask",
}


def requests():
    names = set()
    for service in SERVICES:
        for method in service.DESCRIPTOR.methods:
            if method.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                names.add(service().GetRequestClass(method).DESCRIPTOR.full_name)
    return [descriptor_pool.Default().FindMessageTypeByName(name) for name in names]


def short(descriptor):
    """The name without the package: that of the file it is defined in."""
    package = descriptor.file.package + "."
    return RENAMED.get(descriptor.full_name, descriptor.full_name.removeprefix(package))


def constant(descriptor):
    words = ""
    for before, char in zip(" " + short(descriptor), short(descriptor)):
        if char.isupper() and (before.islower() or before.isdigit()):
            words += "_"
        words += "_" if char == "." else char.upper()
    package = descriptor.file.package
    return ("OTEL_" if package.startswith("opentelemetry") else "") + words.replace("__", "_")


def is_map(descriptor):
    return descriptor is not None and descriptor.GetOptions().map_entry


def kind(field, found):
    if field.type in SCALARS:
        return SCALARS[field.type]
    if field.type == F.TYPE_ENUM:
        found["enums"][field.enum_type.full_name] = field.enum_type
        return f"Enum(&{constant(field.enum_type)})"
    if field.type != F.TYPE_MESSAGE:
        raise SystemExit(f"no kind for {field.full_name}")
    descriptor = field.message_type
    if is_map(descriptor):
        return f"Map(&{kind(descriptor.fields_by_name['value'], found)})"
    if descriptor.full_name in WELL_KNOWN:
        return WELL_KNOWN[descriptor.full_name]
    if descriptor.full_name.startswith("google.protobuf."):
        raise SystemExit(f"no kind for {descriptor.full_name}, which {field.full_name} is")
    add(descriptor, found)
    return f"Message(&{constant(descriptor)})"


def line(field, found):
    if field.json_name != re.sub("_(.)", lambda match: match[1].upper(), field.name):
        raise SystemExit(f"{field.full_name} is called {field.json_name} in JSON")
    what = f'"{field.name}", {kind(field, found)}'
    # An `optional` field of proto3 is a group of its own; it excludes nothing.
    group = field.containing_oneof
    if group is not None and len(group.fields) > 1:
        return f'of("{group.name}", {what})'
    many = field.is_repeated and not is_map(field.message_type)
    return f"{'many' if many else 'one'}({what})"


def add(descriptor, found):
    if descriptor.full_name in found["messages"]:
        return
    if descriptor.is_extendable:
        raise SystemExit(f"{descriptor.full_name} can be extended, which is not provided for")
    found["messages"][descriptor.full_name] = (descriptor, lines := [])
    lines.extend(line(field, found) for field in descriptor.fields)


def check_constants(found):
    named = [d for d, _ in found["messages"].values()] + list(found["enums"].values())
    constants = [constant(d) for d in named]
    if twice := {c for c in constants if constants.count(c) > 1}:
        raise SystemExit(f"two messages would be called the same: {twice}")


def listed(items):
    """The items with commas between them, on as many lines as they need."""
    text = " ".join(f"{item},".replace(" ", "\0") for item in items)
    lines = textwrap.wrap(text, 114, break_long_words=False, break_on_hyphens=False)
    return "".join(f"    {line}\n".replace("\0", " ") for line in lines)


def main():
    found = {"messages": {}, "enums": {}}
    roots = sorted(requests(), key=short)
    for descriptor in roots:
        add(descriptor, found)
    check_constants(found)
    out = sys.stdout.write
    out(f"//! The messages of MLflow's REST API ({VERSION}), made by `testdata/mlflow/dump_messages.py` from its\n")
    out("//! protobuf descriptors. Not to be edited by hand.\n\n")
    out("use crate::routes::message::{Enum as EnumType, Kind::*, Message as MessageType, many, of, one};\n\n")
    out("/// The messages of requests, by name.\n")
    out("pub(super) static REQUESTS: &[&MessageType] = &[\n")
    out(listed(f"&{constant(descriptor)}" for descriptor in roots) + "];\n")
    for descriptor, lines in sorted(found["messages"].values(), key=lambda pair: constant(pair[0])):
        out(f'\nstatic {constant(descriptor)}: MessageType = MessageType {{ name: "{short(descriptor)}", fields: &[\n')
        out(listed(lines) + "]};\n")
    for descriptor in sorted(found["enums"].values(), key=constant):
        closed = str(descriptor.is_closed).lower()
        out(f"\nstatic {constant(descriptor)}: EnumType = EnumType {{ closed: {closed}, values: &[\n")
        out(listed(f'("{value.name}", {value.number})' for value in descriptor.values) + "]};\n")


if __name__ == "__main__":
    main()

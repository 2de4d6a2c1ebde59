"""Writes what MLflow makes of JSON values in the fields of its request messages.

    python dump_message_cases.py > message_cases.json

Needs the Python packages of `mlflow server`. Each case is a body for one message: whether MLflow's reader takes it
(`mlflow.server.handlers`: two spellings of one field are refused, then `json_format.ParseDict` must not stop), what it
reads, and what is expected of ours. Ours must refuse whatever MLflow's stops at, and refuses more on purpose: values that
Python takes because it is lenient, and ids that look like others.
"""

import json
import logging

logging.disable(logging.CRITICAL)

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from mlflow.protos import service_pb2  # noqa: E402
from mlflow.server.handlers import _reject_conflicting_field_aliases  # noqa: E402

SPAN = "trace.spans.0"
INFO = "trace.trace_info"

# Given to fields of every kind.
COMMON = [None, True, 0, 1.5, "", "x", "1", [], ["x"], [None], {}, {"x": 1}, [{}]]

WHOLE = [
    1, -1, 1.0, 1e3, 1e18, 1e30, 2147483647, 2147483648, -2147483648, -2147483649, 4294967295, 4294967296,
    9223372036854775807, 9223372036854775808, -9223372036854775808, 18446744073709551615, 18446744073709551616, False,
    "0", "-1", "-0", "1.5", " 2", "2 ", "9223372036854775807", "9223372036854775808", "18446744073709551615",
]
# What Python takes for a number, and we do not.
LOOSE = ["1.0", "1e3", "007", "02", "+2", "0_2", "\uff12"]
NAMES = ["OK", "ok", "SPAN_KIND_SERVER", "1", "-1", "7", 1, 7, 99, -1, 2147483648]

# Per kind of field: the values that it is given, and those that MLflow reads and ours refuses.
KINDS = {
    "string": (["text", "\u00e9", "02", 1, False], []),
    "int": (WHOLE, LOOSE),
    "double": (
        [1, -0.0, 1e300, 18446744073709551616, "1.5", "-1.5e-3", "1e3", "NaN", "nan", "Infinity", "-Infinity", "1.", ".5"],
        [True, " 2", "2 ", "0_2", "\uff12", "+2", "1e999", "inf", "infinity", "1.", ".5"],
    ),
    "bool": ([False, 1, "true", "True", "false"], []),
    "bytes": (["Zm9v", "Zm8=", "Zm8", "Zg==", "Zg", "Z", "Zm9v-_+/", 1], ["Zm9v!", "Zm9v\n", "Zg=", "Zg==="]),
    # Python leaves a field unset if it does not know the name, and takes what it can turn into a number.
    "enum": (NAMES, [True, 1.5, 1.0, "", "x", "ok", "SPAN_KIND_SERVER", "+2", "02", " 2", "0_2"]),
    "open enum": (NAMES, [True, 1.5, 1.0, "", "x", "ok", "OK", "+2", "02", " 2", "0_2"]),
    "map": ([{"a": "b", "run_id": "1", "runId": "2"}, {"a": None}, {"a": 1}, {"a": {}}], []),
    "timestamp": (
        [
            "2026-01-31T08:30:00Z", "2026-01-31T08:30:00.123456789Z", "2026-01-31T08:30:00+01:00",
            "2026-01-31T08:30:00-23:59", "2026-01-31T08:30:00", "2026-01-31", "2026-02-30T08:30:00Z",
            "2024-02-29T23:59:59Z", "2026-01-31T08:30:60Z", "2026-01-31T24:00:00Z", "2026-01-31T08:30:00.1234567890Z",
            "2026-01-31t08:30:00Z", "2026-01-31T08:30:00Zx", "2026-01-31T08:30:00z", "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z",
            "2026-01-31T08:30:00.5-05:00", "2026-13-01T00:00:00Z", "2026-01-31T08:30Z",
        ],
        ["2026-1-1T0:0:0Z", "2026-01-31T08:30:00.Z", "2026-01-31T08:30:00+1:00", "2026-01-31T08:30:00+25:99"],
    ),
    "duration": (
        [
            "1s", "1.5s", "-1.5s", "-0.5s", "0s", "s", ".5s", "1", "315576000000s", "-315576000000s", "315576000001s",
            "1.123456789s", "1e3s", "1.5", "1.-5s",
        ],
        ["1.s", "+1s", "1_0s", " 1s", "1 s", "1.1234567890s"],
    ),
    "field mask": (["a,b", "aB,cD", "a_b", ",", {"paths": ["x"]}], []),
    "value": ([1, -1, "text", {"a": [1, None, {"b": True}]}, {"run_id": 1, "runId": 2, "[x]": 3}], []),
    "message": ([{"trace_id": "t"}, {"traceId": "t"}, {"trace_id": 1}, {"[x.y]": 1}, {"[x y]": 1}, {"[]": 1}], ["", "x", "1", [], ["x"]]),
    "strings": ([["a", "b"], [""], [1], ["1", None]], []),
    "messages": (
        [[{"key": "k", "value": "v"}], [{"key": "k", "other": 1}], [{"key": 1}], [{"key": None}], [{"[x]": 1}], {"key": "k"}],
        [["x"], ["key"], [[]]],
    ),
    "id": (["0", "10", "1234567890123456789"], ["x", "-1", "00", "02", "+2", " 2", "2 ", "0_2", "2.0", "\uff12", "12345678901234567890"]),
    "ids": ([["1", "2"], [""]], [["x"], ["1", "02"]]),
}

# Fields of every kind: the message, where the value goes, and what the field is.
FIELDS = [
    ("CreateRun", "run_name", "string"),
    ("CreateRun", "start_time", "int"),
    ("SearchRuns", "max_results", "int"),
    ("StartTraceV3", f"{SPAN}.flags", "int"),
    ("StartTraceV3", f"{SPAN}.start_time_unix_nano", "int"),
    ("LogMetric", "value", "double"),
    ("UpdateGatewayEndpoint", "usage_tracking", "bool"),
    ("StartTraceV3", f"{SPAN}.trace_id", "bytes"),
    ("StartTraceV3", f"{INFO}.state", "enum"),
    ("StartTraceV3", f"{SPAN}.kind", "open enum"),
    ("StartTraceV3", f"{INFO}.tags", "map"),
    ("StartTraceV3", f"{INFO}.request_time", "timestamp"),
    ("StartTraceV3", f"{INFO}.execution_duration", "duration"),
    ("UpdateAssessment", "update_mask", "field mask"),
    ("CreateAssessment", "assessment.feedback.value", "value"),
    ("StartTraceV3", INFO, "message"),
    ("SearchRuns", "order_by", "strings"),
    ("CreateRun", "tags", "messages"),
    ("CreateRun", "experiment_id", "id"),
    ("GetModelVersion", "version", "id"),
    ("SearchRuns", "experiment_ids", "ids"),
]

# Whole bodies.
BODIES = [
    ("GetRun", {"run_id": "a", "runId": "a"}),
    ("GetRun", {"run_id": None, "runId": "a"}),
    ("GetRun", {"runId": "a"}),
    ("GetRun", {"run_id": "a", "run_uuid": "b", "RunId": "c", "runID": "d"}),
    ("GetRun", {}),
    ("GetRun", {"[x]": 1}),
    ("LogBatch", {"run_id": "r", "metrics": [{"key": "k", "modelId": "m", "model_id": "m"}]}),
    ("LogBatch", {"runId": "r", "metrics": [{"key": "k", "value": 1, "timestamp": "5", "modelId": "m"}], "params": []}),
    ("LogBatch", {"run_id": "r", "metrics": {"key": "k"}}),
    ("SearchTracesV3", {"locations": [{"mlflowExperiment": {"experimentId": "2"}}, {"mlflow_experiment": None}]}),
    ("SearchTracesV3", {"locations": [{"mlflow_experiment": {"experiment_id": "2"}, "inference_table": {}}]}),
    ("SearchTracesV3", {"locations": [{"mlflow_experiment": {"experiment_id": "2"}, "inferenceTable": None}]}),
    ("SearchTracesV3", {"locations": [{"mlflow_experiment": {"experiment_id": "2", "experimentId": "3"}}]}),
    ("CreateAssessment", {"assessment": {"feedback": {"value": None}, "expectation": {"value": 1}}}),
    ("CreateAssessment", {"assessment": {"feedback": {"value": None}, "expectation": None}}),
    ("CreateAssessment", {"assessment": {"feedback": {"value": {"run_id": 1, "runId": 2}}}}),
    ("StartTraceV3", {"trace": {"trace_info": {"tags": {"run_id": "1", "runId": "2", "[x]": "3"}}}}),
    ("UpdateAssessment", {"assessment": {"assessment_name": "n"}, "updateMask": "assessmentName"}),
]


def nested(wrap, depth):
    value = 1
    for _ in range(depth):
        value = wrap(value)
    return {"assessment": {"feedback": {"value": value}}}


def body(path, value):
    for step in reversed(path.split(".")):
        value = [value] if step == "0" else {step: value}
    return value


def contains(values, value):
    return any(json.dumps(known) == json.dumps(value) for known in values)


def read(name, value):
    message = getattr(service_pb2, name, None)
    if message is None:
        from mlflow.protos import model_registry_pb2

        message = getattr(model_registry_pb2, name)
    message = message()
    try:
        _reject_conflicting_field_aliases(value, message.DESCRIPTOR)
        ParseDict(value, message, ignore_unknown_fields=True)
    except (ParseError, MlflowException):
        return None
    return MessageToDict(message, preserving_proto_field_name=True)


def case(name, value, stricter=False):
    reads = read(name, value)
    expected = "refuse" if reads is None or stricter else "accept"
    return {"message": name, "body": value, "reads": reads, "ours": expected}


def main():
    cases = [case(name, value) for name, value in BODIES]
    for depth in (46, 47, 48, 49, 50):
        cases.append(case("CreateAssessment", nested(lambda value: {"a": value}, depth)))
        cases.append(case("CreateAssessment", nested(lambda value: [value], depth)))
    for name, path, kind in FIELDS:
        values, stricter = KINDS[kind]
        given = []
        for value in COMMON + values + stricter:
            if not contains(given, value):
                given.append(value)
                cases.append(case(name, body(path, value), contains(stricter, value)))
    print("[")
    print(",\n".join(json.dumps(case, ensure_ascii=True, allow_nan=False) for case in cases))
    print("]")


if __name__ == "__main__":
    main()

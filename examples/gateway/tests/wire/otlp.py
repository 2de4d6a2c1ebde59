"""Bodies for `/v1/traces`, written with OpenTelemetry's own messages."""

import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

KIND = "application/x-protobuf"


def spans_request(spans):
    """An `ExportTraceServiceRequest` with one span for each trace id (32 hex digits) and name in `spans`."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    now = time.time_ns()
    for number, (trace, name) in enumerate(spans, 1):
        span = scope.spans.add()
        span.trace_id = bytes.fromhex(trace)
        span.span_id = number.to_bytes(8, "big")
        span.name = name
        span.start_time_unix_nano = now
        span.end_time_unix_nano = now + 1_000_000
    return request.SerializeToString()

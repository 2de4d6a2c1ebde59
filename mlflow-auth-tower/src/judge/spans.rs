//! OpenTelemetry spans (OTLP over HTTP, `POST /v1/traces`).

use super::resolve::{Refusal, Resolve};
use crate::lookup::LookupError;
use crate::reply::Reply;
use crate::request::{EXPERIMENT, RUN, header, read_object};
use bytes::Bytes;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use mlflow_auth_core::routes::mlflow::DATA_TAGS;
use mlflow_auth_core::{Action, Requirement};
use prost::Message;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::io::Read;

/// What a request of spans says: the traces that they belong to, and the body that says it, decompressed.
#[derive(Debug)]
pub(crate) struct Spans {
    /// MLflow's ids of the traces: `tr-` and 32 hexadecimal digits.
    pub(crate) traces: BTreeSet<String>,
    /// Whether one of them would say where the data of its trace lies.
    sets_data_tag: bool,
    /// The body to forward.
    pub(crate) body: Bytes,
}

/// `opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest`, as far as it matters here.
#[derive(Clone, PartialEq, Message)]
struct Export {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct ResourceSpans {
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Message)]
struct ScopeSpans {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Message)]
struct Span {
    #[prost(bytes = "vec", tag = "1")]
    trace_id: Vec<u8>,
    #[prost(message, repeated, tag = "9")]
    attributes: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(string, tag = "1")]
    key: String,
}

/// MLflow makes a tag of the trace of each span attribute that begins like this.
const TAG: &str = "mlflow.traceTag.";

/// Whether a span attribute would set a tag that says where the data of the trace lies.
fn sets_data_tag(key: &str) -> bool {
    let tag = key.trim().split_at_checked(TAG.len()).filter(|(start, _)| start.eq_ignore_ascii_case(TAG));
    tag.is_some_and(|(_, tag)| DATA_TAGS.iter().any(|name| name.eq_ignore_ascii_case(tag.trim())))
}

/// Reads a body of spans: protobuf or JSON, plain or compressed, of at most `limit` bytes when decompressed.
///
/// # Errors
/// A 400 that says what is wrong, or a 413.
pub(crate) fn read_spans(headers: &HeaderMap, body: &Bytes, limit: usize) -> Result<Spans, Reply> {
    let body = decompress(header(headers, &CONTENT_ENCODING), body, limit)?;
    let kind = header(headers, &CONTENT_TYPE).map(|kind| kind.split(';').next().unwrap_or_default().trim());
    match kind {
        Some("application/x-protobuf") => {
            let export = Export::decode(body.as_ref())
                .map_err(|error| Reply::bad_request(format!("the request body is not OTLP protobuf: {error}")))?;
            let spans = || export.resource_spans.iter().flat_map(|r| &r.scope_spans).flat_map(|s| &s.spans);
            let traces = spans().map(|span| trace_id(&span.trace_id)).collect::<Result<_, _>>()?;
            let sets_data_tag = spans().flat_map(|span| &span.attributes).any(|one| sets_data_tag(&one.key));
            Ok(Spans { traces, sets_data_tag, body })
        }
        Some("application/json") => read_json(&body),
        _ => Err(Reply::bad_request("the header `content-type` must be application/x-protobuf or application/json")),
    }
}

fn trace_id(bytes: &[u8]) -> Result<String, Reply> {
    if bytes.len() != 16 {
        return Err(Reply::bad_request("a span has a `trace_id` that is not 16 bytes long"));
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("tr-{hex}"))
}

fn decompress(encoding: Option<&str>, body: &Bytes, limit: usize) -> Result<Bytes, Reply> {
    match encoding.map(str::to_ascii_lowercase).as_deref() {
        None | Some("identity") => Ok(body.clone()),
        Some("gzip") => inflate(GzDecoder::new(body.as_ref()), limit),
        // Some clients send the bare stream under the name of the wrapped one.
        Some("deflate") => inflate(ZlibDecoder::new(body.as_ref()), limit)
            .or_else(|_| inflate(DeflateDecoder::new(body.as_ref()), limit)),
        Some(_) => Err(Reply::bad_request("the header `content-encoding` must be gzip or deflate")),
    }
}

fn inflate(reader: impl Read, limit: usize) -> Result<Bytes, Reply> {
    let mut whole = Vec::new();
    let read = reader.take(limit as u64 + 1).read_to_end(&mut whole);
    match read {
        Ok(_) if whole.len() > limit => Err(Reply::too_large(limit)),
        Ok(_) => Ok(whole.into()),
        Err(error) => Err(Reply::bad_request(format!("the request body cannot be decompressed: {error}"))),
    }
}

/// OTLP's JSON writes ids in hexadecimal and names in camelCase. MLflow reads the other spelling of each as well, with
/// another meaning of the ids, so that spelling is refused.
fn read_json(body: &Bytes) -> Result<Spans, Reply> {
    let export = read_object(body).map_err(Reply::bad_request)?;
    let (mut traces, mut sets) = (BTreeSet::new(), false);
    for resource in list(&export, "resourceSpans", "resource_spans")? {
        for scope in list(object(resource)?, "scopeSpans", "scope_spans")? {
            for span in list(object(scope)?, "spans", "spans")? {
                let span = object(span)?;
                traces.insert(json_trace_id(span)?);
                let keys = list(span, "attributes", "attributes")?.iter().filter_map(|one| one.get("key")?.as_str());
                sets |= keys.into_iter().any(sets_data_tag);
            }
        }
    }
    let body = Value::Object(export).to_string().into();
    Ok(Spans { traces, sets_data_tag: sets, body })
}

fn json_trace_id(span: &Map<String, Value>) -> Result<String, Reply> {
    let id = span.get("traceId").and_then(Value::as_str).unwrap_or_default();
    if span.contains_key("trace_id") || id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Reply::bad_request("a span has a `traceId` that is not 32 hexadecimal digits"));
    }
    Ok(format!("tr-{}", id.to_ascii_lowercase()))
}

fn list<'v>(object: &'v Map<String, Value>, name: &str, other: &str) -> Result<&'v [Value], Reply> {
    if name != other && object.contains_key(other) {
        return Err(Reply::bad_request(format!("the field `{other}` must be written `{name}`")));
    }
    match object.get(name) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Reply::bad_request(format!("the field `{name}` must be an array"))),
    }
}

fn object(value: &Value) -> Result<&Map<String, Value>, Reply> {
    value.as_object().ok_or_else(|| Reply::bad_request("the spans must be objects"))
}

impl Resolve<'_> {
    /// The experiment that the spans go to, every trace that is there already, and the run they are linked to.
    pub(super) async fn otlp_spans(&self) -> Result<Vec<Requirement>, Refusal> {
        if self.asked.spans.is_some_and(|spans| spans.sets_data_tag) {
            return Err(Refusal::Denied("only admins say where the data of a trace lies".into()));
        }
        let missing = || Reply::bad_request("Missing required header: X-Mlflow-Experiment-Id");
        let id = header(self.asked.headers, &EXPERIMENT).ok_or_else(missing)?;
        let experiment = self.experiment(id).await?;
        let mut needs = vec![Requirement::on(Action::Update, experiment), self.not_denied("trace")];
        let traces: Vec<&str> = self.asked.spans.iter().flat_map(|spans| &spans.traces).map(String::as_str).collect();
        needs.extend(self.each(&traces, |trace| self.spans_of(trace, id)).await?);
        if let Some(run) = header(self.asked.headers, &RUN) {
            needs.extend(self.run(Action::Update, run).await?);
        }
        Ok(needs)
    }

    async fn spans_of(&self, trace: &str, experiment: &str) -> Result<Vec<Requirement>, Refusal> {
        match self.lookups.trace(trace).await {
            Ok(now) if now == experiment => self.trace(Action::Update, trace).await,
            Ok(_) => self.trace(Action::Delete, trace).await,
            Err(LookupError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(Refusal::of_lookup(error, "trace", trace)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn headers(kind: &'static str, encoding: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, encoding.parse().unwrap());
        }
        headers
    }

    fn export(ids: &[Vec<u8>]) -> Bytes {
        let spans = ids.iter().map(|id| Span { trace_id: id.clone(), attributes: Vec::new() }).collect();
        let scope_spans = vec![ScopeSpans { spans }];
        Export { resource_spans: vec![ResourceSpans { scope_spans }] }.encode_to_vec().into()
    }

    #[test]
    fn finds_the_traces_in_every_form() {
        let expected: BTreeSet<String> = [format!("tr-{}", "ab".repeat(16))].into();
        let plain = export(&[vec![0xab; 16]]);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&plain).unwrap();
        let json =
            format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{}"}}]}}]}}]}}"#, "AB".repeat(16));
        let cases = [
            (headers("application/x-protobuf", None), plain.clone()),
            (headers("application/x-protobuf", Some("gzip")), gzip.finish().unwrap().into()),
            (headers("application/json; charset=utf-8", None), json.into()),
        ];
        for (headers, body) in cases {
            assert_eq!(read_spans(&headers, &body, 10_000).unwrap().traces, expected);
        }
    }

    #[test]
    fn refuses_what_is_doubtful_or_endless() {
        let json = headers("application/json", None);
        let protobuf = headers("application/x-protobuf", None);
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        bomb.write_all(&vec![0; 1 << 20]).unwrap();
        let cases: [(HeaderMap, Bytes); 6] = [
            (headers("application/x-protobuf", Some("gzip")), bomb.finish().unwrap().into()),
            (protobuf.clone(), export(&[vec![1; 15]])),
            (protobuf, Bytes::from_static(b"\xff\xff")),
            (json.clone(), Bytes::from_static(br#"{"resource_spans":[]}"#)),
            (json, Bytes::from_static(br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"trace_id":"q80="}]}]}]}"#)),
            (headers("text/plain", None), Bytes::new()),
        ];
        for (headers, body) in cases {
            assert!(read_spans(&headers, &body, 10_000).is_err(), "{headers:?}");
        }
    }
}

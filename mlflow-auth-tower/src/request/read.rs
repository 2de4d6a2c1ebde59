//! The parameters of a request, from the one place that its route reads them from.

use super::json::read_object;
use super::{Canonical, form, headers};
use crate::reply::Reply;
use bytes::Bytes;
use http::Method;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use mlflow_auth_core::routes::mlflow::message;
use mlflow_auth_core::routes::{Access, Found, Message, Params, Takes, check, check_query};
use serde_json::{Map, Value};

/// Where a request says what it wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Source {
    /// In its path alone. It must have no body.
    #[default]
    Path,
    /// In its query. It must have no body.
    Query,
    /// In a JSON body, which is read whole.
    Json,
    /// In a form in its body, which is read whole.
    Form,
    /// In its query, beside a body that passes through unread.
    Stream,
    /// In its headers and in a body of spans, which is read whole.
    Spans,
}

impl Source {
    /// Whether the body is read before the request is judged.
    pub(crate) fn reads_body(self) -> bool {
        self != Source::Stream
    }
}

/// Where the requests of a route say what they want.
pub(crate) fn source(takes: Takes, method: &Method) -> Source {
    match takes {
        Takes::Nothing => Source::Path,
        Takes::Message(_) if method == Method::GET => Source::Query,
        Takes::Query(_) => Source::Query,
        Takes::Message(_) | Takes::Json(_) => Source::Json,
        Takes::Form(_) => Source::Form,
        Takes::Stream(_) => Source::Stream,
        Takes::OtlpSpans => Source::Spans,
    }
}

/// What a request says, all of it: what is judged and what the request is rebuilt from.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) source: Source,
    pub(crate) params: Params,
    /// Pairs of the query that name no parameter, to be forwarded beside those that do.
    pub(crate) other_query: Vec<(String, String)>,
}

/// Reads the parameters of a request that is `found`, whose body is `body`: empty for what passes through.
///
/// # Errors
/// A 400 that names the parameter.
pub(crate) fn read(head: &Canonical, found: Found<'_>, body: &Bytes) -> Result<Reading, Reply> {
    let takes = found.route.takes;
    let source = match asks_in_query(&found, head, body) {
        true => Source::Query,
        false => source(takes, head.judged_method()),
    };
    let (mut fields, other_query) = match source {
        Source::Path | Source::Spans => (Map::new(), head.query.clone()),
        Source::Query | Source::Stream => query_fields(takes, &head.query)?,
        Source::Json => (json_fields(takes, head, body)?, Vec::new()),
        Source::Form => (form_fields(takes, head, body)?, Vec::new()),
    };
    if matches!(source, Source::Path | Source::Query) && !body.is_empty() {
        return Err(Reply::bad_request("this operation does not take a body"));
    }
    one_meaning_with_the_path(&found.path, &fields, &head.query)?;
    one_run(takes, &mut fields)?;
    Ok(Reading { source, params: Params::new(found.path, texts_first(fields)), other_query })
}

type Fields = Map<String, Value>;
type Pairs = Vec<(String, String)>;

fn query_fields(takes: Takes, query: &Pairs) -> Result<(Fields, Pairs), Reply> {
    match takes {
        Takes::Message(name) => {
            let checked = check_query(schema(name)?, query).map_err(|error| Reply::bad_request(error.to_string()))?;
            Ok((checked.fields, checked.unknown))
        }
        Takes::Query(names) | Takes::Stream(names) | Takes::Json(names) | Takes::Form(names) => {
            listed_fields(names, query)
        }
        Takes::Nothing | Takes::OtlpSpans => Ok((Map::new(), query.clone())),
    }
}

fn listed_fields(names: &[&str], query: &Pairs) -> Result<(Fields, Pairs), Reply> {
    let mut fields = Map::new();
    let mut others = Vec::new();
    for (name, value) in query {
        let value = Value::from(value.as_str());
        let repeated = names.iter().any(|known| known.strip_suffix("[]") == Some(name));
        if repeated {
            match fields.entry(name.as_str()).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(values) => values.push(value),
                other => *other = value,
            }
        } else if !names.contains(&name.as_str()) {
            others.push((name.clone(), value.as_str().unwrap_or_default().to_owned()));
        } else if fields.insert(name.clone(), value).is_some() {
            return Err(Reply::bad_request(format!("the query parameter `{name}` is given more than once")));
        }
    }
    Ok((fields, others))
}

fn json_fields(takes: Takes, head: &Canonical, body: &Bytes) -> Result<Fields, Reply> {
    let kind =
        headers::one(head.headers(), &CONTENT_TYPE).map(|kind| kind.split(';').next().unwrap_or_default().trim());
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("application/json")) && !body.is_empty() {
        return Err(Reply::bad_request("the header `content-type` must be `application/json`"));
    }
    if head.headers().contains_key(CONTENT_ENCODING) {
        return Err(Reply::bad_request("the header `content-encoding` is not supported for this operation"));
    }
    let object = read_object(body).map_err(Reply::bad_request)?;
    let Takes::Message(name) = takes else { return Ok(object) };
    let message = schema(name)?;
    if let Some((name, _)) = head.query.iter().find(|(name, _)| message.field(name).is_some()) {
        let problem = format!("the parameter `{name}` must be in the body alone, and stands in the query");
        return Err(Reply::bad_request(problem));
    }
    check(message, &object).map_err(|error| Reply::bad_request(error.to_string()))
}

fn form_fields(takes: Takes, head: &Canonical, body: &Bytes) -> Result<Fields, Reply> {
    let kind = headers::one(head.headers(), &CONTENT_TYPE).and_then(|kind| kind.split(';').next());
    if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
        return Err(Reply::bad_request("the header `content-type` must be `application/x-www-form-urlencoded`"));
    }
    Ok(query_fields(takes, &form(body)?)?.0)
}

/// Clients of MLflow's accounts may say in the query what is to be deleted, if they send no JSON.
fn asks_in_query(found: &Found<'_>, head: &Canonical, body: &Bytes) -> bool {
    let may = matches!((found.route.access, found.route.takes), (Access::Ours, Takes::Json(_)));
    may && *head.judged_method() == Method::DELETE && body.is_empty() && !head.headers().contains_key(CONTENT_TYPE)
}

fn schema(name: &str) -> Result<&'static Message, Reply> {
    message(name).ok_or_else(|| Reply::internal(format!("the message `{name}` is not known")))
}

/// What the path names must not be named otherwise anywhere else.
fn one_meaning_with_the_path(path: &[(&str, String)], fields: &Fields, query: &Pairs) -> Result<(), Reply> {
    for (name, value) in path {
        let in_fields = fields.get(*name).is_some_and(|other| other.as_str() != Some(value));
        let in_query = query.iter().any(|(other, text)| other == name && text != value);
        if in_fields || in_query {
            return Err(Reply::bad_request(format!("the parameter `{name}` differs from the one in the path")));
        }
    }
    Ok(())
}

/// MLflow knows a run by two names, and its handlers prefer now one, now the other. Both get the one value.
pub(crate) fn one_run(takes: Takes, fields: &mut Fields) -> Result<(), Reply> {
    const NAMES: [&str; 2] = ["run_id", "run_uuid"];
    let known = |name: &str| match takes {
        Takes::Message(message_name) => message(message_name).is_some_and(|message| message.field(name).is_some()),
        Takes::Query(names) | Takes::Stream(names) | Takes::Json(names) | Takes::Form(names) => names.contains(&name),
        Takes::Nothing | Takes::OtlpSpans => false,
    };
    if !NAMES.into_iter().all(known) {
        return Ok(());
    }
    let given = NAMES.map(|name| fields.get(name).filter(|value| value.as_str() != Some("")).cloned());
    match given {
        [Some(one), Some(other)] if one != other => {
            Err(Reply::bad_request("the parameters `run_id` and `run_uuid` differ"))
        }
        [Some(run), _] | [None, Some(run)] => {
            NAMES.into_iter().for_each(|name| drop(fields.insert(name.to_owned(), run.clone())));
            Ok(())
        }
        [None, None] => Ok(()),
    }
}

/// Ids before all else: MLflow stops at the first field that it cannot parse, and acts on what it has by then.
fn texts_first(fields: Fields) -> Fields {
    if fields.values().is_sorted_by_key(|value| !value.is_string()) {
        return fields;
    }
    let (texts, others): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(_, value)| value.is_string());
    texts.into_iter().chain(others).collect()
}

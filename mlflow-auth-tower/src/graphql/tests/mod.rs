//! Documents against what is read of them and what goes on.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod generated;

use super::limits::Wrong;
use super::plan::{Fate, Planned, rebuilt};
use super::query::Query;
use super::schemas::parse;
use super::snake;
use super::tree::{Tree, projected};
use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use mlflow_auth_core::routes::mlflow::{self, message};
use mlflow_auth_core::routes::{Access, GraphQl, RouteTable, Sees, Takes};
use serde_json::{Map, Value, json};
use std::sync::{Arc, LazyLock};

static SCHEMA: LazyLock<Arc<Valid<Schema>>> = LazyLock::new(|| parse(service().schema).unwrap());

fn service() -> &'static GraphQl {
    let mut found = mlflow::routes().filter_map(|route| match route.access {
        Access::GraphQl(service) => Some(service),
        _ => None,
    });
    found.next().unwrap()
}

fn read(params: Value) -> Result<Query, Wrong> {
    Query::read(&SCHEMA, params.as_object().unwrap())
}

fn text(query: &str) -> Result<Query, Wrong> {
    read(json!({ "query": query }))
}

fn all_sent(query: &Query) -> Vec<Planned> {
    let send = |root: &super::query::Root| Planned {
        fate: Fate::Send(Tree::of(service(), &root.asked), None),
        root: root.clone(),
    };
    query.fields.iter().map(send).collect()
}

/// What goes on where every field is allowed.
fn forwarded(query: &Query) -> Map<String, Value> {
    rebuilt(query.does, &all_sent(query)).unwrap()
}

#[test]
fn what_goes_on_has_no_fragments_directives_literals_and_names_of_the_caller() {
    let params = json!({
        "query": r#"
            query A { test(inputString: "no") { output } }
            query B($run: String = "r1", $is: Boolean!, $in: MlflowSearchRunsInput) @component(name: "x") {
                x: mlflowGetRun(input: {runId: $run}) { ...F __typename skipped: apiError @include(if: $is) { code } }
                ... on Query @skip(if: $is) { test(inputString: "yes") { output } }
                ... { y: mlflowSearchRuns(input: $in) { runs { info { a: runId b: runId } } } }
                y: mlflowSearchRuns(input: $in) { runs { info { status } modelVersions { version } experiment { __typename } } }
                z: mlflowSearchModelVersions(input: {filter: "a\"b", maxResults: 7, orderBy: "name"}) { nextPageToken }
            }
            fragment F on MlflowGetRunResponse { run { info { runUuid } } ...G }
            fragment G on MlflowGetRunResponse { run { info { runName } } }"#,
        "operationName": "B",
        "variables": {"is": false, "in": {"experimentIds": "4", "maxResults": 5, "runViewType": "ALL"}, "more": 1},
    });
    let query = read(params).unwrap();
    let expected = json!({
        "query": "query($f0_input: MlflowGetRunInput, $f1_inputString: String, $f2_input: MlflowSearchRunsInput, \
            $f3_input: MlflowSearchModelVersionsInput) { \
            f0: mlflowGetRun(input: $f0_input) { run { info { runUuid runName } } } \
            f1: test(inputString: $f1_inputString) { output } \
            f2: mlflowSearchRuns(input: $f2_input) { runs { info { runId status } modelVersions { version name } \
            experiment { experimentId name } } } \
            f3: mlflowSearchModelVersions(input: $f3_input) { nextPageToken } }",
        "variables": {
            "f0_input": {"runId": "r1"},
            "f1_inputString": "yes",
            "f2_input": {"experimentIds": ["4"], "runViewType": "ALL", "maxResults": 5},
            "f3_input": {"filter": "a\"b", "maxResults": 7, "orderBy": ["name"]},
        },
    });
    assert_eq!(Value::Object(forwarded(&query)), expected);
}

#[test]
fn refuses_what_is_too_large_before_it_looks_at_the_schema() {
    let times = |n: usize, text: &str| text.repeat(n);
    let chain = |n: usize| {
        (0..n).map(|i| format!("fragment F{i} on Query {{ ...F{} ...F{} }} ", i + 1, i + 1)).collect::<String>()
    };
    let nested = |n: usize| {
        (0..n).map(|i| format!("fragment F{i} on X {{ a {{ ...F{0} }} b {{ ...F{0} }} }} ", i + 1)).collect::<String>()
    };
    let aliases = |n: usize| (0..n).map(|i| format!("a{i}: __typename ")).collect::<String>();
    let cases = [
        (times(70_000, " ") + "{ test { output } }", "longer than"),
        (format!("{{ test {{ {} }} }}", times(6_000, "output ")), "cannot be read"),
        (format!("{}{}", times(60, "{ a "), times(60, "}")), "cannot be read"),
        (format!("{}{}", times(11, "{ a "), times(11, "}")), "deeper than 10"),
        (format!("{{ ...F0 }} {} fragment F12 on Query {{ test {{ output }} }}", chain(12)), "more than 1000"),
        (format!("{{ ...F0 }} {} fragment F12 on X {{ c }}", nested(12)), "deeper than"),
        (format!("{{ ...F0 }} {} fragment F8 on X {{ c }}", nested(8)), "more than 1000"),
        (format!("{{ {} }}", times(11, "test { output } ")), "more than 10 fields of the root"),
        (format!("{{ test {{ {} }} }}", aliases(11)), "more than 10 aliases"),
        (format!("{{ test {{ {} ...F }} }} fragment F on Test {{ b: output }}", aliases(10)), "more than 10 aliases"),
        ("{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }".into(), "holds itself"),
        ("{ test { ...F } } fragment F on Test { output ...F }".into(), "holds itself"),
        ("{ test { ...F } } fragment F on Test { t: test { ...F } }".into(), "deeper than"),
        ("{ ...F }".into(), "no fragment `F`"),
        ("{ ...F } fragment F on Query { __typename } fragment F on Query { __typename }".into(), "two fragments"),
        ("type A { a: Int }".into(), "nothing else"),
    ];
    for (query, expected) in cases {
        let wrong = text(&query).unwrap_err();
        let told = format!("{wrong:?}");
        assert!(told.contains(expected), "{expected}: {told}\n{}", &query[..query.len().min(200)]);
    }
    assert!(text(&format!("{{ test {{ {} }} }}", aliases(10))).is_ok());
    assert!(text(&format!("{{ {} }}", times(10, "test { output } "))).is_ok());
}

#[test]
fn refuses_what_the_schema_does_not_know() {
    let cases = [
        ("{ mlflowDeleteRun { apiError { code } } }", "mlflowDeleteRun"),
        ("{ test { secret } }", "secret"),
        ("{ test(input: {}) { output } }", "input"),
        ("{ mlflowGetRun(input: {runID: \"x\"}) { run { info { runId } } } }", "runID"),
        ("{ mlflowGetRun(input: {runId: 7}) { run { info { runId } } } }", "String"),
        ("{ mlflowGetRun(input: {runId: \"a\", runId: \"b\"}) { run { info { runId } } } }", "runId"),
        ("{ mlflowGetRun(input: {runId: \"x\"}) { run } }", "subselection"),
        ("{ test(inputString: \"a\") { output } test(inputString: \"b\") { output } }", "test"),
        ("{ x: test { output } x: __typename }", "x"),
        ("query A { test { output } } query B { test { output } }", ""),
        ("query A { test { output } } query A { test { output } }", "A"),
        ("subscription { test { output } }", "ubscription"),
        ("{ ... on Test { output } }", "Test"),
        ("{ test { ... on MlflowRunInfo { runId } } }", "MlflowRunInfo"),
        ("query($a: String!) { test(inputString: $a) { output } }", "a"),
        ("query($a: Int) { test(inputString: $a) { output } }", "a"),
        ("{ test(inputString: $a) { output } }", "a"),
        ("{ test @skip(if: \"true\") { output } }", ""),
        ("{ test @unknown { output } }", "unknown"),
        ("mutation { mlflowGetRun(input: {runId: \"x\"}) { run { info { runId } } } }", "mlflowGetRun"),
    ];
    for (query, named) in cases {
        match text(query) {
            Err(Wrong::Invalid(problems)) => assert!(problems.concat().contains(named), "{query}: {problems:?}"),
            other => panic!("{query}: {other:?}"),
        }
    }
}

#[test]
fn refuses_what_cannot_be_read() {
    let cases = [
        json!({}),
        json!({"query": null}),
        json!({"query": ["{ test { output } }"]}),
        json!({"query": "{ test { output }"}),
        json!({"query": "{ test { output } } x"}),
        json!({"query": "{ test(inputString: \"\"\"\\\"\"\") { output } "}),
        json!({"query": ""}),
        json!({"query": "{ test { output } }", "variables": []}),
        json!({"query": "{ test { output } }", "variables": "{}"}),
        json!({"query": "{ test { output } }", "operationName": 7}),
    ];
    for params in cases {
        assert!(read(params.clone()).is_err_and(|wrong| matches!(wrong, Wrong::Unreadable(_))), "{params}");
    }
    let missing = json!({"query": "query A { test { output } }", "operationName": "B"});
    assert!(matches!(read(missing), Err(Wrong::Invalid(_))));
}

#[test]
fn values_are_what_their_types_say_wherever_they_stand() {
    let query = |kind: &str| {
        format!("query($v: {kind}) {{ mlflowSearchModelVersions(input: {{maxResults: $v}}) {{ nextPageToken }} }}")
    };
    let value = |value: Value| {
        let read = read(json!({"query": query("LongString"), "variables": {"v": value}}));
        read.map(|query| query.fields[0].arguments[0].value["maxResults"].clone())
    };
    assert_eq!(value(json!(5)), Ok(json!(5)));
    assert_eq!(value(json!("5")), Ok(json!(5)));
    assert_eq!(value(json!(null)), Ok(json!(null)));
    for wrong in
        [json!(5.5), json!(true), json!(" 5"), json!("٥"), json!("1_0"), json!([5]), json!({}), json!("9".repeat(30))]
    {
        assert!(value(wrong.clone()).is_err(), "{wrong}");
    }
    // A variable that nobody gives is a field that is not there.
    let left = read(json!({"query": query("LongString")})).unwrap();
    assert_eq!(left.fields[0].arguments[0].value, json!({}));
}

#[test]
fn every_field_of_a_root_has_a_rule_and_every_rule_a_field() {
    let table = RouteTable::new(mlflow::routes().copied()).unwrap();
    for root in ["Query", "Mutation"] {
        for name in SCHEMA.get_object(root).unwrap().fields.keys() {
            assert!(service().rule(root, name).is_some(), "no rule for `{root}.{name}`");
        }
    }
    for rule in service().rules {
        let fields = &SCHEMA.get_object(rule.parent).unwrap_or_else(|| panic!("{rule:?}")).fields;
        let field = fields.get(rule.name).unwrap_or_else(|| panic!("{rule:?}"));
        let Sees::As(method, path) = rule.sees else { continue };
        assert!(["Query", "Mutation"].contains(&rule.parent), "{rule:?}");
        let found = table.find(method, &path.split('/').skip(1).collect::<Vec<_>>()).unwrap();
        let Takes::Message(name) = found.route.takes else { panic!("{rule:?}") };
        assert!(matches!(found.route.access, Access::Needs(_) | Access::SignedIn), "{rule:?}");
        let [input] = field.arguments.as_slice() else { panic!("{rule:?}") };
        let inputs = &SCHEMA.get_input_object(input.ty.inner_named_type()).unwrap().fields;
        for input in inputs.keys() {
            assert!(message(name).unwrap().field(&snake(input)).is_some(), "`{name}` has no `{input}`");
        }
    }
    for (kind, keys) in service().keys {
        let fields = &SCHEMA.get_object(kind).unwrap().fields;
        assert!(keys.iter().all(|key| fields.contains_key(*key)), "{kind}");
    }
}

/// Reading takes the schema to be one of objects, whose fields have no arguments below the root.
#[test]
fn the_schema_is_as_plain_as_reading_takes_it_to_be() {
    for (name, kind) in SCHEMA.types.iter().filter(|(name, _)| !name.starts_with("__")) {
        assert!(!matches!(kind, ExtendedType::Interface(_) | ExtendedType::Union(_)), "{name}");
        let ExtendedType::Object(object) = kind else { continue };
        let plain = object.fields.values().all(|field| field.arguments.is_empty());
        assert!(plain || ["Query", "Mutation"].contains(&name.as_str()), "{name}");
    }
    assert!(SCHEMA.schema_definition.subscription.is_none());
}

#[test]
fn answers_have_the_names_and_the_order_of_the_caller() {
    let query = text("{ r: mlflowGetRun(input: {runId: \"x\"}) { __typename a: run { i: info { s: status u: runUuid } inputs { modelInputs { modelId } } \
        data { metrics { k: key modelId } } } run { info { n: runName } } } }").unwrap();
    let asked = &query.fields[0].asked;
    let tree = Tree::of(service(), asked);
    let came = json!({"run": {"info": {"status": "FINISHED", "runUuid": "x", "runName": null, "more": 1}, "inputs": {}, "data": {"metrics": [{"key": "k"}]}}, "evil": 1});
    let shaped = tree.shaped(came);
    assert_eq!(
        shaped,
        json!({"run": {"info": {"status": "FINISHED", "run_uuid": "x", "run_name": null}, "inputs": {}, "data": {"metrics": [{"key": "k"}]}}})
    );
    let expected = json!({"__typename": "MlflowGetRunResponse",
        "a": {"i": {"s": "FINISHED", "u": "x"}, "inputs": {"modelInputs": []}, "data": {"metrics": [{"k": "k", "modelId": ""}]}},
        "run": {"info": {"n": null}}});
    assert_eq!(projected(asked, Some(&shaped)), expected);
    assert_eq!(projected(asked, Some(&Value::Null)), Value::Null);
    assert_eq!(projected(asked, Some(&json!("text"))), Value::Null);
}

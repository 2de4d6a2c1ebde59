//! Whether every field that a row of MLflow's table names is one that the request can have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

use mlflow_auth_core::routes::{
    Access, DatasetNeed, Effect, GatewayNeed, Id, JobNeed, Kind, McpNeed, Need, Page, Queue, QueueNeed, Route, RowKind,
    ScorerNeed, Takes, When, WorkspaceNeed, mlflow,
};

#[test]
fn every_message_is_known() {
    for route in mlflow::routes() {
        if let Takes::Message(name) = route.takes {
            assert_eq!(mlflow::message(name).expect(name).name, name, "{}", route.path);
        }
    }
}

#[test]
fn every_field_that_a_row_names_is_there() {
    for route in mlflow::routes() {
        let mut fields = of_effect(route.effect);
        if let Access::Needs(needs) = route.access {
            needs.iter().for_each(|need| of_need(need, &mut fields));
        }
        for field in fields {
            assert!(has(route, field), "{:?} {} takes no `{field}`", route.methods, route.path);
        }
    }
}

#[test]
fn fields_with_one_name_are_those_with_one_value() {
    assert!(has(row("GET", "/2.0/mlflow/runs/get"), "run_id"));
    assert!(has(row("POST", "/2.0/mlflow/runs/log-batch"), "metrics[].model_id"));
    for field in ["metrics.model_id", "metrics[].model", "run_id.x", "runId", "run_id[].x"] {
        assert!(!has(row("POST", "/2.0/mlflow/runs/log-batch"), field), "{field}");
    }
    assert!(has(row("PATCH", "/2.0/mlflow/logged-models/{model_id}"), "model_id"));
    assert!(!has(row("PATCH", "/2.0/mlflow/logged-models/{model_id}"), "model"));
}

#[test]
fn every_text_that_a_condition_asks_for_can_be_there() {
    let (message, field) = (mlflow::message("QueryTraceMetrics").unwrap(), "view_type");
    let Kind::Enum(names) = message.field(field).unwrap().kind else { panic!("{field} is no enum") };
    assert!(names.has("ASSESSMENTS"));
}

fn row(method: &str, path: &str) -> &'static Route {
    mlflow::routes().find(|route| route.path == path && route.methods.contains(&method)).unwrap()
}

fn of_need(need: &Need, fields: &mut Vec<&'static str>) {
    let id = |fields: &mut Vec<&'static str>, id: Id| fields.push(id.field);
    match need {
        Need::On { id: at, .. }
        | Need::Experiment(_, at)
        | Need::ExperimentNamed(_, at)
        | Need::Run(_, at)
        | Need::Trace(_, at)
        | Need::Assessment { trace: at, .. }
        | Need::NewAssessment(at)
        | Need::LoggedModel(_, at)
        | Need::Registered(_, at)
        | Need::Version(_, at)
        | Need::VersionRead(at)
        | Need::VersionTier(at)
        | Need::Within { experiments: at, .. }
        | Need::Tier { experiments: at, .. }
        | Need::Artifact(_, at) => id(fields, *at),
        Need::NewVersion(at) => {
            id(fields, *at);
            fields.push("tags");
        }
        Need::Create { name, .. } => fields.extend(*name),
        Need::NotDenied { .. } | Need::OtlpSpans => {}
        Need::CreateRegistered => fields.extend(["name", "tags"]),
        Need::TraceFilter { experiments, texts } => {
            id(fields, *experiments);
            fields.extend(*texts);
        }
        Need::FilterNotDenied { filter, .. } => fields.push(filter),
        Need::VersionSource => fields.extend(["source", "run_id", "model_id"]),
        Need::TraceUpsert { trace, experiment } => fields.extend([trace, experiment]),
        Need::NoArtifactLocation(field)
        | Need::Absent(field)
        | Need::TraceMetadata { at: field }
        | Need::NoTag { at: field, .. } => fields.push(field),
        Need::Mcp(McpNeed::NewVersion) => fields.extend(["name", "server_json"]),
        Need::Mcp(McpNeed::Selector | McpNeed::SelectorAnywhere) => fields.extend(["server_version", "server_alias"]),
        Need::Mcp(_) => fields.push("name"),
        Need::Gateway(need) => of_gateway_need(need, fields),
        Need::Scorer(need) => of_scorer_need(need, fields),
        Need::Dataset(DatasetNeed::Itself(_, at) | DatasetNeed::Of(_, at)) | Need::Part(_, _, at) => id(fields, *at),
        Need::Workspace(WorkspaceNeed::Sight(at)) => id(fields, *at),
        Need::Queue(need) => of_queue_need(*need, fields),
        Need::Job(need) => of_job_need(need, fields),
        Need::All(needs) => needs.iter().for_each(|need| of_need(need, fields)),
        Need::If(when, need) => {
            let (When::Given(field)
            | When::Absent(field)
            | When::Is(field, _)
            | When::True(field)
            | When::TrueByDefault(field)) = when;
            fields.push(field);
            of_need(need, fields);
        }
    }
}

fn of_scorer_need(need: &ScorerNeed, fields: &mut Vec<&'static str>) {
    match need {
        ScorerNeed::Itself(_, of) | ScorerNeed::Versions(_, of) => fields.extend([of.experiment.field, of.names.field]),
        ScorerNeed::OnlineConfigs(ids) => fields.push(ids.field),
        ScorerNeed::StoredModels { of, version } => {
            fields.extend([of.experiment.field, of.names.field]);
            fields.extend(*version);
        }
        ScorerNeed::Listed => fields.extend(["experiment_id", "serialized_scorers", "scorer_versions"]),
    }
}

fn of_queue_need(need: QueueNeed, fields: &mut Vec<&'static str>) {
    let (QueueNeed::See(which)
    | QueueNeed::Change(which)
    | QueueNeed::Prune(which)
    | QueueNeed::Fill(which)
    | QueueNeed::Review(which)) = need;
    match which {
        Queue::ById => fields.push("queue_id"),
        Queue::ByName => fields.extend(["experiment_id", "name"]),
    }
    if let QueueNeed::Change(_) = need {
        fields.push("new_owner");
    }
}

fn of_job_need(need: &JobNeed, fields: &mut Vec<&'static str>) {
    match need {
        JobNeed::Own(_, at) | JobNeed::Optimization(_, at) => fields.push(at.field),
        JobNeed::Named(_) => fields.push("job_name"),
        JobNeed::Prompt(field) | JobNeed::Models(field) | JobNeed::PlainScorers(field) | JobNeed::Runner(field) => {
            fields.push(field)
        }
    }
}

fn of_gateway_need(need: &GatewayNeed, fields: &mut Vec<&'static str>) {
    match need {
        GatewayNeed::On { id, .. } | GatewayNeed::EndpointNamed(_, id) | GatewayNeed::GuardrailScorer(id) => {
            fields.push(id.field);
        }
        GatewayNeed::Endpoint(_, named) => fields.extend([named.id, named.name]),
        GatewayNeed::EndpointOrAdmin(_, id) => fields.push(id),
        GatewayNeed::Usage { endpoint } => {
            fields.extend(["experiment_id", "usage_tracking"]);
            fields.extend(*endpoint);
        }
    }
}

/// The fields of the request; those of the answer are not in the messages that we know.
fn of_effect(effect: Effect) -> Vec<&'static str> {
    match effect {
        Effect::Narrow { experiments, .. } => vec![experiments],
        Effect::Deleted { id, .. } => vec![id],
        Effect::RegisteredDeleted { name } | Effect::WorkspaceMade { name } | Effect::WorkspaceGone { name } => {
            vec![name]
        }
        Effect::RegisteredRenamed { from, to } => vec![from, to],
        Effect::Filter { page: Page::Refill { size, by_id, .. }, .. } => {
            std::iter::once(size).chain(by_id.map(|by_id| by_id.filter)).collect()
        }
        Effect::ScorerDeleted => vec!["experiment_id", "name", "version"],
        Effect::QueueMade => vec!["name", "queue_type"],
        Effect::QueueChanged => vec!["queue_id", "name"],
        Effect::QueueReviewed => vec!["status", "completed_by"],
        Effect::Filter { kind: RowKind::Queue, .. } => vec!["experiment_id"],
        Effect::Filter { page: Page::AsItIs, .. }
        | Effect::ScorerRegistered
        | Effect::JobsSubmitted { .. }
        | Effect::None
        | Effect::CreatorManages { .. }
        | Effect::CreatorManagesRegistered
        | Effect::HideGuardrailScorers { .. }
        | Effect::Mcp(_)
        | Effect::HideRunDirectories => Vec::new(),
    }
}

fn has(route: &Route, field: &str) -> bool {
    let in_path = [format!("{{{field}}}"), format!("{{{field}:path}}")];
    if route.path.split('/').any(|segment| in_path.iter().any(|name| segment.starts_with(name))) {
        return true;
    }
    match route.takes {
        Takes::Nothing | Takes::OtlpSpans => false,
        // What stands in an object of such a body is not told here.
        Takes::Json(names) => {
            let first = field.split('.').next().unwrap();
            names.iter().any(|name| name.strip_suffix("[]").unwrap_or(name) == first)
        }
        Takes::Query(names) | Takes::Stream(names) | Takes::Form(names) => {
            names.iter().any(|name| name.strip_suffix("[]").unwrap_or(name) == field)
        }
        Takes::Message(name) => in_message(name, field),
    }
}

fn in_message(name: &str, path: &str) -> bool {
    let mut fields = mlflow::message(name).unwrap().fields;
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        let (name, list) = step.strip_suffix("[]").map_or((step, false), |name| (name, true));
        let Some(field) = fields.iter().find(|field| field.name == name) else { return false };
        match field.kind {
            _ if steps.peek().is_none() => return !list,
            Kind::Message(inner) if field.repeated == list => fields = inner.fields,
            _ => return false,
        }
    }
    false
}

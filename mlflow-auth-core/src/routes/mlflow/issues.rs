//! Issues that were found in traces.

use super::jobs::detects_issues;
use crate::Action::{Read, Update, Use};
use crate::routes::{
    Effect, GatewayNeed, Id, JobNeed,
    Mount::{Ajax, Both},
    Need::{self, Experiment, FilterNotDenied, Run},
    Part::Issue,
    Redaction, Route,
    Takes::{Json, Message},
};

const ISSUE: Id = Id::one("issue_id");
const EXPERIMENT: Id = Id::one("experiment_id");

/// The run that it was found in.
const ONE: &[Redaction] = &[Redaction::denied("run", "issue", &["source_run_id"])];
const FOUND: &[Redaction] = &[Redaction::denied("run", "issues[]", &["source_run_id"])];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/issues")
        .under(Both)
        .takes(Message("CreateIssue"))
        .needs(&[Experiment(Update, EXPERIMENT), Run(Read, Id::maybe("source_run_id"))])
        .redacting(ONE),
    Route::patch("/3.0/mlflow/issues/{issue_id}")
        .under(Both)
        .takes(Message("UpdateIssue"))
        .needs(&[Need::Part(Issue, Update, ISSUE)])
        .redacting(ONE),
    Route::get("/3.0/mlflow/issues/{issue_id}")
        .under(Both)
        .takes(Message("GetIssue"))
        .needs(&[Need::Part(Issue, Read, ISSUE)])
        .redacting(ONE),
    Route::post("/3.0/mlflow/issues/search")
        .under(Both)
        .takes(Message("SearchIssues"))
        .needs(&[Experiment(Read, EXPERIMENT), FilterNotDenied { filter: "filter_string", attribute: "source_run_id" }])
        .redacting(FOUND),
    Route::post("/3.0/mlflow/issues/invoke")
        .under(Ajax)
        .takes(Json(&["experiment_id", "trace_ids", "categories", "provider", "model", "secret_id", "endpoint_name"]))
        .needs(detects_issues!(
            "",
            Need::Gateway(GatewayNeed::On { kind: "gateway_secret", action: Use, id: Id::maybe("secret_id") }),
            Need::Gateway(GatewayNeed::EndpointNamed(Use, Id::maybe("endpoint_name")))
        ))
        .then(Effect::JobsSubmitted { ids: "job_id" }),
];

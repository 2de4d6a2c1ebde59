//! Scorers.

use super::jobs::submits_scorer;
use crate::Action::{Delete, NotDenied, Read, Update};
use crate::routes::{
    Effect, Id, JobNeed,
    Mount::{Ajax, Both},
    Need::{self, Experiment, If, Job, Scorer},
    Page, Route, RowKind,
    ScorerNeed::{Itself, OnlineConfigs, StoredModels, Versions},
    Scorers,
    Takes::{Json, Message, Query},
    When,
};

const EXPERIMENT: Id = Id::one("experiment_id");
const NAME: Scorers = Scorers::named(Id::one("name"));

/// One version tells what the scorer is, so reading takes that they are not denied.
const READ: &[Need] = &[Scorer(Itself(Read, NAME)), Scorer(Versions(NotDenied, NAME))];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/scorers/register")
        .under(Both)
        .takes(Message("RegisterScorer"))
        .needs(&[
            Experiment(Update, EXPERIMENT),
            Scorer(Itself(NotDenied, NAME)),
            Need::not_denied("scorer_version"),
            // Whoever runs it later calls them.
            Job(JobNeed::Models("serialized_scorer")),
        ])
        .then(Effect::ScorerRegistered),
    Route::get("/3.0/mlflow/scorers/list")
        .under(Both)
        .takes(Message("ListScorers"))
        .needs(&[Experiment(Read, Id::maybe("experiment_id"))])
        .then(Effect::Filter { rows: "scorers", kind: RowKind::Scorer, page: Page::AsItIs }),
    Route::get("/3.0/mlflow/scorers/versions").under(Both).takes(Message("ListScorerVersions")).needs(READ),
    Route::get("/3.0/mlflow/scorers/get").under(Both).takes(Message("GetScorer")).needs(READ),
    Route::delete("/3.0/mlflow/scorers/delete")
        .under(Both)
        .takes(Message("DeleteScorer"))
        .needs(&[
            If(When::Given("version"), &Scorer(Itself(Read, NAME))),
            If(When::Absent("version"), &Scorer(Itself(Delete, NAME))),
            Scorer(Versions(Delete, NAME)),
        ])
        .then(Effect::ScorerDeleted),
    Route::get("/3.0/mlflow/scorers/online-configs")
        .under(Both)
        .takes(Query(&["scorer_ids[]"]))
        .needs(&[Scorer(OnlineConfigs(Id::each("scorer_ids")))]),
    Route::put("/3.0/mlflow/scorers/online-config")
        .under(Both)
        .takes(Json(&["experiment_id", "name", "sample_rate", "filter_string"]))
        .needs(&[
            Experiment(Update, EXPERIMENT),
            Scorer(Itself(NotDenied, NAME)),
            Scorer(Versions(NotDenied, NAME)),
            // It runs on traces to come and says what it thinks of them.
            Need::not_denied("trace"),
            Need::not_denied("assessment"),
            Scorer(StoredModels { of: NAME, version: None }),
        ]),
    Route::post("/3.0/mlflow/scorer/invoke")
        .under(Ajax)
        .takes(Json(&[
            "experiment_id",
            "serialized_scorer",
            "scorer_name",
            "scorer_version",
            "trace_ids",
            "log_assessments",
        ]))
        .needs(submits_scorer!(
            "",
            When::True("log_assessments"),
            If(When::Given("scorer_name"), &Scorer(Itself(NotDenied, STORED))),
            If(When::Given("scorer_name"), &Scorer(Versions(NotDenied, STORED))),
            If(When::Absent("scorer_name"), &Need::not_denied("scorer_version")),
            Scorer(StoredModels { of: STORED, version: Some("scorer_version") })
        ))
        .then(Effect::JobsSubmitted { ids: "jobs[].job_id" }),
];

/// The stored scorer that is run in the place of the one in the request.
const STORED: Scorers = Scorers::named(Id::maybe("scorer_name"));

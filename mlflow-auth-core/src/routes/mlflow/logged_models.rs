//! Logged models.

use crate::Action::{Delete, Read, Update};
use crate::routes::{
    Effect, Id,
    Mount::{Ajax, Both},
    Need::{self, Experiment, FilterNotDenied, LoggedModel, Run},
    Page, Redaction, Route, RowKind,
    Takes::{Message, Query},
};

const MODEL: Id = Id::one("model_id");

/// The runs that a logged model names.
const RUNS: &[Redaction] = &[
    Redaction::denied("run", "model.info", &["source_run_id"]),
    Redaction::denied("run", "model.data.metrics[]", &["run_id"]),
];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/2.0/mlflow/logged-models")
        .under(Both)
        .takes(Message("CreateLoggedModel"))
        .needs(&[
            Experiment(Update, Id::one("experiment_id")),
            Need::not_denied("logged_model"),
            Run(Read, Id::maybe("source_run_id")),
        ])
        .redacting(RUNS),
    Route::post("/2.0/mlflow/logged-models/search")
        .under(Both)
        .takes(Message("SearchLoggedModels"))
        .needs(&[FilterNotDenied { filter: "filter", attribute: "source_run_id" }])
        .then(Effect::Filter {
            rows: "models",
            kind: RowKind::LoggedModel,
            // MLflow sets no limit of its own.
            page: Page::Refill { size: "max_results", default: 50, most: i32::MAX as u64, by_id: None },
        })
        .redacting(&[
            Redaction::denied("run", "models[].info", &["source_run_id"]),
            Redaction::denied("run", "models[].data.metrics[]", &["run_id"]),
        ]),
    // The handler does not look at the message, but at the query.
    Route::get("/2.0/mlflow/logged-models/{model_id}")
        .under(Both)
        .takes(Query(&["model_id", "allow_deleted"]))
        .needs(&[LoggedModel(Read, MODEL)])
        .redacting(RUNS),
    Route::patch("/2.0/mlflow/logged-models/{model_id}")
        .under(Both)
        .takes(Message("FinalizeLoggedModel"))
        .needs(&[LoggedModel(Update, MODEL)])
        .redacting(RUNS),
    Route::delete("/2.0/mlflow/logged-models/{model_id}")
        .under(Both)
        .takes(Message("DeleteLoggedModel"))
        .needs(&[LoggedModel(Delete, MODEL)]),
    Route::post("/2.0/mlflow/logged-models/{model_id}/params")
        .under(Both)
        .takes(Message("LogLoggedModelParamsRequest"))
        .needs(&[LoggedModel(Update, MODEL)]),
    Route::patch("/2.0/mlflow/logged-models/{model_id}/tags")
        .under(Both)
        .takes(Message("SetLoggedModelTags"))
        .needs(&[LoggedModel(Update, MODEL)])
        .redacting(RUNS),
    Route::delete("/2.0/mlflow/logged-models/{model_id}/tags/{tag_key}")
        .under(Both)
        .takes(Message("DeleteLoggedModelTag"))
        .needs(&[LoggedModel(Delete, MODEL)]),
    Route::get("/2.0/mlflow/logged-models/{model_id}/artifacts/directories")
        .under(Both)
        .takes(Message("ListLoggedModelArtifacts"))
        .needs(&[LoggedModel(Read, MODEL)]),
    Route::get("/2.0/mlflow/logged-models/{model_id}/artifacts/files")
        .under(Ajax)
        .takes(Query(&["artifact_file_path"]))
        .needs(&[LoggedModel(Read, MODEL)]),
];

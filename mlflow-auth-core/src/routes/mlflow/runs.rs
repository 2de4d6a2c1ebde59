//! Runs, with their metrics, parameters and tags.

use crate::Action::{Delete, Read, Update};
use crate::routes::{
    Access::SignedIn,
    Effect, Id,
    Mount::{Ajax, Both},
    Need::{self, Experiment, LoggedModel, Run},
    Redaction, Route,
    Takes::{Json, Message, Query},
};

const EXPERIMENT: Id = Id::one("experiment_id");
/// Older clients say `run_uuid`, and the Python client says both.
const RUN: Id = Id::one("run_id").or("run_uuid");

pub(super) static ROUTES: &[Route] = &[
    Route::post("/2.0/mlflow/runs/create")
        .under(Both)
        .takes(Message("CreateRun"))
        .needs(&[Experiment(Update, EXPERIMENT), Need::not_denied("run")]),
    Route::post("/2.0/mlflow/runs/create-promptlab-run")
        .under(Ajax)
        .takes(Json(&[
            "experiment_id",
            "run_name",
            "tags",
            "prompt_template",
            "prompt_parameters",
            "model_route",
            "model_parameters",
            "model_input",
            "model_output",
            "model_output_parameters",
            "mlflow_version",
            "user_id",
            "start_time",
        ]))
        .needs(&[Experiment(Update, EXPERIMENT), Need::not_denied("run")]),
    Route::get("/2.0/mlflow/runs/get").under(Both).takes(Message("GetRun")).needs(&[Run(Read, RUN)]).redacting(&[
        Redaction::denied("logged_model", "run.inputs", &["model_inputs"]),
        Redaction::denied("logged_model", "run.outputs", &["model_outputs"]),
        Redaction::denied("logged_model", "run.data.metrics[]", &["model_id"]),
    ]),
    Route::post("/2.0/mlflow/runs/search")
        .under(Both)
        .takes(Message("SearchRuns"))
        .open_to(SignedIn)
        .then(Effect::Narrow { experiments: "experiment_ids", kind: "run" })
        .redacting(&[
            Redaction::denied("logged_model", "runs[].inputs", &["model_inputs"]),
            Redaction::denied("logged_model", "runs[].outputs", &["model_outputs"]),
            Redaction::denied("logged_model", "runs[].data.metrics[]", &["model_id"]),
        ]),
    Route::post("/2.0/mlflow/runs/update").under(Both).takes(Message("UpdateRun")).needs(&[Run(Update, RUN)]),
    Route::post("/2.0/mlflow/runs/delete").under(Both).takes(Message("DeleteRun")).needs(&[Run(Delete, RUN)]),
    Route::post("/2.0/mlflow/runs/restore").under(Both).takes(Message("RestoreRun")).needs(&[Run(Delete, RUN)]),
    Route::post("/2.0/mlflow/runs/set-tag").under(Both).takes(Message("SetTag")).needs(&[Run(Update, RUN)]),
    Route::post("/2.0/mlflow/runs/delete-tag").under(Both).takes(Message("DeleteTag")).needs(&[Run(Update, RUN)]),
    Route::post("/2.0/mlflow/runs/log-parameter").under(Both).takes(Message("LogParam")).needs(&[Run(Update, RUN)]),
    Route::post("/2.0/mlflow/runs/log-metric")
        .under(Both)
        .takes(Message("LogMetric"))
        .needs(&[Run(Update, RUN), LoggedModel(Update, Id::maybe("model_id"))]),
    Route::post("/2.0/mlflow/runs/log-batch")
        .under(Both)
        .takes(Message("LogBatch"))
        .needs(&[Run(Update, RUN), LoggedModel(Update, Id::each("metrics[].model_id"))]),
    Route::post("/2.0/mlflow/runs/log-model").under(Both).takes(Message("LogModel")).needs(&[Run(Update, RUN)]),
    Route::post("/2.0/mlflow/runs/log-inputs")
        .under(Both)
        .takes(Message("LogInputs"))
        .needs(&[Run(Update, RUN), LoggedModel(Update, Id::each("models[].model_id"))]),
    Route::post("/2.0/mlflow/runs/outputs")
        .under(Both)
        .takes(Message("LogOutputs"))
        .needs(&[Run(Update, RUN), LoggedModel(Update, Id::each("models[].model_id"))]),
    Route::get("/2.0/mlflow/metrics/get-history")
        .under(Both)
        .takes(Message("GetMetricHistory"))
        .needs(&[Run(Read, RUN)])
        .redacting(&[Redaction::denied("logged_model", "metrics[]", &["model_id"])]),
    Route::get("/2.0/mlflow/metrics/get-history-bulk")
        .under(Ajax)
        .takes(Query(&["run_id[]", "metric_key", "max_results"]))
        .needs(&[Run(Read, Id::some("run_id"))]),
    Route::get("/2.0/mlflow/metrics/get-history-bulk-interval")
        .under(Both)
        .takes(Message("GetMetricHistoryBulkInterval"))
        .needs(&[Run(Read, Id::some("run_ids"))]),
];

//! Experiments.

use crate::Action::{Delete, Read, Update};
use crate::routes::{
    Access::{Admin, SignedIn},
    ById, Effect, Id,
    Mount::{Ajax, Both},
    Need::{self, Experiment, ExperimentNamed, NoArtifactLocation, Within},
    Page, Route, RowKind,
    Takes::Message,
};

const EXPERIMENT: Id = Id::one("experiment_id");

/// An experiment goes with everything in it.
const WITH_ALL_IN_IT: Need = Within {
    experiments: EXPERIMENT,
    action: Delete,
    kinds: &[
        ("run", Delete),
        ("trace", Delete),
        ("logged_model", Delete),
        ("assessment", Delete),
        ("review_queue", Delete),
        ("scorer", Delete),
        ("scorer_version", Delete),
    ],
};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/2.0/mlflow/experiments/create")
        .under(Both)
        .takes(Message("CreateExperiment"))
        .needs(&[Need::create_named("experiment", "name"), NoArtifactLocation("artifact_location")])
        .then(Effect::CreatorManages { kind: "experiment", id: "experiment_id" }),
    Route::any(&["GET", "POST"], "/2.0/mlflow/experiments/search")
        .under(Both)
        .takes(Message("SearchExperiments"))
        .open_to(SignedIn)
        .then(Effect::Filter {
            rows: "experiments",
            kind: RowKind::Resource { kind: "experiment", id: "experiment_id", name: "name" },
            page: Page::Refill {
                size: "max_results",
                default: 1_000,
                most: 50_000,
                by_id: Some(ById { filter: "filter", attribute: "experiment_id", none: "-1" }),
            },
        }),
    Route::get("/2.0/mlflow/experiments/get")
        .under(Both)
        .takes(Message("GetExperiment"))
        .needs(&[Experiment(Read, EXPERIMENT)]),
    Route::get("/2.0/mlflow/experiments/get-by-name")
        .under(Both)
        .takes(Message("GetExperimentByName"))
        .needs(&[ExperimentNamed(Read, Id::one("experiment_name"))]),
    Route::post("/2.0/mlflow/experiments/update")
        .under(Both)
        .takes(Message("UpdateExperiment"))
        .needs(&[Experiment(Update, EXPERIMENT)]),
    Route::post("/2.0/mlflow/experiments/delete")
        .under(Both)
        .takes(Message("DeleteExperiment"))
        .needs(&[WITH_ALL_IN_IT]),
    Route::post("/2.0/mlflow/experiments/restore")
        .under(Both)
        .takes(Message("RestoreExperiment"))
        .needs(&[WITH_ALL_IN_IT]),
    Route::post("/2.0/mlflow/experiments/set-experiment-tag")
        .under(Both)
        .takes(Message("SetExperimentTag"))
        .needs(&[Experiment(Update, EXPERIMENT)]),
    Route::post("/2.0/mlflow/experiments/delete-experiment-tag")
        .under(Both)
        .takes(Message("DeleteExperimentTag"))
        .needs(&[Experiment(Update, EXPERIMENT)]),
    // The datasets are those of the runs, so nobody who is denied all runs sees any.
    Route::post("/2.0/mlflow/experiments/search-datasets")
        .under(Ajax)
        .takes(Message("SearchDatasets"))
        .needs(&[Experiment(Read, Id::some("experiment_ids"))])
        .then(Effect::Narrow { experiments: "experiment_ids", kind: "run" }),
    // A slip in MLflow's protobuf file, answered with 404.
    Route::post("/2.0mlflow/experiments/search-datasets").under(Both).takes(Message("SearchDatasets")).open_to(Admin),
];

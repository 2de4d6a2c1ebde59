//! Evaluation datasets.

use crate::routes::{Access::NotYet, Mount::Both, Route, Takes::Message};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/datasets/create")
        .under(Both)
        .takes(Message("CreateDataset"))
        .open_to(NotYet("at least one, and PERM experiment(e).update for every experiment_ids entry")),
    Route::delete("/3.0/mlflow/datasets/{dataset_id}").under(Both).takes(Message("DeleteDataset")).open_to(NotYet(
        "at least one attached experiment, and PERM experiment(e).delete for EVERY attached experiment",
    )),
    Route::any(&["GET", "POST"], "/3.0/mlflow/datasets/search")
        .under(Both)
        .takes(Message("SearchEvaluationDatasets"))
        .open_to(NotYet("at least one, and PERM experiment(e).read for every experiment_ids entry")),
    Route::get("/3.0/mlflow/datasets/{dataset_id}")
        .under(Both)
        .takes(Message("GetDataset"))
        .open_to(NotYet("at least one attached experiment, and PERM experiment(e).read for EVERY attached experiment")),
    Route::patch("/3.0/mlflow/datasets/{dataset_id}/tags").under(Both).takes(Message("SetDatasetTags")).open_to(
        NotYet("at least one attached experiment, and PERM experiment(e).update for EVERY attached experiment"),
    ),
    Route::delete("/3.0/mlflow/datasets/{dataset_id}/tags/{key}")
        .under(Both)
        .takes(Message("DeleteDatasetTag"))
        .open_to(NotYet(
            "at least one attached experiment, and PERM experiment(e).update for EVERY attached experiment",
        )),
    Route::post("/3.0/mlflow/datasets/{dataset_id}/records")
        .under(Both)
        .takes(Message("UpsertDatasetRecords"))
        .open_to(NotYet(
            "at least one attached experiment, and PERM experiment(e).update for EVERY attached experiment",
        )),
    Route::get("/3.0/mlflow/datasets/{dataset_id}/experiment-ids")
        .under(Both)
        .takes(Message("GetDatasetExperimentIds"))
        .open_to(NotYet("at least one attached experiment, and PERM experiment(e).read for EVERY attached experiment")),
    Route::get("/3.0/mlflow/datasets/{dataset_id}/records")
        .under(Both)
        .takes(Message("GetDatasetRecords"))
        .open_to(NotYet("at least one attached experiment, and PERM experiment(e).read for EVERY attached experiment")),
    Route::delete("/3.0/mlflow/datasets/{dataset_id}/records")
        .under(Both)
        .takes(Message("DeleteDatasetRecords"))
        .open_to(NotYet(
            "at least one attached experiment, and PERM experiment(e).update for EVERY attached experiment",
        )),
    Route::post("/3.0/mlflow/datasets/{dataset_id}/add-experiments")
        .under(Both)
        .takes(Message("AddDatasetToExperiments"))
        .open_to(NotYet(
            "update on every currently attached experiment AND PERM experiment(e).update for every added \
             experiment (non-empty)",
        )),
    Route::post("/3.0/mlflow/datasets/{dataset_id}/remove-experiments")
        .under(Both)
        .takes(Message("RemoveDatasetFromExperiments"))
        .open_to(NotYet(
            "at least one attached experiment, and PERM experiment(e).update for EVERY attached experiment",
        )),
];

//! Evaluation datasets. One is judged as all the experiments that it is attached to.

use crate::Action::{Delete, Read, Update};
use crate::routes::{
    DatasetNeed::{Itself, Of},
    Id,
    Mount::Both,
    Need::{self, Dataset},
    Route,
    Takes::Message,
};

const DATASET: Id = Id::one("dataset_id");
const EXPERIMENTS: Id = Id::each("experiment_ids");
const READ: &[Need] = &[Dataset(Itself(Read, DATASET))];
const UPDATE: &[Need] = &[Dataset(Itself(Update, DATASET))];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/datasets/create")
        .under(Both)
        .takes(Message("CreateDataset"))
        .needs(&[Dataset(Of(Update, EXPERIMENTS))]),
    Route::delete("/3.0/mlflow/datasets/{dataset_id}")
        .under(Both)
        .takes(Message("DeleteDataset"))
        .needs(&[Dataset(Itself(Delete, DATASET))]),
    Route::any(&["GET", "POST"], "/3.0/mlflow/datasets/search")
        .under(Both)
        .takes(Message("SearchEvaluationDatasets"))
        .needs(&[Dataset(Of(Read, EXPERIMENTS))]),
    Route::get("/3.0/mlflow/datasets/{dataset_id}").under(Both).takes(Message("GetDataset")).needs(READ),
    Route::patch("/3.0/mlflow/datasets/{dataset_id}/tags").under(Both).takes(Message("SetDatasetTags")).needs(UPDATE),
    Route::delete("/3.0/mlflow/datasets/{dataset_id}/tags/{key}")
        .under(Both)
        .takes(Message("DeleteDatasetTag"))
        .needs(UPDATE),
    Route::post("/3.0/mlflow/datasets/{dataset_id}/records")
        .under(Both)
        .takes(Message("UpsertDatasetRecords"))
        .needs(UPDATE),
    Route::get("/3.0/mlflow/datasets/{dataset_id}/experiment-ids")
        .under(Both)
        .takes(Message("GetDatasetExperimentIds"))
        .needs(READ),
    Route::get("/3.0/mlflow/datasets/{dataset_id}/records").under(Both).takes(Message("GetDatasetRecords")).needs(READ),
    Route::delete("/3.0/mlflow/datasets/{dataset_id}/records")
        .under(Both)
        .takes(Message("DeleteDatasetRecords"))
        .needs(UPDATE),
    // Whoever attaches one lets all who may read the experiment read the dataset, and the other way round.
    Route::post("/3.0/mlflow/datasets/{dataset_id}/add-experiments")
        .under(Both)
        .takes(Message("AddDatasetToExperiments"))
        .needs(&[Dataset(Itself(Update, DATASET)), Dataset(Of(Update, EXPERIMENTS))]),
    Route::post("/3.0/mlflow/datasets/{dataset_id}/remove-experiments")
        .under(Both)
        .takes(Message("RemoveDatasetFromExperiments"))
        .needs(UPDATE),
];

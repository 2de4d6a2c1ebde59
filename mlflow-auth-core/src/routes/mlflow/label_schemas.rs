//! Label schemas.

use crate::Action::{Manage, Read};
use crate::routes::{
    Id,
    Mount::Both,
    Need::{self, Experiment},
    Part::LabelSchema,
    Route,
    Takes::Message,
};

const EXPERIMENT: Id = Id::one("experiment_id");
const SCHEMA: Id = Id::one("schema_id");
const MANAGE: &[Need] = &[Need::Part(LabelSchema, Manage, SCHEMA)];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/label-schemas/create")
        .under(Both)
        .takes(Message("CreateLabelSchema"))
        .needs(&[Experiment(Manage, EXPERIMENT)]),
    Route::get("/3.0/mlflow/label-schemas/get").under(Both).takes(Message("GetLabelSchema")).needs(&[Need::Part(
        LabelSchema,
        Read,
        SCHEMA,
    )]),
    Route::get("/3.0/mlflow/label-schemas/get-by-name")
        .under(Both)
        .takes(Message("GetLabelSchemaByName"))
        .needs(&[Experiment(Read, EXPERIMENT)]),
    Route::get("/3.0/mlflow/label-schemas/list")
        .under(Both)
        .takes(Message("ListLabelSchemas"))
        .needs(&[Experiment(Read, EXPERIMENT)]),
    Route::patch("/3.0/mlflow/label-schemas/update").under(Both).takes(Message("UpdateLabelSchema")).needs(MANAGE),
    Route::delete("/3.0/mlflow/label-schemas/delete").under(Both).takes(Message("DeleteLabelSchema")).needs(MANAGE),
];

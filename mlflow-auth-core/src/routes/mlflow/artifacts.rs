//! Artifacts: those of a run, and the proxy in front of the artifact store.

use crate::Action::{Manage, Read, Update};
use crate::routes::{
    Effect, Id,
    Mount::{Ajax, Both},
    Need::{Artifact, LoggedModel, Run},
    Route,
    Takes::{Message, Query, Stream},
};

const RUN: Id = Id::one("run_id").or("run_uuid");
/// A path below the root of the proxy.
const PATH: Id = Id::one("artifact_path");

pub(super) static ROUTES: &[Route] = &[
    Route::get("/2.0/mlflow/artifacts/list").under(Both).takes(Message("ListArtifacts")).needs(&[Run(Read, RUN)]),
    Route::get("/get-artifact").takes(Query(&["run_id", "run_uuid", "path"])).needs(&[Run(Read, RUN)]),
    // The one handler that knows a run by its old name alone.
    Route::post("/2.0/mlflow/upload-artifact")
        .under(Ajax)
        .takes(Stream(&["run_uuid", "run_id", "path"]))
        .needs(&[Run(Update, Id::one("run_uuid").or("run_id"))]),
    // One of the two; MLflow refuses both and none before it does anything.
    Route::post("/2.0/mlflow/artifacts/presigned-upload-url")
        .under(Both)
        .takes(Message("CreatePresignedUploadUrl"))
        .needs(&[Run(Update, Id::maybe("run_id").or("run_uuid")), LoggedModel(Update, Id::maybe("model_id"))]),
    Route::post("/2.0/mlflow/artifacts/presigned-download-url")
        .under(Both)
        .takes(Message("CreatePresignedDownloadUrl"))
        .needs(&[Run(Read, RUN)]),
    Route::get("/2.0/mlflow-artifacts/artifacts")
        .under(Both)
        .takes(Message("ListArtifactsMlflowArtifacts"))
        .needs(&[Artifact(Read, Id::maybe("path"))])
        .then(Effect::HideRunDirectories),
    Route::get("/2.0/mlflow-artifacts/artifacts/{artifact_path:path}").under(Both).needs(&[Artifact(Read, PATH)]),
    Route::put("/2.0/mlflow-artifacts/artifacts/{artifact_path:path}")
        .under(Both)
        .takes(Stream(&[]))
        .needs(&[Artifact(Update, PATH)]),
    Route::delete("/2.0/mlflow-artifacts/artifacts/{artifact_path:path}")
        .under(Both)
        .takes(Message("DeleteArtifact"))
        .needs(&[Artifact(Manage, PATH)]),
    // The `path` in the body is one on the machine of the client, of which MLflow takes the last name.
    Route::post("/2.0/mlflow-artifacts/mpu/create/{artifact_path:path}")
        .under(Both)
        .takes(Message("CreateMultipartUpload"))
        .needs(&[Artifact(Update, PATH)]),
    Route::post("/2.0/mlflow-artifacts/mpu/complete/{artifact_path:path}")
        .under(Both)
        .takes(Message("CompleteMultipartUpload"))
        .needs(&[Artifact(Update, PATH)]),
    Route::post("/2.0/mlflow-artifacts/mpu/abort/{artifact_path:path}")
        .under(Both)
        .takes(Message("AbortMultipartUpload"))
        .needs(&[Artifact(Update, PATH)]),
    Route::get("/2.0/mlflow-artifacts/presigned/{artifact_path:path}").under(Both).needs(&[Artifact(Read, PATH)]),
];

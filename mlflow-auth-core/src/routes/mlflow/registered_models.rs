//! Registered models, prompts, and the versions of both.

use crate::Action::{Delete, Read, Update};
use crate::routes::{
    Access::SignedIn,
    ById, Effect, Id,
    Mount::Both,
    Need::{self, FilterNotDenied, NewVersion, NoTag, Registered, Version, VersionRead, VersionTier},
    Page, Redaction, Route, RowKind,
    Takes::{Message, Query},
    Withheld,
};

/// The tag that makes a prompt of a registered model. It decides which grants speak for it, so that after the creation
/// admins alone change it.
const FAMILY_TAG: &[&str] = &["mlflow.prompt.is_prompt"];
const SAME_FAMILY: Need = NoTag { at: "key", names: FAMILY_TAG };

const NAME: Id = Id::one("name");

const fn versions_in(at: &'static str) -> Redaction {
    Redaction { at, fields: &["latest_versions"], kind: "registered_model_version", when: Withheld::DeniedVersions }
}

/// The run and the logged model that a version comes from.
const fn sources(at: &'static str) -> [Redaction; 2] {
    [
        Redaction::denied("run", at, &["run_id", "run_link"]),
        Redaction::denied("logged_model", at, &["model_id", "model_params", "model_metrics"]),
    ]
}

const fn versions_and_sources(at: &'static str, versions: &'static str) -> [Redaction; 3] {
    let [run, model] = sources(versions);
    [versions_in(at), run, model]
}

const ONE_MODEL: [Redaction; 3] = versions_and_sources("registered_model", "registered_model.latest_versions[]");
const MODELS: [Redaction; 3] = versions_and_sources("registered_models[]", "registered_models[].latest_versions[]");
const ONE_VERSION: [Redaction; 2] = sources("model_version");
const VERSIONS: [Redaction; 2] = sources("model_versions[]");

pub(super) static ROUTES: &[Route] = &[
    Route::post("/2.0/mlflow/registered-models/create")
        .under(Both)
        .takes(Message("CreateRegisteredModel"))
        .needs(&[Need::CreateRegistered])
        .then(Effect::CreatorManagesRegistered),
    Route::get("/2.0/mlflow/registered-models/search")
        .under(Both)
        .takes(Message("SearchRegisteredModels"))
        .open_to(SignedIn)
        .then(Effect::Filter {
            rows: "registered_models",
            kind: RowKind::Registered,
            page: Page::Refill {
                size: "max_results",
                default: 100,
                most: 1_000,
                by_id: Some(ById { filter: "filter", attribute: "name", none: ":" }),
            },
        })
        .redacting(&MODELS),
    Route::get("/2.0/mlflow/registered-models/get")
        .under(Both)
        .takes(Message("GetRegisteredModel"))
        .needs(&[Registered(Read, NAME)])
        .redacting(&ONE_MODEL),
    Route::patch("/2.0/mlflow/registered-models/update")
        .under(Both)
        .takes(Message("UpdateRegisteredModel"))
        .needs(&[Registered(Update, NAME)])
        .redacting(&ONE_MODEL),
    Route::post("/2.0/mlflow/registered-models/rename")
        .under(Both)
        .takes(Message("RenameRegisteredModel"))
        .needs(&[Registered(Update, NAME)])
        .then(Effect::RegisteredRenamed { from: "name", to: "new_name" })
        .redacting(&ONE_MODEL),
    Route::delete("/2.0/mlflow/registered-models/delete")
        .under(Both)
        .takes(Message("DeleteRegisteredModel"))
        .needs(&[Registered(Delete, NAME), Version(Delete, NAME)])
        .then(Effect::RegisteredDeleted { name: "name" }),
    Route::post("/2.0/mlflow/registered-models/set-tag")
        .under(Both)
        .takes(Message("SetRegisteredModelTag"))
        .needs(&[Registered(Update, NAME), SAME_FAMILY]),
    Route::delete("/2.0/mlflow/registered-models/delete-tag")
        .under(Both)
        .takes(Message("DeleteRegisteredModelTag"))
        .needs(&[Registered(Update, NAME), SAME_FAMILY]),
    // An alias belongs to the model, but shows and moves what its versions are.
    Route::post("/2.0/mlflow/registered-models/alias")
        .under(Both)
        .takes(Message("SetRegisteredModelAlias"))
        .needs(&[Registered(Update, NAME), VersionTier(NAME)]),
    Route::delete("/2.0/mlflow/registered-models/alias")
        .under(Both)
        .takes(Message("DeleteRegisteredModelAlias"))
        .needs(&[Registered(Delete, NAME), VersionTier(NAME)]),
    Route::get("/2.0/mlflow/registered-models/alias")
        .under(Both)
        .takes(Message("GetModelVersionByAlias"))
        .needs(&[VersionRead(NAME)])
        .redacting(&ONE_VERSION),
    Route::any(&["GET", "POST"], "/2.0/mlflow/registered-models/get-latest-versions")
        .under(Both)
        .takes(Message("GetLatestVersions"))
        .needs(&[VersionRead(NAME)])
        .redacting(&VERSIONS),
    Route::post("/2.0/mlflow/model-versions/create")
        .under(Both)
        .takes(Message("CreateModelVersion"))
        .needs(&[NewVersion(NAME), Need::VersionSource])
        .redacting(&ONE_VERSION),
    Route::get("/2.0/mlflow/model-versions/search")
        .under(Both)
        .takes(Message("SearchModelVersions"))
        .needs(&[FilterNotDenied { filter: "filter", attribute: "run_id" }])
        .then(Effect::Filter { rows: "model_versions", kind: RowKind::Version, page: Page::AsItIs })
        .redacting(&VERSIONS),
    Route::get("/2.0/mlflow/model-versions/get")
        .under(Both)
        .takes(Message("GetModelVersion"))
        .needs(&[VersionRead(NAME)])
        .redacting(&ONE_VERSION),
    Route::get("/2.0/mlflow/model-versions/get-download-uri")
        .under(Both)
        .takes(Message("GetModelVersionDownloadUri"))
        .needs(&[VersionRead(NAME)]),
    Route::get("/model-versions/get-artifact").takes(Query(&["name", "version", "path"])).needs(&[VersionRead(NAME)]),
    Route::patch("/2.0/mlflow/model-versions/update")
        .under(Both)
        .takes(Message("UpdateModelVersion"))
        .needs(&[Version(Update, NAME)])
        .redacting(&ONE_VERSION),
    Route::post("/2.0/mlflow/model-versions/transition-stage")
        .under(Both)
        .takes(Message("TransitionModelVersionStage"))
        .needs(&[Version(Update, NAME)])
        .redacting(&ONE_VERSION),
    Route::delete("/2.0/mlflow/model-versions/delete")
        .under(Both)
        .takes(Message("DeleteModelVersion"))
        .needs(&[Version(Delete, NAME)]),
    Route::post("/2.0/mlflow/model-versions/set-tag")
        .under(Both)
        .takes(Message("SetModelVersionTag"))
        .needs(&[Version(Update, NAME), SAME_FAMILY]),
    Route::delete("/2.0/mlflow/model-versions/delete-tag")
        .under(Both)
        .takes(Message("DeleteModelVersionTag"))
        .needs(&[Version(Delete, NAME), SAME_FAMILY]),
];

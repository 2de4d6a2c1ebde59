//! Traces of both versions, with their spans, tags and assessments.

use crate::Action::{Delete, Read, Update};
use crate::routes::{
    Access::Admin,
    Id,
    Mount::{Ajax, Both},
    Need::{
        self, Absent, Assessment, Experiment, If, NewAssessment, NoTag, Run, Tier, Trace, TraceFilter, TraceMetadata,
        VersionRead, Within,
    },
    Redaction, Route,
    Takes::{Message, OtlpSpans, Query},
    When, Withheld,
};

/// The tags of a trace by which the server finds its data. The server itself writes them, and nobody else but admins.
pub const DATA_TAGS: &[&str] = &[
    "mlflow.artifactLocation",
    "mlflow.trace.spansLocation",
    "mlflow.trace.archiveLocation",
    "mlflow.trace.archivalFailure",
];

const EXPERIMENT: Id = Id::one("experiment_id");
const EXPERIMENTS: Id = Id::some("experiment_ids");
/// What version 3 calls a trace.
const TRACE: Id = Id::one("trace_id");
/// What version 2 calls a trace.
const REQUEST: Id = Id::one("request_id");
/// Where version 3 says in which experiment a new trace lies.
const LOCATION: &str = "trace.trace_info.trace_location.mlflow_experiment.experiment_id";
/// The experiments in which version 3 searches; other places are not MLflow's to guard, and one of these there must be.
const LOCATIONS: Id = Id::some("locations[].mlflow_experiment.experiment_id");

const fn traces_of(experiments: Id) -> Need {
    Within { experiments, action: Read, kinds: &[("trace", Read)] }
}

const fn read_assessments_of(experiments: Id) -> Need {
    Tier { kind: "assessment", action: Read, fallback: Read, experiments }
}

/// Assessments are destroyed with their trace, as if one by one.
const DELETE_TRACES: &[Need] = &[
    Experiment(Read, EXPERIMENT),
    Tier { kind: "trace", action: Delete, fallback: Delete, experiments: EXPERIMENT },
    Tier { kind: "assessment", action: Delete, fallback: Update, experiments: EXPERIMENT },
];

/// The run and the logged model that the metadata of a trace name.
const fn sources(metadata: &'static str) -> [Redaction; 2] {
    [
        Redaction::denied("run", metadata, &["mlflow.sourceRun"]),
        Redaction::denied("logged_model", metadata, &["mlflow.modelId"]),
    ]
}

/// The same, and the assessments.
const fn contents(info: &'static str, metadata: &'static str) -> [Redaction; 3] {
    let [run, model] = sources(metadata);
    let when = Withheld::Unreadable { experiment: "trace_location.mlflow_experiment.experiment_id" };
    [Redaction { at: info, fields: &["assessments"], kind: "assessment", when }, run, model]
}

const OLD: [Redaction; 2] = sources("trace_info.request_metadata{}");
const OLD_FOUND: [Redaction; 2] = sources("traces[].request_metadata{}");
const STARTED: [Redaction; 2] = sources("trace.trace_info.trace_metadata");
const ONE: [Redaction; 3] = contents("trace.trace_info", "trace.trace_info.trace_metadata");
const MANY: [Redaction; 3] = contents("traces[].trace_info", "traces[].trace_info.trace_metadata");
const INFOS: [Redaction; 3] = contents("trace_infos[]", "trace_infos[].trace_metadata");
const FOUND: [Redaction; 3] = contents("traces[]", "traces[].trace_metadata");

pub(super) static ROUTES: &[Route] = &[
    // Version 2. The id of a new trace is made by the server.
    Route::post("/2.0/mlflow/traces")
        .under(Both)
        .takes(Message("StartTrace"))
        .needs(&[
            Experiment(Update, EXPERIMENT),
            Need::not_denied("trace"),
            TraceMetadata { at: "request_metadata" },
            NoTag { at: "tags", names: DATA_TAGS },
        ])
        .redacting(&OLD),
    Route::patch("/2.0/mlflow/traces/{request_id}")
        .under(Both)
        .takes(Message("EndTrace"))
        .needs(&[
            Trace(Update, REQUEST),
            TraceMetadata { at: "request_metadata" },
            NoTag { at: "tags", names: DATA_TAGS },
        ])
        .redacting(&OLD),
    Route::get("/2.0/mlflow/traces/{request_id}/info")
        .under(Both)
        .takes(Message("GetTraceInfo"))
        .needs(&[Trace(Read, REQUEST)])
        .redacting(&OLD),
    Route::get("/2.0/mlflow/traces")
        .under(Both)
        .takes(Message("SearchTraces"))
        .needs(&[traces_of(EXPERIMENTS), TraceFilter { experiments: EXPERIMENTS, texts: &["filter", "order_by"] }])
        .redacting(&OLD_FOUND),
    Route::patch("/2.0/mlflow/traces/{request_id}/tags")
        .under(Both)
        .takes(Message("SetTraceTag"))
        .needs(&[Trace(Update, REQUEST), NoTag { at: "key", names: DATA_TAGS }]),
    Route::delete("/2.0/mlflow/traces/{request_id}/tags")
        .under(Both)
        .takes(Message("DeleteTraceTag"))
        .needs(&[Trace(Update, REQUEST)]),
    Route::post("/2.0/mlflow/traces/delete-traces").under(Both).takes(Message("DeleteTraces")).needs(DELETE_TRACES),
    Route::post("/2.0/mlflow/traces/link-to-run")
        .under(Both)
        .takes(Message("LinkTracesToRun"))
        .needs(&[Run(Update, Id::one("run_id").or("run_uuid")), Trace(Read, Id::some("trace_ids"))]),
    Route::post("/2.0/mlflow/traces/link-prompts")
        .under(Both)
        .takes(Message("LinkPromptsToTrace"))
        .needs(&[Trace(Update, TRACE), VersionRead(Id::each("prompt_versions[].name"))]),
    // Version 3. The id of a new trace comes with the request, and may be that of a trace that exists.
    Route::post("/3.0/mlflow/traces")
        .under(Both)
        .takes(Message("StartTraceV3"))
        .needs(&[
            Experiment(Update, Id::one(LOCATION)),
            Need::not_denied("trace"),
            TraceMetadata { at: "trace.trace_info.trace_metadata" },
            Need::TraceUpsert { trace: "trace.trace_info.trace_id", experiment: LOCATION },
            If(When::Given("trace.trace_info.assessments"), &Need::not_denied("assessment")),
            // The server gives assessments their ids.
            Absent("trace.trace_info.assessments[].assessment_id"),
            NoTag { at: "trace.trace_info.tags", names: DATA_TAGS },
        ])
        .redacting(&STARTED),
    Route::get("/3.0/mlflow/traces/get")
        .under(Both)
        .takes(Message("GetTrace"))
        .needs(&[Trace(Read, TRACE)])
        .redacting(&ONE),
    Route::get("/3.0/mlflow/traces/batchGet")
        .under(Both)
        .takes(Message("BatchGetTraces"))
        .needs(&[Trace(Read, Id::some("trace_ids"))])
        .redacting(&MANY),
    Route::get("/3.0/mlflow/traces/{trace_id}")
        .under(Both)
        .takes(Message("GetTraceInfoV3"))
        .needs(&[Trace(Read, TRACE)])
        .redacting(&ONE),
    Route::post("/3.0/mlflow/traces/batchGetInfos")
        .under(Both)
        .takes(Message("BatchGetTraceInfos"))
        .needs(&[Trace(Read, Id::some("trace_ids"))])
        .redacting(&INFOS),
    Route::post("/3.0/mlflow/traces/search")
        .under(Both)
        .takes(Message("SearchTracesV3"))
        .needs(&[traces_of(LOCATIONS), TraceFilter { experiments: LOCATIONS, texts: &["filter", "order_by"] }])
        .redacting(&FOUND),
    Route::post("/3.0/mlflow/traces/calculate-filter-correlation")
        .under(Both)
        .takes(Message("CalculateTraceFilterCorrelation"))
        .needs(&[
            traces_of(EXPERIMENTS),
            TraceFilter { experiments: EXPERIMENTS, texts: &["filter_string1", "filter_string2", "base_filter"] },
        ]),
    Route::post("/3.0/mlflow/traces/metrics")
        .under(Both)
        .takes(Message("QueryTraceMetrics"))
        .needs(&[traces_of(EXPERIMENTS), If(When::Is("view_type", "ASSESSMENTS"), &read_assessments_of(EXPERIMENTS))]),
    // The handler reads both versions of this as one message.
    Route::post("/3.0/mlflow/traces/delete-traces").under(Both).takes(Message("DeleteTraces")).needs(DELETE_TRACES),
    Route::patch("/3.0/mlflow/traces/{trace_id}/tags")
        .under(Both)
        .takes(Message("SetTraceTagV3"))
        .needs(&[Trace(Update, TRACE), NoTag { at: "key", names: DATA_TAGS }]),
    Route::delete("/3.0/mlflow/traces/{trace_id}/tags")
        .under(Both)
        .takes(Message("DeleteTraceTagV3"))
        .needs(&[Trace(Update, TRACE)]),
    Route::post("/3.0/mlflow/traces/{trace_id}/assessments")
        .under(Both)
        .takes(Message("CreateAssessment"))
        .needs(&[NewAssessment(TRACE)]),
    Route::get("/3.0/mlflow/traces/{trace_id}/assessments/{assessment_id}")
        .under(Both)
        .takes(Message("GetAssessmentRequest"))
        .needs(&[Assessment { action: Read, fallback: Read, trace: TRACE }]),
    Route::patch("/3.0/mlflow/traces/{trace_id}/assessments/{assessment_id}")
        .under(Both)
        .takes(Message("UpdateAssessment"))
        .needs(&[Assessment { action: Update, fallback: Update, trace: TRACE }]),
    Route::delete("/3.0/mlflow/traces/{trace_id}/assessments/{assessment_id}")
        .under(Both)
        .takes(Message("DeleteAssessment"))
        .needs(&[Assessment { action: Delete, fallback: Update, trace: TRACE }]),
    Route::get("/2.0/mlflow/get-trace-artifact")
        .under(Ajax)
        .takes(Query(&["request_id", "path"]))
        .needs(&[Trace(Read, REQUEST)]),
    Route::get("/3.0/mlflow/get-trace-artifact")
        .under(Ajax)
        .takes(Query(&["request_id", "path"]))
        .needs(&[Trace(Read, REQUEST)]),
    Route::post("/v1/traces").takes(OtlpSpans).needs(&[Need::not_denied("trace"), Need::OtlpSpans]),
    // Not there in this MLflow, and answered with 404.
    Route::get("/2.0/mlflow/unified-traces").under(Both).takes(Message("SearchUnifiedTraces")).open_to(Admin),
    Route::get("/2.0/mlflow/get-online-trace-details")
        .under(Both)
        .takes(Message("GetOnlineTraceDetails"))
        .open_to(Admin),
];

//! Jobs, and what starts them: prompt optimization, evaluation, the demo.

use crate::Action::{Delete, NotDenied, Read, Update};
use crate::routes::{
    Access::SignedIn,
    DatasetNeed, Effect, Id, JobNeed,
    Mount::{Ajax, Both},
    Need::{self, All, Dataset, Experiment, If, Job, NewAssessment, Run, Scorer},
    Page, Route, RowKind, ScorerNeed, Scorers,
    Takes::{Json, Message},
    When,
};

/// A scorer is run on traces. The fields stand below `$at`; the rest are further needs.
macro_rules! submits_scorer {
    ($at:literal, $logs:expr, $($more:expr),+) => {
        &[
            Need::Experiment(Update, Id::one(concat!($at, "experiment_id"))),
            Need::not_denied("trace"),
            Need::Trace(Read, Id::some(concat!($at, "trace_ids"))),
            Need::If($logs, &Need::not_denied("assessment")),
            Need::If($logs, &Need::NewAssessment(Id::some(concat!($at, "trace_ids")))),
            Need::Job(JobNeed::Models(concat!($at, "serialized_scorer"))),
            $($more),+
        ]
    };
}
pub(super) use submits_scorer;

/// A model looks for issues in traces, and marks them.
macro_rules! detects_issues {
    ($at:literal, $($more:expr),+) => {
        &[
            Need::Experiment(Update, Id::one(concat!($at, "experiment_id"))),
            Need::not_denied("run"),
            Need::NewAssessment(Id::some(concat!($at, "trace_ids"))),
            Need::Job(JobNeed::Models(concat!($at, "model"))),
            $($more),+
        ]
    };
}
pub(super) use detects_issues;

/// Scorers are run on traces for a run, and say on the traces what they found.
macro_rules! evaluates {
    ($at:literal, $($more:expr),+) => {
        &[
            Experiment(Update, Id::one(concat!($at, "experiment_id"))),
            Need::not_denied("run"),
            NewAssessment(Id::some(concat!($at, "trace_ids"))),
            Job(JobNeed::Models(concat!($at, "serialized_scorers"))),
            $($more),+
        ]
    };
}

/// A prompt is read and gets a better version, in a run, with stored scorers.
macro_rules! optimizes {
    ($experiment:literal, $prompt:literal, $dataset:literal, $scorers:literal, $config:literal) => {
        [
            Experiment(Update, Id::one($experiment)),
            Need::not_denied("run"),
            Need::not_denied("scorer_version"),
            Job(JobNeed::Prompt($prompt)),
            Dataset(DatasetNeed::Itself(Read, Id::maybe($dataset))),
            Scorer(ScorerNeed::Itself(
                NotDenied,
                Scorers { experiment: Id::one($experiment), names: Id::each($scorers) },
            )),
            Scorer(ScorerNeed::StoredModels {
                of: Scorers { experiment: Id::one($experiment), names: Id::each($scorers) },
                version: None,
            }),
            Job(JobNeed::Models($config)),
        ]
    };
}

const OPTIMIZE: &[Need] = &optimizes!(
    "experiment_id",
    "source_prompt_uri",
    "config.dataset_id",
    "config.scorers",
    "config.optimizer_config_json"
);

/// The same as a job that is submitted as such.
const OPTIMIZE_AS_JOB: &[Need] = &[
    Run(Update, Id::one("params.run_id")),
    All(&optimizes!(
        "params.experiment_id",
        "params.prompt_uri",
        "params.dataset_id",
        "params.scorer_names",
        "params.optimizer_config"
    )),
];

const RUN_SCORER_AS_JOB: &[Need] = submits_scorer!(
    "params.",
    When::TrueByDefault("params.log_assessments"),
    Need::not_denied("scorer_version"),
    Job(JobNeed::PlainScorers("params.serialized_scorer")),
    Job(JobNeed::Runner("params.username"))
);

const EVALUATE_AS_JOB: &[Need] = evaluates!(
    "params.",
    Need::not_denied("scorer_version"),
    Job(JobNeed::PlainScorers("params.serialized_scorers")),
    Run(Update, Id::one("params.run_id")),
    Job(JobNeed::Runner("params.username"))
);

const DETECT_AS_JOB: &[Need] = detects_issues!("params.", Run(Update, Id::one("params.run_id")));

/// A job is judged as the call that submits it for people. Those that the server starts by itself are for admins.
const SUBMIT: &[Need] = &[
    Job(JobNeed::Named(&["invoke_scorer", "invoke_genai_evaluate", "invoke_issue_detection", "optimize_prompts"])),
    If(When::Is("job_name", "invoke_scorer"), &All(RUN_SCORER_AS_JOB)),
    If(When::Is("job_name", "invoke_genai_evaluate"), &All(EVALUATE_AS_JOB)),
    If(When::Is("job_name", "invoke_issue_detection"), &All(DETECT_AS_JOB)),
    If(When::Is("job_name", "optimize_prompts"), &All(OPTIMIZE_AS_JOB)),
];

const ID: Id = Id::one("job_id");
const SEE: &[Need] = &[Job(JobNeed::Own(Read, ID))];
const CANCEL: &[Need] = &[Job(JobNeed::Own(Update, ID))];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/prompt-optimization/jobs")
        .under(Both)
        .takes(Message("CreatePromptOptimizationJob"))
        .needs(OPTIMIZE)
        .then(Effect::JobsSubmitted { ids: "job.job_id" }),
    Route::any(&["GET", "POST"], "/3.0/mlflow/prompt-optimization/jobs/search")
        .under(Both)
        .takes(Message("SearchPromptOptimizationJobs"))
        .needs(&[Experiment(Read, Id::one("experiment_id"))]),
    Route::get("/3.0/mlflow/prompt-optimization/jobs/{job_id}")
        .under(Both)
        .takes(Message("GetPromptOptimizationJob"))
        .needs(&[Job(JobNeed::Optimization(Read, ID))]),
    Route::post("/3.0/mlflow/prompt-optimization/jobs/{job_id}/cancel")
        .under(Both)
        .takes(Message("CancelPromptOptimizationJob"))
        .needs(&[Job(JobNeed::Optimization(Update, ID)), Need::not_denied("run")]),
    Route::delete("/3.0/mlflow/prompt-optimization/jobs/{job_id}")
        .under(Both)
        .takes(Message("DeletePromptOptimizationJob"))
        .needs(&[Job(JobNeed::Optimization(Delete, ID)), Need::not_denied("run")])
        .then(Effect::Deleted { kind: "job", id: "job_id" }),
    // It makes an experiment and prompts, for everybody.
    Route::post("/3.0/mlflow/demo/generate")
        .under(Ajax)
        .takes(Json(&["features"]))
        .needs(&[Need::create("experiment"), Need::create("prompt")]),
    Route::post("/3.0/mlflow/demo/delete").under(Ajax).takes(Json(&[])),
    Route::post("/3.0/mlflow/genai/evaluate/invoke")
        .under(Ajax)
        .takes(Json(&["experiment_id", "trace_ids", "serialized_scorers", "scorer_versions"]))
        .needs(evaluates!("", Scorer(ScorerNeed::Listed)))
        .then(Effect::JobsSubmitted { ids: "job_id" }),
    Route::patch("/3.0/mlflow/jobs/cancel/{job_id}").under(Ajax).takes(Json(&[])).needs(CANCEL),
    Route::get("/3.0/mlflow/jobs/{job_id}").under(Ajax).needs(SEE),
    Route::get("/3.0/jobs/{job_id}").under(Ajax).needs(SEE),
    Route::post("/3.0/jobs/")
        .under(Ajax)
        .takes(Json(&["job_name", "params", "timeout"]))
        .needs(SUBMIT)
        .then(Effect::JobsSubmitted { ids: "job_id" }),
    Route::patch("/3.0/jobs/cancel/{job_id}").under(Ajax).takes(Json(&[])).needs(CANCEL),
    Route::post("/3.0/jobs/search")
        .under(Ajax)
        .takes(Json(&["job_name", "params", "statuses"]))
        .open_to(SignedIn)
        .then(Effect::Filter { rows: "jobs", kind: RowKind::Job, page: Page::AsItIs }),
];

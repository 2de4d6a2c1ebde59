//! GraphQL. Both methods read the query from the body.

use crate::routes::Sees::{As, Readable, RowsOf};
use crate::routes::{Access, FieldRule, GraphQl, Route, RowKind, Takes::Json};

pub(super) static ROUTES: &[Route] = &[Route::any(&["GET", "POST"], "/graphql")
    .takes(Json(&["query", "variables", "operationName"]))
    .open_to(Access::GraphQl(&SERVICE))];

const EXPERIMENT: RowKind = RowKind::Resource { kind: "experiment", id: "experiment_id", name: "name" };

/// What MLflow serves there (`mlflow/server/graphql/graphql_schema_extensions.py`).
static SERVICE: GraphQl = GraphQl {
    schema: include_str!("graphql.graphql"),
    rules: &[
        FieldRule::of("Query", "mlflowGetExperiment", As("GET", "/api/2.0/mlflow/experiments/get")),
        FieldRule::of("Query", "mlflowGetRun", As("GET", "/api/2.0/mlflow/runs/get")),
        FieldRule::of("Query", "mlflowListArtifacts", As("GET", "/api/2.0/mlflow/artifacts/list")),
        FieldRule::of(
            "Query",
            "mlflowGetMetricHistoryBulkInterval",
            As("GET", "/api/2.0/mlflow/metrics/get-history-bulk-interval"),
        ),
        FieldRule::of("Query", "mlflowSearchModelVersions", As("GET", "/api/2.0/mlflow/model-versions/search")),
        FieldRule::of("Query", "mlflowSearchRuns", As("POST", "/api/2.0/mlflow/runs/search")),
        FieldRule::open("Query", "test"),
        FieldRule::of("Mutation", "mlflowSearchRuns", As("POST", "/api/2.0/mlflow/runs/search")),
        FieldRule::of(
            "Mutation",
            "mlflowSearchDatasets",
            As("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets"),
        ),
        FieldRule::open("Mutation", "testMutation"),
        FieldRule::of("MlflowRunExtension", "experiment", Readable(EXPERIMENT)),
        FieldRule::of("MlflowRunExtension", "modelVersions", RowsOf("GET", "/api/2.0/mlflow/model-versions/search")),
        // A number that is none becomes `null`; nothing else is looked up.
        FieldRule::open("MlflowMetricExtension", "value"),
    ],
    keys: &[("MlflowModelVersion", &["name"]), ("MlflowExperiment", &["experimentId", "name"])],
};

//! The messages of MLflow's REST API (3.17.2), made by `testdata/mlflow/dump_messages.py` from its
//! protobuf descriptors. Not to be edited by hand.

use crate::routes::message::{Enum as EnumType, Kind::*, Message as MessageType, many, of, one};

/// The messages of requests, by name.
pub(super) static REQUESTS: &[&MessageType] = &[
    &ABORT_MULTIPART_UPLOAD, &ADD_DATASET_TO_EXPERIMENTS, &ADD_GUARDRAIL_TO_ENDPOINT, &ADD_ITEMS_TO_REVIEW_QUEUE,
    &ATTACH_MODEL_TO_GATEWAY_ENDPOINT, &BATCH_GET_TRACE_INFOS, &BATCH_GET_TRACES, &CALCULATE_TRACE_FILTER_CORRELATION,
    &CANCEL_PROMPT_OPTIMIZATION_JOB, &COMPLETE_MULTIPART_UPLOAD, &CREATE_ASSESSMENT, &CREATE_DATASET,
    &CREATE_EXPERIMENT, &CREATE_GATEWAY_BUDGET_POLICY, &CREATE_GATEWAY_ENDPOINT, &CREATE_GATEWAY_ENDPOINT_BINDING,
    &CREATE_GATEWAY_GUARDRAIL, &CREATE_GATEWAY_MODEL_DEFINITION, &CREATE_GATEWAY_SECRET, &CREATE_ISSUE,
    &CREATE_LABEL_SCHEMA, &CREATE_LOGGED_MODEL, &CREATE_MODEL_VERSION, &CREATE_MULTIPART_UPLOAD,
    &CREATE_PRESIGNED_DOWNLOAD_URL, &CREATE_PRESIGNED_UPLOAD_URL, &CREATE_PROMPT_OPTIMIZATION_JOB,
    &CREATE_REGISTERED_MODEL, &CREATE_REVIEW_QUEUE, &CREATE_RUN, &CREATE_WEBHOOK, &CREATE_WORKSPACE, &DELETE_ARTIFACT,
    &DELETE_ASSESSMENT, &DELETE_DATASET, &DELETE_DATASET_RECORDS, &DELETE_DATASET_TAG, &DELETE_EXPERIMENT,
    &DELETE_EXPERIMENT_TAG, &DELETE_GATEWAY_BUDGET_POLICY, &DELETE_GATEWAY_ENDPOINT, &DELETE_GATEWAY_ENDPOINT_BINDING,
    &DELETE_GATEWAY_ENDPOINT_TAG, &DELETE_GATEWAY_GUARDRAIL, &DELETE_GATEWAY_MODEL_DEFINITION, &DELETE_GATEWAY_SECRET,
    &DELETE_LABEL_SCHEMA, &DELETE_LOGGED_MODEL, &DELETE_LOGGED_MODEL_TAG, &DELETE_MODEL_VERSION,
    &DELETE_MODEL_VERSION_TAG, &DELETE_PROMPT_OPTIMIZATION_JOB, &DELETE_REGISTERED_MODEL,
    &DELETE_REGISTERED_MODEL_ALIAS, &DELETE_REGISTERED_MODEL_TAG, &DELETE_REVIEW_QUEUE, &DELETE_RUN, &DELETE_SCORER,
    &DELETE_TAG, &DELETE_TRACE_TAG, &DELETE_TRACE_TAG_V3, &DELETE_TRACES, &DELETE_TRACES_V3, &DELETE_WEBHOOK,
    &DELETE_WORKSPACE, &DETACH_MODEL_FROM_GATEWAY_ENDPOINT, &DOWNLOAD_ARTIFACT, &END_TRACE, &FINALIZE_LOGGED_MODEL,
    &GET_ASSESSMENT_REQUEST, &GET_DATASET, &GET_DATASET_EXPERIMENT_IDS, &GET_DATASET_RECORDS, &GET_EXPERIMENT,
    &GET_EXPERIMENT_BY_NAME, &GET_GATEWAY_BUDGET_POLICY, &GET_GATEWAY_ENDPOINT, &GET_GATEWAY_GUARDRAIL,
    &GET_GATEWAY_MODEL_DEFINITION, &GET_GATEWAY_SECRET_INFO, &GET_ISSUE, &GET_LABEL_SCHEMA, &GET_LABEL_SCHEMA_BY_NAME,
    &GET_LATEST_VERSIONS, &GET_LOGGED_MODEL, &GET_METRIC_HISTORY, &GET_METRIC_HISTORY_BULK_INTERVAL,
    &GET_MODEL_VERSION, &GET_MODEL_VERSION_BY_ALIAS, &GET_MODEL_VERSION_DOWNLOAD_URI, &GET_ONLINE_TRACE_DETAILS,
    &GET_OR_CREATE_USER_QUEUE, &GET_PRESIGNED_DOWNLOAD_URL, &GET_PROMPT_OPTIMIZATION_JOB, &GET_REGISTERED_MODEL,
    &GET_REVIEW_QUEUE, &GET_REVIEW_QUEUE_BY_NAME, &GET_RUN, &GET_SCORER, &GET_TRACE, &GET_TRACE_INFO,
    &GET_TRACE_INFO_V3, &GET_WEBHOOK, &GET_WORKSPACE, &LINK_PROMPTS_TO_TRACE, &LINK_TRACES_TO_RUN, &LIST_ARTIFACTS,
    &LIST_ARTIFACTS_MLFLOW_ARTIFACTS, &LIST_ENDPOINT_GUARDRAIL_CONFIGS, &LIST_GATEWAY_BUDGET_POLICIES,
    &LIST_GATEWAY_BUDGET_WINDOWS, &LIST_GATEWAY_ENDPOINT_BINDINGS, &LIST_GATEWAY_ENDPOINTS, &LIST_GATEWAY_GUARDRAILS,
    &LIST_GATEWAY_MODEL_DEFINITIONS, &LIST_GATEWAY_SECRET_INFOS, &LIST_LABEL_SCHEMAS, &LIST_LOGGED_MODEL_ARTIFACTS,
    &LIST_REVIEW_QUEUE_ITEMS, &LIST_REVIEW_QUEUES, &LIST_SCORER_VERSIONS, &LIST_SCORERS, &LIST_WEBHOOKS,
    &LIST_WORKSPACES, &LOG_BATCH, &LOG_INPUTS, &LOG_LOGGED_MODEL_PARAMS_REQUEST, &LOG_METRIC, &LOG_MODEL,
    &LOG_OUTPUTS, &LOG_PARAM, &QUERY_TRACE_METRICS, &REGISTER_SCORER, &REMOVE_DATASET_FROM_EXPERIMENTS,
    &REMOVE_GUARDRAIL_FROM_ENDPOINT, &REMOVE_ITEMS_FROM_REVIEW_QUEUE, &RENAME_REGISTERED_MODEL, &RESTORE_EXPERIMENT,
    &RESTORE_RUN, &SEARCH_DATASETS, &SEARCH_EVALUATION_DATASETS, &SEARCH_EXPERIMENTS, &SEARCH_ISSUES,
    &SEARCH_LOGGED_MODELS, &SEARCH_MODEL_VERSIONS, &SEARCH_PROMPT_OPTIMIZATION_JOBS, &SEARCH_REGISTERED_MODELS,
    &SEARCH_RUNS, &SEARCH_TRACES, &SEARCH_TRACES_V3, &SEARCH_UNIFIED_TRACES, &SET_DATASET_TAGS, &SET_EXPERIMENT_TAG,
    &SET_GATEWAY_ENDPOINT_TAG, &SET_LOGGED_MODEL_TAGS, &SET_MODEL_VERSION_TAG, &SET_REGISTERED_MODEL_ALIAS,
    &SET_REGISTERED_MODEL_TAG, &SET_REVIEW_QUEUE_ITEM_STATUS, &SET_TAG, &SET_TRACE_TAG, &SET_TRACE_TAG_V3,
    &START_TRACE, &START_TRACE_V3, &TEST_WEBHOOK, &TRANSITION_MODEL_VERSION_STAGE, &UPDATE_ASSESSMENT,
    &UPDATE_ENDPOINT_GUARDRAIL_CONFIG, &UPDATE_EXPERIMENT, &UPDATE_GATEWAY_BUDGET_POLICY, &UPDATE_GATEWAY_ENDPOINT,
    &UPDATE_GATEWAY_MODEL_DEFINITION, &UPDATE_GATEWAY_SECRET, &UPDATE_ISSUE, &UPDATE_LABEL_SCHEMA,
    &UPDATE_MODEL_VERSION, &UPDATE_REGISTERED_MODEL, &UPDATE_REVIEW_QUEUE, &UPDATE_RUN, &UPDATE_WEBHOOK,
    &UPDATE_WORKSPACE, &UPLOAD_ARTIFACT, &UPSERT_DATASET_RECORDS,
];

static ABORT_MULTIPART_UPLOAD: MessageType = MessageType { name: "AbortMultipartUpload", fields: &[
    one("path", String), one("upload_id", String),
]};

static ADD_DATASET_TO_EXPERIMENTS: MessageType = MessageType { name: "AddDatasetToExperiments", fields: &[
    one("dataset_id", String), many("experiment_ids", String),
]};

static ADD_GUARDRAIL_TO_ENDPOINT: MessageType = MessageType { name: "AddGuardrailToEndpoint", fields: &[
    one("endpoint_id", String), one("guardrail_id", String), one("execution_order", Int64),
]};

static ADD_ITEMS_TO_REVIEW_QUEUE: MessageType = MessageType { name: "AddItemsToReviewQueue", fields: &[
    one("queue_id", String), one("item_type", Enum(&REVIEW_ITEM_TYPE)), many("item_ids", String),
]};

static ASSESSMENT: MessageType = MessageType { name: "Assessment", fields: &[
    one("assessment_id", String), one("assessment_name", String), one("trace_id", String), one("span_id", String),
    one("source", Message(&ASSESSMENT_SOURCE)), one("create_time", Timestamp), one("last_update_time", Timestamp),
    of("value", "feedback", Message(&FEEDBACK)), of("value", "expectation", Message(&EXPECTATION)),
    of("value", "issue", Message(&ISSUE_REFERENCE)), one("rationale", String),
    one("error", Message(&ASSESSMENT_ERROR)), one("metadata", Map(&String)), one("overrides", String),
    one("valid", Bool),
]};

static ASSESSMENT_ERROR: MessageType = MessageType { name: "AssessmentError", fields: &[
    one("error_code", String), one("error_message", String), one("stack_trace", String),
]};

static ASSESSMENT_SOURCE: MessageType = MessageType { name: "AssessmentSource", fields: &[
    one("source_type", Enum(&ASSESSMENT_SOURCE_SOURCE_TYPE)), one("source_id", String),
]};

static ATTACH_MODEL_TO_GATEWAY_ENDPOINT: MessageType = MessageType { name: "AttachModelToGatewayEndpoint", fields: &[
    one("endpoint_id", String), one("model_config", Message(&GATEWAY_ENDPOINT_MODEL_CONFIG)),
    one("created_by", String),
]};

static BATCH_GET_TRACES: MessageType = MessageType { name: "BatchGetTraces", fields: &[
    many("trace_ids", String), many("experiment_ids", String),
]};

static BATCH_GET_TRACE_INFOS: MessageType = MessageType { name: "BatchGetTraceInfos", fields: &[
    many("trace_ids", String), many("experiment_ids", String),
]};

static BUDGET_DURATION: MessageType = MessageType { name: "BudgetDuration", fields: &[
    one("unit", Enum(&BUDGET_DURATION_UNIT)), one("value", Int32),
]};

static CALCULATE_TRACE_FILTER_CORRELATION: MessageType = MessageType { name: "CalculateTraceFilterCorrelation", fields: &[
    many("experiment_ids", String), one("filter_string1", String), one("filter_string2", String),
    one("base_filter", String),
]};

static CANCEL_PROMPT_OPTIMIZATION_JOB: MessageType = MessageType { name: "CancelPromptOptimizationJob", fields: &[
    one("job_id", String),
]};

static COMPLETE_MULTIPART_UPLOAD: MessageType = MessageType { name: "CompleteMultipartUpload", fields: &[
    one("path", String), one("upload_id", String), many("parts", Message(&MULTIPART_UPLOAD_PART)),
]};

static CREATE_ASSESSMENT: MessageType = MessageType { name: "CreateAssessment", fields: &[
    one("assessment", Message(&ASSESSMENT)),
]};

static CREATE_DATASET: MessageType = MessageType { name: "CreateDataset", fields: &[
    one("name", String), many("experiment_ids", String), one("source_type", Enum(&DATASET_RECORD_SOURCE_SOURCE_TYPE)),
    one("source", String), one("schema", String), one("profile", String), one("created_by", String),
    one("tags", String),
]};

static CREATE_EXPERIMENT: MessageType = MessageType { name: "CreateExperiment", fields: &[
    one("name", String), one("artifact_location", String), many("tags", Message(&EXPERIMENT_TAG)),
]};

static CREATE_GATEWAY_BUDGET_POLICY: MessageType = MessageType { name: "CreateGatewayBudgetPolicy", fields: &[
    one("budget_unit", Enum(&BUDGET_UNIT)), one("budget_amount", Double), one("duration", Message(&BUDGET_DURATION)),
    one("target_scope", Enum(&BUDGET_TARGET_SCOPE)), one("budget_action", Enum(&BUDGET_ACTION)),
    one("created_by", String), one("target_value", String),
]};

static CREATE_GATEWAY_ENDPOINT: MessageType = MessageType { name: "CreateGatewayEndpoint", fields: &[
    one("name", String), many("model_configs", Message(&GATEWAY_ENDPOINT_MODEL_CONFIG)), one("created_by", String),
    one("routing_strategy", Enum(&ROUTING_STRATEGY)), one("fallback_config", Message(&FALLBACK_CONFIG)),
    one("experiment_id", String), one("usage_tracking", Bool),
]};

static CREATE_GATEWAY_ENDPOINT_BINDING: MessageType = MessageType { name: "CreateGatewayEndpointBinding", fields: &[
    one("endpoint_id", String), one("resource_type", String), one("resource_id", String), one("created_by", String),
]};

static CREATE_GATEWAY_GUARDRAIL: MessageType = MessageType { name: "CreateGatewayGuardrail", fields: &[
    one("name", String), one("scorer_id", String), one("scorer_version", Int64), one("stage", Enum(&GUARDRAIL_STAGE)),
    one("action", Enum(&GUARDRAIL_ACTION)), one("action_endpoint_id", String),
]};

static CREATE_GATEWAY_MODEL_DEFINITION: MessageType = MessageType { name: "CreateGatewayModelDefinition", fields: &[
    one("name", String), one("secret_id", String), one("provider", String), one("model_name", String),
    one("created_by", String),
]};

static CREATE_GATEWAY_SECRET: MessageType = MessageType { name: "CreateGatewaySecret", fields: &[
    one("secret_name", String), one("secret_value", Map(&String)), one("provider", String),
    one("auth_config", Map(&String)), one("created_by", String),
]};

static CREATE_ISSUE: MessageType = MessageType { name: "CreateIssue", fields: &[
    one("experiment_id", String), one("name", String), one("description", String), one("status", String),
    one("severity", String), many("root_causes", String), one("source_run_id", String), one("created_by", String),
    many("categories", String),
]};

static CREATE_LABEL_SCHEMA: MessageType = MessageType { name: "CreateLabelSchema", fields: &[
    one("experiment_id", String), one("name", String), one("type", Enum(&LABEL_SCHEMA_TYPE)),
    one("input", Message(&LABEL_SCHEMA_INPUT)), one("instruction", String), one("enable_comment", Bool),
]};

static CREATE_LOGGED_MODEL: MessageType = MessageType { name: "CreateLoggedModel", fields: &[
    one("experiment_id", String), one("name", String), one("model_type", String), one("source_run_id", String),
    many("params", Message(&LOGGED_MODEL_PARAMETER)), many("tags", Message(&LOGGED_MODEL_TAG)),
]};

static CREATE_MODEL_VERSION: MessageType = MessageType { name: "CreateModelVersion", fields: &[
    one("name", String), one("source", String), one("run_id", String), many("tags", Message(&MODEL_VERSION_TAG)),
    one("run_link", String), one("description", String), one("model_id", String),
]};

static CREATE_MULTIPART_UPLOAD: MessageType = MessageType { name: "CreateMultipartUpload", fields: &[
    one("path", String), one("num_parts", Int64),
]};

static CREATE_PRESIGNED_DOWNLOAD_URL: MessageType = MessageType { name: "CreatePresignedDownloadUrl", fields: &[
    one("run_id", String), one("path", String), one("expiration", Int64),
]};

static CREATE_PRESIGNED_UPLOAD_URL: MessageType = MessageType { name: "CreatePresignedUploadUrl", fields: &[
    one("run_id", String), one("path", String), one("expiration", Int64), one("model_id", String),
]};

static CREATE_PROMPT_OPTIMIZATION_JOB: MessageType = MessageType { name: "CreatePromptOptimizationJob", fields: &[
    one("experiment_id", String), one("source_prompt_uri", String),
    one("config", Message(&PROMPT_OPTIMIZATION_JOB_CONFIG)), many("tags", Message(&PROMPT_OPTIMIZATION_JOB_TAG)),
]};

static CREATE_REGISTERED_MODEL: MessageType = MessageType { name: "CreateRegisteredModel", fields: &[
    one("name", String), many("tags", Message(&REGISTERED_MODEL_TAG)), one("description", String),
    one("deployment_job_id", String),
]};

static CREATE_REVIEW_QUEUE: MessageType = MessageType { name: "CreateReviewQueue", fields: &[
    one("experiment_id", String), one("name", String), one("queue_type", Enum(&REVIEW_QUEUE_TYPE)),
    one("created_by", String), many("users", String), many("schema_ids", String),
]};

static CREATE_RUN: MessageType = MessageType { name: "CreateRun", fields: &[
    one("experiment_id", String), one("user_id", String), one("run_name", String), one("start_time", Int64),
    many("tags", Message(&RUN_TAG)),
]};

static CREATE_WEBHOOK: MessageType = MessageType { name: "CreateWebhook", fields: &[
    one("name", String), one("description", String), one("url", String), many("events", Message(&WEBHOOK_EVENT)),
    one("secret", String), one("status", Enum(&WEBHOOK_STATUS)),
]};

static CREATE_WORKSPACE: MessageType = MessageType { name: "CreateWorkspace", fields: &[
    one("name", String), one("description", String), one("default_artifact_root", String),
    one("trace_archival_config", Message(&TRACE_ARCHIVAL_CONFIG)),
]};

static DATASET: MessageType = MessageType { name: "Dataset", fields: &[
    one("name", String), one("digest", String), one("source_type", String), one("source", String),
    one("schema", String), one("profile", String),
]};

static DATASET_INPUT: MessageType = MessageType { name: "DatasetInput", fields: &[
    many("tags", Message(&INPUT_TAG)), one("dataset", Message(&DATASET)),
]};

static DELETE_ARTIFACT: MessageType = MessageType { name: "DeleteArtifact", fields: &[
]};

static DELETE_ASSESSMENT: MessageType = MessageType { name: "DeleteAssessment", fields: &[
    one("trace_id", String), one("assessment_id", String),
]};

static DELETE_DATASET: MessageType = MessageType { name: "DeleteDataset", fields: &[
    one("dataset_id", String),
]};

static DELETE_DATASET_RECORDS: MessageType = MessageType { name: "DeleteDatasetRecords", fields: &[
    one("dataset_id", String), many("dataset_record_ids", String),
]};

static DELETE_DATASET_TAG: MessageType = MessageType { name: "DeleteDatasetTag", fields: &[
    one("dataset_id", String), one("key", String),
]};

static DELETE_EXPERIMENT: MessageType = MessageType { name: "DeleteExperiment", fields: &[
    one("experiment_id", String),
]};

static DELETE_EXPERIMENT_TAG: MessageType = MessageType { name: "DeleteExperimentTag", fields: &[
    one("experiment_id", String), one("key", String),
]};

static DELETE_GATEWAY_BUDGET_POLICY: MessageType = MessageType { name: "DeleteGatewayBudgetPolicy", fields: &[
    one("budget_policy_id", String),
]};

static DELETE_GATEWAY_ENDPOINT: MessageType = MessageType { name: "DeleteGatewayEndpoint", fields: &[
    one("endpoint_id", String),
]};

static DELETE_GATEWAY_ENDPOINT_BINDING: MessageType = MessageType { name: "DeleteGatewayEndpointBinding", fields: &[
    one("endpoint_id", String), one("resource_type", String), one("resource_id", String),
]};

static DELETE_GATEWAY_ENDPOINT_TAG: MessageType = MessageType { name: "DeleteGatewayEndpointTag", fields: &[
    one("endpoint_id", String), one("key", String),
]};

static DELETE_GATEWAY_GUARDRAIL: MessageType = MessageType { name: "DeleteGatewayGuardrail", fields: &[
    one("guardrail_id", String),
]};

static DELETE_GATEWAY_MODEL_DEFINITION: MessageType = MessageType { name: "DeleteGatewayModelDefinition", fields: &[
    one("model_definition_id", String),
]};

static DELETE_GATEWAY_SECRET: MessageType = MessageType { name: "DeleteGatewaySecret", fields: &[
    one("secret_id", String),
]};

static DELETE_LABEL_SCHEMA: MessageType = MessageType { name: "DeleteLabelSchema", fields: &[
    one("schema_id", String),
]};

static DELETE_LOGGED_MODEL: MessageType = MessageType { name: "DeleteLoggedModel", fields: &[
    one("model_id", String),
]};

static DELETE_LOGGED_MODEL_TAG: MessageType = MessageType { name: "DeleteLoggedModelTag", fields: &[
    one("model_id", String), one("tag_key", String),
]};

static DELETE_MODEL_VERSION: MessageType = MessageType { name: "DeleteModelVersion", fields: &[
    one("name", String), one("version", String),
]};

static DELETE_MODEL_VERSION_TAG: MessageType = MessageType { name: "DeleteModelVersionTag", fields: &[
    one("name", String), one("version", String), one("key", String),
]};

static DELETE_PROMPT_OPTIMIZATION_JOB: MessageType = MessageType { name: "DeletePromptOptimizationJob", fields: &[
    one("job_id", String),
]};

static DELETE_REGISTERED_MODEL: MessageType = MessageType { name: "DeleteRegisteredModel", fields: &[
    one("name", String),
]};

static DELETE_REGISTERED_MODEL_ALIAS: MessageType = MessageType { name: "DeleteRegisteredModelAlias", fields: &[
    one("name", String), one("alias", String),
]};

static DELETE_REGISTERED_MODEL_TAG: MessageType = MessageType { name: "DeleteRegisteredModelTag", fields: &[
    one("name", String), one("key", String),
]};

static DELETE_REVIEW_QUEUE: MessageType = MessageType { name: "DeleteReviewQueue", fields: &[
    one("queue_id", String),
]};

static DELETE_RUN: MessageType = MessageType { name: "DeleteRun", fields: &[
    one("run_id", String),
]};

static DELETE_SCORER: MessageType = MessageType { name: "DeleteScorer", fields: &[
    one("experiment_id", String), one("name", String), one("version", Int32),
]};

static DELETE_TAG: MessageType = MessageType { name: "DeleteTag", fields: &[
    one("run_id", String), one("key", String),
]};

static DELETE_TRACES: MessageType = MessageType { name: "DeleteTraces", fields: &[
    one("experiment_id", String), one("max_timestamp_millis", Int64), one("max_traces", Int32),
    many("request_ids", String),
]};

static DELETE_TRACES_V3: MessageType = MessageType { name: "DeleteTracesV3", fields: &[
    one("experiment_id", String), one("max_timestamp_millis", Int64), one("max_traces", Int32),
    many("request_ids", String),
]};

static DELETE_TRACE_TAG: MessageType = MessageType { name: "DeleteTraceTag", fields: &[
    one("request_id", String), one("key", String),
]};

static DELETE_TRACE_TAG_V3: MessageType = MessageType { name: "DeleteTraceTagV3", fields: &[
    one("trace_id", String), one("key", String),
]};

static DELETE_WEBHOOK: MessageType = MessageType { name: "DeleteWebhook", fields: &[
    one("webhook_id", String),
]};

static DELETE_WORKSPACE: MessageType = MessageType { name: "DeleteWorkspace", fields: &[
    one("workspace_name", String),
]};

static DETACH_MODEL_FROM_GATEWAY_ENDPOINT: MessageType = MessageType { name: "DetachModelFromGatewayEndpoint", fields: &[
    one("endpoint_id", String), one("model_definition_id", String),
]};

static DOWNLOAD_ARTIFACT: MessageType = MessageType { name: "DownloadArtifact", fields: &[
]};

static END_TRACE: MessageType = MessageType { name: "EndTrace", fields: &[
    one("request_id", String), one("timestamp_ms", Int64), one("status", Enum(&TRACE_STATUS)),
    many("request_metadata", Message(&TRACE_REQUEST_METADATA)), many("tags", Message(&TRACE_TAG)),
]};

static EXPECTATION: MessageType = MessageType { name: "Expectation", fields: &[
    one("value", Value), one("serialized_value", Message(&EXPECTATION_SERIALIZED_VALUE)),
]};

static EXPECTATION_SERIALIZED_VALUE: MessageType = MessageType { name: "Expectation.SerializedValue", fields: &[
    one("serialization_format", String), one("value", String),
]};

static EXPERIMENT_TAG: MessageType = MessageType { name: "ExperimentTag", fields: &[
    one("key", String), one("value", String),
]};

static FALLBACK_CONFIG: MessageType = MessageType { name: "FallbackConfig", fields: &[
    one("strategy", Enum(&FALLBACK_STRATEGY)), one("max_attempts", Int32),
]};

static FEEDBACK: MessageType = MessageType { name: "Feedback", fields: &[
    one("value", Value), one("error", Message(&ASSESSMENT_ERROR)),
]};

static FINALIZE_LOGGED_MODEL: MessageType = MessageType { name: "FinalizeLoggedModel", fields: &[
    one("model_id", String), one("status", Enum(&LOGGED_MODEL_STATUS)),
]};

static GATEWAY_ENDPOINT_MODEL_CONFIG: MessageType = MessageType { name: "GatewayEndpointModelConfig", fields: &[
    one("model_definition_id", String), one("linkage_type", Enum(&GATEWAY_MODEL_LINKAGE_TYPE)), one("weight", Float),
    one("fallback_order", Int32),
]};

static GET_ASSESSMENT_REQUEST: MessageType = MessageType { name: "GetAssessmentRequest", fields: &[
    one("trace_id", String), one("assessment_id", String),
]};

static GET_DATASET: MessageType = MessageType { name: "GetDataset", fields: &[
    one("dataset_id", String), one("page_token", String),
]};

static GET_DATASET_EXPERIMENT_IDS: MessageType = MessageType { name: "GetDatasetExperimentIds", fields: &[
    one("dataset_id", String),
]};

static GET_DATASET_RECORDS: MessageType = MessageType { name: "GetDatasetRecords", fields: &[
    one("dataset_id", String), one("max_results", Int32), one("page_token", String),
]};

static GET_EXPERIMENT: MessageType = MessageType { name: "GetExperiment", fields: &[
    one("experiment_id", String),
]};

static GET_EXPERIMENT_BY_NAME: MessageType = MessageType { name: "GetExperimentByName", fields: &[
    one("experiment_name", String),
]};

static GET_GATEWAY_BUDGET_POLICY: MessageType = MessageType { name: "GetGatewayBudgetPolicy", fields: &[
    one("budget_policy_id", String),
]};

static GET_GATEWAY_ENDPOINT: MessageType = MessageType { name: "GetGatewayEndpoint", fields: &[
    one("endpoint_id", String), one("name", String),
]};

static GET_GATEWAY_GUARDRAIL: MessageType = MessageType { name: "GetGatewayGuardrail", fields: &[
    one("guardrail_id", String),
]};

static GET_GATEWAY_MODEL_DEFINITION: MessageType = MessageType { name: "GetGatewayModelDefinition", fields: &[
    one("model_definition_id", String),
]};

static GET_GATEWAY_SECRET_INFO: MessageType = MessageType { name: "GetGatewaySecretInfo", fields: &[
    one("secret_id", String), one("secret_name", String),
]};

static GET_ISSUE: MessageType = MessageType { name: "GetIssue", fields: &[
    one("issue_id", String),
]};

static GET_LABEL_SCHEMA: MessageType = MessageType { name: "GetLabelSchema", fields: &[
    one("schema_id", String),
]};

static GET_LABEL_SCHEMA_BY_NAME: MessageType = MessageType { name: "GetLabelSchemaByName", fields: &[
    one("experiment_id", String), one("name", String),
]};

static GET_LATEST_VERSIONS: MessageType = MessageType { name: "GetLatestVersions", fields: &[
    one("name", String), many("stages", String),
]};

static GET_LOGGED_MODEL: MessageType = MessageType { name: "GetLoggedModel", fields: &[
    one("model_id", String),
]};

static GET_METRIC_HISTORY: MessageType = MessageType { name: "GetMetricHistory", fields: &[
    one("run_id", String), one("run_uuid", String), one("metric_key", String), one("page_token", String),
    one("max_results", Int32),
]};

static GET_METRIC_HISTORY_BULK_INTERVAL: MessageType = MessageType { name: "GetMetricHistoryBulkInterval", fields: &[
    many("run_ids", String), one("metric_key", String), one("start_step", Int32), one("end_step", Int32),
    one("max_results", Int32),
]};

static GET_MODEL_VERSION: MessageType = MessageType { name: "GetModelVersion", fields: &[
    one("name", String), one("version", String),
]};

static GET_MODEL_VERSION_BY_ALIAS: MessageType = MessageType { name: "GetModelVersionByAlias", fields: &[
    one("name", String), one("alias", String),
]};

static GET_MODEL_VERSION_DOWNLOAD_URI: MessageType = MessageType { name: "GetModelVersionDownloadUri", fields: &[
    one("name", String), one("version", String),
]};

static GET_ONLINE_TRACE_DETAILS: MessageType = MessageType { name: "GetOnlineTraceDetails", fields: &[
    one("trace_id", String), one("sql_warehouse_id", String), one("source_inference_table", String),
    one("source_databricks_request_id", String),
]};

static GET_OR_CREATE_USER_QUEUE: MessageType = MessageType { name: "GetOrCreateUserQueue", fields: &[
    one("experiment_id", String), one("user", String), one("created_by", String),
]};

static GET_PRESIGNED_DOWNLOAD_URL: MessageType = MessageType { name: "GetPresignedDownloadUrl", fields: &[
]};

static GET_PROMPT_OPTIMIZATION_JOB: MessageType = MessageType { name: "GetPromptOptimizationJob", fields: &[
    one("job_id", String),
]};

static GET_REGISTERED_MODEL: MessageType = MessageType { name: "GetRegisteredModel", fields: &[
    one("name", String),
]};

static GET_REVIEW_QUEUE: MessageType = MessageType { name: "GetReviewQueue", fields: &[
    one("queue_id", String),
]};

static GET_REVIEW_QUEUE_BY_NAME: MessageType = MessageType { name: "GetReviewQueueByName", fields: &[
    one("experiment_id", String), one("name", String),
]};

static GET_RUN: MessageType = MessageType { name: "GetRun", fields: &[
    one("run_id", String), one("run_uuid", String),
]};

static GET_SCORER: MessageType = MessageType { name: "GetScorer", fields: &[
    one("experiment_id", String), one("name", String), one("version", Int32),
]};

static GET_TRACE: MessageType = MessageType { name: "GetTrace", fields: &[
    one("trace_id", String), one("allow_partial", Bool),
]};

static GET_TRACE_INFO: MessageType = MessageType { name: "GetTraceInfo", fields: &[
    one("request_id", String),
]};

static GET_TRACE_INFO_V3: MessageType = MessageType { name: "GetTraceInfoV3", fields: &[
    one("trace_id", String),
]};

static GET_WEBHOOK: MessageType = MessageType { name: "GetWebhook", fields: &[
    one("webhook_id", String),
]};

static GET_WORKSPACE: MessageType = MessageType { name: "GetWorkspace", fields: &[
    one("workspace_name", String),
]};

static INPUT_CATEGORICAL: MessageType = MessageType { name: "InputCategorical", fields: &[
    many("options", String), one("multi_select", Bool),
]};

static INPUT_NUMERIC: MessageType = MessageType { name: "InputNumeric", fields: &[
    one("min_value", Double), one("max_value", Double),
]};

static INPUT_PASS_FAIL: MessageType = MessageType { name: "InputPassFail", fields: &[
    one("positive_label", String), one("negative_label", String),
]};

static INPUT_TAG: MessageType = MessageType { name: "InputTag", fields: &[
    one("key", String), one("value", String),
]};

static INPUT_TEXT: MessageType = MessageType { name: "InputText", fields: &[
    one("max_length", Int64),
]};

static ISSUE_REFERENCE: MessageType = MessageType { name: "IssueReference", fields: &[
    one("issue_name", String),
]};

static LABEL_SCHEMA_INPUT: MessageType = MessageType { name: "LabelSchemaInput", fields: &[
    of("input", "pass_fail", Message(&INPUT_PASS_FAIL)), of("input", "categorical", Message(&INPUT_CATEGORICAL)),
    of("input", "numeric", Message(&INPUT_NUMERIC)), of("input", "text", Message(&INPUT_TEXT)),
]};

static LINK_PROMPTS_TO_TRACE: MessageType = MessageType { name: "LinkPromptsToTrace", fields: &[
    one("trace_id", String), many("prompt_versions", Message(&LINK_PROMPTS_TO_TRACE_PROMPT_VERSION_REF)),
]};

static LINK_PROMPTS_TO_TRACE_PROMPT_VERSION_REF: MessageType = MessageType { name: "LinkPromptsToTrace.PromptVersionRef", fields: &[
    one("name", String), one("version", String),
]};

static LINK_TRACES_TO_RUN: MessageType = MessageType { name: "LinkTracesToRun", fields: &[
    many("trace_ids", String), one("run_id", String),
]};

static LIST_ARTIFACTS: MessageType = MessageType { name: "ListArtifacts", fields: &[
    one("run_id", String), one("run_uuid", String), one("path", String), one("page_token", String),
]};

static LIST_ARTIFACTS_MLFLOW_ARTIFACTS: MessageType = MessageType { name: "ListArtifactsMlflowArtifacts", fields: &[
    one("path", String),
]};

static LIST_ENDPOINT_GUARDRAIL_CONFIGS: MessageType = MessageType { name: "ListEndpointGuardrailConfigs", fields: &[
    one("endpoint_id", String),
]};

static LIST_GATEWAY_BUDGET_POLICIES: MessageType = MessageType { name: "ListGatewayBudgetPolicies", fields: &[
    one("max_results", Int64), one("page_token", String),
]};

static LIST_GATEWAY_BUDGET_WINDOWS: MessageType = MessageType { name: "ListGatewayBudgetWindows", fields: &[
]};

static LIST_GATEWAY_ENDPOINTS: MessageType = MessageType { name: "ListGatewayEndpoints", fields: &[
    one("provider", String), one("secret_id", String),
]};

static LIST_GATEWAY_ENDPOINT_BINDINGS: MessageType = MessageType { name: "ListGatewayEndpointBindings", fields: &[
    one("endpoint_id", String), one("resource_type", String), one("resource_id", String),
]};

static LIST_GATEWAY_GUARDRAILS: MessageType = MessageType { name: "ListGatewayGuardrails", fields: &[
    one("max_results", Int64), one("page_token", String),
]};

static LIST_GATEWAY_MODEL_DEFINITIONS: MessageType = MessageType { name: "ListGatewayModelDefinitions", fields: &[
    one("provider", String), one("secret_id", String),
]};

static LIST_GATEWAY_SECRET_INFOS: MessageType = MessageType { name: "ListGatewaySecretInfos", fields: &[
    one("provider", String),
]};

static LIST_LABEL_SCHEMAS: MessageType = MessageType { name: "ListLabelSchemas", fields: &[
    one("experiment_id", String), one("max_results", Int32), one("page_token", String),
]};

static LIST_LOGGED_MODEL_ARTIFACTS: MessageType = MessageType { name: "ListLoggedModelArtifacts", fields: &[
    one("model_id", String), one("artifact_directory_path", String), one("page_token", String),
]};

static LIST_REVIEW_QUEUES: MessageType = MessageType { name: "ListReviewQueues", fields: &[
    one("experiment_id", String), one("user", String), one("max_results", Int32), one("page_token", String),
    one("item_id", String),
]};

static LIST_REVIEW_QUEUE_ITEMS: MessageType = MessageType { name: "ListReviewQueueItems", fields: &[
    one("queue_id", String), one("status", Enum(&REVIEW_STATUS)), one("max_results", Int32),
    one("page_token", String),
]};

static LIST_SCORERS: MessageType = MessageType { name: "ListScorers", fields: &[
    one("experiment_id", String), many("experiment_ids", String),
]};

static LIST_SCORER_VERSIONS: MessageType = MessageType { name: "ListScorerVersions", fields: &[
    one("experiment_id", String), one("name", String),
]};

static LIST_WEBHOOKS: MessageType = MessageType { name: "ListWebhooks", fields: &[
    one("max_results", Int32), one("page_token", String),
]};

static LIST_WORKSPACES: MessageType = MessageType { name: "ListWorkspaces", fields: &[
]};

static LOGGED_MODEL_PARAMETER: MessageType = MessageType { name: "LoggedModelParameter", fields: &[
    one("key", String), one("value", String),
]};

static LOGGED_MODEL_TAG: MessageType = MessageType { name: "LoggedModelTag", fields: &[
    one("key", String), one("value", String),
]};

static LOG_BATCH: MessageType = MessageType { name: "LogBatch", fields: &[
    one("run_id", String), many("metrics", Message(&METRIC)), many("params", Message(&PARAM)),
    many("tags", Message(&RUN_TAG)),
]};

static LOG_INPUTS: MessageType = MessageType { name: "LogInputs", fields: &[
    one("run_id", String), many("datasets", Message(&DATASET_INPUT)), many("models", Message(&MODEL_INPUT)),
]};

static LOG_LOGGED_MODEL_PARAMS_REQUEST: MessageType = MessageType { name: "LogLoggedModelParamsRequest", fields: &[
    one("model_id", String), many("params", Message(&LOGGED_MODEL_PARAMETER)),
]};

static LOG_METRIC: MessageType = MessageType { name: "LogMetric", fields: &[
    one("run_id", String), one("run_uuid", String), one("key", String), one("value", Double), one("timestamp", Int64),
    one("step", Int64), one("model_id", String), one("dataset_name", String), one("dataset_digest", String),
]};

static LOG_MODEL: MessageType = MessageType { name: "LogModel", fields: &[
    one("run_id", String), one("model_json", String),
]};

static LOG_OUTPUTS: MessageType = MessageType { name: "LogOutputs", fields: &[
    one("run_id", String), many("models", Message(&MODEL_OUTPUT)),
]};

static LOG_PARAM: MessageType = MessageType { name: "LogParam", fields: &[
    one("run_id", String), one("run_uuid", String), one("key", String), one("value", String),
]};

static METRIC: MessageType = MessageType { name: "Metric", fields: &[
    one("key", String), one("value", Double), one("timestamp", Int64), one("step", Int64),
    one("dataset_name", String), one("dataset_digest", String), one("model_id", String), one("run_id", String),
]};

static METRIC_AGGREGATION: MessageType = MessageType { name: "MetricAggregation", fields: &[
    one("aggregation_type", Enum(&AGGREGATION_TYPE)), one("percentile_value", Double),
]};

static MODEL_INPUT: MessageType = MessageType { name: "ModelInput", fields: &[
    one("model_id", String),
]};

static MODEL_OUTPUT: MessageType = MessageType { name: "ModelOutput", fields: &[
    one("model_id", String), one("step", Int64),
]};

static MODEL_VERSION_TAG: MessageType = MessageType { name: "ModelVersionTag", fields: &[
    one("key", String), one("value", String),
]};

static MULTIPART_UPLOAD_PART: MessageType = MessageType { name: "MultipartUploadPart", fields: &[
    one("part_number", Int64), one("etag", String), one("url", String),
]};

static OTEL_ANY_VALUE: MessageType = MessageType { name: "AnyValue", fields: &[
    of("value", "string_value", String), of("value", "bool_value", Bool), of("value", "int_value", Int64),
    of("value", "double_value", Double), of("value", "array_value", Message(&OTEL_ARRAY_VALUE)),
    of("value", "kvlist_value", Message(&OTEL_KEY_VALUE_LIST)), of("value", "bytes_value", Bytes),
    of("value", "string_value_strindex", Int32),
]};

static OTEL_ARRAY_VALUE: MessageType = MessageType { name: "ArrayValue", fields: &[
    many("values", Message(&OTEL_ANY_VALUE)),
]};

static OTEL_KEY_VALUE: MessageType = MessageType { name: "KeyValue", fields: &[
    one("key", String), one("value", Message(&OTEL_ANY_VALUE)), one("key_strindex", Int32),
]};

static OTEL_KEY_VALUE_LIST: MessageType = MessageType { name: "KeyValueList", fields: &[
    many("values", Message(&OTEL_KEY_VALUE)),
]};

static OTEL_SPAN: MessageType = MessageType { name: "Span", fields: &[
    one("trace_id", Bytes), one("span_id", Bytes), one("trace_state", String), one("parent_span_id", Bytes),
    one("flags", Uint32), one("name", String), one("kind", Enum(&OTEL_SPAN_SPAN_KIND)),
    one("start_time_unix_nano", Uint64), one("end_time_unix_nano", Uint64),
    many("attributes", Message(&OTEL_KEY_VALUE)), one("dropped_attributes_count", Uint32),
    many("events", Message(&OTEL_SPAN_EVENT)), one("dropped_events_count", Uint32),
    many("links", Message(&OTEL_SPAN_LINK)), one("dropped_links_count", Uint32), one("status", Message(&OTEL_STATUS)),
]};

static OTEL_SPAN_EVENT: MessageType = MessageType { name: "Span.Event", fields: &[
    one("time_unix_nano", Uint64), one("name", String), many("attributes", Message(&OTEL_KEY_VALUE)),
    one("dropped_attributes_count", Uint32),
]};

static OTEL_SPAN_LINK: MessageType = MessageType { name: "Span.Link", fields: &[
    one("trace_id", Bytes), one("span_id", Bytes), one("trace_state", String),
    many("attributes", Message(&OTEL_KEY_VALUE)), one("dropped_attributes_count", Uint32), one("flags", Uint32),
]};

static OTEL_STATUS: MessageType = MessageType { name: "Status", fields: &[
    one("message", String), one("code", Enum(&OTEL_STATUS_STATUS_CODE)),
]};

static PARAM: MessageType = MessageType { name: "Param", fields: &[
    one("key", String), one("value", String),
]};

static PROMPT_OPTIMIZATION_JOB_CONFIG: MessageType = MessageType { name: "PromptOptimizationJobConfig", fields: &[
    one("optimizer_type", Enum(&OPTIMIZER_TYPE)), one("dataset_id", String), many("scorers", String),
    one("optimizer_config_json", String),
]};

static PROMPT_OPTIMIZATION_JOB_TAG: MessageType = MessageType { name: "PromptOptimizationJobTag", fields: &[
    one("key", String), one("value", String),
]};

static QUERY_TRACE_METRICS: MessageType = MessageType { name: "QueryTraceMetrics", fields: &[
    many("experiment_ids", String), one("view_type", Enum(&METRIC_VIEW_TYPE)), one("metric_name", String),
    many("aggregations", Message(&METRIC_AGGREGATION)), many("dimensions", String), many("filters", String),
    one("time_interval_seconds", Int64), one("start_time_ms", Int64), one("end_time_ms", Int64),
    one("max_results", Int32), one("page_token", String),
]};

static REGISTERED_MODEL_TAG: MessageType = MessageType { name: "RegisteredModelTag", fields: &[
    one("key", String), one("value", String),
]};

static REGISTER_SCORER: MessageType = MessageType { name: "RegisterScorer", fields: &[
    one("experiment_id", String), one("name", String), one("serialized_scorer", String),
]};

static REMOVE_DATASET_FROM_EXPERIMENTS: MessageType = MessageType { name: "RemoveDatasetFromExperiments", fields: &[
    one("dataset_id", String), many("experiment_ids", String),
]};

static REMOVE_GUARDRAIL_FROM_ENDPOINT: MessageType = MessageType { name: "RemoveGuardrailFromEndpoint", fields: &[
    one("endpoint_id", String), one("guardrail_id", String),
]};

static REMOVE_ITEMS_FROM_REVIEW_QUEUE: MessageType = MessageType { name: "RemoveItemsFromReviewQueue", fields: &[
    one("queue_id", String), many("item_ids", String),
]};

static RENAME_REGISTERED_MODEL: MessageType = MessageType { name: "RenameRegisteredModel", fields: &[
    one("name", String), one("new_name", String),
]};

static RESTORE_EXPERIMENT: MessageType = MessageType { name: "RestoreExperiment", fields: &[
    one("experiment_id", String),
]};

static RESTORE_RUN: MessageType = MessageType { name: "RestoreRun", fields: &[
    one("run_id", String),
]};

static RUN_TAG: MessageType = MessageType { name: "RunTag", fields: &[
    one("key", String), one("value", String),
]};

static SEARCH_DATASETS: MessageType = MessageType { name: "SearchDatasets", fields: &[
    many("experiment_ids", String),
]};

static SEARCH_EVALUATION_DATASETS: MessageType = MessageType { name: "SearchEvaluationDatasets", fields: &[
    many("experiment_ids", String), one("filter_string", String), one("max_results", Int32), many("order_by", String),
    one("page_token", String),
]};

static SEARCH_EXPERIMENTS: MessageType = MessageType { name: "SearchExperiments", fields: &[
    one("max_results", Int64), one("page_token", String), one("filter", String), many("order_by", String),
    one("view_type", Enum(&VIEW_TYPE)),
]};

static SEARCH_ISSUES: MessageType = MessageType { name: "SearchIssues", fields: &[
    one("experiment_id", String), one("filter_string", String), one("max_results", Int32), one("page_token", String),
    one("include_trace_count", Bool),
]};

static SEARCH_LOGGED_MODELS: MessageType = MessageType { name: "SearchLoggedModels", fields: &[
    many("experiment_ids", String), one("filter", String), many("datasets", Message(&SEARCH_LOGGED_MODELS_DATASET)),
    one("max_results", Int32), many("order_by", Message(&SEARCH_LOGGED_MODELS_ORDER_BY)), one("page_token", String),
]};

static SEARCH_LOGGED_MODELS_DATASET: MessageType = MessageType { name: "SearchLoggedModels.Dataset", fields: &[
    one("dataset_name", String), one("dataset_digest", String),
]};

static SEARCH_LOGGED_MODELS_ORDER_BY: MessageType = MessageType { name: "SearchLoggedModels.OrderBy", fields: &[
    one("field_name", String), one("ascending", Bool), one("dataset_name", String), one("dataset_digest", String),
]};

static SEARCH_MODEL_VERSIONS: MessageType = MessageType { name: "SearchModelVersions", fields: &[
    one("filter", String), one("max_results", Int64), many("order_by", String), one("page_token", String),
]};

static SEARCH_PROMPT_OPTIMIZATION_JOBS: MessageType = MessageType { name: "SearchPromptOptimizationJobs", fields: &[
    one("experiment_id", String),
]};

static SEARCH_REGISTERED_MODELS: MessageType = MessageType { name: "SearchRegisteredModels", fields: &[
    one("filter", String), one("max_results", Int64), many("order_by", String), one("page_token", String),
]};

static SEARCH_RUNS: MessageType = MessageType { name: "SearchRuns", fields: &[
    many("experiment_ids", String), one("filter", String), one("run_view_type", Enum(&VIEW_TYPE)),
    one("max_results", Int32), many("order_by", String), one("page_token", String),
]};

static SEARCH_TRACES: MessageType = MessageType { name: "SearchTraces", fields: &[
    many("experiment_ids", String), one("filter", String), one("max_results", Int32), many("order_by", String),
    one("page_token", String),
]};

static SEARCH_TRACES_V3: MessageType = MessageType { name: "SearchTracesV3", fields: &[
    many("locations", Message(&TRACE_LOCATION)), one("filter", String), one("max_results", Int32),
    many("order_by", String), one("page_token", String),
]};

static SEARCH_UNIFIED_TRACES: MessageType = MessageType { name: "SearchUnifiedTraces", fields: &[
    one("model_id", String), one("sql_warehouse_id", String), many("experiment_ids", String), one("filter", String),
    one("max_results", Int32), many("order_by", String), one("page_token", String),
]};

static SET_DATASET_TAGS: MessageType = MessageType { name: "SetDatasetTags", fields: &[
    one("dataset_id", String), one("tags", String),
]};

static SET_EXPERIMENT_TAG: MessageType = MessageType { name: "SetExperimentTag", fields: &[
    one("experiment_id", String), one("key", String), one("value", String),
]};

static SET_GATEWAY_ENDPOINT_TAG: MessageType = MessageType { name: "SetGatewayEndpointTag", fields: &[
    one("endpoint_id", String), one("key", String), one("value", String),
]};

static SET_LOGGED_MODEL_TAGS: MessageType = MessageType { name: "SetLoggedModelTags", fields: &[
    one("model_id", String), many("tags", Message(&LOGGED_MODEL_TAG)),
]};

static SET_MODEL_VERSION_TAG: MessageType = MessageType { name: "SetModelVersionTag", fields: &[
    one("name", String), one("version", String), one("key", String), one("value", String),
]};

static SET_REGISTERED_MODEL_ALIAS: MessageType = MessageType { name: "SetRegisteredModelAlias", fields: &[
    one("name", String), one("alias", String), one("version", String),
]};

static SET_REGISTERED_MODEL_TAG: MessageType = MessageType { name: "SetRegisteredModelTag", fields: &[
    one("name", String), one("key", String), one("value", String),
]};

static SET_REVIEW_QUEUE_ITEM_STATUS: MessageType = MessageType { name: "SetReviewQueueItemStatus", fields: &[
    one("queue_id", String), one("item_id", String), one("status", Enum(&REVIEW_STATUS)), one("completed_by", String),
]};

static SET_TAG: MessageType = MessageType { name: "SetTag", fields: &[
    one("run_id", String), one("run_uuid", String), one("key", String), one("value", String),
]};

static SET_TRACE_TAG: MessageType = MessageType { name: "SetTraceTag", fields: &[
    one("request_id", String), one("key", String), one("value", String),
]};

static SET_TRACE_TAG_V3: MessageType = MessageType { name: "SetTraceTagV3", fields: &[
    one("trace_id", String), one("key", String), one("value", String),
]};

static START_TRACE: MessageType = MessageType { name: "StartTrace", fields: &[
    one("experiment_id", String), one("timestamp_ms", Int64),
    many("request_metadata", Message(&TRACE_REQUEST_METADATA)), many("tags", Message(&TRACE_TAG)),
]};

static START_TRACE_V3: MessageType = MessageType { name: "StartTraceV3", fields: &[
    one("trace", Message(&TRACE)),
]};

static TEST_WEBHOOK: MessageType = MessageType { name: "TestWebhook", fields: &[
    one("webhook_id", String), one("event", Message(&WEBHOOK_EVENT)),
]};

static TRACE: MessageType = MessageType { name: "Trace", fields: &[
    one("trace_info", Message(&TRACE_INFO_V3)), many("spans", Message(&OTEL_SPAN)),
]};

static TRACE_ARCHIVAL_CONFIG: MessageType = MessageType { name: "TraceArchivalConfig", fields: &[
    one("location", String), one("retention", String),
]};

static TRACE_INFO_V3: MessageType = MessageType { name: "TraceInfoV3", fields: &[
    one("trace_id", String), one("client_request_id", String), one("trace_location", Message(&TRACE_LOCATION)),
    one("request", String), one("response", String), one("request_preview", String), one("response_preview", String),
    one("request_time", Timestamp), one("execution_duration", Duration), one("state", Enum(&TRACE_INFO_V3_STATE)),
    one("trace_metadata", Map(&String)), many("assessments", Message(&ASSESSMENT)), one("tags", Map(&String)),
]};

static TRACE_LOCATION: MessageType = MessageType { name: "TraceLocation", fields: &[
    one("type", Enum(&TRACE_LOCATION_TRACE_LOCATION_TYPE)),
    of("identifier", "mlflow_experiment", Message(&TRACE_LOCATION_MLFLOW_EXPERIMENT_LOCATION)),
    of("identifier", "inference_table", Message(&TRACE_LOCATION_INFERENCE_TABLE_LOCATION)),
]};

static TRACE_LOCATION_INFERENCE_TABLE_LOCATION: MessageType = MessageType { name: "TraceLocation.InferenceTableLocation", fields: &[
    one("full_table_name", String),
]};

static TRACE_LOCATION_MLFLOW_EXPERIMENT_LOCATION: MessageType = MessageType { name: "TraceLocation.MlflowExperimentLocation", fields: &[
    one("experiment_id", String),
]};

static TRACE_REQUEST_METADATA: MessageType = MessageType { name: "TraceRequestMetadata", fields: &[
    one("key", String), one("value", String),
]};

static TRACE_TAG: MessageType = MessageType { name: "TraceTag", fields: &[
    one("key", String), one("value", String),
]};

static TRANSITION_MODEL_VERSION_STAGE: MessageType = MessageType { name: "TransitionModelVersionStage", fields: &[
    one("name", String), one("version", String), one("stage", String), one("archive_existing_versions", Bool),
]};

static UPDATE_ASSESSMENT: MessageType = MessageType { name: "UpdateAssessment", fields: &[
    one("assessment", Message(&ASSESSMENT)), one("update_mask", FieldMask),
]};

static UPDATE_ENDPOINT_GUARDRAIL_CONFIG: MessageType = MessageType { name: "UpdateEndpointGuardrailConfig", fields: &[
    one("endpoint_id", String), one("guardrail_id", String), one("execution_order", Int64),
]};

static UPDATE_EXPERIMENT: MessageType = MessageType { name: "UpdateExperiment", fields: &[
    one("experiment_id", String), one("new_name", String),
]};

static UPDATE_GATEWAY_BUDGET_POLICY: MessageType = MessageType { name: "UpdateGatewayBudgetPolicy", fields: &[
    one("budget_policy_id", String), one("budget_unit", Enum(&BUDGET_UNIT)), one("budget_amount", Double),
    one("duration", Message(&BUDGET_DURATION)), one("target_scope", Enum(&BUDGET_TARGET_SCOPE)),
    one("budget_action", Enum(&BUDGET_ACTION)), one("updated_by", String), one("target_value", String),
]};

static UPDATE_GATEWAY_ENDPOINT: MessageType = MessageType { name: "UpdateGatewayEndpoint", fields: &[
    one("endpoint_id", String), one("name", String), one("updated_by", String),
    many("model_configs", Message(&GATEWAY_ENDPOINT_MODEL_CONFIG)), one("routing_strategy", Enum(&ROUTING_STRATEGY)),
    one("fallback_config", Message(&FALLBACK_CONFIG)), one("experiment_id", String), one("usage_tracking", Bool),
]};

static UPDATE_GATEWAY_MODEL_DEFINITION: MessageType = MessageType { name: "UpdateGatewayModelDefinition", fields: &[
    one("model_definition_id", String), one("name", String), one("secret_id", String), one("model_name", String),
    one("updated_by", String), one("provider", String),
]};

static UPDATE_GATEWAY_SECRET: MessageType = MessageType { name: "UpdateGatewaySecret", fields: &[
    one("secret_id", String), one("secret_value", Map(&String)), one("auth_config", Map(&String)),
    one("updated_by", String),
]};

static UPDATE_ISSUE: MessageType = MessageType { name: "UpdateIssue", fields: &[
    one("issue_id", String), one("name", String), one("description", String), one("status", String),
    one("severity", String),
]};

static UPDATE_LABEL_SCHEMA: MessageType = MessageType { name: "UpdateLabelSchema", fields: &[
    one("schema_id", String), one("name", String), one("instruction", String), one("enable_comment", Bool),
    one("input", Message(&LABEL_SCHEMA_INPUT)),
]};

static UPDATE_MODEL_VERSION: MessageType = MessageType { name: "UpdateModelVersion", fields: &[
    one("name", String), one("version", String), one("description", String),
]};

static UPDATE_REGISTERED_MODEL: MessageType = MessageType { name: "UpdateRegisteredModel", fields: &[
    one("name", String), one("description", String), one("deployment_job_id", String),
]};

static UPDATE_REVIEW_QUEUE: MessageType = MessageType { name: "UpdateReviewQueue", fields: &[
    one("queue_id", String), one("update_users", Bool), many("users", String), one("update_schema_ids", Bool),
    many("schema_ids", String), one("name", String), one("new_owner", String),
]};

static UPDATE_RUN: MessageType = MessageType { name: "UpdateRun", fields: &[
    one("run_id", String), one("run_uuid", String), one("status", Enum(&RUN_STATUS)), one("end_time", Int64),
    one("run_name", String),
]};

static UPDATE_WEBHOOK: MessageType = MessageType { name: "UpdateWebhook", fields: &[
    one("webhook_id", String), one("name", String), one("description", String), one("url", String),
    many("events", Message(&WEBHOOK_EVENT)), one("secret", String), one("status", Enum(&WEBHOOK_STATUS)),
]};

static UPDATE_WORKSPACE: MessageType = MessageType { name: "UpdateWorkspace", fields: &[
    one("workspace_name", String), one("description", String), one("default_artifact_root", String),
    one("trace_archival_config", Message(&TRACE_ARCHIVAL_CONFIG)),
]};

static UPLOAD_ARTIFACT: MessageType = MessageType { name: "UploadArtifact", fields: &[
]};

static UPSERT_DATASET_RECORDS: MessageType = MessageType { name: "UpsertDatasetRecords", fields: &[
    one("dataset_id", String), one("records", String), one("updated_by", String),
]};

static WEBHOOK_EVENT: MessageType = MessageType { name: "WebhookEvent", fields: &[
    one("entity", Enum(&WEBHOOK_ENTITY)), one("action", Enum(&WEBHOOK_ACTION)),
]};

static AGGREGATION_TYPE: EnumType = EnumType { closed: true, values: &[
    ("COUNT", 1), ("SUM", 2), ("AVG", 3), ("PERCENTILE", 4), ("MIN", 5), ("MAX", 6),
]};

static ASSESSMENT_SOURCE_SOURCE_TYPE: EnumType = EnumType { closed: true, values: &[
    ("SOURCE_TYPE_UNSPECIFIED", 0), ("HUMAN", 1), ("LLM_JUDGE", 2), ("CODE", 3),
]};

static BUDGET_ACTION: EnumType = EnumType { closed: true, values: &[
    ("BUDGET_ACTION_UNSPECIFIED", 0), ("ALERT", 1), ("REJECT", 2),
]};

static BUDGET_DURATION_UNIT: EnumType = EnumType { closed: true, values: &[
    ("DURATION_UNIT_UNSPECIFIED", 0), ("MINUTES", 1), ("HOURS", 2), ("DAYS", 3), ("WEEKS", 4), ("MONTHS", 5),
]};

static BUDGET_TARGET_SCOPE: EnumType = EnumType { closed: true, values: &[
    ("TARGET_SCOPE_UNSPECIFIED", 0), ("GLOBAL", 1), ("WORKSPACE", 2), ("ENDPOINT", 3), ("USER", 4),
]};

static BUDGET_UNIT: EnumType = EnumType { closed: true, values: &[
    ("BUDGET_UNIT_UNSPECIFIED", 0), ("USD", 1),
]};

static DATASET_RECORD_SOURCE_SOURCE_TYPE: EnumType = EnumType { closed: true, values: &[
    ("SOURCE_TYPE_UNSPECIFIED", 0), ("TRACE", 1), ("HUMAN", 2), ("DOCUMENT", 3), ("CODE", 4),
]};

static FALLBACK_STRATEGY: EnumType = EnumType { closed: true, values: &[
    ("FALLBACK_STRATEGY_UNSPECIFIED", 0), ("SEQUENTIAL", 1),
]};

static GATEWAY_MODEL_LINKAGE_TYPE: EnumType = EnumType { closed: true, values: &[
    ("LINKAGE_TYPE_UNSPECIFIED", 0), ("PRIMARY", 1), ("FALLBACK", 2),
]};

static GUARDRAIL_ACTION: EnumType = EnumType { closed: true, values: &[
    ("GUARDRAIL_ACTION_UNSPECIFIED", 0), ("VALIDATION", 1), ("SANITIZATION", 2),
]};

static GUARDRAIL_STAGE: EnumType = EnumType { closed: true, values: &[
    ("GUARDRAIL_STAGE_UNSPECIFIED", 0), ("BEFORE", 1), ("AFTER", 2),
]};

static LABEL_SCHEMA_TYPE: EnumType = EnumType { closed: true, values: &[
    ("LABEL_SCHEMA_TYPE_UNSPECIFIED", 0), ("FEEDBACK", 1), ("EXPECTATION", 2),
]};

static LOGGED_MODEL_STATUS: EnumType = EnumType { closed: true, values: &[
    ("LOGGED_MODEL_STATUS_UNSPECIFIED", 0), ("LOGGED_MODEL_PENDING", 1), ("LOGGED_MODEL_READY", 2),
    ("LOGGED_MODEL_UPLOAD_FAILED", 3),
]};

static METRIC_VIEW_TYPE: EnumType = EnumType { closed: true, values: &[
    ("TRACES", 1), ("SPANS", 2), ("ASSESSMENTS", 3),
]};

static OPTIMIZER_TYPE: EnumType = EnumType { closed: true, values: &[
    ("OPTIMIZER_TYPE_UNSPECIFIED", 0), ("OPTIMIZER_TYPE_GEPA", 1), ("OPTIMIZER_TYPE_METAPROMPT", 2),
]};

static OTEL_SPAN_SPAN_KIND: EnumType = EnumType { closed: false, values: &[
    ("SPAN_KIND_UNSPECIFIED", 0), ("SPAN_KIND_INTERNAL", 1), ("SPAN_KIND_SERVER", 2), ("SPAN_KIND_CLIENT", 3),
    ("SPAN_KIND_PRODUCER", 4), ("SPAN_KIND_CONSUMER", 5),
]};

static OTEL_STATUS_STATUS_CODE: EnumType = EnumType { closed: false, values: &[
    ("STATUS_CODE_UNSET", 0), ("STATUS_CODE_OK", 1), ("STATUS_CODE_ERROR", 2),
]};

static REVIEW_ITEM_TYPE: EnumType = EnumType { closed: true, values: &[
    ("REVIEW_ITEM_TYPE_UNSPECIFIED", 0), ("TRACE", 1),
]};

static REVIEW_QUEUE_TYPE: EnumType = EnumType { closed: true, values: &[
    ("REVIEW_QUEUE_TYPE_UNSPECIFIED", 0), ("USER", 1), ("CUSTOM", 2),
]};

static REVIEW_STATUS: EnumType = EnumType { closed: true, values: &[
    ("REVIEW_STATUS_UNSPECIFIED", 0), ("PENDING", 1), ("COMPLETE", 2), ("DECLINED", 3),
]};

static ROUTING_STRATEGY: EnumType = EnumType { closed: true, values: &[
    ("ROUTING_STRATEGY_UNSPECIFIED", 0), ("REQUEST_BASED_TRAFFIC_SPLIT", 1),
]};

static RUN_STATUS: EnumType = EnumType { closed: true, values: &[
    ("RUNNING", 1), ("SCHEDULED", 2), ("FINISHED", 3), ("FAILED", 4), ("KILLED", 5),
]};

static TRACE_INFO_V3_STATE: EnumType = EnumType { closed: true, values: &[
    ("STATE_UNSPECIFIED", 0), ("OK", 1), ("ERROR", 2), ("IN_PROGRESS", 3),
]};

static TRACE_LOCATION_TRACE_LOCATION_TYPE: EnumType = EnumType { closed: true, values: &[
    ("TRACE_LOCATION_TYPE_UNSPECIFIED", 0), ("MLFLOW_EXPERIMENT", 1), ("INFERENCE_TABLE", 2),
]};

static TRACE_STATUS: EnumType = EnumType { closed: true, values: &[
    ("TRACE_STATUS_UNSPECIFIED", 0), ("OK", 1), ("ERROR", 2), ("IN_PROGRESS", 3),
]};

static VIEW_TYPE: EnumType = EnumType { closed: true, values: &[
    ("ACTIVE_ONLY", 1), ("DELETED_ONLY", 2), ("ALL", 3),
]};

static WEBHOOK_ACTION: EnumType = EnumType { closed: true, values: &[
    ("ACTION_UNSPECIFIED", 0), ("CREATED", 1), ("UPDATED", 2), ("DELETED", 3), ("SET", 4), ("EXCEEDED", 5),
]};

static WEBHOOK_ENTITY: EnumType = EnumType { closed: true, values: &[
    ("ENTITY_UNSPECIFIED", 0), ("REGISTERED_MODEL", 1), ("MODEL_VERSION", 2), ("MODEL_VERSION_TAG", 3),
    ("MODEL_VERSION_ALIAS", 4), ("PROMPT", 5), ("PROMPT_VERSION", 6), ("PROMPT_TAG", 7), ("PROMPT_VERSION_TAG", 8),
    ("PROMPT_ALIAS", 9), ("BUDGET_POLICY", 10),
]};

static WEBHOOK_STATUS: EnumType = EnumType { closed: true, values: &[
    ("ACTIVE", 1), ("DISABLED", 2),
]};

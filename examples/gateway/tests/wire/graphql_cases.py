"""Queries for `/graphql`. What stands in `<>` are ids: those of what bob may read, and of what he may not (`<kept_...>`)."""


def q(query, operation=None, **variables):
    """The body of a request."""
    return {"query": query, "variables": variables} | ({"operationName": operation} if operation else {})


RUN = "run { info { runId experimentId status } data { tags { key value } params { key value } } }"
BOTH = '["<kept_exp>", "<exp>", "<kept_exp>"]'

# What MLflow's own access control and ours say alike.
PAIRS = {
    "a run": q('{ mlflowGetRun(input: {runId: "<run>"}) { %s } }' % RUN),
    "a run of somebody else": q('{ mlflowGetRun(input: {runId: "<kept_run>"}) { %s } }' % RUN),
    "by its old name": q('{ mlflowGetRun(input: {runUuid: "<run>"}) { %s } }' % RUN),
    "of somebody else by its old name": q('{ mlflowGetRun(input: {runUuid: "<kept_run>"}) { %s } }' % RUN),
    "both under aliases": q('{ a: mlflowGetRun(input: {runId: "<run>"}) { %s } b: mlflowGetRun(input: {runId: "<kept_run>"}) { %s } }' % (RUN, RUN)),
    "aliases all the way": q('{ a: mlflowGetRun(input: {runId: "<run>"}) { b: run { c: info { d: runId e: runId f: status } c: info { g: runUuid } } } }'),
    "a variable": q('query($r: String) { mlflowGetRun(input: {runId: $r}) { %s } }' % RUN, r="<run>"),
    "a variable that is not for bob": q('query($r: String) { mlflowGetRun(input: {runId: $r}) { %s } }' % RUN, r="<kept_run>"),
    "a default": q('query($r: String = "<kept_run>") { mlflowGetRun(input: {runId: $r}) { %s } }' % RUN),
    "a default that is not used": q('query($r: String = "<kept_run>") { mlflowGetRun(input: {runId: $r}) { %s } }' % RUN, r="<run>"),
    "an input object": q('query($i: MlflowGetRunInput!) @component(name: "x") { mlflowGetRun(input: $i) { %s } }' % RUN, i={"runId": "<run>"}),
    "a fragment": q('query { ...A } fragment A on Query { mlflowGetRun(input: {runId: "<run>"}) { ...B } } fragment B on MlflowGetRunResponse { run { info { runId } } }'),
    "a fragment around what is not for bob": q('{ ...A mlflowGetRun(input: {runId: "<run>"}) { run { info { runId } } } } '
        'fragment A on Query { k: mlflowGetRun(input: {runId: "<kept_run>"}) { run { info { runId } } } }'),
    "inline fragments": q('{ ... { ... on Query { mlflowGetRun(input: {runId: "<run>"}) { ... on MlflowGetRunResponse { run { ... { info { runId } } } } } } } }'),
    "the same twice": q('{ mlflowGetRun(input: {runId: "<run>"}) { run { info { runId } } } mlflowGetRun(input: {runId: "<run>"}) { run { info { status } } } }'),
    "the second of two operations": q('query A { mlflowGetRun(input: {runId: "<kept_run>"}) { %s } } query B { mlflowGetRun(input: {runId: "<run>"}) { %s } }' % (RUN, RUN), "B"),
    "types": q('{ __typename mlflowGetRun(input: {runId: "<run>"}) { __typename run { __typename info { t: __typename runId } modelVersions { __typename } } } }'),
    "an experiment": q('{ mlflowGetExperiment(input: {experimentId: "<exp>"}) { experiment { experimentId lifecycleStage tags { key value } } apiError { code } } }'),
    "an experiment of somebody else": q('{ mlflowGetExperiment(input: {experimentId: "<kept_exp>"}) { experiment { experimentId } } }'),
    "the experiment of a run": q('{ mlflowGetRun(input: {runId: "<run>"}) { run { experiment { experimentId tags { key } } } } }'),
    "versions of a run": q('{ mlflowGetRun(input: {runId: "<run>"}) { run { modelVersions { name version runId } } } }'),
    "versions of a run without their names": q('{ mlflowGetRun(input: {runId: "<run>"}) { run { modelVersions { version } } } }'),
    "versions of runs": q('{ mlflowSearchRuns(input: {experimentIds: %s}) { runs { info { runId } modelVersions { n: name aliases } } } }' % BOTH),
    "all versions": q('{ mlflowSearchModelVersions(input: {filter: "name LIKE \'model%\'", maxResults: 50}) { modelVersions { name version runId modelId tags { key value } } nextPageToken } }'),
    "versions by a run": q('{ mlflowSearchModelVersions(input: {filter: "run_id = \'<run>\'"}) { modelVersions { version } } }'),
    "files": q('{ mlflowListArtifacts(input: {runId: "<run>"}) { files { path isDir fileSize } } }'),
    "files below": q('{ mlflowListArtifacts(input: {runUuid: "<run>", path: "x"}) { files { path } } }'),
    "files of somebody else": q('{ mlflowListArtifacts(input: {runId: "<kept_run>"}) { files { path } } }'),
    "files, both names": q('{ mlflowListArtifacts(input: {runId: "<run>", runUuid: "<run>"}) { files { path } } }'),
    "a search": q('query($i: MlflowSearchRunsInput) { mlflowSearchRuns(input: $i) { runs { info { runId } } nextPageToken apiError { message } } }',
        i={"experimentIds": ["<exp>", "<kept_exp>"], "maxResults": 5, "runViewType": None, "orderBy": ["start_time"]}),
    "a search of somebody else's": q('{ mlflowSearchRuns(input: {experimentIds: ["<kept_exp>"]}) { runs { info { runId } } } }'),
    "a search of one that is no list": q('{ mlflowSearchRuns(input: {experimentIds: "<exp>"}) { runs { info { runId } } } }'),
    "a search that is a mutation": q('mutation { a: mlflowSearchRuns(input: {experimentIds: %s}) { runs { info { runId } } } '
        'b: mlflowSearchRuns(input: {experimentIds: ["<kept_exp>"]}) { runs { info { runId } } } }' % BOTH),
    "metrics": q('{ mlflowSearchRuns(input: {experimentIds: %s}) { runs { data { metrics { key value step timestamp modelId } } inputs { modelInputs { modelId } } } } }' % BOTH),
    "a history": q('{ mlflowGetMetricHistoryBulkInterval(input: {runIds: ["<run>"], metricKey: "m", maxResults: 10}) { metrics { key value runId } } }'),
    "a history with a run of somebody else": q('{ mlflowGetMetricHistoryBulkInterval(input: {runIds: ["<run>", "<kept_run>"], metricKey: "m"}) { metrics { key } } }'),
    "data sets": q('mutation { mlflowSearchDatasets(input: {experimentIds: ["<exp>"]}) { datasetSummaries { name experimentId } } }'),
    "data sets of somebody else": q('mutation { mlflowSearchDatasets(input: {experimentIds: ["<kept_exp>"]}) { datasetSummaries { name } } }'),
    "data sets of both": q('mutation { mlflowSearchDatasets(input: {experimentIds: %s}) { datasetSummaries { name } } }' % BOTH),
    "an echo": q('query($s: String!) { test(inputString: $s) { output } }', s="a \"b\" \\ {c} \u00fc \U0001f600\n"),
    "an echo of a block": q('{ test(inputString: """a "b"\n  c \\""" d""") { output } }'),
    "an echo that is a mutation": q('mutation { testMutation(inputString: "x") { output } }'),
    "an error of the server": q('{ mlflowGetRun(input: {runId: "<run>"}) { run { info { runId } } } mlflowSearchModelVersions(input: {filter: "nonsense"}) { nextPageToken } }'),
    "no input": q('{ mlflowGetRun { run { info { runId } } } }'),
    "a run that is not there": q('{ mlflowGetRun(input: {runId: "0123456789abcdef0123456789abcdef"}) { run { info { runId } } } }'),
}  # fmt: skip

# MLflow 3.17.2 knows no `@skip` and `@include`: what was left out is what the same query says without it.
SKIPPED = {
    "skipped": (
        q('query($y: Boolean!) { mlflowGetRun(input: {runId: "<run>"}) { run { info { runId @skip(if: $y) status } } } '
          'k: mlflowGetRun(input: {runId: "<kept_run>"}) @include(if: false) { run { info { runId } } } }', y=True),
        q('{ mlflowGetRun(input: {runId: "<run>"}) { run { info { status } } } }'),
    ),
    "not skipped": (
        q('query($y: Boolean = true) { mlflowGetRun(input: {runId: "<kept_run>"}) @include(if: $y) @skip(if: false) { run { info { runId } } } }'),
        q('{ mlflowGetRun(input: {runId: "<kept_run>"}) { run { info { runId } } } }'),
    ),
    "in a fragment": (
        q('{ ...A @skip(if: true) ... @include(if: true) { test(inputString: "x") { output } } } fragment A on Query { mlflowGetRun(input: {runId: "<run>"}) { run { info { runId } } } }'),
        q('{ test(inputString: "x") { output } }'),
    ),
}  # fmt: skip

DEEP = "{ a " * 12 + "}" * 12
BOMB = "{ ...F0 } " + "".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }} " for i in range(16)) + "fragment F16 on Query { __typename }"

# What is refused to whoever is no admin: the answer's status, and a part of it.
REFUSED = {
    "a batch": ([q("{ __typename }")], 400, "JSON object"),
    "a batch of nothing": ([], 400, "JSON object"),
    "no query": ({}, 400, "query"),
    "a query that is no text": ({"query": {"a": 1}}, 400, "query"),
    "a syntax error": (q("{ mlflowGetRun("), 400, "cannot be read"),
    "two operations without a name": (q("query A { __typename } query B { __typename }"), 200, "operation"),
    "an operation that is not there": (q("query A { __typename }", "B"), 200, "B"),
    "an unknown field": (q('{ mlflowGetRun(input: {runId: "<run>"}) { run { info { runId } secrets } } }'), 200, "secrets"),
    "an unknown field of the root": (q("{ mlflowListGatewaySecrets { secrets { key } } }"), 200, "mlflowListGatewaySecrets"),
    "an unknown argument": (q('{ mlflowGetRun(input: {run_id: "<run>"}) { run { info { runId } } } }'), 200, "run_id"),
    "introspection": (q("{ __schema { types { name } } }"), 200, "null"),
    "introspection of a type": (q('{ __type(name: "MlflowRun") { fields { name } } }'), 200, "null"),
    "a subscription": (q("subscription { test { output } }"), 200, "ubscription"),
    "too deep": (q(DEEP), 200, "deeper"),
    "a fragment in itself": (q("{ ...F } fragment F on Query { ...F }"), 200, "holds itself"),
    "a bomb of fragments": (q(BOMB), 200, "more than 1000"),
    "many fields": (q("{ " + " ".join(f'a{i}: test(inputString: "x") {{ output }}' for i in range(11)) + " }"), 200, "more than 10"),
    "a long text": (q("{ __typename }" + " " * 70_000), 200, "longer"),
    "variables that are a list": ({"query": '{ __typename }', "variables": [1]}, 400, "variables"),
}  # fmt: skip

SEARCH = "{ runs { data { tags { value } } } }"
# Ways to the runs of somebody else: what they are tagged with must not come.
WHOLE = {
    "a default that is an object": q('query($i: MlflowSearchRunsInput = {experimentIds: ["<kept_exp>"]}) { mlflowSearchRuns(input: $i) %s }' % SEARCH),
    "a list in a variable": q('query($e: [String]) { mlflowSearchRuns(input: {experimentIds: $e}) %s }' % SEARCH, e=["<kept_exp>", "<exp>"]),
    "one in a variable for a list": q('query($e: String) { mlflowSearchRuns(input: {experimentIds: [$e, "<exp>"]}) %s }' % SEARCH, e="<kept_exp>"),
    "a variable that names one alone": q('query($e: [String]) { mlflowSearchRuns(input: {experimentIds: $e}) %s }' % SEARCH, e="<kept_exp>"),
    "one of two under one name": q('{ ...A ...B } fragment A on Query { x: mlflowGetRun(input: {runId: "<kept_run>"}) { run { data { tags { value } } } } } '
        'fragment B on Query { x: mlflowGetRun(input: {runId: "<kept_run>"}) { run { info { runId } } } }'),
    "escapes": q('{ mlflowGetRun(input: {runId: "\\u%04x" }) { apiError { code } } mlflowSearchRuns(input: {experimentIds: ["<kept_exp>"], filter: ""}) %s }' % (ord("x"), SEARCH)),
    "a block of text": q('{ mlflowGetRun(input: {runId: """\n    <kept_run>\n"""}) { run { data { tags { value } } } } }'),
    "included by a default": q('query($y: Boolean = true) { mlflowGetRun(input: {runId: "<kept_run>"}) @include(if: $y) { run { data { tags { value } } } } }'),
    "another operation than the first": q('query A { __typename } query B { mlflowGetRun(input: {runId: "<kept_run>"}) { run { data { tags { value } } } } }', "B"),
    "a mutation": q('mutation { mlflowSearchRuns(input: {experimentIds: ["<kept_exp>"]}) %s }' % SEARCH),
    "a comment": q('{ # }\n mlflowGetRun(input: {runId: "<kept_run>"}) # {runId: "<run>"}\n { run { data { tags { value } } } } }'),
    "commas": q(',{,mlflowGetRun,(,input,:,{,runId,:,"<kept_run>",},),{,run,{,data,{,tags,{,value,},},},},},'),
}  # fmt: skip

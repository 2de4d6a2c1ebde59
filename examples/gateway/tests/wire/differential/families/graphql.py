"""GraphQL."""

from ..cases import post, root, asked

RUN = '{mlflowGetRun(input:{runId:"{run}"}){run{info{runId experimentId}}}}'
NESTED = '{mlflowGetRun(input:{runId:"{run}"}){run{info{runId} modelVersions{name version}}}}'
EXPERIMENT = '{mlflowGetExperiment(input:{experimentId:"{experiment}"}){experiment{experimentId name}}}'
FILES = '{mlflowListArtifacts(input:{runId:"{run}"}){files{path}}}'
HISTORY = '{mlflowGetMetricHistoryBulkInterval(input:{runIds:["{run}"],metricKey:"m",maxResults:5}){metrics{key}}}'
RUNS = 'mutation{mlflowSearchRuns(input:{experimentIds:["{mine.experiment}","{others.experiment}"]}){runs{info{runId}}}}'
DATASETS = 'mutation{mlflowSearchDatasets(input:{experimentIds:["{experiment}"]}){datasetSummaries{name}}}'
VERSIONS = "{mlflowSearchModelVersions(input:{}){modelVersions{name version}}}"
ALIASES = '{a:mlflowGetRun(input:{runId:"{mine.run}"}){run{info{runId}}} b:mlflowGetRun(input:{runId:"{others.run}"}){run{info{runId}}}}'
VARIABLE = "query q($r:String){mlflowGetRun(input:{runId:$r}){run{info{runId}}}}"


def query(text, note, tiers="", **more):
    """A query, or a mutation that changes nothing."""
    return post("/graphql", {"query": text} | more, tiers=tiers, changes=False, note=note)


CASES = root(
    query(EXPERIMENT, "experiment"),
    query(RUN, "run", "run"),
    query(NESTED, "run with its versions", "run registered_model_version"),
    query(FILES, "files", "run"),
    query(HISTORY, "history", "run"),
    query(RUNS, "runs", "run"),
    query(DATASETS, "datasets", "run"),
    query(VERSIONS, "versions", "registered_model_version run"),
    query(ALIASES, "two under other names", "run"),
    query(VARIABLE, "with a variable", "run", variables={"r": "{run}"}, operationName="q"),
    query("{__typename}", "nothing"),
    query("{nothing}", "no such field"),
    query("{", "no query"),
    asked("/graphql", query="{__typename}", note="in the query string"),
)

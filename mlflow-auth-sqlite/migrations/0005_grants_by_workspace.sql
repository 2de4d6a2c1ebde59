-- What was granted in a workspace goes with it.
CREATE INDEX grants_by_workspace ON grants (workspace) WHERE workspace IS NOT NULL;

//! What happens around the answer of an operation that was allowed.

use super::{Page, RowKind};

/// What happens around the answer. Grants are kept up to date for everybody; rows are filtered for non-admins alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The caller gets `MANAGE` on the new resource.
    CreatorManages {
        /// Its type.
        kind: &'static str,
        /// The field of the answer that holds its id, such as `experiment_id` or `user.name`.
        id: &'static str,
    },
    /// The same for a registered model or a prompt, which of them the tags in the answer say.
    CreatorManagesRegistered,
    /// Every exact grant on the resource goes.
    Deleted {
        /// Its type.
        kind: &'static str,
        /// The field of the request that holds its id.
        id: &'static str,
    },
    /// Every exact grant on the registered model and on the prompt of this name goes.
    RegisteredDeleted {
        /// The field of the request that holds the name.
        name: &'static str,
    },
    /// Every exact grant on the registered model and on the prompt of this name moves along.
    RegisteredRenamed {
        /// The field of the request that holds the old name.
        from: &'static str,
        /// The field of the request that holds the new name.
        to: &'static str,
    },
    /// If the answer says that it is the first version of the scorer, the caller gets `MANAGE` on the scorer.
    ScorerRegistered,
    /// If no `version` was named, every exact grant on the scorer goes.
    ScorerDeleted,
    /// The caller becomes the owner of the new review queue. One that is nobody's own may not bear the name of a user,
    /// whoever makes it.
    QueueMade,
    /// A review queue that is nobody's own may not be given the name of a user, whoever does it.
    QueueChanged,
    /// The caller is the one who completed the item, whatever the request says.
    QueueReviewed,
    /// The caller gets `MANAGE` on every job that was started.
    JobsSubmitted {
        /// The field of the answer that holds their ids, such as `jobs[].job_id`.
        ids: &'static str,
    },
    /// Rows that the caller may not read are taken out.
    Filter {
        /// The field of the answer that holds the rows.
        rows: &'static str,
        /// What a row is.
        kind: RowKind,
        /// How the page is filled again.
        page: Page,
    },
    /// The experiments named in the request are narrowed to those that the caller may read, before it is forwarded;
    /// with none left the answer is empty. Whoever is denied `kind` altogether reads none.
    Narrow {
        /// The field of the request that holds the experiment ids.
        experiments: &'static str,
        /// The kind of sub-resource that is read.
        kind: &'static str,
    },
    /// The scorers of guardrails are taken out for whoever may not read them: the scorer's experiment E must be readable,
    /// `scorer_version(*)` not denied, and the scorer itself readable.
    HideGuardrailScorers {
        /// Where the guardrails stand in the answer, as in a redaction.
        at: &'static str,
    },
    /// A workspace of this name is made: what was held in a former one of the name ends before, and it gets its first roles.
    WorkspaceMade {
        /// The field of the request that holds its name.
        name: &'static str,
    },
    /// A workspace is gone, and with it its roles and every grant in it.
    WorkspaceGone {
        /// The field of the request that holds its name.
        name: &'static str,
    },
    /// What the registry of MCP servers answers.
    Mcp(McpEffect),
    /// In the listing of an experiment's root, directories of runs are taken out for whoever may not read runs.
    HideRunDirectories,
}

impl Effect {
    /// Whether grants follow what is done.
    pub const fn changes(&self) -> bool {
        !matches!(
            self,
            Effect::None
                | Effect::Filter { .. }
                | Effect::Narrow { .. }
                | Effect::HideGuardrailScorers { .. }
                | Effect::Mcp(
                    McpEffect::Servers
                        | McpEffect::Server
                        | McpEffect::Endpoints
                        | McpEffect::EndpointsOfServer
                        | McpEffect::Endpoint
                )
                | Effect::HideRunDirectories
        )
    }

    /// Whether the operation makes a resource, on which its creator gets a grant.
    pub const fn creates(&self) -> bool {
        matches!(
            self,
            Effect::CreatorManages { .. }
                | Effect::CreatorManagesRegistered
                | Effect::ScorerRegistered
                | Effect::Mcp(McpEffect::MakesServer)
        )
    }

    /// Whether the answer says what follows from it.
    pub const fn reads_answer(&self) -> bool {
        self.creates() || matches!(self, Effect::QueueMade | Effect::JobsSubmitted { .. })
    }
}

/// What happens around an answer of the registry of MCP servers. Servers come with what the caller may do with them
/// (`allowed_actions`); of their access endpoints what tells of a version is emptied for whoever is denied versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum McpEffect {
    /// Servers, of which the caller gets those that they may read; the page is filled again.
    Servers,
    /// One server.
    Server,
    /// Access endpoints of all servers, of which the caller gets those of servers that they may read; the page is filled
    /// again.
    Endpoints,
    /// Access endpoints of one server.
    EndpointsOfServer,
    /// One access endpoint.
    Endpoint,
    /// A version, before which its server is made if it is not there; whoever made it manages it.
    MakesServer,
}

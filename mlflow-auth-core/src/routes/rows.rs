//! Lists in answers: what a row is, and how a page is filled again.

/// What one row of a list is, so that it can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A resource whose id and name stand in the row.
    Resource {
        /// Its type.
        kind: &'static str,
        /// The field of the row that holds its id.
        id: &'static str,
        /// The field of the row that holds the name that patterns match.
        name: &'static str,
    },
    /// A registered model or a prompt, by its `name` and `tags`.
    Registered,
    /// A version of either, by its `name` and `tags`; the version tier must not be denied.
    Version,
    /// An endpoint of the AI gateway, by its name, which is the `id` of the row; it must be usable.
    GatewayModel,
    /// A workspace, by its `name`.
    Workspace,
    /// A logged model, by `info.experiment_id`; logged models must not be denied.
    LoggedModel,
    /// A version of a scorer, by `experiment_id` and `scorer_name`: experiment and scorer are read, and versions of
    /// scorers must not be denied.
    Scorer,
    /// A review queue of the experiment that the request names. Who may update queues there sees all, who may only read
    /// them those that they are a reviewer of.
    Queue,
    /// A job, by `job_id`, that the caller submitted.
    Job,
}

/// How a filtered page is filled again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// It is not: the page may be short or empty, the token stays.
    AsItIs,
    /// With the rows of the next pages, until it holds as many as were asked for or there are no more.
    Refill {
        /// The field of the request that says how many rows are asked for.
        size: &'static str,
        /// How many, where it is not said.
        default: u64,
        /// How many can be asked for at once.
        most: u64,
        /// How the search can be narrowed to the rows that the caller may read, where they are few and known by id.
        by_id: Option<ById>,
    },
}

/// How a search can be asked for certain rows alone: its filter takes `attribute IN ('one', 'other')`, joined to the rest
/// with `AND`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ById {
    /// The field of the request that holds the filter.
    pub filter: &'static str,
    /// What the filter calls the id.
    pub attribute: &'static str,
    /// What no id is, by which nothing is asked for.
    pub none: &'static str,
}

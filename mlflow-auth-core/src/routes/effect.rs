//! What happens around the answer of an operation that was allowed.

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
    /// The same for a registered model or a prompt, which of them the tags in the answer say. Grants that stood on the
    /// name before go.
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
    /// In the listing of an experiment's root, directories of runs are taken out for whoever may not read runs.
    HideRunDirectories,
}

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
    /// A logged model, by `info.experiment_id`; logged models must not be denied.
    LoggedModel,
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
    },
}

/// Fields of an answer that name another kind of resource, and are taken out for callers who are denied that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// Where the objects stand that hold them, such as `runs[].data.metrics[]`; empty for the answer itself.
    pub at: &'static str,
    /// The fields.
    pub fields: &'static [&'static str],
    /// The kind that must not be denied.
    pub kind: &'static str,
}

//! Where ids stand in a request.

/// Where ids stand in a request, and how many there may be.
///
/// A field is written as a path through the parameters: `run_id`, `metrics[].model_id`,
/// `trace.trace_info.trace_id`. A name in the path of the route is a field too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id {
    /// The field.
    pub field: &'static str,
    /// Another name of the same field. Where both stand, they must say the same.
    pub alias: Option<&'static str>,
    /// How many.
    pub named: Named,
}

/// How many ids a field must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Exactly one, not empty; else 400.
    One,
    /// None or one.
    Maybe,
    /// Any number.
    Each,
    /// At least one; else 400.
    Some,
}

impl Id {
    const fn new(field: &'static str, named: Named) -> Self {
        Self { field, alias: None, named }
    }

    /// Exactly one.
    pub const fn one(field: &'static str) -> Self {
        Self::new(field, Named::One)
    }

    /// None or one.
    pub const fn maybe(field: &'static str) -> Self {
        Self::new(field, Named::Maybe)
    }

    /// Any number.
    pub const fn each(field: &'static str) -> Self {
        Self::new(field, Named::Each)
    }

    /// At least one.
    pub const fn some(field: &'static str) -> Self {
        Self::new(field, Named::Some)
    }

    /// The same, where the field goes by another name as well.
    pub const fn or(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }
}

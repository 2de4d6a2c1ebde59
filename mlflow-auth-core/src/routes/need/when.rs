//! What a need can depend on.

/// What a need can depend on, besides ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Something stands at the field: not `null`, and no empty text, list or object.
    Given(&'static str),
    /// Nothing does.
    Absent(&'static str),
    /// This text stands at the field.
    Is(&'static str, &'static str),
    /// What stands at the field counts as true in Python.
    True(&'static str),
    /// The same, or nothing stands at the field at all, not even `null`.
    TrueByDefault(&'static str),
}

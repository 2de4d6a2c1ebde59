//! The tables of other programs.

use std::collections::HashMap;

/// A table that another program wrote, every value as text: numbers in decimal digits, what is true as `1` or `true`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, each with a value for every column; none for NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Table {
    /// The rows, as what stands under the name of each column. NULL stands under none.
    pub fn records(&self) -> impl Iterator<Item = HashMap<&str, &str>> {
        self.rows.iter().map(|row| {
            let named = self.columns.iter().zip(row);
            named.filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?))).collect()
        })
    }
}

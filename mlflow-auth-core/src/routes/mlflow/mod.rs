//! MLflow's routes (3.17.2), one file per family.

use super::{Route, RouteTable};

/// All rows.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    [].into_iter()
}

/// The table of all rows.
pub fn table() -> RouteTable {
    RouteTable::new(routes().copied()).unwrap_or_default()
}

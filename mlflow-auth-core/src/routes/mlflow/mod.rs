//! MLflow's routes (3.17.2), one file per family.

#[rustfmt::skip]
mod messages;

use super::{Message, Route, RouteTable};

/// All rows.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    [].into_iter()
}

/// The table of all rows.
pub fn table() -> RouteTable {
    RouteTable::new(routes().copied()).unwrap_or_default()
}

/// The message of a request, by the name under which MLflow's handlers know it, such as `GetExperiment`.
pub fn message(name: &str) -> Option<&'static Message> {
    let found = messages::REQUESTS.binary_search_by_key(&name, |message| message.name).ok()?;
    messages::REQUESTS.get(found).copied()
}

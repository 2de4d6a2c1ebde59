//! Lists of all that MLflow keeps of a kind, read to their end. Nothing of them is kept.

use super::{LookupError, Within};
use mlflow_auth_core::Unavailable;
use serde_json::{Map, Value};

/// One row of a list.
pub(crate) type Row = Map<String, Value>;

/// A list of MLflow's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    /// Where it is, in segments.
    pub(crate) at: &'static [&'static str],
    /// What is always asked.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// The field of the answer that holds the rows.
    pub(crate) rows: &'static str,
}

/// How many pages are read of one list. A list that is longer, or never ends, is not told in part.
const MOST_PAGES: usize = 1_000;

impl Within<'_> {
    /// All rows of a list, asked with `more` besides. Pages are followed where the answer names a next one.
    ///
    /// # Errors
    /// [`LookupError::NotFound`] if MLflow does not answer with a list, [`LookupError::Unavailable`] if it does not answer
    /// at all or the list does not end.
    pub(crate) async fn list(&self, listing: &Listing, more: &[(&str, &str)]) -> Result<Vec<Row>, LookupError> {
        let mut rows = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query: Vec<(&str, &str)> = listing.query.iter().chain(more).copied().collect();
            query.extend(token.as_deref().map(|token| ("page_token", token)));
            let mut answer = self.get(listing.at, &query).await?;
            rows.extend(objects(answer.get_mut(listing.rows).map(Value::take)));
            let next = answer.get("next_page_token").and_then(Value::as_str).filter(|next| !next.is_empty());
            match next {
                None => return Ok(rows),
                Some(next) if Some(next) == token.as_deref() => break,
                Some(next) => token = Some(next.to_owned()),
            }
        }
        let problem = format!("the list `{}` does not end", listing.rows);
        Err(LookupError::Unavailable(Unavailable::new("the service behind", problem)))
    }
}

fn objects(rows: Option<Value>) -> Vec<Row> {
    let Some(Value::Array(rows)) = rows else { return Vec::new() };
    let object = |row| match row {
        Value::Object(row) => Some(row),
        _ => None,
    };
    rows.into_iter().filter_map(object).collect()
}

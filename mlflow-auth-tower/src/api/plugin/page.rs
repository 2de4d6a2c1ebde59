//! Pages of lists.

use super::fields::{Fields, Place};
use crate::reply::Reply;
use serde_json::{Map, Value};

/// The most rows of one page.
const MOST: i64 = 500;
/// The longest text to search for, in characters.
const LONGEST_SEARCH: usize = 256;

/// Which part of a list is asked for: `limit`, `offset` and `search`. Without the first and the last it is all of it, and
/// without the first the second means nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    limit: Option<usize>,
    offset: usize,
    search: Option<String>,
}

impl Page {
    /// Reads the three fields of a query.
    ///
    /// # Errors
    /// 422.
    pub(super) fn read(query: &Map<String, Value>) -> Result<Self, Reply> {
        let mut fields = Fields::new(Place::Query, query);
        let limit = fields.integer_or_none("limit", 1..=MOST);
        let offset = fields.integer_or_none("offset", 0..=i64::MAX).unwrap_or_default();
        let search = fields.text_or_none("search").map(str::to_owned);
        if search.as_ref().is_some_and(|text| text.chars().count() > LONGEST_SEARCH) {
            let problem = format!("String should have at most {LONGEST_SEARCH} characters");
            fields.problem("search", "string_too_long", &problem);
        }
        fields.done()?;
        let size = |number: i64| usize::try_from(number).unwrap_or_default();
        Ok(Self { limit: limit.map(size), offset: size(offset), search })
    }

    /// The rows that are asked for, by name, as `shape` writes them. With a page goes the number of all rows that the
    /// search found, in `X-Total-Count`.
    pub(super) fn of<T>(&self, rows: Vec<T>, name: impl Fn(&T) -> &str, shape: impl Fn(&T) -> Value) -> Reply {
        self.within(rows, name, shape, |rows| rows)
    }

    /// The same, where `whole` makes the answer of the rows.
    pub(super) fn within<T>(
        &self,
        mut rows: Vec<T>,
        name: impl Fn(&T) -> &str,
        shape: impl Fn(&T) -> Value,
        whole: impl FnOnce(Value) -> Value,
    ) -> Reply {
        if self.limit.is_none() && self.search.is_none() {
            return Reply::ok(&whole(rows.iter().map(shape).collect()));
        }
        if let Some(search) = self.search.as_ref().map(|text| text.to_lowercase()) {
            rows.retain(|row| name(row).to_lowercase().contains(&search));
        }
        rows.sort_by_cached_key(|row| (name(row).to_lowercase(), name(row).to_owned()));
        let (offset, limit) = self.limit.map_or((0, usize::MAX), |limit| (self.offset, limit));
        let page = rows.iter().skip(offset).take(limit);
        Reply::ok(&whole(page.map(shape).collect())).with_total(rows.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(query: Value) -> Result<String, String> {
        let names = ["b", "Ann", "anna", "c"].map(str::to_owned).to_vec();
        let page = Page::read(query.as_object().unwrap()).map_err(|reply| format!("{reply:?}"))?;
        Ok(format!("{:?}", page.of(names, String::as_str, |name| json!(name))))
    }

    #[test]
    fn pages_are_parts_of_the_sorted_list() {
        let all = r#"["b","Ann","anna","c"]"#;
        for (query, body, total) in [
            (json!({}), all, None),
            (json!({"offset": "2"}), all, None),
            (json!({"limit": "2"}), r#"["Ann","anna"]"#, Some(4)),
            (json!({"limit": "2", "offset": "3"}), r#"["c"]"#, Some(4)),
            (json!({"limit": "2", "offset": "9"}), "[]", Some(4)),
            (json!({"search": "ANN"}), r#"["Ann","anna"]"#, Some(2)),
            (json!({"search": "ann", "offset": "1"}), r#"["Ann","anna"]"#, Some(2)),
            (json!({"search": "ann", "offset": "1", "limit": "5"}), r#"["anna"]"#, Some(2)),
            (json!({"search": "", "limit": "1"}), r#"["Ann"]"#, Some(4)),
        ] {
            let told = page(query.clone()).unwrap();
            let body = format!("{:?}", bytes::Bytes::from(body.to_owned()));
            assert!(told.contains(&body) && told.contains(&format!("total: {total:?}")), "{query}: {told}");
        }
    }

    #[test]
    fn what_is_no_page_is_refused() {
        let long = "x".repeat(257);
        for query in [
            json!({"limit": "0"}),
            json!({"limit": "501"}),
            json!({"limit": "many"}),
            json!({"offset": "-1"}),
            json!({"search": long}),
        ] {
            assert!(page(query.clone()).unwrap_err().contains("422"), "{query}");
        }
    }
}

//! A page from which rows were taken, filled again with those of the pages behind it.

use super::filter::{put_rows, take_rows};
use super::{Allowed, read_object};
use crate::lookup::Question;
use crate::reply::Reply;
use http::Method;
use mlflow_auth_core::routes::RowKind;
use serde_json::{Map, Value};

const TOKEN: &str = "next_page_token";

/// How many pages are asked for at the most to fill one. Beyond, the page is short, and its token goes on from there.
const MOST_PAGES: usize = 200;

/// How many rows are looked at together at the least, so that a caller who may read few of many waits for few pages.
const STRIDE: u64 = 1000;

impl Allowed<'_> {
    /// Filters the rows of `answer` and adds readable ones from further pages until there are as many as were asked for.
    ///
    /// Where a further page holds more than are missing, it is asked for once more, cut behind the last row used: its
    /// token then leads on exactly from there, and no token has to be made or understood here.
    pub(super) async fn refill(
        &self,
        answer: &mut Map<String, Value>,
        field: &str,
        kind: RowKind,
        size: &'static str,
        default: u64,
        most: u64,
    ) -> Result<(), Reply> {
        let wanted = self.asked_for(size).unwrap_or(default).min(most);
        let mut rows = self.keep(take_rows(answer, field), kind, usize::MAX).await?.rows;
        let mut token = take_token(answer);
        for _ in 0..MOST_PAGES {
            let missing = wanted.saturating_sub(rows.len() as u64);
            let Some(from) = token.clone().filter(|_| missing > 0) else { break };
            let mut page = self.page(&from, size, wanted.max(STRIDE).min(most)).await?;
            let kept = self.keep(take_rows(&mut page, field), kind, missing as usize).await?;
            rows.extend(kept.rows);
            token = match kept.cut {
                None => take_token(&mut page),
                Some(cut) => take_token(&mut self.page(&from, size, cut as u64).await?),
            };
        }
        put_rows(answer, field, rows);
        if let Some(token) = token {
            answer.insert(TOKEN.to_owned(), token.into());
        }
        Ok(())
    }

    /// The first `most` readable rows, and how many rows were looked at if not all of them were used.
    async fn keep(&self, rows: Vec<Value>, kind: RowKind, most: usize) -> Result<Kept, Reply> {
        let readable = self.readable(&rows, kind).await?;
        let mut kept = Kept { rows: Vec::new(), cut: None };
        for (place, (row, readable)) in rows.into_iter().zip(readable).enumerate() {
            if readable && kept.rows.len() == most {
                kept.cut = Some(place);
                break;
            }
            if readable {
                kept.rows.push(row);
            }
        }
        Ok(kept)
    }

    fn asked_for(&self, size: &str) -> Option<u64> {
        match self.reading.params.value(size)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The page at `token` of the same search.
    async fn page(&self, token: &str, size: &str, rows: u64) -> Result<Map<String, Value>, Reply> {
        let mut fields = self.reading.params.fields().clone();
        fields.insert("page_token".to_owned(), token.into());
        let method = self.head.judged_method().clone();
        let is_get = method == Method::GET;
        fields.insert(size.to_owned(), if is_get { rows.to_string().into() } else { rows.into() });
        let query = if is_get { crate::request::pairs(&fields) } else { Vec::new() };
        let body = (!is_get).then(|| Value::Object(fields).to_string().into());
        let workspace = self.authorizer.policy().workspaces.then(|| self.workspace.clone());
        let question = Question { method, segments: self.head.segments.clone(), query, body, workspace };
        let unavailable = |error: mlflow_auth_core::Unavailable| Reply::unavailable(error.to_string());
        let (status, body) = self.ask.ask(question).await.map_err(unavailable)?;
        if !status.is_success() {
            return Err(Reply::bad_gateway(format!("the service behind answered {status} for a further page")));
        }
        read_object(&body)
    }
}

struct Kept {
    rows: Vec<Value>,
    cut: Option<usize>,
}

fn take_token(answer: &mut Map<String, Value>) -> Option<String> {
    match answer.remove(TOKEN) {
        Some(Value::String(token)) if !token.is_empty() => Some(token),
        _ => None,
    }
}

//! Rows that the caller may read.

use super::Allowed;
use super::fields::text;
use crate::judge::kinds;
use crate::lookup::LookupError;
use crate::reply::Reply;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{StreamExt, iter};
use mlflow_auth_core::routes::{Effect, Page, RowKind, is_experiment_id};
use mlflow_auth_core::{Action, ResourceRef, ResourceType};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

type Learnt<'i> = Result<HashMap<&'i str, bool>, Reply>;

/// How many look-ups for one page run at once.
const AT_ONCE: usize = 8;

impl Allowed<'_> {
    /// Takes out the rows that the caller may not read, and fills the page again.
    pub(crate) async fn filter(&self, answer: &mut Map<String, Value>) -> Result<(), Reply> {
        match self.route.effect {
            Effect::Filter { rows, kind, page: Page::AsItIs } => {
                let found = take_rows(answer, rows);
                let kept = self.readable(&found, kind).await?;
                put_rows(
                    answer,
                    rows,
                    found.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(row, _)| row).collect(),
                );
                Ok(())
            }
            Effect::Filter { rows, kind, page: Page::Refill { size, default, most, .. } } => {
                self.refill(answer, rows, kind, size, default, most).await
            }
            Effect::HideRunDirectories => {
                self.hide_run_directories(answer);
                self.hide_experiment_directories(answer).await
            }
            Effect::Mcp(effect) => self.mcp(answer, effect).await,
            Effect::HideGuardrailScorers { at } => self.hide_guardrail_scorers(answer, at).await,
            _ => Ok(()),
        }
    }

    /// Which of `rows` the caller may read.
    pub(crate) async fn readable(&self, rows: &[Value], kind: RowKind) -> Result<Vec<bool>, Reply> {
        match kind {
            RowKind::Resource { kind, id, name } => {
                let kind = ResourceType::new(kind);
                let read = |row: &Map<String, Value>| self.reads(&kind, text(row, id)?, text(row, name));
                Ok(judge(rows, |row| read(row)))
            }
            RowKind::Registered => Ok(judge(rows, |row| {
                let (kind, _) = kinds(crate::lookup::is_prompt(row.get("tags")));
                let name = text(row, "name")?;
                self.reads(&ResourceType::new(kind), name, Some(name))
            })),
            RowKind::Version => self.readable_versions(rows).await,
            RowKind::GatewayModel => self.usable_gateway_models(rows).await,
            RowKind::Workspace => Ok(judge(rows, |row| Some(self.sees_workspace(text(row, "name")?)))),
            RowKind::LoggedModel => self.readable_logged_models(rows).await,
            RowKind::Scorer => self.readable_scorers(rows).await,
            RowKind::Queue => self.visible_queues(rows).await,
            RowKind::Job => Ok(judge(rows, |row| Some(self.submitted(text(row, "job_id")?)))),
        }
    }

    pub(super) fn reads(&self, kind: &ResourceType, id: &str, name: Option<&str>) -> Option<bool> {
        let resource = ResourceRef { kind, id: Some(id), name, workspace: self.workspace };
        Some(self.authorizer.policy().permits(self.who, self.held, Action::Read, resource))
    }

    async fn readable_versions(&self, rows: &[Value]) -> Result<Vec<bool>, Reply> {
        let names: HashSet<&str> = rows.iter().filter_map(|row| row.get("name")?.as_str()).collect();
        let readable = self.learn(names, |name| async move {
            // Which kind it is matters only where the caller may read one of them and not the other.
            let [model, prompt] = [false, true].map(|is_prompt| {
                let (kind, version) = kinds(is_prompt);
                self.may_see(version) && self.reads(&ResourceType::new(kind), name, Some(name)).unwrap_or_default()
            });
            if model == prompt {
                return Ok(model);
            }
            Ok(if self.within().is_prompt(name).await? { prompt } else { model })
        });
        let readable = readable.await?;
        Ok(judge(rows, |row| readable.get(text(row, "name")?).copied()))
    }

    async fn readable_logged_models(&self, rows: &[Value]) -> Result<Vec<bool>, Reply> {
        if !self.may_see("logged_model") {
            return Ok(vec![false; rows.len()]);
        }
        let experiment = |row: &Map<String, Value>| text(row, "info.experiment_id").map(str::to_owned);
        let ids: HashSet<String> = rows.iter().filter_map(|row| experiment(row.as_object()?)).collect();
        let readable = self.readable_experiments(ids.iter().map(String::as_str).collect()).await?;
        Ok(judge(rows, |row| readable.get(text(row, "info.experiment_id")?).copied()))
    }

    /// Which of these experiments the caller may read. One that is not known is not readable.
    pub(super) async fn readable_experiments<'i>(&self, ids: HashSet<&'i str>) -> Learnt<'i> {
        let needs_name = self.held.need_name_of(&ResourceType::EXPERIMENT);
        self.learn(ids, |id| async move {
            let name = if needs_name { Some(self.within().experiment_name(id).await?) } else { None };
            Ok(self.reads(&ResourceType::EXPERIMENT, id, name.as_deref()).unwrap_or_default())
        })
        .await
    }

    fn learn<'s, 'i, F, Fut>(&'s self, ids: HashSet<&'i str>, read: F) -> BoxFuture<'s, Learnt<'i>>
    where
        'i: 's,
        F: Fn(&'i str) -> Fut,
        Fut: Future<Output = Result<bool, LookupError>> + Send + 's,
    {
        let each: Vec<_> = ids.into_iter().map(|id| read(id).map(move |answer| (id, answer)).boxed()).collect();
        let all = async move {
            let mut learnt = HashMap::new();
            for (id, answer) in iter(each).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
                let readable = match answer {
                    Ok(readable) => readable,
                    Err(LookupError::NotFound) => false,
                    Err(LookupError::Unavailable(error)) => return Err(Reply::unavailable(error.to_string())),
                };
                learnt.insert(id, readable);
            }
            Ok(learnt)
        };
        all.boxed()
    }

    /// The root of the proxy holds a directory for each experiment; whoever may list it sees those that they may read.
    async fn hide_experiment_directories(&self, answer: &mut Map<String, Value>) -> Result<(), Reply> {
        let is_root = self.reading.params.text("path").is_ok_and(|path| path.is_none());
        let Some(Value::Array(files)) = answer.get_mut("files").filter(|_| is_root) else { return Ok(()) };
        let name = |file: &Value| file.get("path").and_then(Value::as_str).unwrap_or_default().to_owned();
        let ids: Vec<String> = files.iter().map(name).filter(|name| is_experiment_id(name)).collect();
        let readable = self.readable_experiments(ids.iter().map(String::as_str).collect()).await?;
        files.retain(|file| readable.get(name(file).as_str()).copied().unwrap_or(true));
        Ok(())
    }

    fn hide_run_directories(&self, answer: &mut Map<String, Value>) {
        if self.may_see("run") {
            return;
        }
        let is_run = |file: &Value| {
            let path = file.get("path").and_then(Value::as_str).unwrap_or_default();
            path.rsplit('/').next().is_some_and(crate::judge::is_run_id)
        };
        if let Some(Value::Array(files)) = answer.get_mut("files") {
            files.retain(|file| !is_run(file));
        }
    }
}

/// The verdict on each row; what is not an object, or lacks what it is judged by, is not readable.
pub(super) fn judge(rows: &[Value], read: impl Fn(&Map<String, Value>) -> Option<bool>) -> Vec<bool> {
    rows.iter().map(|row| row.as_object().and_then(&read).unwrap_or_default()).collect()
}

pub(super) fn take_rows(answer: &mut Map<String, Value>, field: &str) -> Vec<Value> {
    match answer.remove(field) {
        Some(Value::Array(rows)) => rows,
        _ => Vec::new(),
    }
}

pub(super) fn put_rows(answer: &mut Map<String, Value>, field: &str, rows: Vec<Value>) {
    answer.insert(field.to_owned(), Value::Array(rows));
}

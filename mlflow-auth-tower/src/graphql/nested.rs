//! Fields below the root that lead to other resources.

use super::answer::Fields;
use super::snake;
use super::tree::Tree;
use crate::flow::Flow;
use crate::reply::Reply;
use crate::request::Reading;
use mlflow_auth_core::routes::{Effect, FieldRule, RowKind, Sees};
use serde_json::{Map, Value};

impl Fields {
    /// Does about every field of `value`, which came for `tree`, what its rule says.
    pub(super) async fn nested(&self, flow: &Flow<'_>, tree: &Tree, value: &mut Value) -> Result<(), Reply> {
        for rule in self.service.rules.iter().filter(|rule| tree.holds(rule)) {
            match rule.sees {
                Sees::SignedIn => {}
                Sees::RowsOf(method, path) => self.rows_of(flow, (method, path), (tree, rule), value).await?,
                Sees::Readable(kind) => self.readable(flow, kind, (tree, rule), value).await?,
                Sees::As(..) => return Err(Reply::internal(format!("`{}` is no field of a root", rule.name))),
            }
        }
        Ok(())
    }

    /// Leaves of every list the rows that the operation would give, as it would give them.
    async fn rows_of(
        &self,
        flow: &Flow<'_>,
        (method, path): (&str, &str),
        (tree, rule): (&Tree, &FieldRule),
        value: &mut Value,
    ) -> Result<(), Reply> {
        let (route, name, reading) = (flow.operation(method, path)?, snake(rule.name), Reading::default());
        let Effect::Filter { rows, kind, .. } = route.effect else {
            return Err(Reply::internal(format!("`{method} {path}` filters no rows")));
        };
        if rows != name {
            return Err(Reply::internal(format!("`{method} {path}` gives other rows than `{}`", rule.name)));
        }
        let mut all: Vec<Value> = Vec::new();
        tree.visit(value, rule.parent, &mut |object| {
            if let Some(Value::Array(rows)) = object.get(&name) {
                all.extend(rows.iter().cloned());
            }
        });
        let allowed = self.allowed(flow, route, &reading);
        let mut kept = allowed.readable(&all, kind).await?.into_iter();
        tree.visit(value, rule.parent, &mut |object| {
            if let Some(Value::Array(rows)) = object.get_mut(&name) {
                rows.retain(|_| kept.next().unwrap_or_default());
            }
            let mut whole = Value::Object(std::mem::take(object));
            allowed.redact(&mut whole);
            if let Value::Object(whole) = whole {
                *object = whole;
            }
        });
        Ok(())
    }

    /// Leaves of every object that stands in the field those that the caller may read.
    async fn readable(
        &self,
        flow: &Flow<'_>,
        kind: RowKind,
        (tree, rule): (&Tree, &FieldRule),
        value: &mut Value,
    ) -> Result<(), Reply> {
        let (name, reading) = (snake(rule.name), Reading::default());
        let mut all: Vec<Value> = Vec::new();
        let held = |object: &Map<String, Value>| object.get(&name).filter(|value| !value.is_null()).cloned();
        tree.visit(value, rule.parent, &mut |object| all.extend(held(object)));
        let mut kept = self.allowed(flow, &self.route, &reading).readable(&all, kind).await?.into_iter();
        tree.visit(value, rule.parent, &mut |object| {
            if let Some(value) = object.get_mut(&name).filter(|value| !value.is_null())
                && !kept.next().unwrap_or_default()
            {
                *value = Value::Null;
            }
        });
        Ok(())
    }
}

//! Who holds grants, and how what they hold is written.

use super::family::{Family, Key};
use super::object::Object;
use crate::api::Call;
use crate::reply::Reply;
use mlflow_auth_core::routes::oidc_plugin::Holder;
use mlflow_auth_core::{Grant, Permission, Scope, Subject};
use serde_json::{Map, Value, json};

/// A user or a group that the path names.
pub(super) struct Owner {
    pub(super) holder: Holder,
    pub(super) subject: Subject,
    /// The number of an account. Groups are known by their names alone.
    number: Option<i64>,
}

impl Call<'_> {
    /// The user or the group that the path names, which must be there.
    pub(super) async fn owner(&self, holder: Holder) -> Result<Owner, Reply> {
        match holder {
            Holder::User => {
                let user = self.account(&self.user_in_path()?).await?;
                Ok(Owner { holder, subject: Subject::User(user.name), number: Some(user.id) })
            }
            Holder::Group => {
                let group = self.group(&self.group_in_path()?).await?;
                Ok(Owner { holder, subject: Subject::Group(group.name), number: None })
            }
        }
    }
}

impl Owner {
    /// An exact grant, as it is written when it is looked at alone.
    pub(super) fn exact(&self, family: &Family, object: &Object, permission: Permission) -> Value {
        match family.key {
            Key::Listed | Key::Name => self.row(family, object, permission),
            Key::Experiment | Key::Registered | Key::Scorer => {
                let mut fields = names(family, object);
                fields.insert("permission".into(), permission.name().into());
                fields.insert("user_id".into(), self.number.into());
                if family.key != Key::Scorer {
                    fields.insert("group_id".into(), Value::Null);
                }
                if family.key == Key::Registered {
                    fields.insert("prompt".into(), (object.registered == Some("prompt")).into());
                }
                Value::Object(fields)
            }
        }
    }

    /// An exact grant as a row of a list.
    pub(super) fn row(&self, family: &Family, object: &Object, permission: Permission) -> Value {
        let mut fields = names(family, object);
        if family.key == Key::Experiment {
            fields = Map::from_iter([("id".into(), json!(object.id)), ("name".into(), json!(object.name))]);
        }
        if family.key == Key::Scorer {
            fields.insert(self.number_field().into(), self.number.into());
        }
        fields.insert("permission".into(), permission.name().into());
        if family.key != Key::Scorer || self.holder == Holder::Group {
            fields.insert("kind".into(), self.kind().into());
        }
        Value::Object(fields)
    }

    /// A pattern.
    pub(super) fn pattern(&self, family: &Family, grant: &Grant) -> Value {
        let target = &grant.spec.target;
        let texts = family.pattern(self.holder).texts;
        let workspace = match &grant.spec.scope {
            Scope::Everywhere => "*",
            Scope::In(workspace) => workspace.as_str(),
        };
        let mut fields = Map::new();
        fields.insert("id".into(), if texts { json!(grant.id.to_string()) } else { json!(grant.id) });
        fields.insert("regex".into(), target.text().into());
        fields.insert("priority".into(), target.priority().into());
        if !texts {
            fields.insert(self.number_field().into(), self.number.into());
        }
        fields.insert("permission".into(), grant.spec.permission.name().into());
        if family.key == Key::Registered {
            fields.insert("prompt".into(), (family.kind == "prompt").into());
        }
        if self.holder == Holder::Group || matches!(family.key, Key::Listed | Key::Name) {
            fields.insert("kind".into(), self.kind().into());
        }
        fields.insert("workspace".into(), workspace.into());
        Value::Object(fields)
    }

    fn number_field(&self) -> &'static str {
        match self.holder {
            Holder::User => "user_id",
            Holder::Group => "group_id",
        }
    }

    fn kind(&self) -> &'static str {
        match self.holder {
            Holder::User => "user",
            Holder::Group => "group",
        }
    }
}

/// The fields that name an object.
fn names(family: &Family, object: &Object) -> Map<String, Value> {
    match family.key {
        Key::Experiment => Map::from_iter([("experiment_id".into(), json!(object.id))]),
        Key::Scorer => Map::from_iter([
            ("experiment_id".into(), json!(object.experiment)),
            ("scorer_name".into(), json!(object.label())),
        ]),
        Key::Registered | Key::Listed | Key::Name => Map::from_iter([("name".into(), json!(object.label()))]),
    }
}

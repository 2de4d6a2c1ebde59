//! One field of the root after the other.

use super::arguments::Argument;
use super::plan::{As, Fate, Plan, Planned};
use super::query::Root;
use super::snake;
use super::tree::Tree;
use crate::answer::{Narrowed, before};
use crate::denial::Denial;
use crate::flow::{Asking, Flow};
use crate::reply::Reply;
use crate::request::{Reading, Source, one_run};
use apollo_compiler::Schema;
use mlflow_auth_core::routes::mlflow::message;
use mlflow_auth_core::routes::{Access, Effect, GraphQl, Id, Need, Page, Params, Route, Sees, Takes, check};
use serde_json::{Map, Value};

/// The argument that holds the parameters of an operation.
const INPUT: &str = "input";

/// All that fields are judged with.
#[derive(Clone, Copy)]
pub(super) struct Judging<'a> {
    pub(super) flow: &'a Flow<'a>,
    pub(super) service: &'static GraphQl,
    pub(super) schema: &'a Schema,
    pub(super) by: Asking<'a>,
}

/// What becomes of a field, or why it is `null`: `None` where nobody says.
type Judged = Result<Fate, Withheld>;

/// Why a field is not asked for.
pub(super) enum Withheld {
    /// It is `null`, and the text, if there is one, is told.
    Null(Option<String>),
    /// Nothing of the request is answered: somebody does not answer who is needed to tell.
    Whole(Reply),
}

impl From<Reply> for Withheld {
    /// A refusal and a problem of the request concern the field, anything else the request.
    fn from(reply: Reply) -> Self {
        match reply.status() {
            status if status.is_client_error() => Withheld::Null(reply.message()),
            _ => Withheld::Whole(reply),
        }
    }
}

impl Judging<'_> {
    /// Judges every field of the root of type `parent`.
    ///
    /// # Errors
    /// 503 if somebody does not answer who is needed to tell.
    pub(super) async fn all(&self, parent: &str, roots: Vec<Root>) -> Result<Plan, Reply> {
        let mut plan = Plan::default();
        for mut root in roots {
            let fate = match self.one(parent, &mut root).await {
                Ok(fate) => fate,
                Err(Withheld::Whole(reply)) => return Err(reply),
                Err(Withheld::Null(told)) => {
                    plan.problems.extend(told);
                    Fate::Answer(Value::Null)
                }
            };
            plan.fields.push(Planned { root, fate });
        }
        Ok(plan)
    }

    async fn one(&self, parent: &str, root: &mut Root) -> Judged {
        if root.asked.name == "__typename" {
            return Ok(Fate::Answer(parent.into()));
        }
        let tree = || Tree::of(self.service, &root.asked);
        match self.service.rule(parent, &root.asked.name) {
            Some(Sees::SignedIn) => Ok(Fate::Send(tree(), None)),
            Some(Sees::As(method, path)) => {
                let tree = tree();
                let judged = self.as_operation(method, path, &mut root.arguments).await?;
                Ok(Fate::Send(tree, Some(Box::new(judged))))
            }
            Some(Sees::RowsOf(..) | Sees::Readable(_)) | None => {
                let why = format!("nobody but admins may ask for `{}`", root.asked.name);
                Err(self.flow.deny(self.by.who, self.by.head, &why).into())
            }
        }
    }

    /// Judges a field as an operation, and leaves of its arguments what was judged.
    async fn as_operation(&self, method: &str, path: &str, arguments: &mut [Argument]) -> Result<As, Withheld> {
        let route = *self.flow.operation(method, path)?;
        self.flow.opens_to_narrowed(self.by.who, self.by.head, &route)?;
        let mut reading = self.reading(&route, arguments)?;
        self.narrowed(&route, &mut reading).await?;
        let needs: &[Need] = match route.access {
            Access::Needs(needs) => needs,
            Access::SignedIn => &[],
            _ => return Err(self.refuse(&route, "the operation is not for everybody")),
        };
        self.flow.permit(self.by, (&route, needs), (&reading.params, None)).await?;
        self.put_back(&reading.params, arguments)?;
        Ok(As { route, reading })
    }

    fn refuse(&self, route: &Route, why: &str) -> Withheld {
        let denial = Denial { route: Some(route), ..Denial::new(self.by.who, self.by.head) };
        denial.reply(why, self.flow.shared.says_why).into()
    }

    /// The parameters of the operation, as those of a request to it are read.
    fn reading(&self, route: &Route, arguments: &[Argument]) -> Result<Reading, Withheld> {
        let (Takes::Message(name), true) = (route.takes, is_supported(&route.effect)) else {
            return Err(Reply::internal("the operation cannot be judged as a field").into());
        };
        let schema = message(name).ok_or_else(|| Reply::internal(format!("the message `{name}` is not known")))?;
        let [Argument { value: Value::Object(input), name, .. }] = arguments else {
            return Err(Withheld::Null(Some("the argument `input` is missing".into())));
        };
        if name != INPUT {
            return Err(Reply::internal("the operation has its parameters elsewhere").into());
        }
        let fields: Map<String, Value> = input.iter().map(|(name, value)| (snake(name), value.clone())).collect();
        let mut fields = check(schema, &fields).map_err(|error| Reply::bad_request(error.to_string()))?;
        one_run(route.takes, &mut fields)?;
        Ok(Reading { source: Source::Json, params: Params::new(Vec::new(), fields), other_query: Vec::new() })
    }

    /// Narrows a search before its needs are asked for, which are those of what is left.
    async fn narrowed(&self, route: &Route, reading: &mut Reading) -> Result<(), Withheld> {
        let Effect::Narrow { experiments, .. } = route.effect else { return Ok(()) };
        let allowed = self.flow.allowed(self.by, route, reading);
        let names_any = reading.params.ids(Id::each(experiments)).is_ok_and(|ids| !ids.is_empty());
        match before(&allowed).await? {
            Narrowed::Whole => Ok(()),
            Narrowed::To(fields) => {
                *reading.params.fields_mut() = fields;
                Ok(())
            }
            Narrowed::ToNothing if names_any => Err(self.refuse(route, "none of the experiments may be searched")),
            Narrowed::ToNothing => Err(Withheld::Null(Some(format!("the field `{experiments}` is empty")))),
        }
    }

    /// Puts the parameters that were judged in the place of those that were given.
    fn put_back(&self, params: &Params, arguments: &mut [Argument]) -> Result<(), Reply> {
        for argument in arguments {
            let kind = argument.kind.trim_end_matches('!');
            let Some(object) = self.schema.get_input_object(kind) else {
                return Err(Reply::internal(format!("`{kind}` holds no parameters")));
            };
            let mut input = Map::new();
            for name in object.fields.keys() {
                if let Some(value) = params.fields().get(&snake(name)) {
                    input.insert(name.to_string(), value.clone());
                }
            }
            argument.value = Value::Object(input);
        }
        Ok(())
    }
}

/// Whether what the operation does about its answer can be done about a field.
fn is_supported(effect: &Effect) -> bool {
    matches!(effect, Effect::None | Effect::Narrow { .. } | Effect::Filter { page: Page::AsItIs, .. })
}

impl Flow<'_> {
    /// The row of an operation that a rule names.
    ///
    /// # Errors
    /// A 500 if there is none, which tests rule out for MLflow's.
    pub(super) fn operation(&self, method: &str, path: &str) -> Result<&Route, Reply> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let found = self.shared.routes.find(method, &segments).filter(|found| found.path.is_empty());
        found
            .map(|found| found.route)
            .ok_or_else(|| Reply::internal(format!("there is no operation `{method} {path}`")))
    }
}

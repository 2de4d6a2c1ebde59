//! What an operation needs.

use crate::vocabulary::{Action, Resource, ResourceType, UnknownAction};

/// One thing that an operation needs. An operation that needs several is allowed when all of them hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// One of these chains must allow. Nearly always there is one.
    Any(Vec<Chain>),
    /// The caller may bring a new resource of this type into the workspace. Without workspaces everybody may; with them
    /// it takes `USE` on the workspace in union mode (as MLflow's own auth has it) and `MANAGE` in first-match mode (as
    /// mlflow-oidc-auth has it).
    ///
    /// Where [creation is restricted](crate::Policy::restrict_creation) and the resource has a name, it takes `EDIT` on
    /// that name besides: a grant on everything of the type or a pattern gives it, then the workspace, then the default.
    /// Exact grants do not count, nor does the id here: what they name is not there yet. An id that is known beforehand
    /// says only what a [narrowed](crate::Narrowing) proof reaches.
    Create(Resource),
}

/// Which resources speak for an operation, in order: the first rung on which the caller holds any grant decides, and
/// where none does, the workspace and the default, with the action of the last rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain(pub Vec<Rung>);

/// An action on a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// What is done.
    pub action: Action,
    /// To what.
    pub resource: Resource,
}

impl Requirement {
    /// An action on a resource that nothing else speaks for.
    pub fn on(action: Action, resource: Resource) -> Self {
        Chain::of(action, resource).into()
    }

    /// The right to create a resource of `kind` in the workspace of `resource`.
    pub fn create(kind: ResourceType) -> Self {
        Requirement::Create(Resource::every(kind))
    }

    /// What it takes to do `word` to `resource`: the word of an [`Action`], or `create` for a new resource of its type,
    /// which takes that the type, and the resource if it has an id, are not denied; and where creation is restricted, that
    /// its name may be made.
    ///
    /// # Errors
    /// [`UnknownAction`]
    pub fn of_word(word: &str, resource: Resource) -> Result<Vec<Self>, UnknownAction> {
        if word != "create" {
            return Ok(vec![Self::on(word.parse()?, resource)]);
        }
        let every = Resource { id: None, name: None, ..resource.clone() };
        let new = Resource { id: None, ..resource.clone() };
        let mut needs = vec![Requirement::Create(new), Self::on(Action::NotDenied, every)];
        if resource.id.is_some() {
            needs.push(Self::on(Action::NotDenied, resource));
        }
        Ok(needs)
    }

    /// The same of a resource that belongs to `parent`, which speaks where nobody granted anything on the resource. That
    /// nobody refuses is asked of the resource alone.
    pub fn or_else(self, parent: &Resource) -> Self {
        let falls_back = |chain: Chain| match chain.0.last().map(|rung| rung.action) {
            None | Some(Action::NotDenied) => chain,
            Some(action) => chain.or_else(action, parent.clone()),
        };
        match self {
            Requirement::Any(chains) => Requirement::Any(chains.into_iter().map(falls_back).collect()),
            create @ Requirement::Create(_) => create,
        }
    }

    /// Whether it asks for nothing but that nobody refuses, which gives no right to anything.
    pub fn only_asks_for_no_refusal(&self) -> bool {
        let mut rungs = self.chains().iter().flat_map(|chain| &chain.0);
        !matches!(self, Requirement::Create(_)) && rungs.all(|rung| rung.action == Action::NotDenied)
    }

    /// The chains of which one must allow; none for the right to create.
    pub fn chains(&self) -> &[Chain] {
        match self {
            Requirement::Any(chains) => chains,
            Requirement::Create(_) => &[],
        }
    }
}

impl Chain {
    /// A chain of one rung.
    pub fn of(action: Action, resource: Resource) -> Self {
        Self(vec![Rung { action, resource }])
    }

    /// The same with another rung below, which speaks when nobody granted anything on those above.
    pub fn or_else(mut self, action: Action, resource: Resource) -> Self {
        self.0.push(Rung { action, resource });
        self
    }
}

impl From<Chain> for Requirement {
    fn from(chain: Chain) -> Self {
        Requirement::Any(vec![chain])
    }
}

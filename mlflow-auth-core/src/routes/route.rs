//! One row.

use super::oidc_plugin::Operation;
use super::sign_in::SignInOperation;
use super::{Effect, GraphQl, Need, Redaction};

/// One operation of a service, as a row that reads like a sentence.
///
/// A path is written with `{name}` for one segment, `{name}:text` for one that ends in that text, and `{name:path}` for
/// one or more of them.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The methods, upper case. A `HEAD` is judged as the `GET` of the same path.
    pub methods: &'static [&'static str],
    /// The path, without the prefixes of [`Mount`].
    pub path: &'static str,
    /// Under which prefixes it is served.
    pub mount: Mount,
    /// Where its parameters are read from.
    pub takes: Takes,
    /// Who may call it.
    pub access: Access,
    /// What happens around the answer.
    pub effect: Effect,
    /// Which fields of the answer are taken out for callers who were refused a kind of sub-resource.
    pub redact: &'static [Redaction],
    /// Whether it changes something even as a `GET`, so that a page of another origin must not make a browser send it.
    pub writes: bool,
}

/// Under which prefixes a path is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mount {
    /// As it stands.
    Root,
    /// Under `/api`.
    Api,
    /// Under `/ajax-api`.
    Ajax,
    /// Under both.
    Both,
}

impl Mount {
    /// The prefixes, each to be put in front of the path.
    pub const fn prefixes(self) -> &'static [&'static str] {
        match self {
            Mount::Root => &[""],
            Mount::Api => &["/api"],
            Mount::Ajax => &["/ajax-api"],
            Mount::Both => &["/api", "/ajax-api"],
        }
    }
}

/// Where an operation reads its parameters, besides the path. One source each; what comes by another way is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nowhere. A query may be there and says nothing about what is done; a body may not.
    Nothing,
    /// The fields of one of MLflow's protobuf messages, by its name in [`super::mlflow::message`]: from the query for
    /// `GET`, else from a JSON body.
    Message(&'static str),
    /// These fields of the query, whatever the method; no body. A name that ends in `[]` may be repeated.
    Query(&'static [&'static str]),
    /// A JSON object as body, in which these fields speak. Others pass.
    Json(&'static [&'static str]),
    /// These fields of an HTML form (`application/x-www-form-urlencoded`) in the body.
    Form(&'static [&'static str]),
    /// These fields of the query, and a body of any size and type that passes through unread.
    Stream(&'static [&'static str]),
    /// A body of OpenTelemetry spans (`ExportTraceServiceRequest`, protobuf), read whole.
    OtlpSpans,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Everybody, signed in or not.
    Public,
    /// Everybody who is signed in. What they see of the answer may still be filtered.
    SignedIn,
    /// Whoever meets all of these.
    Needs(&'static [Need]),
    /// Everybody who is signed in: the fields that are asked for are judged one by one, by these rules.
    GraphQl(&'static GraphQl),
    /// Admins, because MLflow itself says so.
    Admin,
    /// Nobody, unless the operator switches it on: operations on the server's own machine.
    Local(&'static str),
    /// Answered by this project itself and never forwarded; its handler decides who may.
    Ours,
    /// The same, with the REST API of mlflow-oidc-auth: errors are `{detail}`, and a name that is one segment of the path
    /// may hold an escaped slash or backslash, which no other route takes.
    Plugin(Operation),
    /// The same, for everybody: signing in and out. The request is read by its handler alone.
    SignIn(SignInOperation),
}

impl Route {
    const fn new(methods: &'static [&'static str], path: &'static str) -> Self {
        Self {
            methods,
            path,
            mount: Mount::Root,
            takes: Takes::Nothing,
            access: Access::Admin,
            effect: Effect::None,
            redact: &[],
            writes: false,
        }
    }

    /// A `GET`. Until it is said who may call it, admins may.
    pub const fn get(path: &'static str) -> Self {
        Self::new(&["GET"], path)
    }

    /// A `POST`. Until it is said who may call it, admins may.
    pub const fn post(path: &'static str) -> Self {
        Self::new(&["POST"], path)
    }

    /// A `PUT`. Until it is said who may call it, admins may.
    pub const fn put(path: &'static str) -> Self {
        Self::new(&["PUT"], path)
    }

    /// A `PATCH`. Until it is said who may call it, admins may.
    pub const fn patch(path: &'static str) -> Self {
        Self::new(&["PATCH"], path)
    }

    /// A `DELETE`. Until it is said who may call it, admins may.
    pub const fn delete(path: &'static str) -> Self {
        Self::new(&["DELETE"], path)
    }

    /// Several methods that need the same.
    pub const fn any(methods: &'static [&'static str], path: &'static str) -> Self {
        Self::new(methods, path)
    }

    /// Whether it may change anything, as far as the row tells: it takes more than reading, or takes nothing that could be
    /// granted and is neither a `GET` nor a search. What the row does not judge ([`Access::Ours`], admins' routes) is taken
    /// to change something.
    pub fn changes(&self) -> bool {
        let searches = matches!(self.effect, Effect::Filter { .. } | Effect::Narrow { .. });
        match self.access {
            // Every field that is asked for is judged as an operation of its own.
            Access::Public | Access::GraphQl(_) => false,
            Access::Needs(needs) => self.effect.changes() || needs.iter().any(Need::changes),
            Access::SignedIn => self.effect.changes() || !(searches || self.methods == ["GET"]),
            _ => true,
        }
    }

    /// Served under these prefixes.
    pub const fn under(mut self, mount: Mount) -> Self {
        self.mount = mount;
        self
    }

    /// Reads its parameters there.
    pub const fn takes(mut self, takes: Takes) -> Self {
        self.takes = takes;
        self
    }

    /// May be called by whoever meets all of `needs`.
    pub const fn needs(mut self, needs: &'static [Need]) -> Self {
        self.access = Access::Needs(needs);
        self
    }

    /// May be called by those.
    pub const fn open_to(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// What happens around the answer.
    pub const fn then(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// Changes something though it is a `GET`.
    pub const fn writing(mut self) -> Self {
        self.writes = true;
        self
    }

    /// Fields that are taken out of the answer.
    pub const fn redacting(mut self, redact: &'static [Redaction]) -> Self {
        self.redact = redact;
        self
    }
}

//! What the AI gateway's operations need.

use super::Id;
use crate::vocabulary::Action;

/// One need of an operation on the AI gateway. Grants on secrets, endpoints and model definitions stand on the id that
/// MLflow gives them; patterns match the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayNeed {
    /// `kind(id):action`.
    On {
        /// The resource type.
        kind: &'static str,
        /// What is done.
        action: Action,
        /// Where the id stands.
        id: Id,
    },
    /// `gateway_endpoint(id):action`, where the request names the endpoint by id or by name, in one of two fields.
    Endpoint(Action, EndpointNamed),
    /// `gateway_endpoint(id):action` of the endpoint that has this name. One that is not there is refused.
    EndpointNamed(Action, Id),
    /// `gateway_endpoint(id):action`; what names no endpoint is about all of them, and for admins.
    EndpointOrAdmin(Action, &'static str),
    /// The experiment that an endpoint writes traces of its usage into: `experiment(E):update` for one that the request
    /// names and that is not the endpoint's already, else `experiment(E):not denied`; where the request leads to a new
    /// one, `experiment(*):not denied`.
    Usage {
        /// Where the id of an endpoint that is there already stands.
        endpoint: Option<&'static str>,
    },
    /// The scorer of a guardrail: `scorer(E/name):not denied ; scorer_version(*):not denied else scorer(E/name):not
    /// denied`. A guardrail that is not there is refused.
    GuardrailScorer(Id),
}

/// The two fields in which a request names an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointNamed {
    /// Where the id stands.
    pub id: &'static str,
    /// Where the name stands.
    pub name: &'static str,
}

impl GatewayNeed {
    /// Whether it takes more than reading. A call through an endpoint changes nothing of MLflow's, but it costs and is
    /// recorded.
    pub const fn changes(&self) -> bool {
        match self {
            GatewayNeed::On { action, .. }
            | GatewayNeed::Endpoint(action, _)
            | GatewayNeed::EndpointNamed(action, _)
            | GatewayNeed::EndpointOrAdmin(action, _) => !matches!(action, Action::Read | Action::NotDenied),
            GatewayNeed::Usage { .. } => true,
            GatewayNeed::GuardrailScorer(_) => false,
        }
    }
}

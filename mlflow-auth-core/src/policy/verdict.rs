//! The answer, and the sentence that an administrator reads.

use super::{Bound, Requirement, Rung, Source};
use crate::grants::Grant;
use crate::vocabulary::{Action, Permission, Principal, ResourceRef, Username};
use std::fmt;

/// Allowed or refused, and why. Prints as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// Whether the operation may go on.
    pub allowed: bool,
    /// Who asked.
    pub who: &'a Username,
    /// What was asked of which resource: the rung that decided. `None` where no resource came into it.
    pub asked: Option<(Action, ResourceRef<'a>)>,
    /// Whether a new resource is asked for. The action is then what it takes on the workspace or, if the resource has a
    /// name, on that name.
    pub creates: bool,
    /// The place of that rung in its chain, the topmost being 0.
    pub rung: usize,
    /// What the caller holds there, all weighed.
    pub permission: Permission,
    /// Why.
    pub reason: Reason<'a>,
}

/// Why a verdict is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// Admins pass.
    Admin,
    /// Signing in was all that was needed.
    SignedIn,
    /// The requirement named nothing that could be granted: refused, for there is nothing that allows.
    NothingToAsk,
    /// Creation is open to everybody who is signed in.
    OpenCreation,
    /// This grant, found in this source.
    Granted(&'a Grant, Source),
    /// `MANAGE` on the workspace, in union mode.
    WorkspaceAdmin(&'a Grant),
    /// No grant speaks about the resource; this one speaks about its workspace.
    Workspace(&'a Grant),
    /// No grant speaks about the resource, nor about its workspace.
    NotInWorkspace,
    /// No grant speaks: the default permission.
    Default,
    /// A pattern of this source would have had to judge a name that is not known.
    NameUnknown(Source),
    /// The patterns of this source could not judge the name: refused.
    Unjudged(Source),
    /// All else allows it, but the proof was [narrowed](crate::Narrowing).
    Narrowed(Bound),
}

impl<'a> Reason<'a> {
    /// The grant that decided, if one did.
    pub fn grant(&self) -> Option<&'a Grant> {
        match self {
            Reason::Granted(grant, _) | Reason::WorkspaceAdmin(grant) | Reason::Workspace(grant) => Some(grant),
            _ => None,
        }
    }
}

impl Reason<'_> {
    /// A word for logs, metrics and JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Reason::Admin => "admin",
            Reason::SignedIn => "signed-in",
            Reason::NothingToAsk => "nothing-to-ask",
            Reason::OpenCreation => "open-creation",
            Reason::Granted(..) => "granted",
            Reason::WorkspaceAdmin(_) => "workspace-admin",
            Reason::Workspace(_) => "workspace",
            Reason::NotInWorkspace => "not-in-workspace",
            Reason::Default => "default",
            Reason::NameUnknown(_) => "name-unknown",
            Reason::Unjudged(_) => "unjudged",
            Reason::Narrowed(_) => "narrowed",
        }
    }

    /// Where the answer was found, if it came from grants on the resource.
    pub const fn source(&self) -> Option<Source> {
        match self {
            Reason::Granted(_, source) | Reason::NameUnknown(source) | Reason::Unjudged(source) => Some(*source),
            _ => None,
        }
    }
}

/// What was found to hold on a resource.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) permission: Permission,
    /// Whether a grant says so, so that a refusal is a veto.
    spoken: bool,
    reason: Reason<'a>,
}

impl<'a> Answer<'a> {
    pub(super) fn of(grant: &'a Grant, source: Source) -> Self {
        Self { permission: grant.spec.permission, spoken: true, reason: Reason::Granted(grant, source) }
    }

    pub(super) fn refusal(reason: Reason<'a>) -> Self {
        Self { permission: Permission::Deny, spoken: true, reason }
    }

    pub(super) fn unspoken(permission: Permission, reason: Reason<'a>) -> Self {
        Self { permission, spoken: false, reason }
    }

    pub(super) fn as_workspace_admin(mut self) -> Self {
        if let Some(grant) = self.reason.grant() {
            self.reason = Reason::WorkspaceAdmin(grant);
        }
        self
    }

    pub(super) fn through_the_workspace(mut self) -> Self {
        if let Reason::Granted(grant, _) = self.reason {
            self.reason = Reason::Workspace(grant);
        }
        self
    }

    pub(super) fn raised_to(mut self, least: Permission) -> Self {
        if !self.permission.is_refusal() {
            self.permission = self.permission.max(least);
        }
        self
    }

    pub(super) fn allows(&self, action: Action) -> bool {
        let vetoed = self.spoken && self.permission.is_refusal();
        !vetoed && self.permission.allows(action)
    }
}

impl<'a> Verdict<'a> {
    pub(super) fn new(who: &'a Principal, rung: &'a Rung, number: usize, answer: Answer<'a>) -> Self {
        Self {
            allowed: answer.allows(rung.action),
            who: &who.user,
            asked: Some((rung.action, rung.resource.as_ref())),
            creates: false,
            rung: number,
            permission: answer.permission,
            reason: answer.reason,
        }
    }

    fn without_resource(who: &'a Principal, allowed: bool, permission: Permission, reason: Reason<'a>) -> Self {
        Self { allowed, who: &who.user, asked: None, creates: false, rung: 0, permission, reason }
    }

    /// Of `needs` the first is named; nothing of them is weighed.
    pub(super) fn of_admin(who: &'a Principal, needs: &'a [Requirement]) -> Self {
        let verdict = Self::without_resource(who, true, Permission::Manage, Reason::Admin);
        match needs.first() {
            Some(Requirement::Create(resource)) => {
                Self { asked: Some((Action::Use, resource.as_ref())), creates: true, ..verdict }
            }
            Some(Requirement::Any(chains)) => {
                let rung = chains.first().and_then(|chain| chain.0.first());
                Self { asked: rung.map(|rung| (rung.action, rung.resource.as_ref())), ..verdict }
            }
            None => verdict,
        }
    }

    pub(super) fn of_signed_in(who: &'a Principal) -> Self {
        Self::without_resource(who, true, Permission::NoPermissions, Reason::SignedIn)
    }

    pub(super) fn of_nothing_to_ask(who: &'a Principal) -> Self {
        Self::without_resource(who, false, Permission::NoPermissions, Reason::NothingToAsk)
    }

    pub(super) fn of_open_creation(who: &'a Principal, resource: ResourceRef<'a>) -> Self {
        let verdict = Self::without_resource(who, true, Permission::NoPermissions, Reason::OpenCreation);
        Self { asked: Some((Action::Use, resource)), creates: true, ..verdict }
    }

    pub(super) fn of_creation(
        who: &'a Principal,
        action: Action,
        resource: ResourceRef<'a>,
        answer: Answer<'a>,
    ) -> Self {
        let verdict = Self::without_resource(who, answer.allows(action), answer.permission, answer.reason);
        Self { asked: Some((action, resource)), creates: true, ..verdict }
    }
}

impl Verdict<'_> {
    /// The same, refused for what the proof was narrowed to. What is held stays told.
    pub(super) fn narrowed(self, bound: Bound) -> Self {
        Self { allowed: false, reason: Reason::Narrowed(bound), ..self }
    }

    /// Who may, or may not, do what.
    pub(super) fn claim(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let may = if self.allowed { "may" } else { "may not" };
        match &self.asked {
            Some((action, resource)) if self.creates => {
                write!(f, "`{}` {may} create a new {}", self.who, resource.kind)?;
                match resource.name {
                    _ if matches!(self.reason, Reason::OpenCreation | Reason::Admin | Reason::Narrowed(_)) => {}
                    Some(name) => write!(f, " `{name}`, which takes {action} on that name")?,
                    None => write!(f, ", which takes {action} on workspace `{}`", resource.workspace)?,
                }
            }
            Some((Action::NotDenied, resource)) => write!(f, "`{}` {may} go past {resource}", self.who)?,
            Some((action, resource)) => write!(f, "`{}` {may} {action} {resource}", self.who)?,
            None => write!(f, "`{}` {may} do this", self.who)?,
        }
        Ok(())
    }
}

impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.claim(f)?;
        f.write_str(": ")?;
        self.because(f)?;
        match self.missing() {
            Some(missing) if missing.can_be_granted() => write!(f, "; it takes {}", missing.needed),
            _ => Ok(()),
        }
    }
}

impl Verdict<'_> {
    pub(super) fn because(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let enters = self.creates && self.asked.is_some_and(|(_, resource)| resource.name.is_none());
        let nothing = if enters { "nothing is granted on the workspace" } else { "nothing is granted on it" };
        match self.reason {
            Reason::Admin => f.write_str("admins may do everything"),
            Reason::SignedIn => f.write_str("being signed in is enough"),
            Reason::NothingToAsk => f.write_str("the request names nothing that could be granted"),
            Reason::OpenCreation => f.write_str("everybody who is signed in may create"),
            Reason::Granted(grant, source) => write!(f, "{grant}, decides (source {source})"),
            Reason::WorkspaceAdmin(grant) => write!(f, "{grant}, makes them admin of the workspace"),
            Reason::Workspace(grant) => write!(f, "{nothing}, and {grant}, decides for its workspace"),
            Reason::NotInWorkspace if enters => f.write_str(nothing),
            Reason::NotInWorkspace => write!(f, "{nothing}, and nothing on its workspace gives that"),
            Reason::Default => write!(f, "{nothing}, and the default permission is {}", self.permission),
            Reason::NameUnknown(source) => write!(f, "a pattern (source {source}) must judge a name that is not known"),
            Reason::Unjudged(source) => write!(f, "the patterns (source {source}) could not judge the name"),
            Reason::Narrowed(bound) => write!(f, "the token is narrowed {bound}"),
        }
    }
}

//! The one engine.

use super::trail::{Everything, Nothing, Trail};
use super::verdict::{Answer, Reason, Verdict};
use super::{Chain, Explanation, Mode, Requirement, first_match, narrowed, union};
use crate::grants::Holdings;
use crate::vocabulary::{Action, Permission, Principal, Resource, ResourceRef, ResourceType, Workspace};

/// How verdicts are reached. Pure: it decides from what it is handed, without I/O or clock, and always answers.
///
/// The order in which things are looked at, for every requirement of an operation:
///
/// 1. an admin passes;
/// 2. on each rung of the requirement's chain, top first, the grants that speak about its resource: in
///    [first-match](Mode::FirstMatch) mode source by source, in [union](Mode::Union) mode all of them folded. The first
///    rung with an answer decides;
/// 3. with workspaces on, what the caller holds on the workspace (first-match), or nothing at all;
/// 4. the default permission.
///
/// What a proof was [narrowed](crate::Narrowing) to is looked at last, and of admins too: of what would be allowed it
/// takes away what lies outside; see [`Bound`](super::Bound).
///
/// In union mode `MANAGE` on the workspace comes before 2 and stands above every refusal, as in MLflow.
///
/// # What surprises in first-match mode
/// Rules that were written for mlflow-oidc-auth (11.0.2) go on meaning what they mean there, so this mode keeps what many
/// do not expect of it:
///
/// * **The first source that answers decides, not the most generous one and not the narrowest.** An exact `READ` of the
///   user takes away the `MANAGE` that a group or a pattern gives, and a `MANAGE` of the user lifts the refusal that a
///   group holds.
/// * **Inside a source a refusal outranks everything.** Of two groups, one with `MANAGE` and one with `NO_PERMISSIONS` on
///   the same model, the second decides: there `NO_PERMISSIONS` is a refusal, not the absence of a grant. Else the
///   highest permission counts. See [`Permission::rank`].
/// * **Of patterns only those with the lowest number that matches are looked at.** A pattern with the priority 5 never
///   adds to one with 4. Where several of the same priority match, the highest rank decides and not the first written,
///   so that here too a refusal wins.
/// * **The patterns of all groups are one list.** The priority of one group's pattern counts against those of another.
/// * **Patterns are anchored at the start and open at the end**, as Python's `re.match` has them: `prod` matches
///   `production`, and `^team-1` matches `team-10`. A `$` closes it, and also stands before a line break at the very end.
/// * **What is held on a workspace is asked last**, and only where no source answered: a refusal on the workspace takes
///   nothing away from somebody who holds a grant on the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How grants become an answer.
    pub mode: Mode,
    /// What everybody has where no grant speaks. In union mode also the least that any positive grant gives.
    pub default: Permission,
    /// Whether resources live in workspaces (`MLFLOW_ENABLE_WORKSPACES`). Without, everything is in `default`.
    pub workspaces: bool,
    /// With workspaces on: whether the default permission holds in the workspace `default`
    /// (`grant_default_workspace_access`).
    pub default_workspace_access: bool,
    /// Whether creating something also takes `EDIT` on its name (`RESTRICT_RESOURCE_CREATION`); see
    /// [`Requirement::Create`].
    pub restrict_creation: bool,
}

impl Default for Policy {
    /// First match, in the default order; nothing without a grant; no workspaces; everybody may create.
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            default: Permission::NoPermissions,
            workspaces: false,
            default_workspace_access: false,
            restrict_creation: false,
        }
    }
}

impl Policy {
    /// Whether `who`, holding `held`, may do what needs all of `needs`. Nothing needed means that signing in is enough.
    ///
    /// The verdict names the first requirement that fails, or the last one if none does. Does not allocate.
    pub fn decide<'a>(&self, who: &'a Principal, held: &'a Holdings, needs: &'a [Requirement]) -> Verdict<'a> {
        self.weigh(who, held, needs, &mut Nothing)
    }

    /// The same decision, by the same code, with every grant that it shadowed.
    pub fn explain<'a>(&self, who: &'a Principal, held: &'a Holdings, needs: &'a [Requirement]) -> Explanation<'a> {
        let mut trail = Everything::default();
        let verdict = self.weigh(who, held, needs, &mut trail);
        let decided = verdict.reason.grant();
        let mut shadowed = trail.met;
        shadowed.retain(|met| decided.is_none_or(|grant| !std::ptr::eq(grant, met.grant)));
        Explanation { verdict, shadowed }
    }

    /// Whether one action on one resource is allowed: what filters of lists ask for each row.
    pub fn permits(&self, who: &Principal, held: &Holdings, action: Action, resource: ResourceRef<'_>) -> bool {
        let granted = who.is_admin || self.level(held, resource, &mut Nothing).allows(action);
        granted && narrowed::permits(who, action, resource)
    }

    /// Whether `who` administers `workspace`: they are an admin, or a grant gives them `MANAGE` on it. The default permission
    /// makes nobody an administrator.
    pub fn administers(&self, who: &Principal, held: &Holdings, workspace: &Workspace) -> bool {
        let resource = ResourceRef::workspace(workspace);
        let spoken = self.spoken(held, resource, &mut Nothing);
        let granted = who.is_admin || spoken.is_some_and(|answer| answer.allows(Action::Manage));
        granted && narrowed::permits(who, Action::Manage, resource)
    }

    /// What `who` holds on `resource` when all is weighed, the default included, and no more than what their proof was
    /// narrowed to.
    pub fn permission(&self, who: &Principal, held: &Holdings, resource: ResourceRef<'_>) -> Permission {
        let permission = match who.is_admin {
            true => Permission::Manage,
            false => self.level(held, resource, &mut Nothing).permission,
        };
        narrowed::permission(who, permission, resource)
    }

    fn weigh<'a, T: Trail<'a>>(
        &self,
        who: &'a Principal,
        held: &'a Holdings,
        needs: &'a [Requirement],
        trail: &mut T,
    ) -> Verdict<'a> {
        if who.is_admin && !T::THOROUGH {
            return narrowed::of_admin(who, needs);
        }
        let mut verdict = Verdict::of_signed_in(who);
        for need in needs {
            verdict = self.requirement(who, held, need, trail);
            if let (true, Some(bound)) = (verdict.allowed, narrowed::outside(who, need)) {
                verdict = verdict.narrowed(bound);
            }
            if !verdict.allowed {
                break;
            }
        }
        if who.is_admin { narrowed::of_admin(who, needs) } else { verdict }
    }

    fn requirement<'a, T: Trail<'a>>(
        &self,
        who: &'a Principal,
        held: &'a Holdings,
        need: &'a Requirement,
        trail: &mut T,
    ) -> Verdict<'a> {
        let chains = match need {
            Requirement::Create(resource) => return self.creation(who, held, resource, trail),
            Requirement::Any(chains) => chains,
        };
        let mut verdict = Verdict::of_nothing_to_ask(who);
        for chain in chains {
            verdict = self.chain(who, held, chain, trail);
            if verdict.allowed {
                break;
            }
        }
        verdict
    }

    fn chain<'a, T: Trail<'a>>(
        &self,
        who: &'a Principal,
        held: &'a Holdings,
        chain: &'a Chain,
        trail: &mut T,
    ) -> Verdict<'a> {
        let mut last = None;
        let mut decided = None;
        for (number, rung) in chain.0.iter().enumerate() {
            trail.rung(number);
            last = Some((number, rung));
            if decided.is_some() && !T::THOROUGH {
                break;
            }
            if let Some(answer) = self.granted(held, rung.resource.as_ref(), trail) {
                decided.get_or_insert((number, rung, answer));
            }
        }
        match (decided, last) {
            (Some((number, rung, answer)), _) => Verdict::new(who, rung, number, answer),
            (None, Some((number, rung))) => {
                Verdict::new(who, rung, number, self.unspoken(held, rung.resource.as_ref(), trail))
            }
            (None, None) => Verdict::of_nothing_to_ask(who),
        }
    }

    /// Two things in a row: the workspace must let the caller in, and where creation is restricted the name too.
    fn creation<'a, T: Trail<'a>>(
        &self,
        who: &'a Principal,
        held: &'a Holdings,
        resource: &'a Resource,
        trail: &mut T,
    ) -> Verdict<'a> {
        let new = ResourceRef { id: None, ..resource.as_ref() };
        let verdict = self.entry(who, held, ResourceRef { name: None, ..new }, trail);
        let asks_the_name = self.restrict_creation && new.name.is_some();
        if !asks_the_name || !(verdict.allowed || T::THOROUGH) {
            return verdict;
        }
        let named = Verdict::of_creation(who, Action::Update, new, self.level(held, new, trail));
        if verdict.allowed { named } else { verdict }
    }

    /// Whether the caller may bring something of the type of `new` into its workspace.
    fn entry<'a, T: Trail<'a>>(
        &self,
        who: &'a Principal,
        held: &'a Holdings,
        new: ResourceRef<'a>,
        trail: &mut T,
    ) -> Verdict<'a> {
        if !self.workspaces {
            return Verdict::of_open_creation(who, new);
        }
        let action = match self.mode {
            Mode::FirstMatch(_) => Action::Manage,
            Mode::Union => Action::Use,
        };
        let answer = self
            .spoken(held, ResourceRef::workspace(new.workspace), trail)
            .unwrap_or_else(|| self.fallback(new.workspace));
        Verdict::of_creation(who, action, new, answer)
    }

    /// What the caller has on `resource`, be it granted or not.
    pub(super) fn level<'a, T: Trail<'a>>(
        &self,
        held: &'a Holdings,
        resource: ResourceRef<'_>,
        trail: &mut T,
    ) -> Answer<'a> {
        match self.granted(held, resource, trail) {
            Some(answer) => answer,
            None => self.unspoken(held, resource, trail),
        }
    }

    /// What grants say about `resource`, if any does; in union mode raised to at least the default.
    fn granted<'a, T: Trail<'a>>(
        &self,
        held: &'a Holdings,
        resource: ResourceRef<'_>,
        trail: &mut T,
    ) -> Option<Answer<'a>> {
        let answer = self.spoken(held, resource, trail);
        match self.mode {
            Mode::FirstMatch(_) => answer,
            Mode::Union => answer.map(|answer| answer.raised_to(self.default)),
        }
    }

    /// What grants say about `resource`, and nothing else.
    fn spoken<'a, T: Trail<'a>>(
        &self,
        held: &'a Holdings,
        resource: ResourceRef<'_>,
        trail: &mut T,
    ) -> Option<Answer<'a>> {
        match &self.mode {
            Mode::FirstMatch(order) => first_match::answer(order.sources(), held, resource, trail),
            Mode::Union => union::answer(held, resource, trail),
        }
    }

    /// What holds where no grant speaks: in first-match mode what is held on the workspace, then the default.
    fn unspoken<'a, T: Trail<'a>>(&self, held: &'a Holdings, resource: ResourceRef<'_>, trail: &mut T) -> Answer<'a> {
        let asks_the_workspace = self.workspaces && matches!(self.mode, Mode::FirstMatch(_));
        if asks_the_workspace
            && *resource.kind != ResourceType::WORKSPACE
            && let Some(answer) = self.spoken(held, ResourceRef::workspace(resource.workspace), trail)
        {
            return answer.through_the_workspace();
        }
        self.fallback(resource.workspace)
    }

    fn fallback<'a>(&self, workspace: &Workspace) -> Answer<'a> {
        let open = self.default_workspace_access && workspace.as_str() == Workspace::DEFAULT;
        match !self.workspaces || open {
            true => Answer::unspoken(self.default, Reason::Default),
            false => Answer::unspoken(Permission::NoPermissions, Reason::NotInWorkspace),
        }
    }
}

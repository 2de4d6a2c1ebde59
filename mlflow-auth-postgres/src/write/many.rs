//! Many grants with few statements: a list of thousands is not thousands of round trips.

use super::Write;
use crate::error::Result;
use crate::queries::query;
use crate::rows;
use mlflow_auth_core::store::{Change, Event, GrantConflict};
use mlflow_auth_core::{GrantSpec, Subject};
use sqlx::Row;
use std::collections::{HashMap, HashSet};

/// How many grants go into one statement at most.
pub(crate) const MOST: usize = 1000;

/// A grant, and what stands for its resource in an index.
type Given<'c> = (&'c GrantSpec, [u8; 32]);

/// Grants as columns.
#[derive(Default)]
struct Columns<'c> {
    subjects: Vec<i64>,
    workspaces: Vec<Option<&'c str>>,
    kinds: Vec<&'c str>,
    forms: Vec<&'c str>,
    texts: Vec<&'c str>,
    digests: Vec<&'c [u8]>,
    priorities: Vec<i64>,
    permissions: Vec<&'c str>,
}

impl Write {
    /// Gives the grants that a list begins with, up to the first that cannot be given together with those before it, and
    /// says how many. That one is for who makes one change at a time, and knows what to say of it.
    pub(crate) async fn grants_at_once(&mut self, changes: &[Change]) -> Result<usize> {
        let Some(Change::Grant(_, conflict)) = changes.first() else { return Ok(0) };
        let mut given = alike(changes, *conflict);
        if given.len() < 2 {
            return Ok(0);
        }
        let ids = self.ids(&mut given).await?;
        let mut columns = Columns::of(&given, &ids);
        if *conflict == GrantConflict::Refuse {
            let free = self.free(&columns).await?;
            given.truncate(free);
            columns = Columns::of(&given, &ids);
        }
        self.insert(columns, *conflict).await?;
        given.iter().for_each(|(spec, _)| self.tell(Event::Grants(spec.subject.clone())));
        Ok(given.len())
    }

    /// The numbers of the holders. Users and groups get one if they have none; at a role that does not exist the list
    /// ends.
    async fn ids(&mut self, given: &mut Vec<Given<'_>>) -> Result<HashMap<Subject, i64>> {
        let wanted: HashSet<&Subject> = given.iter().map(|(spec, _)| &spec.subject).collect();
        let mut ids = self.subjects(wanted.into_iter().collect(), false).await?;
        let is_missing = |subject: &Subject| matches!(subject, Subject::Role(_)) && !ids.contains_key(subject);
        if let Some(end) = given.iter().position(|(spec, _)| is_missing(&spec.subject)) {
            given.truncate(end);
        }
        let mut new: Vec<&Subject> = Vec::new();
        let mut seen = HashSet::new();
        for (spec, _) in given.iter() {
            if !ids.contains_key(&spec.subject) && seen.insert(&spec.subject) {
                new.push(&spec.subject);
            }
        }
        if !new.is_empty() {
            ids.extend(self.subjects(new, true).await?);
        }
        Ok(ids)
    }

    /// Finds subjects, or adds them.
    async fn subjects(&mut self, subjects: Vec<&Subject>, adds: bool) -> Result<HashMap<Subject, i64>> {
        let columns = || subjects.iter().map(|subject| rows::columns(subject));
        let kinds: Vec<_> = columns().map(|(kind, ..)| kind).collect();
        let workspaces: Vec<_> = columns().map(|(_, workspace, _)| workspace).collect();
        let names: Vec<_> = columns().map(|(.., name)| name).collect();
        let session = &mut self.session;
        let statement = match adds {
            true => query!(session, add_subjects, kinds, workspaces, names),
            false => query!(session, find_subjects, kinds, workspaces, names),
        };
        let found = session.all(statement, |row| Ok((rows::subject(row, 1)?, rows::id(row)?))).await?;
        Ok(found.into_iter().collect())
    }

    /// How many of the first of these places nobody holds a grant on.
    async fn free(&mut self, columns: &Columns<'_>) -> Result<usize> {
        let Columns { subjects, workspaces, forms, digests, .. } = columns;
        let session = &mut self.session;
        let statement = query!(session, first_taken, subjects, digests, forms, workspaces);
        let taken = session.first(statement, |row| Ok(row.try_get::<Option<i64>, _>(0)?)).await?.flatten();
        let free = taken.and_then(|place| usize::try_from(place - 1).ok());
        Ok(free.unwrap_or(subjects.len()))
    }

    async fn insert(&mut self, columns: Columns<'_>, conflict: GrantConflict) -> Result<()> {
        let Columns { subjects, workspaces, kinds, forms, texts, digests, priorities, permissions } = columns;
        let session = &mut self.session;
        let statement = match conflict {
            GrantConflict::Refuse => query!(session, give_many),
            GrantConflict::Replace => query!(session, give_or_replace_many),
        };
        let statement = statement.bind(subjects).bind(workspaces).bind(kinds).bind(forms).bind(texts);
        session.run(statement.bind(digests).bind(priorities).bind(permissions)).await?;
        Ok(())
    }
}

/// The grants that a list begins with that can be kept, meet what stands there in the same way, and not each other.
fn alike(changes: &[Change], how: GrantConflict) -> Vec<Given<'_>> {
    let mut places = HashSet::new();
    let given = changes.iter().take(MOST).map_while(|change| match change {
        Change::Grant(spec, conflict) if *conflict == how && change.check().is_ok() => {
            let digest = rows::digest(&spec.kind, spec.target.text());
            places.insert((&spec.subject, digest, spec.target.form(), &spec.scope)).then_some((spec, digest))
        }
        _ => None,
    });
    given.collect()
}

impl<'c> Columns<'c> {
    fn of(given: &'c [Given<'c>], ids: &HashMap<Subject, i64>) -> Self {
        let mut columns = Self::default();
        for (spec, digest) in given {
            // Everybody has a number by now.
            let Some(id) = ids.get(&spec.subject) else { break };
            columns.subjects.push(*id);
            columns.workspaces.push(rows::workspace_column(&spec.scope));
            columns.kinds.push(spec.kind.name());
            columns.forms.push(spec.target.form());
            columns.texts.push(spec.target.text());
            columns.digests.push(digest);
            columns.priorities.push(spec.target.priority());
            columns.permissions.push(spec.permission.name());
        }
        columns
    }
}

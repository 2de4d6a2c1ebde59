//! The file of candidate rules, read again when it changes.

use mlflow_auth_core::plan::file::{self, FileError, Format};
use mlflow_auth_core::plan::{Difference, Removal, Snapshot};
use mlflow_auth_core::shadow::{Candidate, Shadow, Unobservable};
use mlflow_auth_core::store::{Change, PermissionStore, Revision, StoreError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// What is observed beside the live rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShadowSettings {
    /// A file of all grants, in YAML or TOML.
    pub rules: PathBuf,
    /// Whether what its sections do not name is taken away.
    pub prune: bool,
}

/// Reads the file of candidate rules again and again.
pub struct Watch {
    settings: ShadowSettings,
    store: Arc<dyn PermissionStore>,
    shadow: Arc<Shadow>,
}

/// Why there is no candidate.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("its name does not end in .yaml, .yml or .toml")]
    Format,
    #[error("{0}")]
    File(#[from] FileError),
    #[error("it cannot be compared with the store: {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Unobservable(#[from] Unobservable),
}

/// What tells one state of the file from the next without reading it.
type Mark = Option<(SystemTime, u64)>;

/// How often somebody looks whether the file changed.
const EVERY: Duration = Duration::from_millis(500);

/// How long to wait after the store gave no answer.
const RETRY: Duration = Duration::from_secs(2);

/// How long the candidate goes on after the store changed before it is compared anew. It lies over what is held, so that
/// nothing is wrong meanwhile; only what the file takes away may be gone already.
const UNHURRIED: Duration = Duration::from_secs(10);

impl Watch {
    /// Observes nothing until it [runs](Watch::run).
    pub fn new(settings: ShadowSettings, store: Arc<dyn PermissionStore>, shadow: Arc<Shadow>) -> Self {
        Self { settings, store, shadow }
    }

    /// Goes on for ever. Run it as a task of its own.
    pub async fn run(self) {
        let mut seen: Option<Mark> = None;
        let mut compared = None;
        loop {
            let now = stat(&self.settings.rules).await;
            if seen != Some(now) || self.is_behind(compared).await {
                let began = Instant::now();
                let read = self.read().await;
                // Only the store may answer otherwise without the file being changed.
                seen = (!matches!(read, Err(ReadError::Store(_)))).then_some(now);
                compared = read.ok().map(|revision| (revision, Instant::now(), began.elapsed()));
            }
            tokio::time::sleep(if seen.is_some() { EVERY } else { RETRY }).await;
        }
    }

    /// Whether the store changed since the candidate was compared with it, and it is time to do so again: the more it
    /// costs, the less often.
    async fn is_behind(&self, compared: Option<(Revision, Instant, Duration)>) -> bool {
        match compared {
            Some((_, at, took)) if at.elapsed() < UNHURRIED.max(took * 20) => false,
            Some((revision, ..)) => self.store.revision().await.is_ok_and(|newest| newest != revision),
            None => false,
        }
    }

    async fn read(&self) -> Result<Revision, ReadError> {
        let path = self.settings.rules.display().to_string();
        let read = self.candidate().await;
        match read {
            Ok((candidate, revision)) => {
                let (label, changes) = (candidate.label(), candidate.changes().len());
                tracing::info!(path = path.as_str(), candidate = label, changes, "candidate rules are observed");
                self.shadow.observe(candidate);
                Ok(revision)
            }
            Err(error) => {
                let problem = format!("the file `{path}`: {error}");
                tracing::warn!(problem = problem.as_str(), "there are no candidate rules to observe");
                self.shadow.fail(problem);
                Err(error)
            }
        }
    }

    async fn candidate(&self) -> Result<(Candidate, Revision), ReadError> {
        let ShadowSettings { rules, prune } = &self.settings;
        let format = Format::of(rules).ok_or(ReadError::Format)?;
        let text = tokio::fs::read_to_string(rules).await?;
        let desired = file::parse(&text, format)?;
        let snapshot = Snapshot::read(self.store.as_ref()).await?;
        let removal = if *prune { Removal::Prune } else { Removal::Keep };
        let mut changes = Difference::between(&snapshot, &desired, removal)?.changes();
        // The candidate lies over whatever is held: that the store moved on is no reason to refuse it.
        changes.retain(|change| !matches!(change, Change::OnlyIfStillAt(_)));
        let label = blake3::hash(text.as_bytes()).to_hex().chars().take(16).collect::<String>();
        Ok((Candidate::new(label, changes)?, snapshot.revision()))
    }
}

async fn stat(path: &Path) -> Mark {
    let metadata = tokio::fs::metadata(path).await.ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

//! A file that is read again when it changes.

use std::error::Error;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};
use tokio::task::spawn_blocking;

/// How often a file is looked at. A change is taken up when two looks in a row see the same, so that a file is not read
/// while it is being written.
const PERIOD: Duration = Duration::from_millis(250);

/// How coarse the times of files may be: what was read so shortly after it was changed is read again.
const COARSE: Duration = Duration::from_secs(2);

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileUnusable {
    /// It cannot be read.
    #[error("the file `{}` cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It does not hold what it should.
    #[error("the file `{}` cannot be used", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
}

type Reader<T> = dyn Fn(&[u8]) -> Result<T, Box<dyn Error + Send + Sync>> + Send + Sync;

/// What a file holds, kept up to date by a task of its own, which ends when nobody holds this any more.
pub(in crate::authn) struct Watched<T> {
    shared: Arc<Shared<T>>,
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

struct Shared<T> {
    value: RwLock<Arc<T>>,
    version: AtomicU64,
}

impl<T: Send + Sync + 'static> Watched<T> {
    /// Reads the file at `path`, of at most `longest` bytes, with `read`, and goes on to do so whenever it has changed.
    /// A later file that cannot be used is logged, and what was read before stands.
    ///
    /// # Errors
    /// [`FileUnusable`] if it cannot be used now.
    pub(in crate::authn) async fn open(
        path: PathBuf,
        longest: u64,
        read: impl Fn(&[u8]) -> Result<T, Box<dyn Error + Send + Sync>> + Send + Sync + 'static,
    ) -> Result<Self, FileUnusable> {
        let mut look = Look { path, longest, read: Arc::new(read), loaded: None, last: None, complaint: None };
        let broken_off =
            FileUnusable::Unreadable { path: look.path.clone(), source: io::Error::other("it was broken off") };
        let looked = spawn_blocking(move || (look.first(), look)).await;
        let (first, look) = looked.map_err(|_| broken_off)?;
        let shared = Arc::new(Shared { value: RwLock::new(Arc::new(first?)), version: AtomicU64::new(0) });
        tokio::spawn(follow(Arc::downgrade(&shared), look));
        Ok(Self { shared })
    }

    /// What the file holds.
    pub(in crate::authn) fn get(&self) -> Arc<T> {
        Arc::clone(&self.shared.value.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many times that changed. Ask before [`get`](Self::get): what is then got is not older.
    #[cfg(any(test, feature = "htpasswd"))]
    pub(in crate::authn) fn version(&self) -> u64 {
        self.shared.version.load(SeqCst)
    }
}

async fn follow<T: Send + Sync + 'static>(shared: Weak<Shared<T>>, mut look: Look<T>) {
    while shared.strong_count() > 0 {
        tokio::time::sleep(PERIOD).await;
        let looked = spawn_blocking(move || {
            let found = look.again();
            (look, found)
        });
        // An error means that the runtime shuts down.
        let Ok((next, found)) = looked.await else { return };
        look = next;
        if let (Some(value), Some(shared)) = (found, shared.upgrade()) {
            *shared.value.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
            shared.version.fetch_add(1, SeqCst);
            tracing::info!(file = %look.path.display(), "the file has changed and was read again");
        }
    }
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Signature {
    inode: (u64, u64),
    length: u64,
    modified: SystemTime,
}

/// What was read.
struct Loaded {
    signature: Signature,
    digest: blake3::Hash,
    /// Whether it was read so long after its time that a later change must show in that.
    settled: bool,
}

/// Looks at a file. All of it blocks.
struct Look<T> {
    path: PathBuf,
    longest: u64,
    read: Arc<Reader<T>>,
    loaded: Option<Loaded>,
    /// What the last look saw.
    last: Option<Signature>,
    /// What was logged last.
    complaint: Option<String>,
}

impl<T> Look<T> {
    fn first(&mut self) -> Result<T, FileUnusable> {
        let path = self.path.clone();
        match self.load() {
            Ok(bytes) => (self.read)(&bytes).map_err(|source| FileUnusable::Malformed { path, source }),
            Err(source) => Err(FileUnusable::Unreadable { path, source }),
        }
    }

    /// What the file holds, if that is another than before.
    fn again(&mut self) -> Option<T> {
        match self.changed() {
            Ok(None) => None,
            Ok(Some(bytes)) => match (self.read)(&bytes) {
                Ok(value) => {
                    self.complaint = None;
                    Some(value)
                }
                Err(error) => self.complain(&*error),
            },
            Err(error) => self.complain(&error),
        }
    }

    fn changed(&mut self) -> io::Result<Option<Vec<u8>>> {
        let seen = signature(&std::fs::metadata(&self.path)?)?;
        let stands = self.last.replace(seen) == Some(seen);
        let known = self.loaded.as_ref().is_some_and(|loaded| loaded.settled && loaded.signature == seen);
        if known || !stands {
            return Ok(None);
        }
        let before = self.loaded.take();
        let bytes = self.load()?;
        if signature(&std::fs::metadata(&self.path)?)? != seen {
            // It is being written; the next look sees more.
            self.loaded = before;
            return Ok(None);
        }
        let digest = |loaded: &Option<Loaded>| loaded.as_ref().map(|loaded| loaded.digest);
        Ok((digest(&before) != digest(&self.loaded)).then_some(bytes))
    }

    /// Reads the whole file, as one state of it.
    fn load(&mut self) -> io::Result<Vec<u8>> {
        let before = signature(&std::fs::metadata(&self.path)?)?;
        let now = SystemTime::now();
        let mut bytes = Vec::new();
        File::open(&self.path)?.take(self.longest.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > self.longest) {
            return Err(io::Error::other(format!("it is longer than {} bytes", self.longest)));
        }
        let settled = now.duration_since(before.modified).is_ok_and(|age| age > COARSE);
        self.loaded = Some(Loaded { signature: before, digest: blake3::hash(&bytes), settled });
        self.last = Some(before);
        Ok(bytes)
    }

    /// Says once what is wrong.
    fn complain(&mut self, error: &dyn Error) -> Option<T> {
        let complaint = error.to_string();
        if self.complaint.as_ref() != Some(&complaint) {
            let file = self.path.display();
            tracing::error!(%file, %error, "the changed file cannot be used; what it said before goes on to hold");
            self.complaint = Some(complaint);
        }
        None
    }
}

/// A file, and nothing else: opening a pipe would wait for ever.
fn signature(metadata: &Metadata) -> io::Result<Signature> {
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    Ok(Signature { inode: inode(metadata), length: metadata.len(), modified: metadata.modified()? })
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

impl FileUnusable {
    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Unreadable { path, .. } | Self::Malformed { path, .. } => path,
        }
    }
}

#[cfg(test)]
mod tests;

//! The discovery document of a provider, fetched when it is needed.

use crate::authn::oidc::{Discovery, Fetcher};
use crate::vocabulary::Unavailable;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// The document, asked for once however many need it at the same time.
pub(super) struct Documents {
    fetcher: Fetcher,
    address: String,
    issuer: Option<String>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    document: Option<(Arc<Discovery>, Instant)>,
    failed: Option<Instant>,
}

/// How long a document is used: short, so that nobody is sent to a provider that is out of order.
const KEEP: Duration = Duration::from_secs(10);
/// How long nobody asks again after the provider did not answer: those who waited for that need not wait once more.
const PAUSE: Duration = Duration::from_secs(2);

impl Documents {
    pub(super) fn new(fetcher: Fetcher, address: &str, issuer: Option<&str>) -> Self {
        Self { fetcher, address: address.to_owned(), issuer: issuer.map(str::to_owned), held: Mutex::default() }
    }

    /// The document of now.
    ///
    /// # Errors
    /// [`Unavailable`] if the provider does not answer with one.
    pub(super) async fn current(&self) -> Result<Arc<Discovery>, Unavailable> {
        let mut held = self.held.lock().await;
        let young = |fetched: &Instant| fetched.elapsed() < KEEP;
        if let Some((document, _)) = held.document.as_ref().filter(|(_, fetched)| young(fetched)) {
            return Ok(Arc::clone(document));
        }
        if held.failed.is_some_and(|failed| failed.elapsed() < PAUSE) {
            return Err(Unavailable::new(WHAT, "it was asked a moment ago and did not answer"));
        }
        match Discovery::fetch(&self.fetcher, &self.address, self.issuer.as_deref()).await {
            Ok(document) => {
                let document = Arc::new(document);
                *held = Held { document: Some((Arc::clone(&document), Instant::now())), failed: None };
                Ok(document)
            }
            Err(error) => {
                held.failed = Some(Instant::now());
                Err(Unavailable::new(WHAT, error))
            }
        }
    }

    /// The document of now, or the last one if the provider does not answer.
    pub(super) async fn last(&self) -> Option<Arc<Discovery>> {
        match self.current().await {
            Ok(document) => Some(document),
            Err(_) => self.held.lock().await.document.as_ref().map(|(document, _)| Arc::clone(document)),
        }
    }
}

const WHAT: &str = "the identity provider";

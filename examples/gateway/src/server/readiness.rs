//! Whether the gateway can do its work.

use crate::answer;
use crate::proxy::{Forward, Origins};
use http::{Request, Response, StatusCode, Uri};
use mlflow_auth_core::store::ChangeFeed;
use mlflow_auth_tower::Body;
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Asks the store and MLflow whether they answer. The report is kept for a second, so that nobody can use `/readyz` to
/// wear them out.
#[derive(Clone)]
pub struct Readiness {
    forward: Forward,
    store: Option<Arc<dyn ChangeFeed>>,
    health: Uri,
    last: Arc<Mutex<Option<Report>>>,
}

struct Report {
    made: Instant,
    problems: Vec<Problem>,
}

#[derive(Clone, Debug)]
struct Problem {
    check: &'static str,
    reason: String,
}

/// How long each check may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a report is kept.
const KEPT: Duration = Duration::from_secs(1);

impl Readiness {
    /// Asks `store`, and MLflow through `forward` at `health`, the path of its health check.
    pub fn new(forward: Forward, store: Option<Arc<dyn ChangeFeed>>, health: Uri) -> Self {
        Self { forward, store, health, last: Arc::default() }
    }

    pub(crate) fn origins(&self) -> &Origins {
        self.forward.origins()
    }

    pub(crate) async fn report(&self) -> Response<Body> {
        let mut last = self.last.lock().await;
        let problems = match &*last {
            Some(report) if report.made.elapsed() < KEPT => report.problems.clone(),
            _ => {
                let (store, upstream) = tokio::join!(self.check_store(), self.check_upstream());
                let problems: Vec<Problem> = store.into_iter().chain(upstream).collect();
                *last = Some(Report { made: Instant::now(), problems: problems.clone() });
                problems
            }
        };
        drop(last);
        if problems.is_empty() {
            return answer::json(StatusCode::OK, &json!({ "status": "ready" }));
        }
        let failing: Vec<Value> =
            problems.iter().map(|problem| json!({ "check": problem.check, "reason": problem.reason })).collect();
        answer::json(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "unavailable", "failing": failing }))
    }

    async fn check_store(&self) -> Option<Problem> {
        let store = self.store.as_ref()?;
        let reason = match tokio::time::timeout(PATIENCE, store.revision()).await {
            Ok(Ok(_)) => return None,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it does not answer in time".to_owned(),
        };
        Some(Problem { check: "store", reason })
    }

    async fn check_upstream(&self) -> Option<Problem> {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.health.clone();
        let asked = self.forward.dangerously_forward_unjudged(request);
        let reason = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(response) if response.status() == StatusCode::OK => return None,
            Ok(response) => format!("its health check answered {}", response.status()),
            Err(_) => "it does not answer in time".to_owned(),
        };
        Some(Problem { check: "upstream", reason })
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("health", &self.health).finish_non_exhaustive()
    }
}

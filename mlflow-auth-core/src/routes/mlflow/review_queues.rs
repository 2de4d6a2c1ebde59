//! Review queues. No CUSTOM queue may bear the name of a user, whoever makes it.

use crate::Action::{Read, Update};
use crate::routes::{
    Effect, Id,
    Mount::Both,
    Need::{self, Experiment, Trace},
    Page,
    Queue::{ById, ByName},
    QueueNeed::{Change, Fill, Prune, Review, See},
    Route, RowKind,
    Takes::Message,
};

const EXPERIMENT: Id = Id::one("experiment_id");
const CREATE: &[Need] = &[Experiment(Update, EXPERIMENT), Need::not_denied("review_queue")];

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/review-queues/create")
        .under(Both)
        .takes(Message("CreateReviewQueue"))
        .needs(CREATE)
        .then(Effect::QueueMade),
    Route::post("/3.0/mlflow/review-queues/get-or-create-user")
        .under(Both)
        .takes(Message("GetOrCreateUserQueue"))
        .needs(CREATE),
    Route::get("/3.0/mlflow/review-queues/get")
        .under(Both)
        .takes(Message("GetReviewQueue"))
        .needs(&[Need::Queue(See(ById))]),
    Route::get("/3.0/mlflow/review-queues/get-by-name")
        .under(Both)
        .takes(Message("GetReviewQueueByName"))
        .needs(&[Need::Queue(See(ByName))]),
    Route::get("/3.0/mlflow/review-queues/list")
        .under(Both)
        .takes(Message("ListReviewQueues"))
        .needs(&[Experiment(Read, EXPERIMENT)])
        .then(Effect::Filter { rows: "review_queues", kind: RowKind::Queue, page: Page::AsItIs }),
    Route::post("/3.0/mlflow/review-queues/update")
        .under(Both)
        .takes(Message("UpdateReviewQueue"))
        .needs(&[Need::Queue(Change(ById))])
        .then(Effect::QueueChanged),
    Route::post("/3.0/mlflow/review-queues/delete")
        .under(Both)
        .takes(Message("DeleteReviewQueue"))
        .needs(&[Need::Queue(Prune(ById))]),
    // Items are traces, and nothing else so far.
    Route::post("/3.0/mlflow/review-queues/items/add")
        .under(Both)
        .takes(Message("AddItemsToReviewQueue"))
        .needs(&[Need::Queue(Fill(ById)), Trace(Read, Id::each("item_ids"))]),
    Route::post("/3.0/mlflow/review-queues/items/remove")
        .under(Both)
        .takes(Message("RemoveItemsFromReviewQueue"))
        .needs(&[Need::Queue(Prune(ById))]),
    Route::get("/3.0/mlflow/review-queues/items/list")
        .under(Both)
        .takes(Message("ListReviewQueueItems"))
        .needs(&[Need::Queue(See(ById))]),
    Route::post("/3.0/mlflow/review-queues/items/set-status")
        .under(Both)
        .takes(Message("SetReviewQueueItemStatus"))
        .needs(&[Need::Queue(Review(ById))])
        .then(Effect::QueueReviewed),
];

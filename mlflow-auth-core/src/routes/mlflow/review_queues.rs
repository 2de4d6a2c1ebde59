//! Review queues. No CUSTOM queue may bear the name of a user, whoever makes it.

use crate::routes::{Access::NotYet, Mount::Both, Route, Takes::Message};

pub(super) static ROUTES: &[Route] = &[
    Route::post("/3.0/mlflow/review-queues/create")
        .under(Both)
        .takes(Message("CreateReviewQueue"))
        .open_to(NotYet("ALL[ experiment(E):update ; NOT_DENIED review_queue(*) ]")),
    Route::post("/3.0/mlflow/review-queues/get-or-create-user")
        .under(Both)
        .takes(Message("GetOrCreateUserQueue"))
        .open_to(NotYet("ALL[ experiment(E):update ; NOT_DENIED review_queue(*) ]")),
    Route::get("/3.0/mlflow/review-queues/get").under(Both).takes(Message("GetReviewQueue")).open_to(NotYet(
        "QP.read AND ( QP.manage OR caller in queue.users OR (QP.update AND caller is queue.created_by) )",
    )),
    Route::get("/3.0/mlflow/review-queues/get-by-name").under(Both).takes(Message("GetReviewQueueByName")).open_to(
        NotYet("QP.read AND ( QP.manage OR caller in queue.users OR (QP.update AND caller is queue.created_by) )"),
    ),
    Route::get("/3.0/mlflow/review-queues/list")
        .under(Both)
        .takes(Message("ListReviewQueues"))
        .open_to(NotYet("PERM experiment(E).read")),
    Route::post("/3.0/mlflow/review-queues/update")
        .under(Both)
        .takes(Message("UpdateReviewQueue"))
        .open_to(NotYet("new_owner present: QP.manage ; otherwise QP.manage OR (QP.update AND caller is owner)")),
    Route::post("/3.0/mlflow/review-queues/delete")
        .under(Both)
        .takes(Message("DeleteReviewQueue"))
        .open_to(NotYet("QP.manage OR (QP.update AND caller is owner AND queue is CUSTOM)")),
    Route::post("/3.0/mlflow/review-queues/items/add")
        .under(Both)
        .takes(Message("AddItemsToReviewQueue"))
        .open_to(NotYet("QP.update")),
    Route::post("/3.0/mlflow/review-queues/items/remove")
        .under(Both)
        .takes(Message("RemoveItemsFromReviewQueue"))
        .open_to(NotYet("QP.manage OR (QP.update AND caller is owner AND queue is CUSTOM)")),
    Route::get("/3.0/mlflow/review-queues/items/list").under(Both).takes(Message("ListReviewQueueItems")).open_to(
        NotYet("QP.read AND ( QP.manage OR caller in queue.users OR (QP.update AND caller is queue.created_by) )"),
    ),
    Route::post("/3.0/mlflow/review-queues/items/set-status")
        .under(Both)
        .takes(Message("SetReviewQueueItemStatus"))
        .open_to(NotYet("QP.update AND caller in queue.users")),
];

//! GraphQL. Both methods read the query from the body.

use crate::routes::{Access::NotYet, Route, Takes::Json};

pub(super) static ROUTES: &[Route] = &[Route::any(&["GET", "POST"], "/graphql")
    .takes(Json(&["query", "variables", "operationName"]))
    .open_to(NotYet("every field that is asked for by itself, as its REST route; a field that is refused is null"))];

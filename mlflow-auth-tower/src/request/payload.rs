//! Bodies that are read whole.

use crate::reply::Reply;
use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// 413 beyond the limit, 400 if the client breaks off.
pub(crate) async fn collect<B>(body: B, limit: usize) -> Result<Bytes, Reply>
where
    B: Body<Data = Bytes>,
{
    if body.size_hint().lower() > limit as u64 {
        return Err(Reply::too_large(limit));
    }
    let mut body = std::pin::pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Reply::bad_request("the request body could not be read to its end"))?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > limit {
            return Err(Reply::too_large(limit));
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

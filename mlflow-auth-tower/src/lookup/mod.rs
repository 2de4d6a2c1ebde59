//! What only the inner service knows: whose run this is, what an experiment is called.

mod ask;
mod cache;
mod mlflow;

pub(crate) use ask::{Ask, Question, Through};
pub(crate) use mlflow::{LookupError, Lookups, Within, is_prompt};

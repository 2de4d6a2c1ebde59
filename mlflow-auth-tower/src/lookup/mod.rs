//! What only the inner service knows: whose run this is, what an experiment is called.

mod ask;
mod cache;
mod gateway;
mod lists;
mod mcp;
mod mlflow;
mod parts;
mod resources;

pub(crate) use ask::{Ask, Question, Through};
pub(crate) use gateway::GuardrailScorer;
pub(crate) use lists::{Listing, Row};
pub(crate) use mlflow::{LookupError, Lookups, PROMPT_TAG, Within, is_prompt};
pub(crate) use parts::{ReviewQueue, id_of_experiment, normal};

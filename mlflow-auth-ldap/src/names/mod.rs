//! Names of people and entries, and how they are written into names and filters.

mod dn;
mod escape;
mod template;

pub(crate) use dn::{Dn, fold_value, is_attribute};
pub(crate) use escape::{in_dn, in_filter};
pub(crate) use template::{InvalidTemplate, Template};

//! Classes of characters as Python has them.

use regex_syntax::ast::{Ast, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem};
use std::sync::LazyLock;

/// `\w` is what `str.isalnum` accepts, and `_`: letters and numbers of every kind, no combining marks.
static WORD: LazyLock<Option<ClassBracketed>> = LazyLock::new(|| class(r"[\p{L}\p{N}_]"));

/// `\s` is what `str.isspace` accepts: the four separators of ASCII too.
static SPACE: LazyLock<Option<ClassBracketed>> = LazyLock::new(|| class(r"[\p{White_Space}\x1c-\x1f]"));

fn class(text: &str) -> Option<ClassBracketed> {
    match &regex_syntax::ast::parse::Parser::new().parse(text) {
        Ok(Ast::ClassBracketed(class)) => Some(class.as_ref().clone()),
        _ => None,
    }
}

/// The class that Python means, where it is not the one that the `regex` crate means.
fn meant(written: &ClassPerl) -> Option<ClassBracketed> {
    let class = match written.kind {
        ClassPerlKind::Digit => return None,
        ClassPerlKind::Space => SPACE.as_ref()?,
        ClassPerlKind::Word => WORD.as_ref()?,
    };
    Some(ClassBracketed { span: written.span, negated: written.negated, ..class.clone() })
}

/// Puts Python's `\w` and `\s` in the place of those of the `regex` crate.
pub(super) fn widen(ast: &mut Ast) {
    match ast {
        Ast::ClassPerl(written) => {
            if let Some(class) = meant(written) {
                *ast = Ast::class_bracketed(class);
            }
        }
        Ast::ClassBracketed(class) => widen_set(&mut class.kind),
        Ast::Repetition(repetition) => widen(&mut repetition.ast),
        Ast::Group(group) => widen(&mut group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter_mut().for_each(widen),
        Ast::Concat(concat) => concat.asts.iter_mut().for_each(widen),
        _ => {}
    }
}

fn widen_set(set: &mut ClassSet) {
    if let ClassSet::Item(item) = set {
        widen_item(item);
    }
}

fn widen_item(item: &mut ClassSetItem) {
    match item {
        ClassSetItem::Perl(written) => {
            if let Some(class) = meant(written) {
                *item = ClassSetItem::Bracketed(Box::new(class));
            }
        }
        ClassSetItem::Union(union) => union.items.iter_mut().for_each(widen_item),
        _ => {}
    }
}

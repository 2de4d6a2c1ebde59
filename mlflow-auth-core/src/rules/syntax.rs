//! The syntax of patterns: what Python's `re` and the `regex` crate read alike, and nothing else.

use regex_syntax::ast::{self, Ast, ErrorKind, Span};
use regex_syntax::hir::{Hir, translate::TranslatorBuilder};
use std::borrow::Cow;

/// What is wrong with a pattern, and at which byte of it.
pub(super) struct Fault {
    pub(super) problem: Cow<'static, str>,
    pub(super) at: Option<usize>,
}

/// How deep groups may be nested.
const DEEPEST: u32 = 50;

/// What the large classes of a pattern may cost together, about a millisecond each: a name like `\w` costs 1, with the
/// flag `i` 2, and 10 if it is most of Unicode, for then every character has to be looked at in both cases.
const MOST_WIDE_CLASSES: u32 = 30;

/// A range over more characters than this counts as a large class.
const WIDE: u32 = 1 << 12;

/// Reads `text` as Python's `re` (3.11) reads it, or says what to write instead.
pub(super) fn read(text: &str) -> Result<Hir, Fault> {
    let mut parser = ast::parse::ParserBuilder::new().nest_limit(DEEPEST).empty_min_range(true).build();
    let mut ast = parser.parse(text).map_err(|error| explain(text, &error))?;
    ast::visit(&ast, Reader { text, flags_end: 0, wide: 0, ignores_case: false })?;
    super::python::widen(&mut ast);
    TranslatorBuilder::new()
        .build()
        .translate(text, &ast)
        .map_err(|error| Fault { problem: error.kind().to_string().into(), at: Some(error.span().start.offset) })
}

impl Fault {
    pub(super) fn of(problem: impl Into<Cow<'static, str>>) -> Self {
        Self { problem: problem.into(), at: None }
    }

    fn at(span: &Span, problem: &'static str) -> Self {
        Self { problem: problem.into(), at: Some(span.start.offset) }
    }
}

const LOOK_AROUND: &str = "look-around is not supported; write the exception as a pattern of its own with a lower \
                           priority number, and the permission NO_PERMISSIONS if it is to refuse";
const BACK_REFERENCE: &str = "back-references are not supported; write the alternatives out";
const WHITE_SPACE_FLAG: &str = "the flag `x` is not supported; write the pattern without white space and comments";
const UNKNOWN_FLAG: &str = "this flag is not supported; the flags are `i`, `m` and `s`";

/// Says in our words what the parser did not like.
fn explain(text: &str, error: &ast::Error) -> Fault {
    let at = error.span().start.offset;
    let before = text.get(..at).unwrap_or_default();
    let group = before.rfind("(?").and_then(|open| text.get(open..)).unwrap_or_default();
    let escape = text.get(error.span().start.offset..error.span().end.offset).unwrap_or_default();
    let problem: Cow<'static, str> = match error.kind() {
        ErrorKind::UnsupportedLookAround => LOOK_AROUND.into(),
        ErrorKind::UnsupportedBackreference => BACK_REFERENCE.into(),
        ErrorKind::FlagUnrecognized if group.starts_with("(?P=") => BACK_REFERENCE.into(),
        ErrorKind::FlagUnrecognized if group.starts_with("(?#") => "comments are not supported; leave it out".into(),
        ErrorKind::FlagUnrecognized if group.starts_with("(?>") => {
            "atomic groups are not supported; write `(?:`".into()
        }
        ErrorKind::FlagUnrecognized if group.starts_with("(?(") => {
            "conditions are not supported; write both alternatives out".into()
        }
        ErrorKind::FlagUnrecognized => UNKNOWN_FLAG.into(),
        ErrorKind::EscapeUnrecognized if escape == "\\Z" => "`\\Z` is not supported; write `$`".into(),
        ErrorKind::NestLimitExceeded(_) => format!("groups are nested more than {DEEPEST} deep").into(),
        ErrorKind::RepetitionCountUnclosed | ErrorKind::RepetitionCountDecimalEmpty => {
            "`{` without a count; write `\\{` for the sign itself".into()
        }
        ErrorKind::ClassUnclosed => "`[` without `]`; write `\\[` for the sign itself".into(),
        kind => kind.to_string().into(),
    };
    Fault { problem, at: Some(at) }
}

/// Looks for what the two languages read differently.
struct Reader<'t> {
    text: &'t str,
    /// Where the flags at the start of the pattern end.
    flags_end: usize,
    /// What the large classes cost so far.
    wide: u32,
    /// Whether the flag `i` was met, wherever it holds.
    ignores_case: bool,
}

impl ast::Visitor for Reader<'_> {
    type Output = ();
    type Err = Fault;

    fn finish(self) -> Result<(), Fault> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Fault> {
        match ast {
            Ast::Flags(set) => self.global_flags(set),
            Ast::Group(group) => group.flags().map_or(Ok(()), |set| self.flags(set)),
            Ast::Repetition(repetition) => self.repetition(repetition),
            Ast::Assertion(assertion) => self::assertion(assertion),
            Ast::ClassUnicode(class) => self.wide_class(&class.span, false),
            Ast::ClassPerl(class) => self.wide_class(&class.span, false),
            Ast::ClassBracketed(class) => self.class(class),
            _ => Ok(()),
        }
    }

    fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), Fault> {
        match item {
            ast::ClassSetItem::Bracketed(class) => {
                Err(Fault::at(&class.span, "a class inside a class is not supported; write `\\[` for the sign itself"))
            }
            ast::ClassSetItem::Ascii(class) => {
                Err(Fault::at(&class.span, "named classes are not supported; write the ranges, such as `[a-z]`"))
            }
            ast::ClassSetItem::Perl(class) => self.wide_class(&class.span, class.negated),
            ast::ClassSetItem::Unicode(class) => self.wide_class(&class.span, class.is_negated()),
            ast::ClassSetItem::Range(range) if self.ignores_case => {
                match u32::from(range.end.c).saturating_sub(range.start.c.into()) > WIDE {
                    true => self.wide_class(&range.span, true),
                    false => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn visit_class_set_binary_op_pre(&mut self, operation: &ast::ClassSetBinaryOp) -> Result<(), Fault> {
        let problem =
            "`&&`, `--` and `~~` in a class are not supported; write the class out, or a backslash before the signs";
        Err(Fault::at(&operation.span, problem))
    }
}

impl Reader<'_> {
    fn of(&self, span: &Span) -> &str {
        self.text.get(span.start.offset..span.end.offset).unwrap_or_default()
    }

    fn global_flags(&mut self, set: &ast::SetFlags) -> Result<(), Fault> {
        if set.span.start.offset != self.flags_end {
            return Err(Fault::at(&set.span, "flags for the whole pattern stand at its start"));
        }
        if set.flags.items.iter().any(|item| item.kind.is_negation()) {
            return Err(Fault::at(&set.span, "a flag is not set at the start of a pattern; leave this out"));
        }
        self.flags_end = set.span.end.offset;
        self.flags(&set.flags)
    }

    fn repetition(&self, repetition: &ast::Repetition) -> Result<(), Fault> {
        let operator = &repetition.op.span;
        if matches!(*repetition.ast, Ast::Repetition(_)) {
            let problem = "one repetition behind the other is not supported; put the first into a group, `(?:..)`";
            return Err(Fault::at(operator, problem));
        }
        match self.of(operator).contains(char::is_whitespace) {
            true => Err(Fault::at(operator, "white space in a count; leave it out")),
            false => Ok(()),
        }
    }

    fn class(&self, class: &ast::ClassBracketed) -> Result<(), Fault> {
        let inside = self.of(&class.span).trim_start_matches('[').trim_start_matches('^');
        if inside.starts_with(']') {
            return Err(Fault::at(&class.span, "a class that begins with `]`; write `\\]`"));
        }
        if inside.contains("--") {
            return Err(Fault::at(&class.span, "`--` in a class; write `\\-` for the sign itself"));
        }
        Ok(())
    }

    fn wide_class(&mut self, span: &Span, most_of_unicode: bool) -> Result<(), Fault> {
        self.wide += match (self.ignores_case, most_of_unicode) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 10,
        };
        match self.wide > MOST_WIDE_CLASSES {
            true => Err(Fault::at(span, "too many classes such as `\\w`; write ranges, such as `[0-9A-Za-z_]`")),
            false => Ok(()),
        }
    }

    fn flags(&mut self, flags: &ast::Flags) -> Result<(), Fault> {
        let mut negated = false;
        for item in &flags.items {
            let ast::FlagsItemKind::Flag(flag) = item.kind else {
                negated = true;
                continue;
            };
            match flag {
                ast::Flag::CaseInsensitive => self.ignores_case = true,
                ast::Flag::MultiLine | ast::Flag::DotMatchesNewLine => {}
                ast::Flag::Unicode if !negated => {}
                ast::Flag::IgnoreWhitespace => return Err(Fault::at(&item.span, WHITE_SPACE_FLAG)),
                _ => return Err(Fault::at(&item.span, UNKNOWN_FLAG)),
            }
        }
        Ok(())
    }
}

fn assertion(assertion: &ast::Assertion) -> Result<(), Fault> {
    use ast::AssertionKind::*;
    let problem = match assertion.kind {
        StartLine | EndLine | StartText | WordBoundary | NotWordBoundary => return Ok(()),
        EndText => "`\\z` is not supported; write `$`",
        WordBoundaryStartAngle => "`\\<` is not supported; write `\\b`, or `<` for the sign itself",
        WordBoundaryEndAngle => "`\\>` is not supported; write `\\b`, or `>` for the sign itself",
        _ => "`\\b{..}` is not supported; write `\\b`",
    };
    Err(Fault::at(&assertion.span, problem))
}

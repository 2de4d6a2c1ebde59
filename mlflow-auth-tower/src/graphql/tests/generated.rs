//! Random documents, held against a naive model of what was written.

use super::super::plan::{Fate, Planned};
use super::super::tree::Tree;
use super::{all_sent, forwarded, read, service};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A field of the root in a random document, and what stands around it.
#[derive(Clone, Debug)]
struct Made {
    name: &'static str,
    run: String,
    spelling: u8,
    wrapped: u8,
    skipped: u8,
    below: u8,
}

fn made() -> impl Strategy<Value = Made> {
    let name = prop_oneof![Just("mlflowGetRun"), Just("mlflowListArtifacts")];
    (name, "[a-zA-Z0-9\"\\\\{}$ü\n\t-]{0,12}", 0..4u8, 0..4u8, 0..6u8, 0..8u8).prop_map(
        |(name, run, spelling, wrapped, skipped, below)| Made { name, run, spelling, wrapped, skipped, below },
    )
}

impl Made {
    /// Whether `@skip` and `@include` leave it.
    fn is_wanted(&self) -> bool {
        [true, true, false, true, false, false][usize::from(self.skipped)]
    }

    fn directive(&self) -> &'static str {
        [
            "",
            "@skip(if: false)",
            "@skip(if: true)",
            "@include(if: $yes)",
            "@include(if: $no)",
            "@skip(if: $no) @include(if: false)",
        ][usize::from(self.skipped)]
    }

    fn below(&self) -> String {
        let fields = match self.name {
            "mlflowGetRun" => ["run { info { runId } }", "x: run { i: info { status } }", "...R"],
            _ => ["rootUri", "x: files { path }", "...A"],
        };
        let mut text = "apiError { code } ".to_owned();
        for (bit, field) in fields.iter().enumerate().filter(|(bit, _)| self.below & (1 << bit) != 0) {
            text.push_str(field);
            text.push(if bit % 2 == 0 { ' ' } else { ',' });
        }
        text
    }

    /// The field under the key `k{place}`, a fragment where it takes one, a variable where it takes one.
    fn write(&self, place: usize) -> (String, String, Option<Value>) {
        let literal = Value::from(self.run.as_str()).to_string();
        let (input, variable) = match self.spelling {
            0 => (format!("{{runId: {literal}}}"), None),
            1 => (
                format!("{{runUuid: {literal}, path: null}}")
                    .replace(", path: null", if self.name == "mlflowGetRun" { "" } else { ", path: null" }),
                None,
            ),
            2 => (format!("{{runId: $v{place}}}"), Some(json!(self.run))),
            _ => (format!("$v{place}"), Some(json!({"runId": self.run}))),
        };
        let field =
            |directive: &str| format!("k{place}: {}(input: {input}) {directive} {{ {} }}", self.name, self.below());
        let directive = self.directive();
        match self.wrapped {
            0 => (field(directive), String::new(), variable),
            1 => (format!("... {directive} {{ {} }}", field("")), String::new(), variable),
            2 => (format!("... on Query {{ {} }}", field(directive)), String::new(), variable),
            _ => (
                format!("...W{place} {directive}"),
                format!("fragment W{place} on Query {{ {} }} ", field("")),
                variable,
            ),
        }
    }
}

fn document(made: &[Made]) -> Value {
    let (mut fields, mut fragments, mut heads, mut variables) =
        (String::new(), String::new(), String::new(), Map::new());
    variables.insert("no".into(), false.into());
    for (place, field) in made.iter().enumerate() {
        let (text, fragment, variable) = field.write(place);
        fields = fields + &text + " ";
        fragments += &fragment;
        if let Some(value) = variable {
            let kind = match (&value, field.name) {
                (Value::String(_), _) => "String",
                (_, "mlflowGetRun") => "MlflowGetRunInput",
                _ => "MlflowListArtifactsInput",
            };
            heads.push_str(&format!(" $v{place}: {kind}"));
            variables.insert(format!("v{place}"), value);
        }
    }
    let shared = "fragment R on MlflowGetRunResponse { run { data { metrics { key } } experiment { name } } } \
        fragment A on MlflowListArtifactsResponse { nextPageToken }";
    // Every variable and every fragment must be used.
    let used = "u: test(inputString: \"\") { output @skip(if: $no) t: output @include(if: $yes) } \
        r: mlflowGetRun(input: {runId: \"\"}) { ...R } a: mlflowListArtifacts(input: {runId: \"\"}) { ...A }";
    let query =
        format!("query Q($yes: Boolean! = true, $no: Boolean!{heads}) {{ {fields} {used} }} {fragments} {shared}");
    json!({"query": query, "variables": variables})
}

fn written(tree: &Tree) -> String {
    let mut text = tree.name.clone();
    tree.write_below(&mut text);
    text
}

proptest! {
    #[test]
    fn what_is_judged_is_what_the_document_asks_for_and_what_goes_on(made in proptest::collection::vec(made(), 1..7)) {
        let query = read(document(&made)).unwrap();
        // What is judged: a naive model of what was written.
        let expected: Vec<(String, &str, &str)> = made.iter().enumerate().filter(|(_, field)| field.is_wanted())
            .map(|(place, field)| (format!("k{place}"), field.name, field.run.as_str())).collect();
        let judged: Vec<(String, &str, &str)> = query.fields.iter().filter(|root| root.asked.key.starts_with('k')).map(|root| {
            let input = &root.arguments[0].value;
            let run = input.get("runId").or_else(|| input.get("runUuid")).unwrap().as_str().unwrap();
            (root.asked.key.clone(), root.asked.name.as_str(), run)
        }).collect();
        prop_assert_eq!(judged, expected);
        // What goes on: the same fields with the same values, and nothing else, however often it is read.
        let planned = all_sent(&query);
        let again = read(Value::Object(forwarded(&query))).unwrap();
        prop_assert_eq!(again.fields.len(), planned.len());
        for (place, (Planned { root, fate }, read)) in planned.iter().zip(&again.fields).enumerate() {
            let Fate::Send(tree, _) = fate else { panic!("all are sent") };
            prop_assert_eq!(&read.asked.key, &format!("f{place}"));
            prop_assert_eq!(written(&Tree::of(service(), &read.asked)), written(tree));
            prop_assert_eq!(&read.arguments, &root.arguments);
        }
        prop_assert_eq!(forwarded(&again), forwarded(&query));
    }

    #[test]
    fn no_document_breaks_the_reader(text in "[ a-z{}()!$:@.\"\\\\#\n\u{feff}]{0,60}|\\{ ?test ?(\\{[ a-z_.@{}]{0,20}\\})? ?\\}") {
        drop(super::text(&text));
    }
}

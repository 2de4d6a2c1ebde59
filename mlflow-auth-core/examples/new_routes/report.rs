//! What there is to do, in words and as rows.

use super::live::{self, Dump, Served};
use std::collections::BTreeMap;

/// What is new and what is gone, and whether that is nothing.
pub(crate) fn report(dump: &Dump, messages: &str) -> (String, bool) {
    let compared = live::compare(&dump.routes);
    let changed = live::changed_messages(messages);
    let mut text = format!("MLflow {} serves {} pairs of method and path.\n", dump.version, dump.routes.len());
    if compared.missing.is_empty() && compared.stale.is_empty() && changed.is_empty() {
        text.push_str("The table knows them all, and no other; the messages are the same.\n");
        return (text, true);
    }
    let gone = compared.stale.iter().map(|(method, path)| format!("    {method} {path}")).collect();
    text.push_str(&section("new routes", rows(&compared.missing)));
    text.push_str(&section("routes are gone", gone));
    text.push_str(&section("messages differ (`dump_messages.py` writes them)", changed));
    (text, false)
}

fn section(title: &str, lines: Vec<String>) -> String {
    if lines.is_empty() {
        return String::new();
    }
    format!("\n{} {title}:\n{}\n", lines.len(), lines.join("\n"))
}

/// Rows for new routes, each with both of its prefixes.
fn rows(missing: &[&Served]) -> Vec<String> {
    let mut twins: BTreeMap<(String, &str), (Vec<&str>, &Served)> = BTreeMap::new();
    for served in missing {
        let path = live::normal(&served.path);
        let prefix = ["/ajax-api", "/api"].into_iter().find(|prefix| path.starts_with(&format!("{prefix}/")));
        let below = prefix.map_or(path.as_str(), |prefix| path.strip_prefix(prefix).unwrap_or(&path)).to_owned();
        twins.entry((below, &served.method)).or_insert((Vec::new(), served)).0.extend(prefix);
    }
    twins.into_iter().map(|((path, method), (prefixes, served))| row(&path, method, &prefixes, served)).collect()
}

fn row(path: &str, method: &str, prefixes: &[&str], served: &Served) -> String {
    let mount = match prefixes {
        [] => "",
        ["/api"] => ".under(Api)",
        ["/ajax-api"] => ".under(Ajax)",
        _ => ".under(Both)",
    };
    let takes = served.message.as_ref().map(|name| format!(".takes(Message(\"{name}\"))")).unwrap_or_default();
    let Served { framework, handler, .. } = served;
    format!("    // {framework}: {handler}\n    Route::{}(\"{path}\"){mount}{takes},", method.to_lowercase())
}

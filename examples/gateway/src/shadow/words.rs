//! A report as lines.

use serde_json::Value;

/// What a report says, in lines.
pub(super) fn report(report: &Value) -> String {
    let number = |field: &str| report.get(field).and_then(Value::as_u64).unwrap_or(0);
    let Some(candidate) = report.get("candidate").and_then(Value::as_str) else {
        let problem = report.get("problem").and_then(Value::as_str).unwrap_or("none was read yet");
        return format!("no candidate is observed: {problem}\n");
    };
    let mut lines = vec![
        format!("candidate {candidate}, {} changes", number("changes")),
        format!(
            "{} decisions observed, {} lost, {} gained, {} could not be made again",
            number("observed"),
            number("lost"),
            number("gained"),
            number("skipped")
        ),
    ];
    for rule in report.get("rules").and_then(Value::as_array).into_iter().flatten() {
        let text = |pointer: &str| rule.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let count = rule.get("count").and_then(Value::as_u64).unwrap_or(0);
        lines.push(format!("{} {count}:", text("/effect")));
        lines.push(format!("  now:  {}", text("/live/says")));
        lines.push(format!("  then: {}", text("/candidate/says")));
        for sample in rule.get("samples").and_then(Value::as_array).into_iter().flatten() {
            let text = |field: &str| sample.get(field).and_then(Value::as_str).unwrap_or_default();
            let (user, action, resource) = (text("user"), text("action"), text("resource"));
            lines.push(format!("  such as `{user}`: {action} {resource} ({} {})", text("method"), text("route")));
        }
    }
    match number("untold") {
        0 => {}
        untold => lines.push(format!("and {untold} more between rules that are not told apart")),
    }
    lines.join("\n") + "\n"
}

/// What was made live, in a line.
pub(super) fn promoted(answer: &Value) -> String {
    let number = |field: &str| answer.get(field).and_then(Value::as_u64).unwrap_or(0);
    let candidate = answer.get("promoted").and_then(Value::as_str).unwrap_or_default();
    format!("candidate {candidate} is live: {} changes, {} decisions lost\n", number("changes"), number("lost"))
}

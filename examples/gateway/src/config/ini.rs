//! MLflow's `basic_auth.ini`, as Python's `configparser` reads it.
//!
//! Sections in brackets; `key = value` or `key: value`, keys without regard to case; lines that begin with `#` or `;`
//! are comments; an indented line continues the value above; `%%` is a percent sign and `%(key)s` the value of another
//! key; the section `DEFAULT` holds for every other. A key or section that stands twice is an error.

use std::collections::BTreeMap;

/// The keys of one section.
type Section = BTreeMap<String, String>;

/// The keys and values of `section`, or what is wrong with the text.
pub(super) fn section(text: &str, section: &str) -> Result<Section, String> {
    let mut sections = sections(text)?;
    let mut raw = sections.remove("DEFAULT").unwrap_or_default();
    raw.extend(sections.remove(section).ok_or_else(|| format!("the section `[{section}]` is missing"))?);
    let mut values = Section::new();
    for (key, value) in &raw {
        values.insert(key.clone(), interpolate(value, &raw, DEEPEST).map_err(|problem| format!("`{key}`: {problem}"))?);
    }
    Ok(values)
}

/// How deep values may name values, as in Python.
const DEEPEST: u8 = 10;

fn sections(text: &str) -> Result<BTreeMap<String, Section>, String> {
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut current: Option<(String, Option<String>)> = None;
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let wrong = |problem: &str| format!("line {}: {problem}", number + 1);
        if let Some((section, Some(key))) = &current
            && line.starts_with([' ', '\t'])
        {
            if let Some(value) = sections.get_mut(section).and_then(|section| section.get_mut(key)) {
                value.push('\n');
                value.push_str(trimmed);
            }
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(name, _)| name) {
            if sections.insert(name.to_owned(), Section::new()).is_some() {
                return Err(wrong(&format!("the section `[{name}]` stands twice")));
            }
            current = Some((name.to_owned(), None));
            continue;
        }
        let (key, value) = trimmed.split_once(['=', ':']).ok_or_else(|| wrong("there is no `=`"))?;
        let key = key.trim_end().to_lowercase();
        let (section, last) = current.as_mut().ok_or_else(|| wrong("it stands before any section"))?;
        let keys = sections.entry(section.clone()).or_default();
        if keys.insert(key.clone(), value.trim().to_owned()).is_some() {
            return Err(wrong(&format!("the key `{key}` stands twice")));
        }
        *last = Some(key);
    }
    Ok(sections)
}

fn interpolate(value: &str, keys: &Section, depth: u8) -> Result<String, String> {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            text.push('%');
            rest = after;
            continue;
        }
        let named = after.strip_prefix('(').and_then(|after| after.split_once(")s"));
        let (key, after) = named.ok_or("a `%` must be written `%%`")?;
        let other = keys.get(&key.to_lowercase()).ok_or_else(|| format!("there is no key `{key}`"))?;
        let depth = depth.checked_sub(1).ok_or("values name each other too deeply")?;
        text.push_str(&interpolate(other, keys, depth)?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_python_reads_it() {
        let text = "\u{feff}# comment\n[DEFAULT]\nwho = ann\n[mlflow]\nDefault_Permission = READ\n; no\n\
                    admin_username: %(who)s\nadmin_password = 100%%-sure # kept\nlong = a\n  b\nempty =\n[other]\nx = 1\n";
        let found = section(text, "mlflow").unwrap();
        let expected = [
            ("admin_password", "100%-sure # kept"),
            ("admin_username", "ann"),
            ("default_permission", "READ"),
            ("empty", ""),
            ("long", "a\nb"),
            ("who", "ann"),
        ];
        let found: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_python_refuses_is_refused() {
        for (text, problem) in [
            ("", "`[mlflow]` is missing"),
            ("a = 1\n[mlflow]\n", "line 1: it stands before any section"),
            ("[mlflow]\nnonsense\n", "line 2: there is no `=`"),
            ("[mlflow]\na = 1\nA = 2\n", "line 3: the key `a` stands twice"),
            ("[mlflow]\n[mlflow]\n", "line 2: the section `[mlflow]` stands twice"),
            ("[mlflow]\na = 50%\n", "`a`: a `%` must be written `%%`"),
            ("[mlflow]\na = %(b)s\n", "`a`: there is no key `b`"),
            ("[mlflow]\na = %(a)s\n", "too deeply"),
        ] {
            let error = section(text, "mlflow").unwrap_err();
            assert!(error.contains(problem), "{text:?}: {error}");
        }
    }
}

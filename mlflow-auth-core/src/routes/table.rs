//! All rows of a service, and which of them a request is.

use super::Route;
use std::collections::HashMap;
use std::ops::Range;

/// All rows of a service.
#[derive(Debug, Default)]
pub struct RouteTable {
    routes: Vec<Route>,
    root: Node,
}

/// A table that cannot be used: two rows for the same method and path, or a path that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the route {method} `{path}`: {problem}")]
pub struct TableError {
    method: String,
    path: String,
    problem: &'static str,
}

/// The row that a request is, with what stands in its path.
#[derive(Clone, Debug)]
pub struct Found<'t> {
    /// The row.
    pub route: &'t Route,
    /// The values of the names in its path, in order.
    pub path: Vec<(&'static str, String)>,
}

#[derive(Debug, Default)]
struct Node {
    fixed: HashMap<&'static str, Node>,
    tailed: Vec<(&'static str, &'static str, Node)>,
    segment: Option<(&'static str, Box<Node>)>,
    rest: Option<(&'static str, Box<Node>)>,
    here: Vec<(&'static str, usize)>,
}

impl RouteTable {
    /// A table of `routes`.
    ///
    /// # Errors
    /// [`TableError`] for two rows that could be the same request, or a path that cannot be read.
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Result<Self, TableError> {
        let mut table = Self { routes: routes.into_iter().collect(), root: Node::default() };
        for (number, route) in table.routes.iter().enumerate() {
            for prefix in route.mount.prefixes() {
                for method in route.methods {
                    let error =
                        |problem| TableError { method: (*method).into(), path: format!("{prefix}{}", route.path), problem };
                    let node = table.root.at(prefix, route.path).map_err(error)?;
                    if node.here.iter().any(|(taken, _)| taken == method) {
                        return Err(error("stands twice"));
                    }
                    node.here.push((method, number));
                }
            }
        }
        Ok(table)
    }

    /// The rows.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The row of a request, by its method and the decoded segments of its path.
    ///
    /// A fixed segment goes before a named one, and that before the rest of a path. Of several rows that could follow
    /// such a rest, the one written first is taken, and of several places at which the rest could end, the last.
    pub fn find<S: AsRef<str>>(&self, method: &str, segments: &[S]) -> Option<Found<'_>> {
        let hit = self.root.find(method, segments, 0)?;
        let path = hit.names.into_iter().rev().map(|(name, at, tail)| {
            let text = segments.get(at).unwrap_or_default().iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("/");
            (name, text.strip_suffix(tail).map(str::to_owned).unwrap_or(text))
        });
        Some(Found { route: self.routes.get(hit.number)?, path: path.collect() })
    }
}

/// A row, and where its names stand: the last first, each with the segments that it covers and the fixed text that
/// these end in.
struct Hit {
    number: usize,
    names: Vec<(&'static str, Range<usize>, &'static str)>,
}

impl Node {
    fn at(&mut self, prefix: &'static str, path: &'static str) -> Result<&mut Node, &'static str> {
        let mut node = self;
        let path = path.strip_prefix('/').ok_or("it does not begin with a slash")?;
        for segment in prefix.split('/').filter(|segment| !segment.is_empty()).chain(path.split('/')) {
            node = match segment.strip_prefix('{').map(|name| name.split_once('}')) {
                None => node.fixed.entry(segment).or_default(),
                Some(None) => return Err("a name is not closed"),
                Some(Some((name, ""))) => match name.strip_suffix(":path") {
                    None => named(&mut node.segment, name)?,
                    Some(name) => named(&mut node.rest, name)?,
                },
                Some(Some((name, tail))) => node.tailed(name, tail)?,
            };
        }
        Ok(node)
    }

    fn tailed(&mut self, name: &'static str, tail: &'static str) -> Result<&mut Node, &'static str> {
        if name.ends_with(":path") {
            return Err("the rest of a path cannot end in something fixed");
        }
        let known = self.tailed.iter().position(|(taken, other, _)| *taken == tail && *other == name);
        let number = known.unwrap_or_else(|| {
            self.tailed.push((tail, name, Node::default()));
            self.tailed.len() - 1
        });
        self.tailed.get_mut(number).map(|(_, _, node)| node).ok_or("it cannot be kept")
    }

    fn find<S: AsRef<str>>(&self, method: &str, segments: &[S], at: usize) -> Option<Hit> {
        let Some(first) = segments.get(at).map(AsRef::as_ref) else {
            let number = self.here.iter().find(|(known, _)| *known == method).map(|(_, number)| *number)?;
            return Some(Hit { number, names: Vec::new() });
        };
        let fixed = self.fixed.get(first).and_then(|node| node.find(method, segments, at + 1));
        fixed.or_else(|| self.find_named(method, segments, at, first)).or_else(|| self.find_rest(method, segments, at))
    }

    fn find_named<S: AsRef<str>>(&self, method: &str, segments: &[S], at: usize, first: &str) -> Option<Hit> {
        let tailed = self.tailed.iter().map(|(tail, name, node)| (*tail, *name, node));
        let segment = self.segment.iter().map(|(name, node)| ("", *name, node.as_ref()));
        let fitting = tailed.chain(segment).filter(|(tail, ..)| first.len() > tail.len() && first.ends_with(tail));
        fitting.into_iter().find_map(|(tail, name, node)| {
            let mut hit = node.find(method, segments, at + 1)?;
            hit.names.push((name, at..at + 1, tail));
            Some(hit)
        })
    }

    fn find_rest<S: AsRef<str>>(&self, method: &str, segments: &[S], at: usize) -> Option<Hit> {
        let (name, node) = self.rest.as_ref()?;
        let mut first: Option<Hit> = None;
        for end in (at + 1..=segments.len()).rev() {
            let Some(mut hit) = node.find(method, segments, end) else { continue };
            if first.as_ref().is_none_or(|first| hit.number < first.number) {
                hit.names.push((name, at..end, ""));
                first = Some(hit);
            }
        }
        first
    }
}

fn named<'n>(
    place: &'n mut Option<(&'static str, Box<Node>)>,
    name: &'static str,
) -> Result<&'n mut Node, &'static str> {
    let (known, node) = place.get_or_insert_with(|| (name, Box::default()));
    if *known == name { Ok(node) } else { Err("two rows give the same segment different names") }
}

#[cfg(test)]
mod tests {
    use super::super::Mount;
    use super::*;

    fn table() -> RouteTable {
        RouteTable::new([
            Route::get("/2.0/models/get").under(Mount::Both),
            Route::get("/2.0/models/{id}").under(Mount::Both),
            Route::get("/files/{path:path}"),
            Route::put("/files/{path:path}"),
            Route::get("/s/{name:path}/versions/{version:path}"),
            Route::get("/s/{name:path}"),
            Route::get("/m/{name}:make"),
            Route::get("/m/{name}:make-two"),
            Route::get("/"),
        ])
        .unwrap()
    }

    fn find(method: &str, path: &str) -> Option<(String, Vec<String>)> {
        let table = table();
        let segments: Vec<&str> = path.strip_prefix('/').unwrap().split('/').collect();
        let found = table.find(method, &segments)?;
        let text = |(name, value): &(&str, String)| format!("{name}={value}");
        Some((found.route.path.to_owned(), found.path.iter().map(text).collect()))
    }

    #[test]
    fn finds_the_row_that_a_request_is() {
        let cases: [(&str, &str, Option<(&str, &[&str])>); 16] = [
            ("GET", "/api/2.0/models/get", Some(("/2.0/models/get", &[]))),
            ("GET", "/ajax-api/2.0/models/x", Some(("/2.0/models/{id}", &["id=x"]))),
            ("GET", "/2.0/models/x", None),
            ("POST", "/api/2.0/models/get", None),
            ("GET", "/files/a/b/c", Some(("/files/{path:path}", &["path=a/b/c"]))),
            ("PUT", "/files/a", Some(("/files/{path:path}", &["path=a"]))),
            ("GET", "/files", None),
            ("GET", "/s/a/versions/1/versions/2", Some(("/s/{name:path}/versions/{version:path}", &["name=a/versions/1", "version=2"]))),
            ("GET", "/s/a/b", Some(("/s/{name:path}", &["name=a/b"]))),
            ("GET", "/s/a/versions", Some(("/s/{name:path}", &["name=a/versions"]))),
            ("GET", "/m/a:b:make", Some(("/m/{name}:make", &["name=a:b"]))),
            ("GET", "/m/a:make-two", Some(("/m/{name}:make-two", &["name=a"]))),
            ("GET", "/m/:make", None),
            ("GET", "/m/a", None),
            ("GET", "/", Some(("/", &[]))),
            ("GET", "/api/2.0/models/", None),
        ];
        for (method, path, expected) in cases {
            let expected = expected.map(|(route, values)| (route.to_owned(), values.iter().map(|v| (*v).to_owned()).collect()));
            assert_eq!(find(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn two_rows_for_one_request_are_refused() {
        let error = RouteTable::new([Route::get("/a/{x}"), Route::get("/a/{x}")]).unwrap_err();
        assert_eq!(error.to_string(), "the route GET `/a/{x}`: stands twice");
        assert!(RouteTable::new([Route::get("/a/{x}"), Route::get("/a/{y}")]).is_err());
    }
}

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

/// A table that cannot be used: a row that no request would find, or a path that cannot be read.
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
    fixed: HashMap<&'static str, Node, foldhash::fast::RandomState>,
    tailed: Vec<(&'static str, &'static str, Node)>,
    segment: Option<(&'static str, Box<Node>)>,
    rest: Option<(&'static str, Box<Node>)>,
    here: Vec<(&'static str, usize)>,
}

impl RouteTable {
    /// A table of `routes`.
    ///
    /// # Errors
    /// [`TableError`] for a row whose requests an earlier one would all take, or a path that cannot be read.
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Result<Self, TableError> {
        let mut table = Self { routes: routes.into_iter().collect(), root: Node::default() };
        for (number, route) in table.routes.iter().enumerate() {
            for prefix in route.mount.prefixes() {
                for method in route.methods {
                    let node =
                        table.root.at(prefix, route.path).map_err(|problem| error(route, prefix, method, problem))?;
                    node.here.push((method, number));
                }
            }
        }
        table.hides_nothing()?;
        Ok(table)
    }

    /// Whether every row is what is found for its own path.
    fn hides_nothing(&self) -> Result<(), TableError> {
        for (number, route) in self.routes.iter().enumerate() {
            for prefix in route.mount.prefixes() {
                let segments: Vec<&str> = segments(prefix, route.path).collect();
                for method in route.methods {
                    let found = self.root.find(method, &segments, 0).map(|hit| hit.number);
                    if found != Some(number) {
                        return Err(error(route, prefix, method, "is taken by an earlier row"));
                    }
                }
            }
        }
        Ok(())
    }

    /// The rows.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The row of a request, by its method and the decoded segments of its path.
    ///
    /// Of several rows that it could be, it is the one that was written first; of several places at which the rest of a
    /// path could end, the last.
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

fn segments(prefix: &'static str, path: &'static str) -> impl Iterator<Item = &'static str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    prefix.split('/').filter(|segment| !segment.is_empty()).chain(path.split('/'))
}

fn error(route: &Route, prefix: &str, method: &str, problem: &'static str) -> TableError {
    TableError { method: method.to_owned(), path: format!("{prefix}{}", route.path), problem }
}

impl Node {
    fn at(&mut self, prefix: &'static str, path: &'static str) -> Result<&mut Node, &'static str> {
        let mut node = self;
        if !path.starts_with('/') {
            return Err("it does not begin with a slash");
        }
        for segment in segments(prefix, path) {
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

    fn is_last(&self) -> bool {
        self.fixed.is_empty() && self.tailed.is_empty() && self.segment.is_none() && self.rest.is_none()
    }

    fn find<S: AsRef<str>>(&self, method: &str, segments: &[S], at: usize) -> Option<Hit> {
        let Some(first) = segments.get(at).map(AsRef::as_ref) else {
            let number = self.here.iter().find(|(known, _)| *known == method).map(|(_, number)| *number)?;
            return Some(Hit { number, names: Vec::new() });
        };
        let fixed = self.fixed.get(first).and_then(|node| node.find(method, segments, at + 1));
        let named = self.find_named(method, segments, at, first);
        let rest = self.find_rest(method, segments, at);
        [fixed, named, rest].into_iter().flatten().reduce(earlier)
    }

    fn find_named<S: AsRef<str>>(&self, method: &str, segments: &[S], at: usize, first: &str) -> Option<Hit> {
        let tailed = self.tailed.iter().map(|(tail, name, node)| (*tail, *name, node));
        let segment = self.segment.iter().map(|(name, node)| ("", *name, node.as_ref()));
        let fitting = tailed.chain(segment).filter(|(tail, ..)| first.len() > tail.len() && first.ends_with(tail));
        let hits = fitting.filter_map(|(tail, name, node)| {
            let mut hit = node.find(method, segments, at + 1)?;
            hit.names.push((name, at..at + 1, tail));
            Some(hit)
        });
        hits.reduce(earlier)
    }

    fn find_rest<S: AsRef<str>>(&self, method: &str, segments: &[S], at: usize) -> Option<Hit> {
        let (name, node) = self.rest.as_ref()?;
        // Where nothing can follow, no other end need be tried: long paths stay cheap.
        let first = if node.is_last() { segments.len().max(at + 1) } else { at + 1 };
        let hits = (first..=segments.len()).rev().filter_map(|end| {
            let mut hit = node.find(method, segments, end)?;
            hit.names.push((name, at..end, ""));
            Some(hit)
        });
        hits.reduce(earlier)
    }
}

/// Of two hits the one whose row was written first, and of the same row the first hit.
fn earlier(one: Hit, other: Hit) -> Hit {
    if other.number < one.number { other } else { one }
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

    /// A method and a path, and the row with the values in its path.
    type Case<'a> = (&'a str, &'a str, Option<(&'a str, &'a [&'a str])>);

    fn table() -> RouteTable {
        RouteTable::new([
            Route::get("/2.0/models/get").under(Mount::Both),
            Route::get("/2.0/models/{id}").under(Mount::Both),
            Route::get("/files/{path:path}"),
            Route::put("/files/{path:path}"),
            Route::get("/s/{name:path}/versions/{version:path}"),
            Route::get("/s/{name:path}"),
            Route::get("/x/{name}/end"),
            Route::get("/x/fixed/{name}"),
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
        let cases: [Case<'_>; 18] = [
            ("GET", "/api/2.0/models/get", Some(("/2.0/models/get", &[]))),
            ("GET", "/ajax-api/2.0/models/x", Some(("/2.0/models/{id}", &["id=x"]))),
            ("GET", "/2.0/models/x", None),
            ("POST", "/api/2.0/models/get", None),
            ("GET", "/files/a/b/c", Some(("/files/{path:path}", &["path=a/b/c"]))),
            ("PUT", "/files/a", Some(("/files/{path:path}", &["path=a"]))),
            ("GET", "/files", None),
            (
                "GET",
                "/s/a/versions/1/versions/2",
                Some(("/s/{name:path}/versions/{version:path}", &["name=a/versions/1", "version=2"])),
            ),
            ("GET", "/s/a/b", Some(("/s/{name:path}", &["name=a/b"]))),
            ("GET", "/s/a/versions", Some(("/s/{name:path}", &["name=a/versions"]))),
            ("GET", "/m/a:b:make", Some(("/m/{name}:make", &["name=a:b"]))),
            ("GET", "/m/a:make-two", Some(("/m/{name}:make-two", &["name=a"]))),
            ("GET", "/x/fixed/end", Some(("/x/{name}/end", &["name=fixed"]))),
            ("GET", "/x/fixed/other", Some(("/x/fixed/{name}", &["name=other"]))),
            ("GET", "/m/:make", None),
            ("GET", "/m/a", None),
            ("GET", "/", Some(("/", &[]))),
            ("GET", "/api/2.0/models/", None),
        ];
        for (method, path, expected) in cases {
            let expected =
                expected.map(|(route, values)| (route.to_owned(), values.iter().map(|v| (*v).to_owned()).collect()));
            assert_eq!(find(method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn a_long_path_that_fits_in_many_ways_is_found_in_time() {
        let paths = ["/{a:path}/x/{b:path}/y/{c:path}", "/{a:path}/x/{b:path}", "/{a:path}"];
        let table = RouteTable::new(paths.map(Route::get)).unwrap();
        let segments = ["x", "y"].repeat(1_000);
        let start = std::time::Instant::now();
        assert_eq!(table.find("GET", &segments).unwrap().route.path, paths[0]);
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }

    #[test]
    fn a_row_that_nothing_would_find_is_refused() {
        let error = RouteTable::new([Route::get("/a/{x}"), Route::get("/a/{x}")]).unwrap_err();
        assert_eq!(error.to_string(), "the route GET `/a/{x}`: is taken by an earlier row");
        for hidden in [["/a/{x}", "/a/b"], ["/a/{x:path}", "/a/{y}"], ["/a/{x:path}", "/a/b/c"], ["/a/{x}", "/a/{y}"]] {
            assert!(RouteTable::new(hidden.map(Route::get)).is_err(), "{hidden:?}");
        }
        assert!(RouteTable::new([Route::get("/a/{x}"), Route::post("/a/b"), Route::get("/a/b/c")]).is_ok());
    }

    #[test]
    fn a_path_that_cannot_be_read_is_refused() {
        for path in ["a", "/{a", "/{a:path}:b", ""] {
            assert!(RouteTable::new([Route::get(path)]).is_err(), "{path}");
        }
    }
}

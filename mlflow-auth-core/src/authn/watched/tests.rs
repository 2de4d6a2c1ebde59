use super::*;
use std::fs;

struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let place = std::env::temp_dir().join(format!("mlflow-auth-watched-{}-{name}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        Self(place)
    }

    fn file(&self) -> PathBuf {
        self.0.join("file")
    }

    fn write(&self, text: &str) {
        fs::write(self.file(), text).unwrap();
    }

    /// Puts another file in the place of it at once.
    fn replace(&self, text: &str) {
        fs::write(self.0.join("next"), text).unwrap();
        fs::rename(self.0.join("next"), self.file()).unwrap();
    }

    async fn open(&self) -> Result<Watched<String>, FileUnusable> {
        let read = |bytes: &[u8]| match str::from_utf8(bytes)? {
            "bad" => Err("it is bad".into()),
            text => Ok(text.to_owned()),
        };
        Watched::open(self.file(), 10, read).await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn becomes(watched: &Watched<String>, text: &str) {
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    while watched.get().as_str() != text {
        assert!(tokio::time::Instant::now() < end, "it is still {:?}", watched.get());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn changes_are_read_however_they_are_made() {
    let place = Place::new("changes");
    place.write("one");
    let watched = place.open().await.unwrap();
    assert_eq!((watched.get().as_str(), watched.version()), ("one", 0));
    place.write("second");
    becomes(&watched, "second").await;
    place.replace("third");
    becomes(&watched, "third").await;
    // Of the same length, by the same inode, and at the same time as far as the file tells.
    let time = fs::metadata(place.file()).unwrap().modified().unwrap();
    place.write("fifth");
    File::options().append(true).open(place.file()).unwrap().set_modified(time).unwrap();
    becomes(&watched, "fifth").await;
    assert_eq!(watched.version(), 3);
}

#[tokio::test]
async fn what_cannot_be_used_leaves_what_was() {
    let place = Place::new("broken");
    place.write("good");
    let watched = place.open().await.unwrap();
    for broken in ["bad", "much too long"] {
        place.replace(broken);
        tokio::time::sleep(4 * PERIOD).await;
        assert_eq!((watched.get().as_str(), watched.version()), ("good", 0), "{broken}");
    }
    fs::remove_file(place.file()).unwrap();
    tokio::time::sleep(4 * PERIOD).await;
    fs::create_dir(place.file()).unwrap();
    tokio::time::sleep(4 * PERIOD).await;
    assert_eq!((watched.get().as_str(), watched.version()), ("good", 0));
    fs::remove_dir(place.file()).unwrap();
    place.write("good");
    tokio::time::sleep(4 * PERIOD).await;
    place.write("better");
    becomes(&watched, "better").await;
}

#[tokio::test]
async fn what_cannot_be_used_at_the_beginning_is_an_error() {
    let place = Place::new("first");
    assert!(matches!(place.open().await, Err(FileUnusable::Unreadable { .. })));
    for (text, malformed) in [("bad", true), ("much too long", false)] {
        place.write(text);
        let error = place.open().await.err().unwrap();
        assert_eq!(matches!(error, FileUnusable::Malformed { .. }), malformed, "{error}");
        assert_eq!(error.path(), place.file());
    }
}

#[tokio::test]
async fn the_task_ends_with_the_last_who_holds_it() {
    let place = Place::new("end");
    place.write("one");
    let watched = place.open().await.unwrap();
    let shared = Arc::downgrade(&watched.shared);
    let metrics = tokio::runtime::Handle::current().metrics();
    assert_eq!(metrics.num_alive_tasks(), 1);
    drop(watched);
    tokio::time::sleep(4 * PERIOD).await;
    assert_eq!((shared.strong_count(), metrics.num_alive_tasks()), (0, 0));
}

use std::collections::HashMap;

use super::*;
use crate::source::{Matches, ReadError};

const ROOT: UserFacts = UserFacts { uid: 0, gid: 0 };
const APP: UserFacts = UserFacts { uid: 7, gid: 8 };

/// What stands where.
struct Tree(HashMap<&'static str, PathFacts>);

impl Source for Tree {
    fn matches(&self, _: &Path, _: &str) -> Result<Matches, ReadError> {
        Ok(Matches::default())
    }

    fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotPlain)
    }

    fn path(&self, path: &Path) -> Lookup<PathFacts> {
        let found = path.to_str().and_then(|path| self.0.get(path));
        found.map_or(Lookup::Missing, |facts| Lookup::Present(facts.clone()))
    }
}

fn facts(kind: PathKind, uid: u32, mode: u32) -> PathFacts {
    PathFacts { kind, uid, gid: uid, mode }
}

fn tree() -> Tree {
    let link = |to: &str| facts(PathKind::Link(to.into()), 0, 0o777);
    Tree(HashMap::from([
        ("/", facts(PathKind::Directory, 0, 0o755)),
        ("/a", facts(PathKind::Directory, 0, 0o755)),
        ("/a/x", facts(PathKind::File, 0, 0o755)),
        ("/a/up", link("../a/x")),
        ("/a/far", link("/b/private/x")),
        ("/b", link("a/../c")),
        ("/c", facts(PathKind::Directory, 0, 0o755)),
        ("/c/private", facts(PathKind::Directory, 9, 0o700)),
        ("/c/private/x", facts(PathKind::File, 7, 0o500)),
        ("/loop", link("loop")),
        ("/odd", facts(PathKind::Other, 0, 0o755)),
    ]))
}

#[test]
fn a_path_is_followed_as_its_user_would() {
    let closed = Problem::Closed("/c/private".into(), facts(PathKind::Directory, 9, 0o700));
    for (path, who, want) in [
        ("/a/x", Some(APP), Ok("/a/x")),
        ("/a/./../a//x", Some(APP), Ok("/a/x")),
        ("/a/up", None, Ok("/a/x")),
        ("/b/private/x", Some(ROOT), Ok("/c/private/x")),
        ("/b/private/x", Some(APP), Err(closed.clone())),
        ("/a/far", Some(APP), Err(closed)),
        ("/a/x/y", None, Err(Problem::WrongKind("/a/x".into(), PathKind::File))),
        ("/a/x/", None, Err(Problem::WrongKind("/a/x".into(), PathKind::File))),
        ("/a/x/.", None, Err(Problem::WrongKind("/a/x".into(), PathKind::File))),
        ("/a/", None, Ok("/a")),
        ("/none/x", None, Err(Problem::Missing("/none".into()))),
        ("/loop", None, Err(Problem::Loop)),
        ("", None, Err(Problem::Missing("".into()))),
    ] {
        let got = follow(&tree(), Path::new(path), who).map(|target| target.map(|target| target.real));
        assert_eq!(got, want.map(|real| Some(PathBuf::from(real))), "{path}");
    }
}

#[test]
fn every_part_of_a_path_must_be_roots_own() {
    for (path, want) in [
        ("/a/x", Ok(())),
        ("/a/up", Ok(())),
        ("/b/private/x", Err(Problem::WrongKind("/b".into(), PathKind::Link("a/../c".into())))),
        ("/c/private/x", Err(Problem::Unsafe("/c/private".into(), facts(PathKind::Directory, 9, 0o700)))),
        ("/a", Err(Problem::WrongKind("/a".into(), PathKind::Directory))),
        ("/odd", Err(Problem::WrongKind("/odd".into(), PathKind::Other))),
    ] {
        assert_eq!(guarded(&tree(), Path::new(path)), want, "{path}");
    }
}

/// `/bin` is a link on most hosts: what is below it is safe if nobody could make the link lead elsewhere.
#[test]
fn links_to_directories_are_safe_where_all_is_roots_own() {
    let mut tree = tree();
    let root = |kind, mode| facts(kind, 0, mode);
    let link = |to: &str| root(PathKind::Link(to.into()), 0o777);
    tree.0.extend([
        ("/bin", link("usr/bin")),
        ("/usr", root(PathKind::Directory, 0o755)),
        ("/usr/bin", root(PathKind::Directory, 0o755)),
        ("/usr/bin/x", root(PathKind::File, 0o755)),
        ("/usr/bin/app", facts(PathKind::File, 7, 0o755)),
        ("/theirs", facts(PathKind::Link("usr/bin".into()), 7, 0o777)),
        ("/open", root(PathKind::Directory, 0o777)),
        ("/open/bin", link("/usr/bin")),
        ("/twice", link("bin")),
        ("/home", root(PathKind::Directory, 0o755)),
        ("/home/u", facts(PathKind::Directory, 7, 0o755)),
        ("/home/u/link", facts(PathKind::Link("deep/er".into()), 7, 0o777)),
        ("/home/u/deep", facts(PathKind::Directory, 7, 0o755)),
        ("/home/u/deep/er", facts(PathKind::Directory, 7, 0o755)),
        ("/home/bin", facts(PathKind::Link("/usr/bin".into()), 0, 0o777)),
    ]);
    for (path, safe) in [
        ("/bin/x", true),
        ("/twice/x", true),
        ("/bin/app", false),
        ("/theirs/x", false),
        ("/open/bin/x", false),
        ("/bin/none", false),
        ("/bin", false),
        ("/b/private/x", false),
        // As typed: the user may let the link lead to where another /bin stands above.
        ("/home/u/link/../../../bin/x", false),
        ("/usr/../bin/x", true),
    ] {
        assert_eq!(leads_safely(&tree, Path::new(path)), safe, "{path}");
    }
}

#[test]
fn who_may_write_depends_on_what_it_is() {
    for (kind, gid, mode, safe) in [
        (PathKind::Directory, 0, 0o775, true),
        (PathKind::Directory, 5, 0o775, false),
        (PathKind::Directory, 0, 0o777, false),
        (PathKind::Directory, 5, 0o1777, true),
        (PathKind::File, 5, 0o1775, false),
        (PathKind::File, 5, 0o755, true),
        (PathKind::Link("x".into()), 5, 0o777, true),
    ] {
        let facts = PathFacts { kind, uid: 0, gid, mode };
        assert_eq!(only_root_writes(&facts), safe, "{facts:?}");
    }
}

#[test]
fn a_path_is_tidied_without_asking() {
    for (path, want) in
        [("/a/./b//c", "/a/b/c"), ("/a/../../b", "/b"), ("./x", "/x"), ("../x", "/x"), ("x/y", "/x/y")]
    {
        assert_eq!(tidy(Path::new(path)), Path::new(want), "{path}");
    }
}

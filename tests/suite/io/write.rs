//! Files are written whole or not at all.

use std::fs;
use std::io;

use super::folder::Folder;
use fromzero::io::{check_writable, remove_drafts, write_atomic};

#[test]
fn an_earlier_file_survives_every_failure() {
    let folder = Folder::new("write-survives");
    let path = folder.file("weights");
    write_atomic(&path, |file| file.write_all(b"first")).unwrap();
    let failed = write_atomic(&path, |file| {
        file.write_all(b"half")?;
        Err(io::ErrorKind::StorageFull.into())
    });
    assert_eq!(failed.unwrap_err().path(), Some(path.as_path()));
    assert_eq!(fs::read(&path).unwrap(), b"first");
    let panicked = std::panic::catch_unwind(|| write_atomic(&path, |_| panic!("in the middle")));
    assert!(panicked.is_err());
    assert_eq!(fs::read(&path).unwrap(), b"first");
    assert_eq!(folder.names(), ["weights"]);
}

#[test]
fn a_file_is_replaced_and_leaves_nothing_beside_it() {
    let folder = Folder::new("write-replaces");
    let path = folder.file("weights");
    for contents in [&b"first"[..], b"", b"third, and longer"] {
        write_atomic(&path, |file| file.write_all(contents)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), contents);
        assert_eq!(folder.names(), ["weights"]);
    }
}

#[test]
fn only_drafts_are_removed() {
    let folder = Folder::new("write-drafts");
    let kept = [".fromzero-notes", "net.fromzero-1.tmp", "weights.tmp"];
    for name in kept
        .iter()
        .chain(&[".fromzero-1-0.tmp", ".fromzero-1-1.tmp"])
    {
        fs::write(folder.file(name), "").unwrap();
    }
    remove_drafts(&folder.0).unwrap();
    assert_eq!(folder.names(), kept);
    let gone = folder.file("gone");
    assert_eq!(remove_drafts(&gone).unwrap_err().path(), Some(&*gone));
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let folder = Folder::new("write-places");
    fs::write(folder.file("file"), "").unwrap();
    let places = ["missing/loss.svg", "file/loss.svg", ".", ".."].map(|name| folder.file(name));
    for path in places {
        let check = check_writable(&path).unwrap_err();
        let write = write_atomic(&path, |_| panic!("must not be asked")).unwrap_err();
        assert_eq!(check.path(), Some(path.as_path()));
        assert_eq!(write.to_string(), check.to_string());
    }
    assert!(check_writable("").is_err());
    check_writable(folder.file("new.svg")).unwrap();
    assert_eq!(folder.names(), ["file"]);
}

#[cfg(unix)]
#[test]
fn links_permissions_and_devices_are_respected() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("write-links");
    let (real, link) = (folder.file("real"), folder.file("link"));
    let permit = |mode| fs::set_permissions(&real, fs::Permissions::from_mode(mode)).unwrap();
    fs::write(&real, "first").unwrap();
    permit(0o640);
    symlink(&real, &link).unwrap();

    write_atomic(&link, |file| file.write_all(b"second")).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"second");
    assert_eq!(
        fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o640
    );

    permit(0o440);
    let refused = write_atomic(&real, |_| Ok(())).unwrap_err().to_string();
    assert!(refused.contains("read-only"), "{refused}");
    check_writable("/dev/null").unwrap();
    write_atomic("/dev/null", |file| file.write_all(b"lost")).unwrap();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    assert_eq!(fs::read(&real).unwrap(), b"second");
}

//! Files are written where it is hard to: beside leftovers, over links that lead nowhere, into pipes and open files.

use std::fs;

use super::folder::Folder;
use fromzero::io::{ErrorKind, check_writable, write_atomic};

#[test]
fn leftover_drafts_of_the_same_process_number_are_no_obstacle() {
    let folder = Folder::new("hard-leftovers");
    let path = folder.file("loss.svg");
    // The draft's own name says which ones come next.
    let mut draft = String::new();
    write_atomic(&path, |file| {
        draft = folder.names().remove(0);
        file.write_all(b"first")
    })
    .unwrap();
    let (start, number) = draft
        .strip_suffix(".tmp")
        .unwrap()
        .rsplit_once('-')
        .unwrap();
    let next = number.parse::<u64>().unwrap() + 1;
    let leftovers: Vec<String> = (next..next + 200)
        .map(|number| format!("{start}-{number}.tmp"))
        .collect();
    for name in &leftovers {
        fs::write(folder.file(name), "left").unwrap();
    }
    check_writable(&path).unwrap();
    write_atomic(&path, |file| file.write_all(b"second")).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    assert_eq!(folder.names().len(), leftovers.len() + 1);
    for name in &leftovers {
        assert_eq!(fs::read(folder.file(name)).unwrap(), b"left");
    }
}

#[test]
fn what_names_a_folder_is_refused_before_anything_is_computed() {
    let folder = Folder::new("hard-folders");
    for name in ["new.svg/", "new.svg/.", "", ".", ".."] {
        let path = folder.file(name);
        let refused = check_writable(&path).unwrap_err();
        assert_eq!(refused.path(), Some(&*path));
        assert!(write_atomic(&path, |_| panic!("must not be asked")).is_err());
    }
    let long = folder.file(&"x".repeat(5000));
    assert_eq!(check_writable(&long).unwrap_err().kind(), ErrorKind::Io);
    assert!(folder.names().is_empty());
}

#[cfg(unix)]
mod unix {
    use std::io::Read;
    use std::os::unix::fs::{FileTypeExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::process::Command;
    use std::thread;

    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_stays_and_its_target_is_made() {
        let folder = Folder::new("hard-dangling");
        fs::create_dir(folder.file("sub")).unwrap();
        let link = folder.file("link");
        symlink("sub/next", &link).unwrap();
        symlink("../real", folder.file("sub/next")).unwrap();
        check_writable(&link).unwrap();
        for contents in [b"first", b"again"] {
            write_atomic(&link, |file| file.write_all(contents)).unwrap();
            assert_eq!(fs::read(folder.file("real")).unwrap(), contents);
        }
        for link in ["link", "sub/next"] {
            let metadata = fs::symlink_metadata(folder.file(link)).unwrap();
            assert!(metadata.is_symlink(), "{link}");
        }
        assert_eq!(folder.names(), ["link", "real", "sub"]);
    }

    #[test]
    fn links_into_missing_folders_and_circles_are_refused() {
        let folder = Folder::new("hard-circles");
        symlink("gone/real", folder.file("into")).unwrap();
        symlink("gone/", folder.file("folder")).unwrap();
        symlink("b", folder.file("a")).unwrap();
        symlink("a", folder.file("b")).unwrap();
        for name in ["into", "folder", "a"] {
            let path = folder.file(name);
            assert_eq!(
                check_writable(&path).unwrap_err().path(),
                Some(path.as_path())
            );
            assert!(write_atomic(&path, |_| panic!("must not be asked")).is_err());
            assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        }
        assert_eq!(folder.names(), ["a", "b", "folder", "into"]);
    }

    #[test]
    fn a_pipe_is_written_to_and_stays() {
        let folder = Folder::new("hard-pipe");
        let pipe = folder.file("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        // Opening a pipe would wait for its reader.
        check_writable(&pipe).unwrap();
        let reader = thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write_atomic(&pipe, |file| file.write_all(&[7; 100_000])).unwrap();
        assert!(reader.join().unwrap() == [7; 100_000]);
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(folder.names(), ["pipe"]);
    }

    #[test]
    fn a_socket_is_not_replaced() {
        let folder = Folder::new("hard-socket");
        let path = folder.file("socket");
        let _listener = UnixListener::bind(&path).expect("a path short enough for a socket");
        let refused = write_atomic(&path, |file| file.write_all(b"lost")).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Io);
        assert!(fs::metadata(&path).unwrap().file_type().is_socket());
        assert_eq!(folder.names(), ["socket"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_not_open_is_not_written_to() {
        for name in ["/dev/fd/98765", "/proc/self/fd/98765"] {
            assert_eq!(check_writable(name).unwrap_err().kind(), ErrorKind::Io);
            assert!(write_atomic(name, |_| panic!("must not be asked")).is_err());
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_is_open_already_is_written_to() {
        use std::os::fd::AsRawFd;
        let folder = Folder::new("hard-open");
        let log = folder.file("log");
        fs::write(&log, "earlier\n").unwrap();
        let mut open = fs::File::open(&log).unwrap();
        let descriptor = open.as_raw_fd();
        let link = folder.file("link");
        symlink(format!("/dev/fd/{descriptor}"), &link).unwrap();
        for name in [
            format!("/proc/self/fd/{descriptor}").into(),
            format!("/dev/fd/{descriptor}").into(),
            link,
        ] {
            check_writable(&name).unwrap();
            write_atomic(&name, |file| file.write_all(b"more\n")).unwrap();
        }
        let mut text = String::new();
        open.read_to_string(&mut text).unwrap();
        assert_eq!(text, "earlier\nmore\nmore\nmore\n");
        assert_eq!(folder.names(), ["link", "log"]);
    }
}

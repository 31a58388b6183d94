//! Files that grow: by whole pieces, and no further than the system lets them.

use std::fs;

use super::folder::Folder;
use fromzero::io::{Appender, ErrorKind};

#[test]
fn pieces_stand_behind_what_was_there() {
    let folder = Folder::new("appender-pieces");
    let path = folder.file("table.csv");
    let gone = Appender::open(&path).unwrap_err();
    assert_eq!(gone.path(), Some(&*path));
    fs::write(&path, "step,loss\n").unwrap();
    for lines in [["1,2.3\n", "2,1.9\n"], ["3,1.5\n", "4,1.2\n"]] {
        let mut table = Appender::open(&path).unwrap();
        for line in lines {
            table.append(line).unwrap();
        }
    }
    let table = fs::read_to_string(&path).unwrap();
    assert_eq!(table, "step,loss\n1,2.3\n2,1.9\n3,1.5\n4,1.2\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named() {
    let mut full = Appender::open("/dev/full").unwrap();
    let error = full.append("1,2.3\n").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error
            .to_string()
            .starts_with("/dev/full: cannot be written")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_grows_up_to_the_limit_of_the_process_and_no_further() {
    use super::ulimit::within;
    use fromzero::io::write_atomic;

    let test = "a_file_grows_up_to_the_limit_of_the_process_and_no_further";
    if !within("-f 64", module_path!(), test) {
        return;
    }
    let folder = Folder::new("appender-limit");
    let path = folder.file("table");
    let size = || fs::metadata(&path).unwrap().len();
    fs::write(&path, "").unwrap();
    let mut table = Appender::open(&path).unwrap();
    let refused = loop {
        if let Err(error) = table.append([b'x'; 64]) {
            break error;
        }
    };
    // Shells count blocks of 512 bytes, or of 1024.
    let most = size();
    assert!([64 << 9, 64 << 10].contains(&most), "{most}");
    let reason = format!("no file may have more than {most} bytes here (`ulimit -f`)");
    assert!(refused.to_string().contains(&reason), "{refused}");
    let mut again = Appender::open(&path).unwrap();
    assert!(again.append("x").is_err());
    again.append("").unwrap();
    assert_eq!(size(), most);

    let whole = vec![b'x'; most as usize];
    let write = |bytes: &[u8]| {
        let mut parts = bytes.chunks(1000);
        write_atomic(&path, |file| {
            parts.try_for_each(|part| file.write_all(part))
        })
    };
    write(&whole).unwrap();
    assert!(write(&[&whole[..], b"x"].concat()).is_err());
    assert!(fs::read(&path).unwrap() == whole);
}

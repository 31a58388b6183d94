//! Data sets, and the search for MNIST's files.

use std::fs;
use std::path::{Path, PathBuf};

use fromzero::data::{Dataset, mnist};

/// Images of 2×3 pixels: image i has the pixels 6·i, 6·i + 1, ... modulo 256 and the label i modulo 10.
pub fn counting(images: usize) -> Dataset {
    let pixels = (0..6 * images).map(|i| i as u8).collect();
    let labels = (0..images).map(|i| (i % 10) as u8).collect();
    Dataset::new(pixels, labels, (2, 3), 10).unwrap()
}

#[test]
fn images_and_labels_belong_together() {
    let data = counting(7);
    assert_eq!((data.len(), data.inputs(), data.classes()), (7, 6, 10));
    assert_eq!((data.rows(), data.cols(), data.is_empty()), (2, 3, false));
    assert_eq!(data.image(2), [12, 13, 14, 15, 16, 17]);
    assert_eq!(
        (data.label(6), data.labels()),
        (6, &[0, 1, 2, 3, 4, 5, 6][..])
    );
    let mut short = data.clone();
    short.truncate(3);
    assert_eq!((short.len(), short.labels()), (3, &[0, 1, 2][..]));
    assert_eq!(short.image(2), data.image(2));
    short.truncate(9);
    assert_eq!(short.len(), 3);
}

/// FNV-1a over the samples and then the labels.
#[test]
fn a_checksum_is_that_of_every_sample_and_label() {
    let fnv = |bytes: &[u8]| {
        bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let images = Dataset::new(vec![7, 0, 255, 1], vec![1, 0], (1, 2), 2).unwrap();
    assert_eq!(images.checksum(), fnv(&[7, 0, 255, 1, 1, 0]));
    let table = Dataset::table(vec![1.5, -2.0], vec![1, 0], 1, 2).unwrap();
    assert_eq!(
        table.checksum(),
        fnv(&[0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0, 1, 0])
    );
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let refused = |images: usize, labels: &[u8], size| {
        Dataset::new(vec![0; images], labels.to_vec(), size, 10)
            .unwrap_err()
            .to_string()
    };
    for (error, reason) in [
        (refused(12, &[0; 3], (2, 3)), "3 labels for 2 images"),
        (refused(13, &[0; 2], (2, 3)), "13 bytes of 2×3"),
        (refused(0, &[0], (2, 3)), "1 labels for 0 images"),
        (refused(0, &[], (0, 28)), "images of 0×28 have no pixels"),
        (
            refused(12, &[9, 10], (2, 3)),
            "label 1 (counted from 0) is 10",
        ),
        (
            refused(12, &[255, 0], (2, 3)),
            "label 0 (counted from 0) is 255",
        ),
    ] {
        assert!(error.contains(reason), "{error:?} instead of {reason:?}");
    }
}

/// A label is a byte, so no sample could be of any class beyond.
#[test]
fn more_classes_than_a_label_tells_apart_are_refused() {
    let of = |classes| Dataset::new(vec![9], vec![255], (1, 1), classes);
    assert_eq!(of(256).unwrap().classes(), 256);
    let mut data = of(256).unwrap();
    for error in [
        of(257).unwrap_err(),
        Dataset::table(vec![9.0], vec![0], 1, 257).unwrap_err(),
        data.set_classes(257).unwrap_err(),
        data.set_names(vec![String::new(); 257]).unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(error.contains("at most 256 classes"), "{error}");
        assert!(error.ends_with("found 257"), "{error}");
    }
    assert_eq!(data.classes(), 256);
}

/// A folder for one test, which goes when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("fromzero-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, content: &[u8]) -> &Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Four small files with these names: 3 training images and 2 test images.
    fn with_files(&self, names: [&str; 4]) -> &Self {
        let [train_images, train_labels, test_images, test_labels] = names;
        self.write(train_images, &images(3))
            .write(train_labels, &labels(&[5, 0, 4]));
        self.write(test_images, &images(2))
            .write(test_labels, &labels(&[7, 2]))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn images(count: u8) -> Vec<u8> {
    let mut file = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 1, 0, 0, 0, 2];
    file.extend(0..2 * count);
    file
}

fn labels(labels: &[u8]) -> Vec<u8> {
    [&[0, 0, 8, 1, 0, 0, 0, labels.len() as u8], labels].concat()
}

const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

#[track_caller]
fn load_refused(folder: &Path, reasons: &[&str]) {
    for threads in [1, 2] {
        let error = mnist::load(folder, threads).unwrap_err().to_string();
        for reason in reasons {
            assert!(error.contains(reason), "{error:?} without {reason:?}");
        }
    }
}

#[test]
fn files_are_found_under_the_names_that_people_have() {
    let dotted = NAMES.map(|name| name.replace("-idx", ".idx"));
    let packed = NAMES.map(|name| format!("{name}.gz"));
    let dotted_and_packed = format!("{}.gz", dotted[3]);
    let mixed = [NAMES[0], &dotted[1], &packed[2], &dotted_and_packed];
    let dotted = dotted.each_ref().map(String::as_str);
    let packed = packed.each_ref().map(String::as_str);
    for (below, names) in [
        ("", NAMES),
        ("", dotted),
        ("", mixed),
        ("MNIST/raw", packed),
        ("raw", mixed),
        ("mnist", NAMES),
    ] {
        let folder = Folder::new("names");
        let prefix = |name: &str| Path::new(below).join(name).display().to_string();
        let names = names.map(prefix);
        folder.with_files(names.each_ref().map(String::as_str));
        for threads in [1, 2] {
            let found = mnist::load(&folder.0, threads).unwrap();
            assert_eq!(found.folder, folder.0.join(below));
            assert_eq!(
                (found.train.labels(), found.test.labels()),
                (&[5, 0, 4][..], &[7, 2][..])
            );
            assert_eq!(
                (found.train.image(2), found.test.image(1)),
                (&[4, 5][..], &[2, 3][..])
            );
        }
    }
}

#[test]
fn wrong_files_are_named() {
    let folder = Folder::new("wrong");
    folder.with_files(NAMES).write(NAMES[1], &labels(&[5, 0]));
    load_refused(&folder.0, &[NAMES[1], "2 labels for 3 images"]);
    // MNIST's own labels begin so, and it has no others.
    let mnist_s = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 10];
    folder.write(NAMES[0], &images(11));
    folder.write(NAMES[1], &labels(&mnist_s));
    load_refused(&folder.0, &[NAMES[1], "label 10 (counted from 0) is 10"]);
    folder.write(NAMES[1], &images(3));
    load_refused(
        &folder.0,
        &[NAMES[1], "is an IDX file of images", "fetch.sh"],
    );
    folder.with_files(NAMES).write(NAMES[2], &[0x1f, 0x8b, 8]);
    load_refused(
        &folder.0,
        &[NAMES[2], "byte 3: the gzip file ends too early"],
    );
    let mut wide = images(2);
    (wide[11], wide[15]) = (2, 1);
    folder.write(NAMES[2], &wide);
    load_refused(
        &folder.0,
        &["training images of 1×2 pixels, but test images of 2×1"],
    );
}

#[test]
fn a_folder_that_bears_a_file_s_name_is_named() {
    let folder = Folder::new("bears");
    folder.with_files(NAMES);
    let path = folder.0.join(NAMES[2]);
    fs::remove_file(&path).unwrap();
    // As archives unpack: a folder with the file in it.
    folder.write(&format!("{0}/{0}", NAMES[2]), &images(2));
    for error in [
        mnist::load(&folder.0, 1).unwrap_err(),
        mnist::search(None, &[&folder.0]).unwrap_err(),
    ] {
        assert_eq!(error.path(), Some(&*path));
        assert!(error.to_string().contains("is a folder"), "{error}");
    }
    // Another form of the file will do.
    folder.write(&format!("{}.gz", NAMES[2]), &images(2));
    assert_eq!(mnist::load(&folder.0, 1).unwrap().test.len(), 2);
}

#[test]
fn a_folder_that_is_named_must_do() {
    let (empty, full) = (Folder::new("empty"), Folder::new("full"));
    full.with_files(NAMES).write("notes", b"to be read");
    let found = |named: &Path| mnist::search(Some(named), &[&full.0]);
    assert_eq!(found(&full.0).unwrap().as_deref(), Some(&*full.0));
    for (named, reason) in [
        (
            empty.0.clone(),
            "holds none of MNIST's files; looked for train-images-idx3-ubyte, ",
        ),
        (empty.0.join("gone"), "no such file or folder"),
        (full.0.join("notes"), "is not a folder"),
    ] {
        let error = found(&named).unwrap_err();
        assert_eq!(error.path(), Some(&*named));
        let error = error.to_string();
        assert!(
            error.contains(reason) && error.contains("fetch.sh"),
            "{error}"
        );
    }
    // By the option as by the variable, and the option counts.
    let gone = empty.0.join("gone");
    assert!(mnist::find(Some(&gone), Some(full.0.as_os_str())).is_err());
    assert!(mnist::find(None, Some(gone.as_os_str())).is_err());
    let by_variable = mnist::find(None, Some(full.0.as_os_str())).unwrap();
    assert_eq!(by_variable.as_deref(), Some(&*full.0));
}

#[test]
fn files_below_a_folder_that_is_named_are_found_where_they_lie() {
    let folder = Folder::new("below");
    let below = NAMES.map(|name| format!("MNIST/raw/{name}"));
    folder.with_files(below.each_ref().map(String::as_str));
    let raw = folder.0.join("MNIST/raw");
    let found = mnist::search(Some(&folder.0), &[]).unwrap();
    assert_eq!(found.as_deref(), Some(&*raw));
    // A file is what was meant, if one was named.
    let file = raw.join(NAMES[3]);
    let found = mnist::search(Some(&file), &[]).unwrap();
    assert_eq!(found.as_deref(), Some(&*file));
    assert!(mnist::is_file_of(&file));
    folder.write("notes", b"");
    for other in ["notes", "gone", "", "MNIST/raw"] {
        assert!(!mnist::is_file_of(&folder.0.join(other)), "{other}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_or_cannot_be_looked_at_is_named() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("odd");
    folder.with_files(NAMES);
    let path = folder.0.join(NAMES[0]);
    for (target, reason) in [
        ("/dev/null", "is not a file"),
        // A link to itself leads nowhere.
        (NAMES[0], "cannot be looked at"),
    ] {
        fs::remove_file(&path).unwrap();
        symlink(target, &path).unwrap();
        let error = mnist::load(&folder.0, 1).unwrap_err();
        assert_eq!(error.path(), Some(&*path));
        assert!(error.to_string().contains(reason), "{error}");
    }
    let circle = folder.0.join("circle");
    symlink("circle", &circle).unwrap();
    let error = mnist::load(&circle, 1).unwrap_err().to_string();
    assert!(error.contains("cannot be looked at"), "{error}");
}

#[test]
fn other_folders_are_tried_in_order_but_never_after_a_part() {
    let [empty, part, full] = ["tried-empty", "tried-part", "tried-full"].map(Folder::new);
    full.with_files(NAMES);
    part.with_files(NAMES);
    fs::remove_file(part.0.join(NAMES[3])).unwrap();
    let search = |folders: &[&Path]| mnist::search(None, folders);
    let gone = empty.0.join("gone");

    assert_eq!(search(&[&gone, &empty.0]).unwrap(), None);
    let found = search(&[&gone, &empty.0, &full.0, &part.0]).unwrap();
    assert_eq!(found.as_deref(), Some(&*full.0));
    for error in [
        search(&[&empty.0, &part.0, &full.0]).unwrap_err(),
        mnist::search(Some(&part.0), &[&full.0]).unwrap_err(),
        mnist::load(&part.0, 1).unwrap_err(),
    ] {
        assert_eq!(error.path(), Some(&*part.0));
        let error = error.to_string();
        assert!(
            error.contains("missing: t10k-labels-idx1-ubyte ("),
            "{error}"
        );
    }
    // A part above a whole set is a part.
    part.with_files(
        NAMES
            .map(|name| format!("raw/{name}"))
            .each_ref()
            .map(String::as_str),
    );
    assert!(search(&[&part.0]).is_err());
}

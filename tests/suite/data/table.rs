//! Tables of comma-separated values: which columns they have, and what is wrong with others.

use std::fs;
use std::path::{Path, PathBuf};

use fromzero::data::table::Table;
use fromzero::data::{Dataset, Sample};
use fromzero::rng::Rng;

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/data")
        .join(path)
}

/// Every image bears its class in its first pixel, has ink beside it and none below.
#[track_caller]
fn assert_upright(data: &Dataset) {
    assert_eq!((data.rows(), data.cols()), (28, 28));
    for i in 0..data.len() {
        let image = data.image(i);
        assert_eq!(image[..4], [data.labels()[i], 255, 255, 255], "image {i}");
        assert!((1..28).all(|row| image[28 * row] == 0), "image {i}");
    }
}

#[test]
fn kaggle_s_table_has_images() {
    let table = Table::read(&fixture("kaggle/train.csv.gz"), None).unwrap();
    assert_eq!(table.class_column, "label");
    assert_eq!((table.data.len(), table.data.classes()), (24, 10));
    assert_eq!(table.data.labels()[..10], [1, 0, 1, 4, 0, 0, 7, 3, 5, 3]);
    assert_upright(&table.data);
    // Its test.csv has no labels, which a user is told.
    let error = table
        .read_alike(&fixture("kaggle/test.csv.gz"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("test.csv.gz, line 1, column 784: expected 785 columns, found 784"),
        "{error}"
    );
}

#[test]
fn images_without_a_header_begin_with_the_label() {
    let train = Table::read(&fixture("plain/mnist_train.csv.gz"), None).unwrap();
    let test = train
        .read_alike(&fixture("plain/mnist_test.csv.gz"))
        .unwrap();
    assert_eq!(train.class_column, "column 1");
    assert_eq!(train.data.labels()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(test.data.labels(), [7, 2, 1, 0, 4, 3, 5, 6, 8, 9]);
    assert_upright(&train.data);
    assert_upright(&test.data);
}

#[test]
fn emnist_s_table_is_turned_upright_and_counts_from_1() {
    let letters = Table::read(&fixture("emnist/emnist-letters-train.csv.gz"), None).unwrap();
    assert_eq!((letters.data.len(), letters.data.classes()), (52, 26));
    assert_eq!(
        (letters.data.class_name(0), letters.data.class_name(25)),
        ("1".into(), "26".into())
    );
    assert_upright(&letters.data);
}

#[test]
fn flowers_have_four_measurements_and_named_classes() {
    let table = Table::read(&fixture("flowers.csv"), None).unwrap();
    assert_eq!(
        (&table.class_column[..], &table.left_out[..]),
        ("Species", &["Id".to_string()][..])
    );
    let data = &table.data;
    assert_eq!(
        (data.len(), data.inputs(), data.has_images()),
        (120, 4, false)
    );
    assert_eq!(
        data.names(),
        [
            "setosa",
            "versicolor",
            "virginica, or \"southern blue flag\""
        ]
    );
    assert_eq!(data.sample(0), Sample::Row(&[5.3, 3.2, 1.3, 0.3]));
    assert_eq!((data.label(0), data.label(40), data.label(119)), (0, 1, 2));
}

/// The class column and the labels.
fn read(text: &str, class: Option<&str>) -> (String, Vec<u8>) {
    let table = Table::parse(text, class).unwrap();
    (table.class_column, table.data.labels().to_vec())
}

#[test]
fn the_class_column_is_found() {
    for (text, class, column, labels) in [
        // By name, in any letters.
        ("a,Class,b\n1,1,2\n3,0,4\n", None, "Class", [1, 0]),
        // The only one with texts.
        ("1,x,2\n3,w,4\n", None, "column 2", [1, 0]),
        // The last.
        ("a,b,c\n1,2,5\n3,4,-1\n", None, "c", [1, 0]),
        ("1,2,7\n3,4,6\n", None, "column 3", [1, 0]),
        // As asked for.
        ("a,b,c\n9,2,5\n3,4,-1\n", Some("a"), "a", [1, 0]),
        ("9,2,5\n3,4,-1\n", Some("first"), "column 1", [1, 0]),
        ("label,b,c\n1,2,5\n3,4,-1\n", Some("last"), "c", [1, 0]),
    ] {
        assert_eq!(
            read(text, class),
            (column.into(), labels.to_vec()),
            "{text}"
        );
    }
    // Without a name, by its number.
    let counted = Table::parse(",a,label\n1,2,0\n", None).unwrap();
    assert_eq!(counted.left_out, ["column 1"]);
    let refused = |text, class| Table::parse(text, Some(class)).unwrap_err().to_string();
    assert_eq!(
        refused("a,b\n1,2\n", "c"),
        "has no column c; its columns are a, b"
    );
    assert!(refused("1,2\n3,4\n", "c").contains("expected first or last"));
}

#[test]
fn classes_are_in_order_and_numbers_by_size() {
    let names = |text| Table::parse(text, None).unwrap().data.names().join(" ");
    assert_eq!(names("1,10\n1,9.0\n1,9\n1,-2\n1,0.5\n"), "-2 0.5 9 10");
    assert_eq!(names("1,b\n1, a \n1,10\n"), "10 a b");
}

#[test]
fn pixels_are_whole_numbers_in_columns_that_say_so() {
    let is_image = |text| Table::parse(text, None).unwrap().data.has_images();
    assert!(is_image(
        "label,pixel0,pixel1,pixel2,pixel3\n1,0,255,3,4\n0,1,2,3,4\n"
    ));
    assert!(!is_image(
        "label,pixel0,pixel1,pixel2,pixel3\n1,0,256,3,4\n0,1,2,3,4\n"
    ));
    assert!(!is_image(
        "label,pixel0,pixel1,pixel2,pixel3\n1,0,255,3,4\n0,1,2.5,3,4\n"
    ));
    assert!(!is_image("label,pixel0,pixel1\n1,0,255\n0,1,2\n"));
    assert!(!is_image("label,a,b,c,d\n1,0,255,3,4\n0,1,2,3,4\n"));
}

/// Whatever is first found to be no byte, what came before keeps its value.
#[test]
fn numbers_keep_their_values() {
    let table = Table::parse("7,255,0,x\n 1e2 ,-3,0.1,y\n+8,.5,5.,x\n", None).unwrap();
    let rows: Vec<_> = (0..3).map(|i| table.data.sample(i)).collect();
    assert_eq!(
        rows,
        [
            Sample::Row(&[7.0, 255.0, 0.0]),
            Sample::Row(&[100.0, -3.0, 0.1]),
            Sample::Row(&[8.0, 0.5, 5.0]),
        ]
    );
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_line_and_column() {
    let many: String = (0..300).map(|i| format!("1,{i}\n")).collect();
    for (text, reason) in [
        ("", "has no line with anything in it"),
        ("\n\n", "has no line with anything in it"),
        (
            "\"\"\n1\n",
            "line 1, column 1: expected columns separated by commas, found only one",
        ),
        ("a,b,label\n", "has names of columns, but no row below them"),
        (
            "a,label\n1,0\n\nx,1\n",
            "line 4, column 1: expected a number, found x",
        ),
        (
            "a,b,label\n1,,0\n",
            "line 2, column 2: expected a number, found nothing; a row with a gap",
        ),
        (
            "a,b,label\n1,2,\n",
            "line 2, column 3: expected a class, found nothing",
        ),
        (
            "a,label\n1e39,0\n",
            "line 2, column 1: expected a finite number, found 1e39",
        ),
        (
            "a,label\nnan,0\n",
            "line 2, column 1: expected a finite number, found nan",
        ),
        (
            "a,b,label\n1,2,0\n1,2\n",
            "line 3, column 2: expected 3 columns, found 2",
        ),
        (
            "a,b,label\n1,2,0,4\n",
            "line 2, column 4: expected 3 columns, found 4",
        ),
        (
            "a,b,label\n1,\n",
            "line 2, column 2: expected 3 columns, found 2",
        ),
        (
            "a,b,label\n1,2,0,\n",
            "line 2, column 4: expected 3 columns, found 4; the line ends with a comma",
        ),
        (
            "a,b,label,\n1,2,0,\n",
            "line 1, column 4: the line ends with a comma",
        ),
        (
            "150,4,setosa,virginica\n5,3,1,0\n",
            "line 1, column 3: expected a number, found setosa; if the first line is to name",
        ),
        (
            "a;b;c\n1;2;3\n",
            "line 1, column 1: expected columns separated by commas, found only one; they are separated by semicolons",
        ),
        (
            "5,1;3,5;x\n4,9;3,0;y\n",
            "line 1, column 2: expected a number, found 1;3; save the table with commas",
        ),
        (
            "a\tb\n1\t2\n",
            "line 1, column 1: expected columns separated by commas, found only one; they are separated by tabs",
        ),
        (
            "id,label\n1,0\n2,1\n",
            "line 1, column 1: there is no column beside the classes",
        ),
        (
            "a,label\n1,\"x\n2,y\n",
            "line 2, column 2: the quote that opens this field is never closed",
        ),
        (
            &many,
            "line 257, column 2: expected at most 256 different classes in this column, found one more, 256",
        ),
    ] {
        let error = Table::parse(text, None).unwrap_err().to_string();
        assert!(error.starts_with(reason), "{error:?} instead of {reason:?}");
        let is_a_comma_too_many = text
            .lines()
            .any(|line| line.ends_with("0,") || line.ends_with("l,"));
        assert_eq!(
            error.contains("take it away"),
            is_a_comma_too_many,
            "{error}"
        );
    }
}

/// Whatever is done to a table, it is read or refused.
#[test]
fn damaged_tables_do_no_harm() {
    let bytes = fs::read(fixture("flowers.csv")).unwrap();
    for end in 0..bytes.len() {
        let _ = Table::parse(&String::from_utf8_lossy(&bytes[..end]), None);
    }
    let mut rng = Rng::new(5);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..2000 {
        let mut damaged = bytes.clone();
        let place = rng.below(bytes.len() as u64) as usize;
        damaged[place] = b",\"\n\r;.-eNx\0\xff5"[rng.below(13) as usize];
        match Table::parse(&String::from_utf8_lossy(&damaged), None) {
            Ok(table) => {
                assert!(table.data.len() >= 118 && table.data.len() <= 121);
                read += 1;
            }
            Err(error) => {
                assert!(error.to_string().starts_with("line "), "{error}");
                refused += 1;
            }
        }
    }
    assert!(read > 100 && refused > 100, "{read} {refused}");
}

/// A file for one test, which goes when the test is over.
struct File(PathBuf);

impl File {
    fn new(name: &str, content: &[u8]) -> Self {
        let path =
            std::env::temp_dir().join(format!("fromzero-table-{}-{name}", std::process::id()));
        fs::write(&path, content).unwrap();
        File(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn a_test_table_has_the_columns_and_the_classes_of_its_training_table() {
    let train = Table::parse("a,b,label\n1.5,2,y\n3,4,x\n5,6,z\n", None).unwrap();
    let alike = |text: &str| {
        let file = File::new("alike.csv", text.as_bytes());
        train.read_alike(&file.0).map_err(|error| {
            assert_eq!(error.path(), Some(&*file.0));
            error.to_string()
        })
    };
    // Not all classes need to be there.
    let test = alike("a,b,label\n7,8,z\n9,10,y\n").unwrap();
    assert_eq!(
        (test.data.labels(), test.data.names()),
        (&[2, 1][..], train.data.names())
    );
    assert_eq!(alike("7,8,z\n").unwrap().data.labels(), [2]);
    for (text, reason) in [
        (
            "a,b,label\n1,2,w\n",
            "line 2, column 3: expected a class of the training set, found w",
        ),
        (
            "a,c,label\n1,2,x\n",
            "line 1, column 2: expected the column b, as in the training set, found c",
        ),
        (
            "a,b\n1,2\n",
            "line 1, column 2: expected 3 columns, found 2; a test set has the columns",
        ),
        ("", "has no line with anything in it"),
    ] {
        let error = alike(text).unwrap_err();
        assert!(error.contains(reason), "{error:?} instead of {reason:?}");
    }
}

#[test]
fn files_that_are_no_tables_say_so() {
    let latin_1 = File::new("latin1.csv", b"a,label\n1,gr\xfcn\n");
    // By its content, whatever its name says.
    let tar = File::new(
        "tar.csv",
        &[&[b'a'; 257][..], b"ustar\0", &[0; 249]].concat(),
    );
    let utf_16 = File::new("utf16.csv", b"\xff\xfea\0,\0b\0");
    for (path, reason) in [
        (
            &latin_1.0,
            ", byte 12: is not a text in UTF-8; a table is a text file",
        ),
        (
            &utf_16.0,
            ", byte 0: is a text in UTF-16; a table is a text file",
        ),
        (&tar.0, "tar.csv: is a tar archive"),
        (
            &fixture("archive.zip"),
            ": is a zip archive; unpack it where it lies (`unzip",
        ),
        (
            &fixture("archive.tar.gz"),
            ": is a tar archive; unpack it where it lies (`tar -xf",
        ),
        (&fixture("nothing.csv"), ": cannot be read"),
    ] {
        let error = Table::read(path, None).unwrap_err();
        assert_eq!(error.path(), Some(&**path));
        let error = error.to_string();
        assert!(error.contains(reason), "{error:?} instead of {reason:?}");
    }
}

//! Comma-separated values by RFC 4180, and what is wrong with others.

use std::borrow::Cow;

use fromzero::io::{Error, Records};

/// A record with the line in which it begins.
type Numbered<'a> = (usize, Vec<Cow<'a, str>>);

fn records(text: &str) -> Result<Vec<Numbered<'_>>, Error> {
    let (mut records, mut fields, mut all) = (Records::new(text), Vec::new(), Vec::new());
    while let Some(line) = records.next_record(&mut fields)? {
        all.push((line, fields.clone()));
    }
    Ok(all)
}

#[track_caller]
fn assert_records(text: &str, expected: &[(usize, &[&str])]) {
    let found = records(text).unwrap();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((line, fields), (expected_line, expected)) in found.iter().zip(expected) {
        assert_eq!(
            (line, &fields[..]),
            (expected_line, &expected.map_cow()[..])
        );
    }
}

trait MapCow {
    fn map_cow(&self) -> Vec<Cow<'_, str>>;
}

impl MapCow for &[&str] {
    fn map_cow(&self) -> Vec<Cow<'_, str>> {
        self.iter().map(|&field| field.into()).collect()
    }
}

#[test]
fn records_end_with_any_line_break_and_empty_lines_are_passed_over() {
    let expected: &[(usize, &[&str])] = &[(1, &["a", "b"]), (2, &["1", "2"])];
    for text in [
        "a,b\n1,2",
        "a,b\r\n1,2\r\n",
        "a,b\r1,2\r",
        "\u{feff}a,b\n1,2\n",
    ] {
        assert_records(text, expected);
    }
    assert_records(
        "\n\na,b\r\n\r\n1,2\n\n",
        &[(3, &["a", "b"]), (5, &["1", "2"])],
    );
    assert_records("", &[]);
    assert_records("\n\r\n", &[]);
}

#[test]
fn fields_keep_their_blanks_and_may_be_empty() {
    assert_records(",a , b,\n", &[(1, &["", "a ", " b", ""])]);
    assert_records("größer,数\n \n", &[(1, &["größer", "数"]), (2, &[" "])]);
}

#[test]
fn quotes_hold_commas_line_breaks_and_quotes() {
    assert_records(
        "\"a,b\",\"c\r\nd\",\"\"\n\"\"\"e\"\"\",\"\"\"\",f\n",
        &[(1, &["a,b", "c\r\nd", ""]), (3, &["\"e\"", "\"", "f"])],
    );
    assert_records("\"\"", &[(1, &[""])]);
}

#[test]
fn a_line_of_commas_takes_no_more_memory_than_the_longest_sensible_line() {
    let commas = |n: usize| ",".repeat(n);
    assert_eq!(records(&commas((1 << 20) - 1)).unwrap()[0].1.len(), 1 << 20);
    let error = records(&commas(1 << 20)).unwrap_err().to_string();
    assert_eq!(
        error,
        "line 1, column 1048577: expected at most 1048576 columns, found more"
    );
}

#[test]
fn wrong_quotes_are_named_with_line_and_column() {
    for (text, reason) in [
        (
            "a,b\n1,x\"y\"",
            "line 2, column 2: a quote inside a field that is not in quotes",
        ),
        (
            "a,b\n1, \"y\"",
            "line 2, column 2: a quote inside a field that is not in quotes",
        ),
        (
            "\"a\nb\"c,d",
            "line 2, column 1: something follows the quote that closes",
        ),
        (
            "a\n\n1,2,\"",
            "line 3, column 3: the quote that opens this field is never closed",
        ),
        (
            "\"a\n\n\"\"b",
            "line 1, column 1: the quote that opens this field is never closed",
        ),
    ] {
        let error = records(text).unwrap_err().to_string();
        assert!(error.starts_with(reason), "{error:?} instead of {reason:?}");
    }
}

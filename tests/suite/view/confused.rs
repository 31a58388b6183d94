//! The confusion matrix in the terminal.

use fromzero::Matrix;
use fromzero::metrics::Confusion;
use fromzero::view::{Colours, Terminal, confusion_matrix};

/// `counts[class][predicted]` samples.
fn confusion<const N: usize>(counts: [[usize; N]; N]) -> Confusion {
    let mut confusion = Confusion::new(N);
    for (class, row) in counts.iter().enumerate() {
        for (predicted, &count) in row.iter().enumerate() {
            let answers = Matrix::<f64>::from_fn(count, N, |_, j| f64::from(j == predicted));
            confusion.add(&answers, &vec![class; count][..]).unwrap();
        }
    }
    confusion
}

fn name(class: usize) -> String {
    ["zero", "one", "dos"][class].to_string()
}

#[test]
fn classes_have_their_names_and_columns_their_places() {
    let table = confusion_matrix(
        &confusion([[100, 2, 6], [0, 3, 0], [0, 0, 0]]),
        name,
        &Terminal::PLAIN,
    );
    let expected = "
 true  zero   one   dos  right
 zero   100     2     6  92.6%
  one     0     3     0 100.0%
  dos     0     0     0      -";
    assert_eq!(table, expected[1..]);
}

#[test]
fn colours_mark_what_is_right_and_what_is_often_wrong() {
    let terminal = Terminal {
        colours: Colours::Eight,
        ..Terminal::PLAIN
    };
    let table = confusion_matrix(
        &confusion([[900, 20, 80], [1, 999, 0], [0, 0, 0]]),
        name,
        &terminal,
    );
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(
        lines[1],
        " zero\x1b[32m   900\x1b[0m\x1b[33m    20\x1b[0m\x1b[31m    80\x1b[0m  90.0%"
    );
    assert_eq!(lines[2], "  one     1\x1b[32m   999\x1b[0m     0  99.9%");
}

#[test]
fn a_matrix_wider_than_the_terminal_becomes_a_list() {
    let narrow = Terminal {
        columns: 20,
        ..Terminal::PLAIN
    };
    let listed = |counts| confusion_matrix(&confusion(counts), name, &narrow);
    assert_eq!(
        listed([[90, 2, 8], [3, 27, 0], [0, 0, 5]]),
        "one taken for zero: 3 times, 10.0 % of all one\n\
         zero taken for dos: 8 times, 8.0 % of all zero\n\
         zero taken for one: 2 times, 2.0 % of all zero"
    );
    assert_eq!(
        listed([[1, 0, 0]; 3].map(|_| [0; 3])),
        "nothing was taken for anything else"
    );
}

//! The matrix: how it is made, where its rows lie, what its views show, how it is printed, and what it refuses.

mod places;

use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::{Matrix, Real};

/// Entry (i, j) is 10·i + j, so that every entry says where it belongs.
fn numbered(rows: usize, cols: usize) -> Matrix<f64> {
    Matrix::from_fn(rows, cols, |i, j| (10 * i + j) as f64)
}

#[test]
fn every_constructor_puts_entries_row_by_row() {
    let expected = numbered(2, 3);
    let rows = [[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]];
    assert_same_bits("rows", &Matrix::from_rows(&rows), &expected);
    assert_same_bits(
        "slice",
        &Matrix::from_slice(2, 3, rows.as_flattened()),
        &expected,
    );
    let flat = rows.as_flattened().to_vec();
    assert_same_bits("vector", &Matrix::from_vec(2, 3, flat), &expected);
    let nested: Vec<Vec<f64>> = rows.iter().map(|row| row.to_vec()).collect();
    assert_same_bits("nested", &Matrix::from(nested), &expected);
    assert_same_bits(
        "zeros",
        &Matrix::<f64>::zeros(2, 3),
        &Matrix::from_rows(&[[0.0; 3]; 2]),
    );
    let mut order = Vec::new();
    Matrix::from_fn(2, 2, |i, j| {
        order.push((i, j));
        0.0_f32
    });
    assert_eq!(order, [(0, 0), (0, 1), (1, 0), (1, 1)]);
}

#[test]
fn entries_and_rows_are_read_and_written_in_place() {
    let mut matrix = numbered(3, 4);
    assert_eq!(
        (matrix.rows(), matrix.cols(), matrix.shape()),
        (3, 4, (3, 4))
    );
    matrix[(2, 3)] = -1.0;
    matrix.row_mut(1)[0] = -2.0;
    assert_eq!(matrix.row(1), [-2.0, 11.0, 12.0, 13.0]);
    assert_eq!(matrix.row(2), [20.0, 21.0, 22.0, -1.0]);
    assert_eq!(
        matrix.iter_rows().map(<[f64]>::len).collect::<Vec<_>>(),
        [4, 4, 4]
    );
    let entries: Vec<f64> = matrix.iter().collect();
    assert_eq!(entries[3..9], [3.0, -2.0, 11.0, 12.0, 13.0, 20.0]);
}

/// Address of the first entry of a row.
fn address<T: Real>(matrix: &Matrix<T>, row: usize) -> usize {
    matrix.row(row).as_ptr().addr()
}

fn rows_lie_on_cache_lines<T: Real>() {
    for cols in [1, 7, 8, 16, 17, 100, 128, 129, 784, 1000, 1024, 4096] {
        let matrix = Matrix::<T>::zeros(5, cols);
        for matrix in [&matrix, &matrix.clone()] {
            let stride = matrix.leading_dimension() * size_of::<T>();
            assert!((0..5).all(|i| address(matrix, i) % 64 == 0), "{cols}");
            assert!(
                (1..5).all(|i| address(matrix, i) - address(matrix, i - 1) == stride),
                "{cols}"
            );
            let (lines, odd) = (stride / 64, stride / 64 % 2 == 1);
            assert!(
                stride.is_multiple_of(64) && (lines <= 8 || odd),
                "{cols} columns, {lines} lines"
            );
        }
    }
}

#[test]
fn rows_lie_on_cache_lines_and_long_ones_have_an_odd_number_of_them() {
    rows_lie_on_cache_lines::<f32>();
    rows_lie_on_cache_lines::<f64>();
    assert_eq!(Matrix::<f32>::zeros(1, 1024).leading_dimension(), 1040);
    assert_eq!(Matrix::<f32>::zeros(1, 784).leading_dimension(), 784);
    assert_eq!(Matrix::<f32>::zeros(1, 10).leading_dimension(), 16);
    assert_eq!(Matrix::<f64>::zeros(1, 1024).leading_dimension(), 1032);
}

#[test]
fn a_clone_is_equal_and_independent() {
    let matrix = numbered(4, 9);
    let mut copy = matrix.clone();
    assert_same_bits("clone", &copy, &matrix);
    copy[(0, 0)] = 5.0;
    assert_eq!(matrix[(0, 0)], 0.0);
}

#[test]
fn views_show_blocks_and_transposes_without_moving_anything() {
    let matrix = numbered(5, 7);
    let entry = |i, j| (10 * i + j) as f64;
    assert_same_bits(
        "t",
        &matrix.t().to_matrix(),
        &Matrix::from_fn(7, 5, |i, j| entry(j, i)),
    );
    let block = matrix.view().block(1..4, 2..7);
    assert_eq!((block.shape(), block.get(2, 4)), ((3, 5), 36.0));
    let inner = block.block(1..3, 1..3);
    assert_same_bits(
        "block",
        &inner.to_matrix(),
        &Matrix::from_rows(&[[23.0, 24.0], [33.0, 34.0]]),
    );
    let turned = block.t().block(1..3, 1..3);
    assert_same_bits("block of t", &turned.to_matrix(), &inner.t().to_matrix());
    assert_same_bits("t of t", &turned.t().to_matrix(), &inner.to_matrix());
    assert_eq!(matrix.t().block(7..7, 0..5).shape(), (0, 5));
}

#[test]
fn a_block_is_written_inside_its_matrix() {
    let mut matrix = Matrix::<f32>::zeros(4, 4);
    let mut block = matrix.block_mut(1..3, 1..4);
    assert_eq!((block.rows(), block.cols(), block.shape()), (2, 3, (2, 3)));
    block.row_mut(1).fill(7.0);
    let expected = Matrix::from_fn(4, 4, |i, j| if i == 2 && j > 0 { 7.0 } else { 0.0 });
    assert_same_bits("block", &matrix, &expected);
    matrix.view_mut().row_mut(0).fill(7.0);
    assert_eq!(matrix.row(0), [7.0; 4]);
}

#[test]
fn the_number_of_rows_changes_without_moving_the_matrix() {
    let mut matrix = numbered(64, 100);
    let place = address(&matrix, 0);
    matrix.set_rows(17);
    assert_same_bits("fewer", &matrix, &numbered(17, 100));
    matrix.set_rows(64);
    assert_eq!((address(&matrix, 0), matrix.rows()), (place, 64));
    assert_eq!(matrix.row(16), numbered(64, 100).row(16));
    matrix.set_rows(1000);
    assert_eq!(matrix.shape(), (1000, 100));
    assert_eq!(matrix.row(16), numbered(64, 100).row(16));
    assert_eq!(
        (address(&matrix, 999) % 64, matrix.row(999).len()),
        (0, 100)
    );
}

#[test]
fn equality_compares_shape_and_entries_and_nothing_else() {
    // Two equal matrices between whose rows, and behind them, different numbers are left over.
    let (mut a, mut b) = (numbered(3, 8), numbered(3, 5));
    a.reshape(3, 5);
    a.copy_from(&b);
    a.set_rows(2);
    b.row_mut(2).fill(9.0);
    b.set_rows(2);
    assert!(a == b);
    b[(1, 4)] = 0.0;
    assert!(a != b);
    assert!(numbered(2, 3) != Matrix::zeros(3, 2));
    assert!(Matrix::from_rows(&[[0.0]]) == Matrix::from_rows(&[[-0.0]]));
    let nan = Matrix::from_rows(&[[f64::NAN]]);
    assert!(nan != nan.clone());
}

#[test]
fn small_matrices_are_printed_whole() {
    let matrix = Matrix::from_rows(&[[1.0, -20.5], [0.125, 3.0]]);
    assert_eq!(
        format!("{matrix:?}"),
        "2×2 [\n  [  1.0, -20.5]\n  [0.125,   3.0]\n]"
    );
    assert_eq!(
        format!("{matrix}"),
        "2×2 [\n  [  1.0000, -20.5000]\n  [  0.1250,   3.0000]\n]"
    );
    assert_eq!(
        format!("{matrix:.1}").lines().nth(1),
        Some("  [  1.0, -20.5]")
    );
    assert_eq!(format!("{:?}", numbered(8, 8)).matches('\n').count(), 9);
    assert_eq!(format!("{:?}", Matrix::<f32>::zeros(0, 3)), "0×3 []");
}

#[test]
fn large_matrices_are_printed_by_their_corners() {
    let text = format!(
        "{:.0}",
        Matrix::from_fn(9, 1000, |i, j| (1000 * i + j) as f64)
    );
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 9, "{text}");
    assert_eq!(lines[0], "9×1000 [");
    assert_eq!(lines[1], "  [   0,    1,    2,    …,  997,  998,  999]");
    assert_eq!(lines[4], "  [   ⋮,    ⋮,    ⋮,    ⋮,    ⋮,    ⋮,    ⋮]");
    assert_eq!(lines[7], "  [8000, 8001, 8002,    …, 8997, 8998, 8999]");
}

#[test]
fn sizes_that_do_not_fit_into_memory_are_an_error() {
    let sizes = [
        (usize::MAX, usize::MAX),
        (usize::MAX, 1),
        (1, usize::MAX),
        (1 << 31, 1 << 31),
        (1 << 40, 1 << 20),
    ];
    for (rows, cols) in sizes {
        let error = Matrix::<f32>::try_zeros(rows, cols).map(drop).unwrap_err();
        let expected = format!("a {rows}×{cols} matrix of f32 does not fit into memory");
        assert_eq!(error.to_string(), expected);
    }
    assert_eq!(Matrix::<f64>::try_zeros(usize::MAX, 0).unwrap().cols(), 0);
}

#[test]
fn functions_apply_to_every_entry() {
    let mut matrix = numbered(2, 3);
    matrix.map(|x| 2.0 * x);
    assert_eq!(matrix.row(1), [20.0, 22.0, 24.0]);
    matrix.zip(&numbered(2, 3), |x, y| x - 3.0 * y);
    assert_eq!(matrix.row(1), [-10.0, -11.0, -12.0]);
    matrix.add_row(&[1.0, 2.0, 3.0]);
    assert_eq!(
        matrix.iter().collect::<Vec<_>>(),
        [1.0, 1.0, 1.0, -9.0, -9.0, -9.0]
    );
    matrix.copy_from(&numbered(2, 3));
    assert_same_bits("copy", &matrix, &numbered(2, 3));
}

#[test]
fn a_loop_goes_through_the_entries_row_by_row_and_passes_over_the_padding() {
    let matrix = numbered(2, 3);
    let mut seen = Vec::new();
    for x in &matrix {
        seen.push(x);
    }
    assert_eq!(seen, [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);

    let mut entries = matrix.iter();
    entries.next();
    assert_eq!((entries.len(), entries.clone().sum::<f64>()), (5, 36.0));
    assert_eq!(entries.collect::<Vec<_>>(), seen[1..]);
    let mut rows = matrix.iter_rows();
    assert_eq!((rows.len(), rows.next_back()), (2, Some(matrix.row(1))));
    assert_eq!(rows.next().zip(rows.next()), None);
    for empty in [Matrix::<f64>::zeros(0, 3), Matrix::zeros(3, 0)] {
        assert_eq!((empty.iter().len(), empty.iter().next()), (0, None));
    }
}

#[test]
fn a_block_may_be_asked_to_be_higher_than_the_matrix() {
    let mut matrix = numbered(3, 2);
    let shapes: Vec<_> = (matrix.row_blocks_mut(usize::MAX))
        .map(|block| block.shape())
        .collect();
    assert_eq!(shapes, [(3, 2)]);
}

#[test]
fn views_are_printed_as_their_matrices() {
    let mut matrix = numbered(3, 9);
    let (part, turned) = (0..2, matrix.view().block(1..3, 0..4).t());
    let block = matrix.view().block(part.clone(), 0..9);
    assert_eq!(format!("{block:.1}"), format!("{:.1}", block.to_matrix()));
    assert_eq!(format!("{turned:?}"), format!("{:?}", turned.to_matrix()));
    let expected = format!("{:?}", block.to_matrix());
    assert_eq!(format!("{:?}", matrix.block_mut(part, 0..9)), expected);
}

#[test]
fn shapes_that_do_not_fit_are_refused_at_the_callers_line() {
    let (mut a, b) = (numbered(2, 3), numbered(3, 2));
    assert_blames_caller("copy_from: shapes 2×3 and 3×2", || a.copy_from(&b));
    assert_blames_caller("zip: shapes 2×3 and 3×2", || a.zip(&b, |x, _| x));
    assert_blames_caller("add_row: shapes 2×3 and 1×2", || a.add_row(&[1.0, 2.0]));
    assert_blames_caller("row 0 has 2 entries, row 1 has 1", || {
        Matrix::from_rows(&[vec![1.0, 2.0], vec![3.0]])
    });
    assert_blames_caller("a 2×3 matrix cannot be made from 5", || {
        Matrix::from_slice(2, 3, &[0.0_f32; 5]);
    });
    assert_blames_caller("does not fit into memory", || {
        Matrix::<f32>::zeros(usize::MAX, 2)
    });
}

#[test]
fn places_outside_the_matrix_are_refused_at_the_callers_line() {
    let mut a = numbered(2, 3);
    assert_blames_caller("column 3 of a 2×3 matrix", || a[(0, 3)]);
    assert_blames_caller("row 2 of a 2×3 matrix", || a[(2, 0)]);
    assert_blames_caller("column 3 of a 2×3 matrix", || a[(0, 3)] = 1.0);
    assert_blames_caller("row 2 of a 2×3 matrix", || a.row_mut(2).fill(0.0));
    assert_blames_caller("entry (1, 2) of a 3×2 view", || a.t().get(1, 2));
    assert_blames_caller("entry (2, 0) of a 2×2 view", || {
        a.t().block(0..2, 0..2).get(2, 0)
    });
    assert_blames_caller("row 2 of a 2×3 view", || a.view().row(2).len());
    assert_blames_caller("row 3 of a 3×2 view", || a.t().row(3).len());
    let says = "row 0 of a transposed 3×2 view: its rows do not lie in memory; `to_matrix` makes";
    assert_blames_caller(says, || a.t().row(0).len());
    assert_blames_caller("block of rows 1..3 and columns 0..1 of a 2×3", || {
        a.view().block(1..3, 0..1)
    });
    assert_blames_caller("block of rows 0..1 and columns 2..4 of a 2×3", || {
        a.block_mut(0..1, 2..4);
    });
    assert_blames_caller("row 1 of a 1×2 block", || {
        a.block_mut(0..1, 0..2).row_mut(1).fill(0.0)
    });
}

#[test]
fn blocks_of_an_absurd_height_are_the_whole_matrix() {
    let mut m = Matrix::<f32>::from_fn(3, 5, |i, j| (5 * i + j) as f32);
    let whole = m.clone();
    for height in [3, 4, usize::MAX / 16 + 1, usize::MAX / 2 + 1, usize::MAX] {
        let mut blocks = m.row_blocks_mut(height);
        let block = blocks.next().expect("a block");
        assert_eq!(block.view().to_matrix(), whole);
        assert!(blocks.next().is_none());
    }
    assert_eq!(
        Matrix::<f32>::zeros(0, 5).row_blocks_mut(usize::MAX).len(),
        0
    );
}

#[test]
fn sums_differences_and_multiples_are_new_matrices() {
    let (a, b) = (
        numbered(3, 20),
        Matrix::from_fn(3, 20, |i, j| (i * j) as f64),
    );
    let by_entry = |f: fn(f64, f64) -> f64| Matrix::from_fn(3, 20, |i, j| f(a[(i, j)], b[(i, j)]));
    assert_same_bits("sum", &(&a + &b), &by_entry(|a, b| a + b));
    assert_same_bits("difference", &(&a - &b), &by_entry(|a, b| a - b));
    assert_same_bits("multiple", &(&a * 3.0), &by_entry(|a, _| a * 3.0));
    assert_same_bits("untouched", &a, &numbered(3, 20));
    let other = numbered(3, 19);
    assert_blames_caller("+: shapes 3×20 and 3×19 do not fit", || &a + &other);
    assert_blames_caller("-: shapes 3×20 and 3×19 do not fit", || &a - &other);
    assert_blames_caller(
        "Matrix::from_rows: row 0 has 1 entries, row 1 has 2",
        || Matrix::from(vec![vec![1.0_f32], vec![2.0, 3.0]]),
    );
}

/// Memory is taken only for more than there ever was, and a shape that no memory holds is refused.
#[test]
fn a_reshaped_matrix_has_the_new_shape() {
    let mut place = Matrix::<f32>::zeros(4, 30);
    let start = place.row(0).as_ptr();
    place.reshape(2, 40);
    assert_eq!((place.shape(), place.row(0).as_ptr()), ((2, 40), start));
    place.map(|_| 1.0);
    assert_eq!(place, Matrix::from_fn(2, 40, |_, _| 1.0));
    place.reshape(100, 100);
    assert_eq!(place.row(99).len(), 100);
    for (rows, cols) in [(usize::MAX, 2), (2, usize::MAX), (usize::MAX, usize::MAX)] {
        assert_blames_caller("does not fit into memory", || place.reshape(rows, cols));
    }
}

/// Up to eight lines of 64 bytes there are as many as it takes, and above an odd number.
#[test]
fn long_rows_have_an_odd_number_of_lines() {
    let lines = |cols| Matrix::<f32>::zeros(1, cols).leading_dimension() / 16;
    let found = [1, 16, 17, 112, 128, 129, 144, 145, 1024].map(lines);
    assert_eq!(found, [1, 1, 2, 7, 8, 9, 9, 11, 65]);
}

#[test]
fn rows_without_columns_are_rows() {
    assert_eq!(Matrix::<f64>::from_slice(3, 0, &[]).shape(), (3, 0));
}

#[test]
fn a_row_of_a_view_is_that_of_its_matrix() {
    let a = numbered(5, 40);
    let block = a.view().block(1..5, 3..30);
    for i in 0..4 {
        assert_eq!(block.row(i), &a.row(i + 1)[3..30]);
    }
}

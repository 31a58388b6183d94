//! Parts of a data set, and standardised tables.

use fromzero::data::{Batches, Dataset, Sample, Standardizer};
use fromzero::rng::Rng;

/// A table of one column, row i with the number i, and with classes of these sizes.
fn numbered(sizes: &[usize]) -> Dataset {
    let mut labels = Vec::new();
    for (class, &size) in sizes.iter().enumerate() {
        labels.extend_from_slice(&vec![class as u8; size]);
    }
    let numbers = (0..labels.len()).map(|i| i as f32).collect();
    Dataset::table(numbers, labels, 1, sizes.len()).unwrap()
}

fn numbers(data: &Dataset) -> Vec<usize> {
    let number = |i| match data.sample(i) {
        Sample::Row(row) => row[0] as usize,
        _ => panic!("no row of a table"),
    };
    (0..data.len()).map(number).collect()
}

#[test]
fn parts_have_every_sample_once_and_every_class_by_its_share() {
    let sizes = [100, 50, 7, 33, 1];
    let data = numbered(&sizes);
    let shares = [0.7, 0.2, 0.1];
    let parts = data.split(shares, &mut Rng::new(3)).unwrap();
    let mut all = Vec::new();
    for part in &parts {
        all.extend(numbers(part));
    }
    all.sort_unstable();
    assert_eq!(all, Vec::from_iter(0..191));
    for (part, share) in parts.iter().zip(shares) {
        assert!((part.len() as f64 - 191.0 * share).abs() < 1.0);
        for (class, &size) in sizes.iter().enumerate() {
            let found = part
                .labels()
                .iter()
                .filter(|&&k| usize::from(k) == class)
                .count();
            let error = (found as f64 - share * size as f64).abs();
            assert!(error < 1.5, "{found} of class {class}");
        }
        for (i, number) in numbers(part).into_iter().enumerate() {
            assert_eq!(part.label(i), data.label(number));
        }
        // In random order, and not class by class.
        assert!(!part.labels().is_sorted());
    }
    assert_eq!(data.split(shares, &mut Rng::new(3)).unwrap(), parts);
    assert_ne!(data.split(shares, &mut Rng::new(4)).unwrap(), parts);
}

#[test]
fn images_are_split_with_their_pixels_and_names() {
    let images = (0..40).collect();
    let labels = (0..20).map(|i| i % 2).collect();
    let mut data = Dataset::new(images, labels, (1, 2), 2).unwrap();
    data.set_names(vec!["even".into(), "odd".into()]).unwrap();
    let [train, test] = data.split([0.9, 0.1], &mut Rng::new(1)).unwrap();
    assert_eq!((train.len(), test.len(), test.cols()), (18, 2, 2));
    for i in 0..train.len() {
        let image = train.image(i);
        assert_eq!(
            (image[1], image[0] / 2 % 2),
            (image[0] + 1, train.labels()[i])
        );
    }
    assert_eq!(test.class_name(1), "odd");
}

#[test]
fn shares_that_are_none_and_parts_without_samples_are_refused() {
    let data = numbered(&[4, 1]);
    let refused = |shares| {
        data.split(shares, &mut Rng::new(1))
            .unwrap_err()
            .to_string()
    };
    for shares in [[0.5, 0.6], [1.0, 0.0], [1.5, -0.5], [f64::NAN, 0.5]] {
        assert!(refused(shares).starts_with("expected shares above 0 that add up to 1"));
    }
    assert_eq!(
        refused([0.95, 0.05]),
        "5 samples are too few for a part of 0.05 of them"
    );
}

#[test]
fn a_standardised_column_has_mean_0_and_deviation_1() {
    let mut rng = Rng::new(9);
    let mut numbers = Vec::new();
    for _ in 0..300 {
        numbers.push(rng.range(50.0, 90.0) as f32);
        numbers.push(0.1);
        numbers.push(rng.normal() as f32 * 1e-3);
    }
    let mut train = Dataset::table(numbers, vec![0; 300], 3, 1).unwrap();
    let mut test = Dataset::table(vec![70.0, 0.1, 0.0], vec![0], 3, 1).unwrap();
    let standardizer = Standardizer::fit(&train).unwrap();
    standardizer.apply(&mut train).unwrap();
    let mut batches = Batches::<f64>::new(&train, 300).unwrap();
    let x = &batches.next_batch().unwrap().x;
    for column in [0, 2] {
        let (mut sum, mut of_squares) = (0.0, 0.0);
        for i in 0..300 {
            sum += x[(i, column)];
            of_squares += x[(i, column)] * x[(i, column)];
        }
        let (mean, square) = (sum / 300.0, of_squares / 300.0);
        assert!(
            mean.abs() < 1e-6 && (square - 1.0).abs() < 1e-6,
            "{mean} {square}"
        );
    }
    assert!((0..300).all(|i| x[(i, 1)] == 0.0));
    // By the training table's mean and deviation.
    standardizer.apply(&mut test).unwrap();
    let expected = ((70.0 - standardizer.means[0]) / standardizer.deviations[0]) as f32;
    let Sample::Row(row) = test.sample(0) else {
        panic!("an image")
    };
    assert_eq!(row[..2], [expected, 0.0]);
}

#[test]
fn what_cannot_be_standardised_is_refused() {
    let images = Dataset::new(vec![1, 2], vec![0, 0], (1, 1), 1).unwrap();
    let refused = Standardizer::fit(&images).unwrap_err().to_string();
    assert!(
        refused.contains("expected a table, found images"),
        "{refused}"
    );
    let narrow = Dataset::table(vec![1.0, 1.0 + 1e-7], vec![0, 0], 1, 1).unwrap();
    let standardizer = Standardizer::fit(&narrow).unwrap();
    let mut far = Dataset::table(vec![3e38], vec![0], 1, 1).unwrap();
    let refused = standardizer.apply(&mut far).unwrap_err().to_string();
    assert!(
        refused.contains("too far from its column's mean"),
        "{refused}"
    );
    let mut wide = Dataset::table(vec![1.0, 2.0], vec![0], 2, 1).unwrap();
    let refused = standardizer.apply(&mut wide).unwrap_err().to_string();
    assert!(
        refused.contains("expected a table of 1 columns, found 2"),
        "{refused}"
    );
}

#[test]
fn tables_that_are_none_are_refused() {
    let refused = |numbers: &[f32], labels: &[u8], inputs| {
        let table = Dataset::table(numbers.to_vec(), labels.to_vec(), inputs, 2);
        table.unwrap_err().to_string()
    };
    for (error, reason) in [
        (refused(&[], &[], 0), "rows of 0 numbers"),
        (
            refused(&[1.0; 3], &[0, 0], 2),
            "2 labels for 1 rows (3 numbers, 2 a row)",
        ),
        (
            refused(&[1.0; 3], &[0], 2),
            "1 labels for 1 rows (3 numbers",
        ),
        (refused(&[1.0; 4], &[0], 2), "1 labels for 2 rows"),
        (refused(&[1.0, f32::NAN], &[0, 1], 1), "found NaN in row 1"),
        (
            refused(&[1.0, 2.0], &[0, 2], 1),
            "label 1 (counted from 0) is 2",
        ),
    ] {
        assert!(error.contains(reason), "{error:?} instead of {reason:?}");
    }
}

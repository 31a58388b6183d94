//! What somebody may have meant who wrote a name that does not exist.

/// The name nearest to `written`, if one is near: a third of its letters differ at most, or one begins with the other.
pub fn nearest<'a>(written: &str, names: &[&'a str]) -> Option<&'a str> {
    let mut found = None;
    let mut least = usize::MAX;
    for &name in names {
        let begins = written.len() >= 3 && (name.starts_with(written) || written.starts_with(name));
        let distance = edit_distance(written, name);
        if (begins || 3 * distance <= name.len()) && distance < least {
            (found, least) = (Some(name), distance);
        }
    }
    found
}

/// The number of letters to insert, delete or replace (Levenshtein 1966), row by row of the usual table.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.chars().count()]
}

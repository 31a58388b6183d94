/// A number with a comma before every three digits.
///
/// ```
/// assert_eq!(fromzero::io::grouped(1_863_690), "1,863,690");
/// ```
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

//! Correctly rounded results that mpmath computed: of the arguments whose results are nearest to half-way between two `f32`.

/// Written by `tests/fixtures/elementary_nearest.py`: the function, the bits of x, those of the `f32` nearest to f(x).
const TABLE: &str = include_str!("../../tests/fixtures/elementary_nearest.txt");

/// The arguments that the table has of a function, and the right results.
pub fn known(function: &str) -> impl Iterator<Item = (f32, f32)> {
    TABLE.lines().filter_map(move |line| {
        let mut fields = line.split(' ');
        let name = fields.next()?;
        let mut number = || {
            let bits = u32::from_str_radix(fields.next()?, 16);
            Some(f32::from_bits(bits.ok()?))
        };
        (name == function).then_some((number()?, number()?))
    })
}

/// The right result, if the table has it.
pub fn look_up(function: &str, x: f32) -> Option<f32> {
    known(function)
        .find(|(argument, _)| argument.to_bits() == x.to_bits())
        .map(|(_, result)| result)
}

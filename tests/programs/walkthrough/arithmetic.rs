//! Sums as the page writes them, computed: to the bit, as the library does, and plainly, as anybody would.

use fromzero::elementary;

/// A sum that was read.
#[derive(Debug)]
pub enum Expr {
    Number(f64),
    Negative(Box<Expr>),
    /// Terms, each with whether it is subtracted.
    Sum(Vec<(bool, Expr)>),
    /// Factors, each with whether it divides.
    Product(Vec<(bool, Expr)>),
    Exp(Box<Expr>),
    Ln(Box<Expr>),
    Max(Vec<Expr>),
    /// 1/(1 + e^(−z))
    Sigmoid(Box<Expr>),
}

/// How operations round.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// As the contract in `matmul` has it: sums of products are chains of fused multiply-adds from +0; the functions are the
    /// library's.
    Contract,
    /// Each operation by itself, with the functions of the standard library.
    Plain,
}

use Arithmetic::{Contract, Plain};

impl Expr {
    pub fn read(text: &str) -> Result<Expr, String> {
        let mut rest = text;
        let expr = sum(&mut rest)?;
        match rest {
            "" => Ok(expr),
            rest => Err(format!("{rest} is left over of {text}")),
        }
    }

    pub fn value(&self, how: Arithmetic) -> f64 {
        match self {
            Expr::Number(x) => *x,
            Expr::Negative(x) => -x.value(how),
            Expr::Sum(terms) => {
                terms
                    .iter()
                    .fold(0.0, |s, (minus, term)| match (minus, term.pair()) {
                        (false, Some((a, b))) if how == Contract => a.mul_add(b, s),
                        (false, _) => s + term.value(how),
                        (true, _) => s - term.value(how),
                    })
            }
            Expr::Product(factors) => {
                let values = factors
                    .iter()
                    .map(|(divides, factor)| (divides, factor.value(how)));
                values.fold(1.0, |p, (divides, x)| if *divides { p / x } else { p * x })
            }
            Expr::Exp(x) if how == Contract => elementary::exp(x.value(how)),
            Expr::Exp(x) => x.value(how).exp(),
            Expr::Ln(x) if how == Contract => elementary::ln(x.value(how)),
            Expr::Ln(x) => x.value(how).ln(),
            Expr::Max(list) => {
                let values = list.iter().map(|x| x.value(how));
                values.fold(f64::NEG_INFINITY, |max, x| if x > max { x } else { max })
            }
            Expr::Sigmoid(z) if how == Contract => elementary::sigmoid(z.value(how)),
            Expr::Sigmoid(z) => 1.0 / (1.0 + (-z.value(how)).exp()),
        }
    }

    /// The two numbers of a product of two.
    fn pair(&self) -> Option<(f64, f64)> {
        match self {
            Expr::Product(factors) => match factors[..] {
                [(false, Expr::Number(a)), (false, Expr::Number(b))] => Some((a, b)),
                _ => None,
            },
            _ => None,
        }
    }
}

fn sum(rest: &mut &str) -> Result<Expr, String> {
    let mut terms = vec![(false, product(rest)?)];
    loop {
        let minus = rest.starts_with(" − ");
        let Some(after) = rest.strip_prefix(if minus { " − " } else { " + " }) else {
            break;
        };
        *rest = after;
        terms.push((minus, product(rest)?));
    }
    Ok(match terms.len() {
        1 => terms.remove(0).1,
        _ => Expr::Sum(terms),
    })
}

fn product(rest: &mut &str) -> Result<Expr, String> {
    let mut factors = vec![(false, factor(rest)?)];
    while let Some(sign) = rest.chars().next().filter(|c| "·/".contains(*c)) {
        *rest = &rest[sign.len_utf8()..];
        factors.push((sign == '/', factor(rest)?));
    }
    Ok(match factors.len() {
        1 => factors.remove(0).1,
        _ => Expr::Product(factors),
    })
}

fn factor(rest: &mut &str) -> Result<Expr, String> {
    let mut opens = |start: &str| match rest.strip_prefix(start) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    };
    if opens("1/(1 + e^(−") {
        let z = sum(rest)?;
        close(rest)?;
        close(rest)?;
        return Ok(Expr::Sigmoid(Box::new(z)));
    }
    if opens("−") {
        return Ok(Expr::Negative(Box::new(factor(rest)?)));
    }
    if opens("e^(") {
        return Ok(Expr::Exp(Box::new(bracketed(rest)?)));
    }
    if opens("ln(") {
        return Ok(Expr::Ln(Box::new(bracketed(rest)?)));
    }
    if opens("max(") {
        let mut list = vec![sum(rest)?];
        while let Some(after) = rest.strip_prefix(", ") {
            *rest = after;
            list.push(sum(rest)?);
        }
        close(rest)?;
        return Ok(Expr::Max(list));
    }
    if opens("(") {
        return bracketed(rest);
    }
    number(rest)
}

fn bracketed(rest: &mut &str) -> Result<Expr, String> {
    let inner = sum(rest)?;
    close(rest)?;
    Ok(inner)
}

fn close(rest: &mut &str) -> Result<(), String> {
    let after = rest.strip_prefix(')');
    *rest = after.ok_or_else(|| format!("expected ), found {rest}"))?;
    Ok(())
}

fn number(rest: &mut &str) -> Result<Expr, String> {
    for (word, value) in [
        ("NaN", f64::NAN),
        ("inf", f64::INFINITY),
        ("-inf", f64::NEG_INFINITY),
    ] {
        if let Some(after) = rest.strip_prefix(word) {
            *rest = after;
            return Ok(Expr::Number(value));
        }
    }
    let bytes = rest.as_bytes();
    let is_part = |i: usize| {
        let after_e = i > 0 && bytes[i - 1] == b'e';
        bytes[i].is_ascii_digit()
            || bytes[i] == b'.'
            || (bytes[i] == b'-' && (i == 0 || after_e))
            || bytes[i] == b'e'
    };
    let end = (0..bytes.len())
        .find(|&i| !is_part(i))
        .unwrap_or(bytes.len());
    let (digits, after) = rest.split_at(end);
    *rest = after;
    let number = digits.parse::<f64>();
    number
        .map(Expr::Number)
        .map_err(|_| format!("{digits:?} is no number, before {after}"))
}

/// A number in all its digits, as the page prints it.
pub fn full(x: f64) -> String {
    let digits = if x == 0.0 {
        "0".into()
    } else {
        format!("{x:?}")
    };
    digits.strip_suffix(".0").unwrap_or(&digits).into()
}

/// `x` correctly rounded to as many digits as `printed` has.
pub fn rounded_like(printed: &str, x: f64) -> String {
    let (digits, has_exponent) = match printed.split_once('e') {
        Some((digits, _)) => (digits, true),
        None => (printed, false),
    };
    let decimals = digits
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    let x = if x == 0.0 { 0.0 } else { x };
    if has_exponent {
        format!("{x:.decimals$e}")
    } else {
        format!("{x:.decimals$}")
    }
}

#[test]
fn sums_are_read_and_computed() {
    for (text, value) in [
        ("0.5·(-0.5) + 1·0.5 + 0.25·1 + (-0.25)", 0.25),
        ("(1/2)·(3·4 + 5·6)", 21.0),
        ("7 − 0.5·4", 5.0),
        ("−3·4", -12.0),
        ("−1/4", -0.25),
        ("2·(1 − 2)", -2.0),
        ("(8·(16 − 4) − (25 − 1))/(12·1)", 6.0),
        ("1 − max(1, 3, 2) − ln(1 + 0)", -2.0),
        ("e^(1 − max(1, 0))", 1.0),
        ("1/(1 + e^(−0))", 0.5),
        ("1e-5·2e5", 2.0),
        ("2 + (-inf)", f64::NEG_INFINITY),
    ] {
        for how in [Contract, Plain] {
            assert_eq!(Expr::read(text).unwrap().value(how), value, "{text}");
        }
    }
    for text in ["", "1 +", "1 + ", "(1", "1)", "2x", "1..2", "max(1"] {
        assert!(Expr::read(text).is_err(), "{text}");
    }
}

/// (1 + ε)² − 1 − 2ε is ε² if the product is not rounded, and 0 if it is.
#[test]
fn the_contract_fuses_sums_of_products_alone() {
    let text = "-1.0000000000000004·1 + 1.0000000000000002·1.0000000000000002";
    let expr = Expr::read(text).unwrap();
    assert_eq!(expr.value(Contract), f64::EPSILON * f64::EPSILON);
    assert_eq!(expr.value(Plain), 0.0);
}

#[test]
fn rounding_follows_what_is_printed() {
    for (printed, x, rounded) in [
        ("0.25000", 0.25, "0.25000"),
        ("-0.06250", -0.0625, "-0.06250"),
        ("1.2e-5", 1.25e-5, "1.3e-5"),
        ("2", 1.6, "2"),
        ("0", -0.0, "0"),
    ] {
        assert_eq!(rounded_like(printed, x), rounded);
    }
}

//! The codes of deflate blocks: which lengths make one, how long they may be, and what is refused.

use super::deflate::{Codes, Token, Writer, expand};
use super::inflate::{refused, unpack};

/// A block whose symbols and distances have these lengths; all others, up to 286 and `distances.len()`, have none.
fn with_codes(symbols: &[(usize, u8)], distances: &[u8]) -> Writer {
    let mut codes = Codes {
        symbols: vec![0; 286],
        distances: distances.to_vec(),
    };
    for &(symbol, length) in symbols {
        codes.symbols[symbol] = length;
    }
    let mut stream = Writer::default();
    stream.block(true, 2).codes(&codes);
    stream
}

#[test]
fn codes_that_are_none_are_refused() {
    let good = [(65, 1), (256, 2), (257, 2)];
    let symbols =
        |lengths: &[(usize, u8)], reason: &str| refused(&with_codes(lengths, &[1, 1]), reason);
    symbols(
        &[(65, 1), (66, 1), (256, 2)],
        "the code of the symbols is over-subscribed",
    );
    symbols(
        &[(65, 2), (66, 2), (256, 2)],
        "the code of the symbols is incomplete",
    );
    symbols(&[(256, 1)], "the code of the symbols is incomplete");
    symbols(&[(65, 1), (66, 1)], "no code for its end");
    let distances = |lengths: &[u8], reason: &str| refused(&with_codes(&good, lengths), reason);
    distances(&[1, 1, 1], "the code of the distances is over-subscribed");
    distances(&[2, 2, 2], "the code of the distances is incomplete");
    distances(&[2], "the code of the distances is incomplete");
    distances(&[15; 30], "the code of the distances is incomplete");

    let with_lengths = |lengths: &[u8; 19], reason: &str| {
        refused(
            Writer::default()
                .block(true, 2)
                .lengths_of_lengths(286, 30, lengths),
            reason,
        );
    };
    with_lengths(&[1; 19], "the code of the code lengths is over-subscribed");
    with_lengths(&[7; 19], "the code of the code lengths is incomplete");
    with_lengths(&[0; 19], "the code of the code lengths is incomplete");
    for symbols in [287, 288] {
        let mut stream = Writer::default();
        stream
            .block(true, 2)
            .lengths_of_lengths(symbols, 30, &[0; 19]);
        refused(&stream, "286 are the most");
    }
}

/// Symbols whose codes are one bit longer than those that are looked up at once, two behind each of as many beginnings as there
/// can be: 1024 of 10 bits in the code of symbols, less those that short codes take.
#[test]
fn as_many_codes_as_can_be_may_be_longer_than_the_first_look_up() {
    let mut codes = Codes {
        symbols: vec![11; 259],
        distances: vec![1, 1],
    };
    codes.symbols[..3].copy_from_slice(&[1, 2, 3]);
    let tokens: Vec<Token> = (0..=255).map(Token::Literal).collect();
    let mut stream = Writer::default();
    let mut expected = Vec::new();
    stream.block(true, 2).codes(&codes).tokens(&codes, &tokens);
    expand(&tokens, &mut expected);
    assert!(unpack(&stream.bytes) == Ok(expected));
}

/// Ten codes of 1 to 10 bits leave one beginning of 10 bits, behind which all longer ones share the bits that are left.
#[test]
fn codes_of_any_lengths_may_share_a_beginning() {
    for longer in [
        &[11, 11][..],
        &[11, 12, 13, 14, 15, 15],
        &[12, 13, 13, 13, 13, 13, 14, 14],
        &[12, 12, 12, 13, 14, 15, 15],
        &[13, 13, 13, 13, 13, 13, 13, 14, 15, 15],
        &[15; 32],
    ] {
        let lengths = [&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], longer].concat();
        // The last of them is that of the end.
        let mut codes = Codes {
            symbols: vec![0; 257 - lengths.len()],
            distances: vec![1, 1],
        };
        codes.symbols.extend(&lengths);
        let first = codes.symbols.len() - lengths.len();
        let tokens: Vec<Token> = (first..256).map(|i| Token::Literal(i as u8)).collect();
        let (mut stream, mut expected) = (Writer::default(), Vec::new());
        stream.block(true, 2).codes(&codes).tokens(&codes, &tokens);
        expand(&tokens, &mut expected);
        assert!(unpack(&stream.bytes) == Ok(expected), "{longer:?}");
    }
}

#[test]
fn one_distance_or_none_will_do() {
    let good = [(65, 1), (256, 2), (257, 2)];
    let lengths = [(65, 1), (256, 2), (257, 2)]
        .iter()
        .fold(vec![0; 286], |mut all, &(s, l)| {
            all[s] = l;
            all
        });
    // A, then a match of three at distance 1, whose only code is a zero of one bit.
    let mut stream = with_codes(&good, &[1]);
    stream
        .symbol(&lengths, 65)
        .symbol(&lengths, 257)
        .number(0, 1)
        .symbol(&lengths, 256);
    assert_eq!(unpack(&stream.bytes), Ok(b"AAAA".to_vec()));
    // The other value of that bit is no code, and without distances neither is.
    let mut stream = with_codes(&good, &[1]);
    refused(
        stream
            .symbol(&lengths, 65)
            .symbol(&lengths, 257)
            .number(1, 1),
        "a distance that has no meaning",
    );
    let mut stream = with_codes(&good, &[0]);
    stream.symbol(&lengths, 65).symbol(&lengths, 256);
    assert_eq!(unpack(&stream.bytes), Ok(b"A".to_vec()));
    let mut stream = with_codes(&good, &[0]);
    refused(
        stream.symbol(&lengths, 65).symbol(&lengths, 257),
        "a distance that has no meaning",
    );
}

#[test]
fn repeated_lengths_stay_inside() {
    // Codes 0, 16, 17 and 18 only, two bits each.
    let mut lengths = [0; 19];
    for symbol in [0, 16, 17, 18] {
        lengths[symbol] = 2;
    }
    let start = || {
        let mut stream = Writer::default();
        stream.block(true, 2).lengths_of_lengths(257, 1, &lengths);
        stream
    };
    refused(
        start().symbol(&lengths, 16).number(0, 2),
        "before there is any",
    );
    for (symbol, bits) in [(16, 2), (17, 3), (18, 7)] {
        let mut stream = start();
        // 256 of 258 lengths, then at least three more.
        stream
            .symbol(&lengths, 18)
            .number(127, 7)
            .symbol(&lengths, 18)
            .number(107, 7);
        refused(
            stream.symbol(&lengths, symbol).number(0, bits),
            "beyond the last one",
        );
    }
}

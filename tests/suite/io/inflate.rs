//! The deflate decoder: streams of every kind against a slow expansion of the same tokens, and every way to be wrong.

use super::deflate::{Codes, Token, Writer, expand};
use fromzero::io::inflate;
use fromzero::rng::Rng;

const LIMIT: usize = 1 << 20;

pub fn unpack(stream: &[u8]) -> Result<Vec<u8>, String> {
    let mut output = Vec::new();
    match inflate(stream, 0, &mut output, LIMIT) {
        Ok(end) if end == stream.len() => Ok(output),
        Ok(end) => Err(format!("ended at byte {end} of {}", stream.len())),
        Err(error) => Err(error.to_string()),
    }
}

#[track_caller]
pub fn refused(stream: &Writer, reason: &str) {
    // Padded, so that nothing is refused because it ends too early.
    let mut bytes = stream.bytes.clone();
    bytes.extend([0; 16]);
    let error = unpack(&bytes).expect_err("it was accepted");
    assert!(error.contains(reason), "{error:?} instead of {reason:?}");
    assert!(error.starts_with("byte "), "{error:?} says no byte");
}

/// The lengths of a complete code: leaves of a tree that is split at random, no deeper than 15.
fn random_code(symbols: usize, rng: &mut Rng) -> Vec<u8> {
    let mut depths = vec![0_u8];
    while depths.len() < symbols {
        // Preferring leaves that were split last makes deep trees.
        let recent = depths.len() - 1 - rng.below(depths.len().min(6) as u64) as usize;
        let any = rng.below(depths.len() as u64) as usize;
        let leaf = if rng.below(2) == 0 { recent } else { any };
        if depths[leaf] < 15 {
            depths[leaf] += 1;
            depths.push(depths[leaf]);
        }
    }
    rng.shuffle(&mut depths);
    depths
}

/// Tokens that fit behind `before` bytes of output.
fn random_tokens(count: usize, mut before: usize, rng: &mut Rng) -> Vec<Token> {
    let mut tokens = Vec::new();
    for _ in 0..count {
        if before == 0 || rng.below(3) > 0 {
            tokens.push(Token::Literal(rng.below(256) as u8));
            before += 1;
            continue;
        }
        let farthest = [4, 40, 32768][rng.below(3) as usize].min(before as u64);
        let longest = [8, 256][rng.below(2) as usize];
        let length = 3 + rng.below(longest) as usize;
        tokens.push(Token::Match(length, 1 + rng.below(farthest) as usize));
        before += length;
    }
    tokens
}

#[test]
fn random_streams_unpack_to_what_they_say() {
    let mut rng = Rng::new(1951);
    for _ in 0..20 {
        let (mut stream, mut expected) = (Writer::default(), Vec::new());
        for block in 0..6 {
            let tokens = random_tokens(rng.below(2000) as usize, expected.len(), &mut rng);
            match rng.below(3) {
                0 => {
                    let content: Vec<u8> = (0..rng.below(40000)).map(|i| i as u8).collect();
                    stream.stored(block == 5, &content);
                    expected.extend(content);
                }
                1 => {
                    stream.block(block == 5, 1).tokens(&Codes::fixed(), &tokens);
                    expand(&tokens, &mut expected);
                }
                _ => {
                    let codes = Codes {
                        symbols: random_code(286, &mut rng),
                        distances: random_code(30, &mut rng),
                    };
                    stream
                        .block(block == 5, 2)
                        .codes(&codes)
                        .tokens(&codes, &tokens);
                    expand(&tokens, &mut expected);
                }
            }
        }
        assert!(unpack(&stream.bytes) == Ok(expected));
    }
}

#[test]
fn overlapping_copies_repeat() {
    for distance in 1..=40 {
        for length in 3..=258 {
            let mut tokens: Vec<Token> = (0..distance).map(|i| Token::Literal(i as u8)).collect();
            tokens.push(Token::Match(length, distance));
            tokens.push(Token::Literal(77));
            let (mut stream, mut expected) = (Writer::default(), Vec::new());
            stream.block(true, 1).tokens(&Codes::fixed(), &tokens);
            expand(&tokens, &mut expected);
            assert!(
                unpack(&stream.bytes) == Ok(expected),
                "{length} from {distance}"
            );
        }
    }
}

#[test]
fn every_truncation_is_an_error() {
    let mut rng = Rng::new(3);
    let codes = Codes {
        symbols: random_code(286, &mut rng),
        distances: random_code(30, &mut rng),
    };
    let mut stream = Writer::default();
    stream
        .stored(false, b"stored")
        .block(false, 1)
        .tokens(&Codes::fixed(), &random_tokens(30, 6, &mut rng))
        .block(true, 2)
        .codes(&codes)
        .tokens(&codes, &random_tokens(60, 36, &mut rng));
    assert!(unpack(&stream.bytes).is_ok());
    for length in 0..stream.bytes.len() {
        let error = unpack(&stream.bytes[..length]).unwrap_err();
        assert_eq!(
            error,
            format!("byte {length}: the compressed data ends too early")
        );
    }
}

#[test]
fn a_stream_may_stand_between_others() {
    let mut stream = Writer::default();
    stream.stored(true, b"inside");
    let file = [b"before", &stream.bytes[..], b"behind"].concat();
    let mut output = b"kept, ".to_vec();
    assert_eq!(inflate(&file, 6, &mut output, LIMIT), Ok(file.len() - 6));
    assert_eq!(output, b"kept, inside");
    for start in [file.len(), file.len() + 1, usize::MAX] {
        let error = inflate(&file, start, &mut output, LIMIT).unwrap_err();
        let end = format!("byte {}: the compressed data ends too early", file.len());
        assert_eq!(error.to_string(), end);
    }
}

#[test]
fn the_limit_is_the_most_that_comes_out() {
    let tokens = [
        Token::Literal(0),
        Token::Match(258, 1),
        Token::Match(258, 1),
    ];
    let mut packed = Writer::default();
    packed.block(true, 1).tokens(&Codes::fixed(), &tokens);
    let mut stored = Writer::default();
    stored.stored(true, &[0; 517]);
    for stream in [packed, stored] {
        let mut output = Vec::new();
        assert!(inflate(&stream.bytes, 0, &mut output, 517).is_ok());
        output.clear();
        let error = inflate(&stream.bytes, 0, &mut output, 516)
            .unwrap_err()
            .to_string();
        assert!(error.contains("more than the 516 bytes"), "{error}");
        assert!(output.len() <= 516);
    }
}

#[test]
fn broken_blocks_are_refused() {
    refused(Writer::default().block(true, 3), "type 3");
    let stored = |length, complement| {
        let mut stream = Writer::default();
        stream
            .block(true, 0)
            .number(0, 5)
            .number(length, 16)
            .number(complement, 16);
        stream
    };
    refused(&stored(4, !5 & 0xffff), "complement");
    refused(&stored(4, 4), "complement");
    refused(&stored(40, !40 & 0xffff), "ends too early");
}

#[test]
fn symbols_without_meaning_are_refused() {
    let fixed = Codes::fixed();
    for symbol in [286, 287] {
        let mut stream = Writer::default();
        stream.block(true, 1).symbol(&fixed.symbols, symbol);
        refused(&stream, "a symbol that has no meaning");
    }
    for symbol in [30, 31] {
        let mut stream = Writer::default();
        stream
            .block(true, 1)
            .symbol(&fixed.symbols, 65)
            .symbol(&fixed.symbols, 257);
        stream.symbol(&fixed.distances, symbol);
        refused(&stream, "a distance that has no meaning");
    }
}

#[test]
fn distances_stay_inside_the_output() {
    let fixed = Codes::fixed();
    for (literals, distance, good) in [
        (0, 1, false),
        (3, 3, true),
        (3, 4, false),
        (9, 32768, false),
    ] {
        let mut tokens = vec![Token::Literal(1); literals];
        tokens.push(Token::Match(3, distance));
        let mut stream = Writer::default();
        stream.block(true, 1).tokens(&fixed, &tokens);
        // What was there before the stream does not count.
        let mut output = vec![0; 50_000];
        let result = inflate(&stream.bytes, 0, &mut output, LIMIT);
        match result {
            Ok(_) => assert!(good),
            Err(error) => assert!(!good && error.to_string().contains("before the first byte")),
        }
    }
}

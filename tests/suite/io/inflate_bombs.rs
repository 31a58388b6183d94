//! No stream takes the processor much longer than its bytes, read and written, are worth, or more than there is of memory.

use std::time::Instant;

use super::deflate::{Codes, Token, Writer};
use fromzero::io::{crc32, gunzip, inflate};

const BYTES: usize = 1 << 18;
const LIMIT: usize = 1 << 30;

/// Eight times what `write` writes, which ends on a whole byte, over and over for so many bytes, and then a last, empty block.
fn repeated(bytes: usize, write: impl Fn(&mut Writer)) -> Vec<u8> {
    let mut eight = Writer::default();
    (0..8).for_each(|_| write(&mut eight));
    let mut stream = eight.bytes.repeat(bytes.div_ceil(eight.bytes.len()));
    let mut last = Writer::default();
    stream.extend(&last.stored(true, b"").bytes);
    stream
}

/// A gzip file of this stream, which unpacks to nothing, over and over.
fn members(stream: &[u8]) -> Vec<u8> {
    let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let crc = crc32(b"").to_le_bytes();
    let member = [&header[..], stream, &crc, &[0; 4]].concat();
    member.repeat(BYTES.div_ceil(member.len()))
}

/// Nanoseconds for each byte that goes in or comes out, at best. `unpack` returns how many come out.
fn cost(packed: usize, unpack: impl Fn() -> usize) -> f64 {
    let once = || {
        let start = Instant::now();
        let unpacked = unpack();
        start.elapsed().as_nanos() as f64 / (packed + unpacked) as f64
    };
    // Other programs only ever make it look slower.
    (0..15).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn cost_of_stream(stream: &[u8]) -> f64 {
    cost(stream.len(), || {
        let mut output = Vec::new();
        assert_eq!(inflate(stream, 0, &mut output, LIMIT), Ok(stream.len()));
        output.len()
    })
}

fn cost_of_file(file: &[u8]) -> f64 {
    cost(file.len(), || gunzip(file, LIMIT).unwrap().len())
}

/// A block with the fixed codes.
fn fixed(stream: &mut Writer, last: bool, tokens: &[Token]) {
    stream.block(last, 1).tokens(&Codes::fixed(), tokens);
}

/// An empty block whose codes take as few bits as they can: one code says "138 zeros" or so, the other "one bit", and of one
/// bit are the end of the block and the symbol before it.
fn shortest(stream: &mut Writer, last: bool) {
    let mut lengths = [0; 19];
    (lengths[1], lengths[18]) = (1, 1);
    stream.block(last, 2).lengths_of_lengths(257, 1, &lengths);
    for zeros in [138, 117] {
        stream.symbol(&lengths, 18).number(zeros - 11, 7);
    }
    for _ in 0..3 {
        stream.symbol(&lengths, 1);
    }
    stream.number(1, 1);
}

/// The lengths of a code of 1, 2, 3 … up to 15 bits, those twice, for the last of so many symbols: most of its table is
/// one of the second level.
fn deepest(symbols: usize) -> Vec<u8> {
    let unused = vec![0; symbols - 16];
    [
        &unused[..],
        &[15, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
    ]
    .concat()
}

#[test]
fn a_bomb_for_the_processor_is_none() {
    let deep = Codes {
        symbols: deepest(257),
        distances: deepest(30),
    };
    let many: Vec<Token> = (0..200).map(Token::Literal).collect();
    let of_streams = [
        (
            "empty blocks",
            100.0,
            repeated(BYTES, |stream| fixed(stream, false, &[])),
        ),
        (
            "blocks of one byte",
            100.0,
            repeated(BYTES, |stream| fixed(stream, false, &many[..1])),
        ),
        (
            "empty blocks with the shortest codes",
            300.0,
            repeated(BYTES, |stream| shortest(stream, false)),
        ),
        (
            "empty blocks with the longest codes",
            100.0,
            repeated(BYTES, |stream| {
                stream.block(false, 2).codes(&deep).tokens(&deep, &[]);
            }),
        ),
        (
            "empty blocks between stored ones",
            30.0,
            repeated(BYTES, |stream| {
                fixed(stream, false, &[]);
                stream.stored(false, b"");
            }),
        ),
    ];
    let [mut member, mut dynamic_member] = [Writer::default(), Writer::default()];
    fixed(&mut member, true, &[]);
    shortest(&mut dynamic_member, true);
    let of_files = [
        ("empty members", 30.0, members(&member.bytes)),
        (
            "empty members with codes",
            100.0,
            members(&dynamic_member.bytes),
        ),
    ];

    // In times of what bytes cost in a block that has many.
    let mut block = Writer::default();
    fixed(&mut block, true, &many.repeat(BYTES / many.len()));
    let usual = cost_of_stream(&block.bytes);
    let streams = of_streams.map(|(name, most, stream)| (name, most, cost_of_stream(&stream)));
    let files = of_files.map(|(name, most, file)| (name, most, cost_of_file(&file)));
    for (name, most, cost) in streams.into_iter().chain(files) {
        let times = cost / usual;
        println!("{name}: {cost:.1} ns a byte, {times:.1} times the usual");
        assert!(
            times <= most,
            "{name}: {times} times as long as other bytes"
        );
    }
}

#[test]
fn the_limit_holds_on_errors_and_earlier_contents_stay() {
    let fixed_codes = Codes::fixed();
    // A thousand bytes, and then a symbol, a distance or an end that is wrong.
    let start = || {
        let mut stream = Writer::default();
        stream
            .block(true, 1)
            .symbol(&fixed_codes.symbols, 65)
            .symbol(&fixed_codes.symbols, 66);
        for _ in 0..998 {
            stream.symbol(&fixed_codes.symbols, 67);
        }
        stream
    };
    let [mut symbol, mut distance, end] = [start(), start(), start()];
    symbol.symbol(&fixed_codes.symbols, 286).number(0, 64);
    distance
        .symbol(&fixed_codes.symbols, 257)
        .symbol(&fixed_codes.distances, 29)
        .number(0, 64);
    for stream in [symbol, distance, end] {
        for limit in [0, 1, 4, 5, 6, 100, 1003, 1004, 2000] {
            let mut output = b"kept".to_vec();
            let error = inflate(&stream.bytes, 0, &mut output, limit).unwrap_err();
            let produced = limit.clamp(4, 1004) - 4;
            let expected = [b"AB", &[b'C'; 998][..]].concat();
            assert!(output[..4] == *b"kept" && output[4..] == expected[..produced]);
            let beyond = error.to_string().contains("are allowed");
            assert_eq!(beyond, limit < 1004, "{limit}: {error}");
        }
    }
    // A stored block, and nothing at all.
    let mut stored = Writer::default();
    stored.stored(true, b"more");
    let mut empty = Writer::default();
    empty
        .stored(false, b"")
        .block(true, 1)
        .tokens(&fixed_codes, &[]);
    for limit in 0..8 {
        let mut output = b"kept".to_vec();
        assert!(inflate(&stored.bytes, 0, &mut output, limit).is_err());
        assert_eq!(output, b"kept");
        assert!(inflate(&empty.bytes, 0, &mut output, limit).is_ok());
        assert_eq!(output, b"kept");
    }
}

/// Memory that the system does not give makes an error, which a program can survive.
#[cfg(target_os = "linux")]
#[test]
fn what_does_not_fit_into_memory_is_an_error() {
    use super::ulimit::within;
    use fromzero::io::ErrorKind;

    let test = "what_does_not_fit_into_memory_is_an_error";
    // In units of 1024 bytes.
    if !within("-v 300000", module_path!(), test) {
        return;
    }
    let zeros = [&[Token::Literal(0)][..], &[Token::Match(258, 1); 2000]].concat();
    let stream = repeated(1 << 20, |stream| fixed(stream, false, &zeros));
    let error = inflate(&stream, 0, &mut Vec::new(), LIMIT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Memory, "{error}");
}

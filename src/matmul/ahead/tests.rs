//! Nothing that will be needed is left out, and requests are as slow as there is time for.

use std::collections::BTreeSet;

use super::*;

const LD: usize = 1040;

/// The bytes, counted from the first, that so many tiles with so many requests ask for.
fn asked(mut ahead: Ahead<f32>, (tiles, requests): (usize, usize)) -> BTreeSet<usize> {
    let mut places = BTreeSet::new();
    for _ in 0..tiles {
        let mut tile = ahead.next_tile();
        for _ in 0..requests {
            places.insert(tile.next.addr());
            tile.ask();
        }
    }
    places
}

fn all((rows, lines): (usize, usize)) -> BTreeSet<usize> {
    let line_of = |i, line| i * LD * size_of::<f32>() + line * LINE;
    (0..rows)
        .flat_map(|i| (0..lines).map(move |line| line_of(i, line)))
        .collect()
}

#[test]
fn tiles_ask_for_every_line_at_half_the_pace_if_there_is_time() {
    let area = (352, 1);
    for (tiles, twice) in [(16, true), (11, true), (8, true), (7, false), (4, false)] {
        let time = (tiles, 88);
        let ahead = Ahead::spread(std::ptr::null(), LD, area, (0, 1), time);
        assert_eq!(ahead.twice, twice, "{tiles} tiles");
        assert_eq!(asked(ahead, time), all(area), "{tiles} tiles");
    }
}

#[test]
fn strips_ask_for_every_line_together() {
    for (area, parts, time) in [
        ((64, 22), 4, (11, 88)),
        ((64, 6), 1, (24, 24)),
        ((96, 5), 3, (17, 10)),
    ] {
        let mut places = BTreeSet::new();
        for part in 0..parts {
            let ahead = Ahead::spread(std::ptr::null(), LD, area, (part, parts), time);
            places.append(&mut asked(ahead, time));
        }
        let missing: Vec<_> = all(area).difference(&places).copied().collect();
        assert!(missing.is_empty(), "{area:?} in {parts}: {missing:?}");
    }
}

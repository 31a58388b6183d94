//! The rooms of `src` use each other one way, and so do the files of a room.

mod sources;

use std::collections::VecDeque;
use std::fs;
use std::path::Path;

use sources::{Graph, Use, graph_of};

/// From the ground up: each room uses only those before it.
const ROOMS: [&str; 19] = [
    "ranking",
    "scalar",
    "io",
    "setting",
    "matrix",
    "elementary",
    "matmul",
    "real",
    "ops",
    "metrics",
    "rng",
    "schedule",
    "init",
    "data",
    "section37",
    "gradcheck",
    "nn",
    "keep",
    "view",
];

/// The first part of a file's path: `view` of `view/plot.rs`, `rng` of `rng.rs`.
fn room_of(file: &str) -> &str {
    let end = file.find('/').or(file.find(".rs"));
    &file[..end.expect("a Rust file")]
}

/// Which room uses which, and in what file.
fn uses_of_rooms(files: &Graph) -> Graph {
    let mut rooms = Graph::default();
    for (user, uses) in &files.0 {
        for Use { used, name } in uses {
            if room_of(used) != room_of(user) {
                rooms.add(room_of(user), room_of(used), format!("{name} in {user}"));
            }
        }
    }
    rooms
}

/// A shortest circle, written out with the names that lead around it.
fn circle(graph: &Graph) -> Option<String> {
    let from = |start: &String| {
        let mut ways = VecDeque::from([(start, start.clone())]);
        let mut seen = Vec::new();
        while let Some((node, way)) = ways.pop_front() {
            for Use { used, name } in graph.of(node) {
                let way = format!("{way} → {used} ({name})");
                if used == start {
                    return Some(way);
                }
                if !seen.contains(&used) {
                    seen.push(used);
                    ways.push_back((used, way));
                }
            }
        }
        None
    };
    let circles = graph.0.iter().filter_map(|(user, _)| from(user));
    circles.min_by_key(|way| way.matches('→').count())
}

/// A use of a room that does not stand before its user, and rooms that have no place in the order.
fn out_of_order(rooms: &Graph) -> Option<String> {
    let place = |room: &str| ROOMS.iter().position(|name| *name == room);
    for (room, uses) in &rooms.0 {
        for Use { used, name } in uses {
            if place(room).is_none() || place(used).is_none() || place(used) >= place(room) {
                return Some(format!("{room} uses {used} ({name})"));
            }
        }
    }
    None
}

fn graph_of_src() -> Graph {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    graph_of(&|file| fs::read_to_string(src.join(file)).ok())
}

/// The graph of files that are made up here.
fn planted(files: &[(&str, &str)]) -> Graph {
    graph_of(&|file| {
        let found = files.iter().find(|(name, _)| *name == file)?;
        Some(found.1.to_string())
    })
}

#[test]
fn no_room_and_no_file_uses_what_uses_it() {
    let files = graph_of_src();
    assert_eq!(circle(&files), None);
    assert_eq!(circle(&uses_of_rooms(&files)), None);
}

#[test]
fn every_room_uses_only_rooms_below_it() {
    assert_eq!(out_of_order(&uses_of_rooms(&graph_of_src())), None);
}

#[test]
fn the_walk_sees_what_the_sources_use() {
    let files = graph_of_src();
    // By `use`, by a path in the code, by a re-export of another room's door, and inside a room.
    for (user, used) in [
        ("matrix/storage.rs", "scalar.rs"),
        ("nn/activation.rs", "elementary/exp.rs"),
        ("nn/dense.rs", "ops/columns.rs"),
        ("data/synthetic/mod.rs", "data/synthetic/pen.rs"),
    ] {
        let uses = files.of(user);
        assert!(uses.iter().any(|u| u.used == used), "{user} uses {used}");
    }
}

#[test]
fn a_planted_circle_between_rooms_is_named() {
    let files = planted(&[
        ("lib.rs", "pub mod io; pub mod matrix; pub mod view;"),
        ("io.rs", "pub fn save() { crate::view::mute() }"),
        ("matrix/mod.rs", "mod print; pub use print::print;"),
        (
            "matrix/print.rs",
            "use crate::io::{self, save as keep}; pub fn print() {}",
        ),
        (
            "view/mod.rs",
            "mod mute; mod show; pub use {mute::mute, show::show};",
        ),
        ("view/mute.rs", "pub fn mute() {}"),
        ("view/show.rs", "use crate::matrix::print; pub fn show() {}"),
    ]);
    // Between the files there is none.
    assert_eq!(circle(&files), None);
    let rooms = uses_of_rooms(&files);
    let expected = "io → view (crate::view::mute in io.rs) → matrix (crate::matrix::print in view/show.rs) \
                    → io (crate::io in matrix/print.rs)";
    assert_eq!(circle(&rooms).as_deref(), Some(expected));
    let expected = "io uses view (crate::view::mute in io.rs)";
    assert_eq!(out_of_order(&rooms).as_deref(), Some(expected));
}

#[test]
fn a_room_without_a_place_in_the_order_is_named() {
    let files = [
        ("lib.rs", "mod io; mod cellar;"),
        ("io.rs", ""),
        ("cellar.rs", "use crate::io;"),
    ];
    let rooms = uses_of_rooms(&planted(&files));
    let expected = "cellar uses io (crate::io in cellar.rs)";
    assert_eq!(out_of_order(&rooms).as_deref(), Some(expected));
}

#[test]
fn a_planted_circle_between_files_of_a_room_is_named() {
    let with = |door, plot, layout| {
        planted(&[
            ("lib.rs", "pub mod view;"),
            ("view.rs", door),
            ("view/plot.rs", plot),
            ("view/layout.rs", layout),
        ])
    };
    let door = "mod layout; mod plot; pub use plot::Plot;";
    // Directly, and through what the door shows.
    for back in [
        "use super::plot::Plot;",
        "use super::Plot;",
        "fn f(plot: crate::view::Plot) {}",
    ] {
        let name = back
            .trim_start_matches("use ")
            .trim_start_matches("fn f(plot: ");
        let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
        let found = circle(&with(door, "use super::layout::Layout;", back));
        let expected = format!(
            "view/layout.rs → view/plot.rs ({name}) → view/layout.rs (super::layout::Layout)"
        );
        assert_eq!(found, Some(expected));
    }
    // With what the door itself defines, if it uses what it shows.
    let door = format!("{door} pub struct Line; fn draw(plot: Plot) {{}}");
    let found = circle(&with(&door, "struct Plot(super::Line);", ""));
    let expected = "view.rs → view/plot.rs (plot::Plot) → view.rs (super::Line)";
    assert_eq!(found.as_deref(), Some(expected));
}

#[test]
#[should_panic(expected = "view.rs: plot::* hides what is used")]
fn an_import_of_everything_is_refused() {
    planted(&[
        ("lib.rs", "pub mod view;"),
        ("view.rs", "mod plot; use std::fmt::*; pub use plot::*;"),
        ("view/plot.rs", "pub struct Plot;"),
    ]);
}

#[test]
fn what_only_looks_like_a_use_does_not_count() {
    let plot = r##"
        //! [`Layout`](super::layout::Layout)
        /* use super::layout::Layout; */
        pub(in crate::view) struct Plot<'a>(&'a str);
        const TEXT: [&str; 2] = ["\"super::layout::Layout", r#""crate::view::layout""#];
        const QUOTES: [char; 3] = ['"', '\'', '\\'];
        mod inner { use super::Plot; }
        #[cfg(test)]
        mod tests { use super::super::layout::Layout; }
        #[cfg(test)]
        use super::layout::Layout;
    "##;
    let files = planted(&[
        ("lib.rs", "pub mod view; pub use view::Plot;"),
        ("view.rs", "mod layout; mod plot; pub use plot::Plot;"),
        ("view/plot.rs", plot),
        ("view/layout.rs", "use super::Plot; pub struct Layout;"),
    ]);
    let [(user, uses)] = &files.0[..] else {
        panic!("{} files use others", files.0.len());
    };
    assert_eq!((&user[..], uses.len()), ("view/layout.rs", 1));
}

//! The program `draw`: what it answers, to whom, and what it refuses. `tests/programs/draw/browser.mjs` uses its page in a browser.

mod client;
mod replay;
// What the program itself is made of, as far as it can be asked without starting it.
#[allow(dead_code)]
#[path = "../../examples/draw/request.rs"]
mod request;
mod requests;
#[allow(dead_code)]
#[path = "../../examples/draw/response.rs"]
mod response;

use std::fs;
use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use fromzero::init::Init;
use fromzero::keep::params;
use fromzero::rng::Rng;
use fromzero::section37::{Params, Sizes};

use crate::start::{Folder, assert_refused, example, text};
use crate::walkthrough::xml::Element;
use client::{CANVAS, Draw, field, numbers};

/// A canvas with a seven of the pen on it.
fn seven() -> Vec<u8> {
    let mut pixels = vec![0; CANVAS * CANVAS];
    for i in 0..160 {
        for thick in 0..20 {
            pixels[(60 + i) * CANVAS + 180 - i / 2 + thick] = 255;
            if i < 100 {
                pixels[(60 + thick) * CANVAS + 80 + i] = 255;
            }
        }
    }
    pixels
}

#[test]
fn a_digit_is_read_with_all_that_the_page_shows() {
    let draw = Draw::start(&[]);
    let answer = draw.read(&seven());
    assert_eq!(field(&answer, "digit"), "7");
    let probabilities = numbers(&answer, "probabilities");
    assert_eq!(probabilities.len(), 10);
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-3);
    assert!(probabilities[7] > 0.9);
    for name in ["hidden1", "hidden2"] {
        let units = numbers(&answer, name);
        assert_eq!(units.len(), 64);
        assert!(units.iter().all(|unit| (0.0..=1.0).contains(unit)));
        assert!(units.iter().any(|&unit| unit > 0.5));
    }
    let seen = numbers(&answer, "seen");
    assert_eq!((seen.len(), seen[0]), (784, 0.0));
    assert!(seen.contains(&255.0));
    let spoke = numbers(&answer, "spoke");
    let largest = spoke.iter().map(|x| x.abs()).max_by(f64::total_cmp);
    assert_eq!((spoke.len(), largest), (784, Some(1.0)));

    // An empty canvas is no mistake, and the answer to it holds nothing of the last one.
    let empty = draw.read(&[0; CANVAS * CANVAS]);
    assert_eq!(
        (field(&empty, "digit"), empty.contains("seen")),
        ("null", false)
    );
}

#[test]
fn every_tab_has_its_own_answer_and_nothing_is_written() {
    let folder = Folder::new("draw-tabs");
    let nothing = folder.0.join("nothing");
    fs::create_dir(&nothing).expect("a folder");
    let mut program = example("draw");
    program.args(["--port", "0"]).current_dir(&nothing);
    let draw = Draw::of(program);
    let mut one = vec![0; CANVAS * CANVAS];
    for row in one.chunks_mut(CANVAS).take(220).skip(60) {
        row[130..152].fill(255);
    }
    let canvases = [(seven(), "7"), (one, "1")];
    thread::scope(|scope| {
        for i in 0..8 {
            let (draw, (canvas, digit)) = (&draw, &canvases[i % 2]);
            scope.spawn(move || {
                let mut connection = draw.connect();
                for _ in 0..25 {
                    let answer = connection.read(canvas);
                    assert_eq!(field(&answer, "digit"), *digit);
                }
            });
        }
    });
    assert_eq!(fs::read_dir(&nothing).expect("the folder").count(), 0);
}

#[test]
fn the_page_is_whole_and_says_what_it_may_do() {
    let draw = Draw::start(&[]);
    let page = draw.get("/");
    let (head, body) = page.split_once("\r\n\r\n").expect("an answer");
    for line in [
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n",
        "\r\nContent-Security-Policy: default-src 'none'; script-src 'self'; ",
        "\r\nX-Content-Type-Options: nosniff\r\n",
        "\r\nCache-Control: no-store",
    ] {
        assert!(head.contains(line), "{line} is not in\n{head}");
    }
    let page = Element::read(body).expect("a page of XML");
    assert_eq!(body.matches("<script").count(), 1);
    assert!(body.contains("<script src=\"page.js\"></script>"));
    assert!(!body.contains("style=") && !body.contains("onclick"));
    for canvas in page.all("canvas") {
        assert!(
            canvas.attribute("aria-label").is_some(),
            "a canvas without words"
        );
    }
    assert_eq!(page.all("th").len(), 10);
    assert!(body.contains("aria-live=\"polite\""));

    let script = draw.get("/page.js?again");
    assert!(script.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/javascript; "));
    // Every part of the page that the script asks for is there, and it asks nobody else.
    let (_, script) = script.split_once("\r\n\r\n").expect("an answer");
    let asked = script
        .split("at(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for id in asked {
        assert!(body.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(!script.contains("http"));
    assert!(
        draw.get("/favicon.ico")
            .contains("Content-Type: image/svg+xml\r\n")
    );
    let described = draw.ask("HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    assert!(described.contains(&format!("Content-Length: {}\r\n", body.len())));
    assert!(described.ends_with("\r\n\r\n"));
}

#[test]
fn what_is_hostile_or_wrong_is_refused_and_harms_nobody() {
    let draw = Draw::start(&[]);
    let long = "x".repeat(10_000);
    let many = "A: b\r\n".repeat(100);
    let fields = |fields: &str| format!("GET / HTTP/1.1\r\nHost: {{host}}\r\n{fields}\r\n");
    let post = |fields: &str| format!("POST /read HTTP/1.1\r\nHost: {{host}}\r\n{fields}\r\n");
    for (request, status) in [
        // Names that mean this machine, and are not its own: DNS rebinding.
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".into(), 403),
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".into(), 403),
        (
            "GET / HTTP/1.1\r\nHost: {host}.evil.example\r\n\r\n".into(),
            403,
        ),
        ("GET / HTTP/1.1\r\n\r\n".into(), 400),
        (fields("Host: {host}\r\n"), 400),
        // Pages of others.
        (fields("Origin: http://evil.example\r\n"), 403),
        (fields("Origin: https://{host}\r\n"), 403),
        (fields("Origin: null\r\n"), 403),
        (
            post("Origin: http://localhost:1\r\nContent-Length: 78400\r\n"),
            403,
        ),
        (fields("Origin: http://{host}\r\n"), 200),
        // Paths and methods.
        (
            "GET /../../etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n".into(),
            404,
        ),
        ("GET /read HTTP/1.1\r\nHost: {host}\r\n\r\n".into(), 405),
        (
            "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n".into(),
            405,
        ),
        ("OPTIONS /read HTTP/1.1\r\nHost: {host}\r\n\r\n".into(), 405),
        (
            "GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".into(),
            400,
        ),
        (
            "CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n".into(),
            400,
        ),
        // Content.
        (post(""), 411),
        (post("Transfer-Encoding: chunked\r\n"), 411),
        (
            post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
            411,
        ),
        (post("Content-Length: 78401\r\n"), 413),
        (post("Content-Length: 99999999999999999999999999\r\n"), 413),
        (fields("Content-Length: 1\r\n"), 413),
        (post("Content-Length: 3\r\nContent-Length: 4\r\n"), 400),
        (post("Content-Length: +3\r\n"), 400),
        (post("Content-Length: -1\r\n"), 400),
        (post("Content-Length: 3, 3\r\n"), 400),
        (post("Content-Length: 3\r\n") + "abc", 400),
        // Sizes.
        (
            format!("GET /{long} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"),
            414,
        ),
        (fields(&format!("A: {long}\r\n")), 431),
        (fields(&many), 431),
        // Syntax.
        ("GET /\r\n\r\n".into(), 400),
        ("GET  / HTTP/1.1\r\nHost: {host}\r\n\r\n".into(), 400),
        ("GET / HTTP/2.0\r\nHost: {host}\r\n\r\n".into(), 505),
        ("hello, is this a printer?\r\n\r\n".into(), 400),
        ("\u{16}\u{3}\u{1} a secure greeting\r\n\r\n".into(), 400),
        (fields("A : b\r\n"), 400),
        (fields("A: b\r\n c\r\n"), 400),
        (fields("A: b\n\r\n"), 400),
        (fields("A: b\rc\r\n"), 400),
        (fields("A: \0\r\n"), 400),
        (fields("no colon\r\n"), 400),
        (fields(": no name\r\n"), 400),
        (fields("A: ü\r\n"), 400),
    ] {
        let shown = &request[..request.len().min(80)];
        let answer = draw.ask(&request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{shown:?}: {answer:.60}"
        );
        assert!(
            status == 200 || answer.contains("Connection: close\r\n"),
            "{shown:?}"
        );
        assert_eq!(status == 405, answer.contains("\r\nAllow: "), "{shown:?}");
    }
    assert_eq!(field(&draw.read(&seven()), "digit"), "7");
}

/// Whoever sends a request a byte at a time is given up after some seconds, and so is whoever says nothing; both hold no one up.
#[test]
fn the_slow_are_given_up_and_hold_nobody_up() {
    let draw = Draw::start(&[]);
    let mut slow = draw.stream();
    let mut stopped = draw.stream();
    stopped
        .write_all(b"POST /read HTTP/1.1\r\nHost: ")
        .expect("sent");
    let silent: Vec<_> = (0..20).map(|_| draw.stream()).collect();
    for byte in b"GET / HTTP" {
        slow.write_all(&[*byte]).expect("sent");
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(field(&draw.read(&seven()), "digit"), "7");
    for mut stream in [slow, stopped] {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    for mut stream in silent {
        assert_eq!(stream.read(&mut [0]).expect("the end"), 0);
    }
}

/// More connections than there are threads for wait for their turn.
#[test]
fn connections_beyond_the_limit_wait() {
    let draw = Draw::start(&[]);
    let full: Vec<_> = (0..32).map(|_| draw.connect()).collect();
    let mut waiting = draw.connect();
    waiting.send(&seven());
    drop(full);
    assert_eq!(field(&waiting.answer(), "digit"), "7");
}

#[test]
fn the_next_port_is_taken_and_misuse_is_refused() {
    let first = Draw::start(&[]);
    let second = Draw::start(&["--port", &first.port.to_string()]);
    assert!(second.port > first.port && second.port < first.port + 20);
    assert_eq!(field(&second.read(&seven()), "digit"), "7");

    let folder = Folder::new("draw-misuse");
    let sizes = Sizes {
        inputs: 9,
        hidden: 2,
        classes: 3,
    };
    let small = folder.0.join("small.safetensors");
    let weights = Params::<f32>::new(sizes, Init::Zeros, &mut Rng::new(1)).expect("a network");
    params::save(&small, &weights).expect("a file");
    for (args, code, words) in [
        (["--port", "65536"], 2, &["--port", "at most 65535"][..]),
        (["--port", "http"], 2, &["--port"]),
        (["--load", "none.npz"], 1, &["none.npz"]),
        (
            ["--load", small.to_str().expect("UTF-8")],
            1,
            &["small.safetensors", "9 inputs"],
        ),
    ] {
        let output = example("draw").args(args).output().expect("it starts");
        assert_refused("draw", &output, code, words);
    }
    let help = example("draw").arg("--help").output().expect("it starts");
    assert!(text(&help.stdout).contains("--port N"));
}

/// Networks of other sizes, and with weights so large that nothing is most probable.
#[test]
fn other_networks_are_served_too() {
    let folder = Folder::new("draw-networks");
    let sizes = Sizes {
        inputs: 784,
        hidden: 5,
        classes: 47,
    };
    let file = folder.0.join("network.npz");
    let load = ["--load", file.to_str().expect("UTF-8")];
    let mut weights =
        Params::<f32>::new(sizes, Init::Xavier(1.0), &mut Rng::new(1)).expect("a network");
    params::save(&file, &weights).expect("a file");
    let draw = Draw::start(&load);
    let answer = draw.read(&seven());
    assert_eq!(numbers(&answer, "probabilities").len(), 47);
    assert_eq!(numbers(&answer, "hidden2").len(), 5);

    for i in 0..sizes.hidden {
        weights.w3[(i, 0)] = f32::MAX;
    }
    params::save(&file, &weights).expect("a file");
    let draw = Draw::start(&load);
    let mut connection = draw.connect();
    connection.send(&seven());
    let (head, why) = connection.response();
    assert!(head.starts_with("HTTP/1.1 500 "), "{head}{why}");
    assert!(why.contains("no most probable class"), "{why}");
    // It is not the end of the connection, nor of the program.
    assert_eq!(
        field(&connection.read(&[0; CANVAS * CANVAS]), "digit"),
        "null"
    );
}

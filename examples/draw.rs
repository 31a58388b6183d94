//! A page on which one writes a digit, and sees while writing what the network makes of it.
//!
//! `cargo run --release --example draw` prints the address of the page. Everything that the page shows is computed here; its
//! script sends pixels and paints answers. The page is there for this machine alone: see `examples/draw/site.rs`.

mod support;

#[path = "draw/connection.rs"]
mod connection;
#[path = "draw/json.rs"]
mod json;
#[path = "draw/page.rs"]
mod page;
#[path = "draw/reading.rs"]
mod reading;
#[path = "draw/request.rs"]
mod request;
#[path = "draw/response.rs"]
mod response;
#[path = "draw/server.rs"]
mod server;
#[path = "draw/site.rs"]
mod site;

use std::process::ExitCode;

use fromzero::io::{Result, printable};
use fromzero::view::Progress;

use reading::Reader;
use site::Site;
use support::{LOAD, Options, Program, QUIET, THREADS, option, out, reader};

const PROGRAM: Program = Program {
    name: "draw",
    about: "Serves a page, on this machine alone, on which a digit is written by mouse, pen or finger, and read while it is \
            written: probabilities, what the network sees, its hidden units, and which pixels spoke for the answer. Without \
            --load the network is data/digits.safetensors. Ctrl-C ends it.",
    workloads: &[],
    options: &[
        LOAD,
        option(
            "port",
            "N",
            "where the page is: http://127.0.0.1:N/, or at the next port that is free; 0 for any",
        )
        .or("2828"),
        THREADS,
        QUIET,
    ],
};

fn main() -> ExitCode {
    support::run(&PROGRAM, draw)
}

fn draw(options: &Options) -> Result<()> {
    let wanted = server::port(options)?;
    let (file, params) = reader::network(options)?;
    let sizes = params.sizes();
    let page = page::page(sizes, &file);
    let reader = Reader::new(params)?;
    let (listener, port) = server::listen(wanted)?;
    let mut say = Progress::stderr(options.flag("quiet"));
    let file = printable(file.display());
    say.line(format!("network: {sizes}, {file}"));
    if wanted != 0 && port != wanted {
        say.line(format!("port {wanted} is in use, {port} is free"));
    }
    out!("http://127.0.0.1:{port}/");
    say.line("open this address in a browser; Ctrl-C ends");
    server::serve(&listener, &Site::new(port, page, reader))
}

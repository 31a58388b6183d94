//! A running `draw`, and what a browser does with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::start::example;

/// Rows and columns of the page's canvas.
pub const CANVAS: usize = 280;
/// Longer than anything that the program waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program; it ends with the test, also with one that fails.
pub struct Draw {
    process: Child,
    pub port: u16,
}

impl Draw {
    /// At a free port, unless the options name one.
    pub fn start(options: &[&str]) -> Self {
        let mut program = example("draw");
        if !options.contains(&"--port") {
            program.args(["--port", "0"]);
        }
        program.args(options);
        Draw::of(program)
    }

    pub fn of(mut program: Command) -> Self {
        let process = program
            .arg("--quiet")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        // From here on, whatever happens, the process ends.
        let mut draw = Draw { process, port: 0 };
        let stdout = draw.process.stdout.take().expect("piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.strip_prefix("http://127.0.0.1:");
        let port = address.and_then(|rest| rest.strip_suffix("/\n"));
        draw.port = port.and_then(|port| port.parse().ok()).expect(&line);
        draw
    }

    pub fn stream(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        stream
    }

    pub fn connect(&self) -> Connection {
        Connection {
            port: self.port,
            stream: BufReader::new(self.stream()),
        }
    }

    /// Sends a request on a connection of its own, with this program's address for `{host}`, and returns all that comes back.
    pub fn ask(&self, request: &str) -> String {
        let host = format!("127.0.0.1:{}", self.port);
        let mut stream = self.stream();
        stream
            .write_all(request.replace("{host}", &host).as_bytes())
            .expect("sent");
        let mut answer = Vec::new();
        stream
            .read_to_end(&mut answer)
            .expect("an answer to its end");
        String::from_utf8(answer).expect("UTF-8")
    }

    pub fn get(&self, path: &str) -> String {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n"
        ))
    }

    /// What is read on a canvas.
    pub fn read(&self, canvas: &[u8]) -> String {
        self.connect().read(canvas)
    }
}

impl Drop for Draw {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A connection on which one request follows the other, as in a browser.
pub struct Connection {
    port: u16,
    stream: BufReader<TcpStream>,
}

impl Connection {
    pub fn send(&mut self, canvas: &[u8]) {
        let head = format!(
            "POST /read HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\nContent-Length: {}\r\n\r\n",
            canvas.len(),
            port = self.port,
        );
        let stream = self.stream.get_mut();
        stream
            .write_all(&[head.as_bytes(), canvas].concat())
            .expect("sent");
    }

    /// Head and content of the next answer.
    pub fn response(&mut self) -> (String, String) {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(
                self.stream.read_line(&mut head).expect("a line") > 0,
                "ended after {head:?}"
            );
        }
        let length = head
            .split("Content-Length: ")
            .nth(1)
            .and_then(|rest| rest.split('\r').next());
        let mut content = vec![
            0;
            length
                .and_then(|length| length.parse().ok())
                .expect("a length")
        ];
        self.stream.read_exact(&mut content).expect("the content");
        (head, String::from_utf8(content).expect("UTF-8"))
    }

    /// The content of the next answer, which must be the right one.
    #[track_caller]
    pub fn answer(&mut self) -> String {
        let (head, content) = self.response();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}{content}");
        assert!(
            head.contains("Content-Type: application/json\r\nContent-Length: "),
            "{head}"
        );
        content
    }

    #[track_caller]
    pub fn read(&mut self, canvas: &[u8]) -> String {
        self.send(canvas);
        self.answer()
    }
}

/// The value that stands under `name` in a JSON object of numbers and lists of numbers.
#[track_caller]
pub fn field<'a>(json: &'a str, name: &str) -> &'a str {
    let found = json.split_once(&format!("\"{name}\":"));
    let (_, rest) = found.unwrap_or_else(|| panic!("no {name} in {json}"));
    let end = if rest.starts_with('[') { "]" } else { ",}" };
    let end = rest.find(|c| end.contains(c)).expect("an end");
    rest[..end].trim_start_matches('[')
}

/// The list that stands under `name`.
#[track_caller]
pub fn numbers(json: &str, name: &str) -> Vec<f64> {
    let words = field(json, name).split(',');
    words.map(|word| word.parse().expect("a number")).collect()
}

//! The windows: the progress bar, and the digit in the terminal.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, Write};
use std::time::Duration;

use fromzero::view::{Colours, Progress, Style, Terminal, digit};

const ERASE: &str = "\x1b[K";
/// No automatic line break, and again.
const CUT: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";

fn bar_style(columns: usize, colour: bool) -> Style {
    let colours = if colour {
        Colours::Eight
    } else {
        Colours::None
    };
    Style::Bar(Terminal {
        columns,
        colours,
        unicode: true,
    })
}

/// What is written while `work` reports, with a clock that it sets in milliseconds.
fn shown(style: Style, work: impl FnOnce(&mut Progress<'_>, &Cell<u64>)) -> String {
    let clock = Cell::new(0);
    let mut text = Vec::new();
    let mut progress = Progress::new(style, &mut text, || Duration::from_millis(clock.get()));
    work(&mut progress, &clock);
    drop(progress);
    String::from_utf8(text).unwrap()
}

/// The bars of `text`, one after the other, without what moves the cursor.
fn bars(text: &str) -> Vec<String> {
    text.split('\r')
        .map(|frame| {
            [ERASE, CUT, WRAP]
                .iter()
                .fold(frame.into(), |f: String, code| f.replace(code, ""))
        })
        .filter(|frame| !frame.is_empty())
        .collect()
}

#[test]
fn a_bar_shows_rate_and_time_left() {
    let text = shown(bar_style(80, false), |progress, clock| {
        clock.set(5_000);
        progress.start(938);
        progress.update(0, || "epoch 1/2  loss 7.1358".into());
        clock.set(6_000);
        progress.update(469, || "epoch 1/2  loss 2.3000".into());
    });
    assert_eq!(
        text,
        "\r\x1b[?7l▕                              ▏ epoch 1/2  loss 7.1358\x1b[K\x1b[?7h\
         \r\x1b[?7l▕███████████████               ▏ epoch 1/2  loss 2.3000  469/s  0:01 left\x1b[K\x1b[?7h\
         \r\x1b[K"
    );
}

#[test]
fn time_left_has_hours_and_slow_rates_a_decimal() {
    let text = shown(bar_style(80, false), |progress, clock| {
        progress.start(4_000);
        clock.set(2_000);
        progress.update(1, || "a".into());
        clock.set(200_000);
        progress.update(1_000, || "b".into());
    });
    let bars = bars(&text);
    assert!(bars[0].ends_with("a  0.5/s  2:13:18 left"), "{bars:?}");
    assert!(bars[1].ends_with("b  5.0/s  10:00 left"), "{bars:?}");
}

#[test]
fn a_bar_is_redrawn_ten_times_a_second_at_most() {
    let asked = Cell::new(0);
    let text = shown(bar_style(80, false), |progress, clock| {
        progress.start(10_000);
        for batch in 0..10_000 {
            clock.set(batch / 10);
            progress.update(batch as usize, || {
                asked.set(asked.get() + 1);
                "loss".into()
            });
        }
    });
    assert_eq!((bars(&text).len(), asked.get()), (10, 10));
}

#[test]
fn a_bar_fills_by_eighths_and_never_overflows() {
    let bar_at = |done| {
        let text = shown(bar_style(10, false), |progress, _| {
            progress.start(48);
            progress.update(done, String::new);
        });
        bars(&text).remove(0)
    };
    assert_eq!(bar_at(0), "▕      ▏ ");
    assert_eq!(bar_at(1), "▕▏     ▏ ");
    assert_eq!(bar_at(12), "▕█▌    ▏ ");
    assert_eq!(bar_at(48), "▕██████▏ ");
    assert_eq!(bar_at(500), "▕██████▏ ");
}

#[test]
fn a_bar_stays_inside_its_line() {
    let long = "epoch 1/2  batch 403/938 loss 0.4321  acc 0.8906 and more than fits into any line";
    for columns in 0..140 {
        let text = shown(bar_style(columns, false), |progress, clock| {
            progress.start(100);
            (0..50).for_each(|i| progress.trace(f64::from(i)));
            clock.set(100);
            progress.update(50, || long.into());
        });
        let widths = bars(&text).iter().map(|bar| bar.chars().count()).max();
        assert!(
            widths.unwrap_or(0) <= columns.saturating_sub(1),
            "{columns}: {text:?}"
        );
    }
}

/// The bar of a training half done, whose loss halves every ten steps.
fn falling(terminal: Terminal) -> String {
    let text = shown(Style::Bar(terminal), |progress, clock| {
        progress.start(938);
        (0..80).for_each(|i| progress.trace(10.0 * 0.5_f64.powi(i / 10)));
        progress.trace(f64::NAN);
        clock.set(1_000);
        progress.update(469, || {
            "epoch 1/2  loss 0.4321  acc 0.8906  batch 469/938".into()
        });
    });
    bars(&text).remove(0)
}

#[test]
fn a_sparkline_shows_how_the_loss_falls_and_words_give_way_in_their_order() {
    let at = |columns| {
        falling(Terminal {
            columns,
            ..Terminal::PLAIN
        })
    };
    let ascii = Terminal {
        unicode: false,
        ..Terminal::PLAIN
    };
    let shown = [at(120), at(80), at(40), at(24), falling(ascii)];
    assert_eq!(
        shown,
        [
            "▕████████████            ▏ ███▇▇▇▆▆▆▅▅▅▄▄▄▃▃▃▂▂▂▁▁▁ \
             epoch 1/2  loss 0.4321  acc 0.8906  batch 469/938  469/s  0:01 left",
            "▕██  ▏ ██▇▆▅▅▄▃▂▂▁ epoch 1/2  loss 0.4321  acc 0.8906  batch 469/938  0:01 left",
            "epoch 1/2  loss 0.4321  0:01 left",
            "epoch 1/2  0:01 left",
            "[##  ] ##**==-..._ epoch 1/2  loss 0.4321  acc 0.8906  batch 469/938  0:01 left",
        ]
    );
}

#[test]
fn lines_stand_above_the_bar_which_comes_back() {
    let text = shown(bar_style(80, false), |progress, _| {
        progress.start(2);
        progress.update(1, || "one".into());
        progress.line("epoch 1/2: loss 0.5");
        progress.update(2, || "two".into());
        progress.clear();
        progress.clear();
    });
    let line = format!("one{ERASE}{WRAP}\r{ERASE}epoch 1/2: loss 0.5\n\r{CUT}▕");
    assert!(text.contains(&line), "{text:?}");
    let end = format!("two{ERASE}{WRAP}\r{ERASE}");
    assert!(text.ends_with(&end), "{text:?}");
    assert_eq!(text.matches(&format!("\r{ERASE}")).count(), 2, "{text:?}");
}

#[test]
fn elsewhere_there_are_plain_lines_and_in_quiet_nothing() {
    let work = |progress: &mut Progress<'_>, _: &Cell<u64>| {
        progress.start(2);
        progress.update(1, || panic!("nobody sees this text"));
        progress.line("epoch 1/2: loss 0.5");
    };
    assert_eq!(shown(Style::Lines, work), "epoch 1/2: loss 0.5\n");
    assert_eq!(shown(Style::Quiet, work), "");
}

#[test]
fn colour_is_only_in_the_bar() {
    let text = shown(bar_style(80, true), |progress, _| {
        progress.start(1);
        progress.update(1, || "done".into());
    });
    let bar = format!("▕\x1b[36m{}\x1b[0m▏ done", "█".repeat(30));
    assert!(text.contains(&bar), "{text:?}");
}

#[test]
fn the_environment_chooses_the_style() {
    let detect = |terminal, set: &[(&str, &str)]| {
        Style::detect(terminal, |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    };
    assert_eq!(detect(false, &[("TERM", "xterm")]), Style::Lines);
    assert_eq!(detect(true, &[("TERM", "dumb")]), Style::Lines);
    assert_eq!(detect(true, &[("TERM", "xterm")]), bar_style(80, true));
    assert_eq!(detect(true, &[("NO_COLOR", "1")]), bar_style(80, false));
    assert_eq!(detect(true, &[("NO_COLOR", "")]), bar_style(80, true));
    assert_eq!(detect(true, &[("COLUMNS", "120")]), bar_style(120, true));
    for wrong in ["0", "wide", "-3", ""] {
        assert_eq!(detect(true, &[("COLUMNS", wrong)]), bar_style(80, true));
    }
    let terminal = |set: &[(&str, &str)]| match detect(true, set) {
        Style::Bar(terminal) => terminal,
        other => panic!("{other:?}"),
    };
    for (set, colours) in [
        (("COLORTERM", "truecolor"), Colours::True),
        (("COLORTERM", "24bit"), Colours::True),
        (("TERM", "screen-256color"), Colours::Palette),
        (("TERM", "linux"), Colours::Eight),
    ] {
        assert_eq!(terminal(&[set]).colours, colours, "{set:?}");
        let none = terminal(&[set, ("NO_COLOR", "1")]);
        assert_eq!(none.colours, Colours::None, "{set:?}");
    }
    for (set, unicode) in [
        (&[][..], true),
        (&[("LANG", "C.UTF-8")], true),
        (&[("LANG", "de_DE.utf8")], true),
        (&[("LANG", "C")], false),
        (&[("LANG", "C.UTF-8"), ("LC_ALL", "POSIX")], false),
        (&[("LANG", "C"), ("LC_ALL", "")], false),
        (&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], true),
    ] {
        assert_eq!(terminal(set).unicode, unicode, "{set:?}");
    }
}

#[test]
fn a_terminal_that_has_gone_stops_nothing() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let mut progress = Progress::new(bar_style(80, true), Gone, || Duration::ZERO);
    progress.start(1);
    progress.update(1, String::new);
    progress.line("epoch 1/1");
}

#[test]
fn a_digit_is_drawn_two_rows_a_line() {
    let mut pixels = [0_u8; 784];
    for (row, ink) in [(4, 255), (6, 96), (7, 255), (9, 200), (10, 95)] {
        pixels[28 * row + 2..28 * row + 5].fill(ink);
    }
    let drawn = digit(&pixels, 28, &Terminal::PLAIN);
    let lines: Vec<&str> = drawn.lines().collect();
    assert_eq!(lines.len(), 14);
    assert_eq!(lines[..6], ["", "", "  ▀▀▀", "  ███", "  ▄▄▄", ""]);
    let full = digit(&[255; 784], 28, &Terminal::PLAIN);
    assert!(full.lines().all(|line| line == "█".repeat(28)));
}

#[test]
#[should_panic(expected = "digit: expected rows of 28 pixels, found 783 pixels")]
fn a_digit_has_whole_rows() {
    digit(&[0; 783], 28, &Terminal::PLAIN);
}

#[test]
fn a_digit_is_grey_where_there_are_greys_and_ascii_where_there_are_no_blocks() {
    let pixels = [0, 100, 255, 255, 3, 20];
    let drawn = |colours, unicode| {
        let terminal = Terminal {
            colours,
            unicode,
            ..Terminal::PLAIN
        };
        digit(&pixels, 3, &terminal)
    };
    let grey =
        |upper, lower| format!("\x1b[38;2;{upper};{upper};{upper};48;2;{lower};{lower};{lower}m▀");
    let expected = [grey(0, 255), grey(100, 3), grey(255, 20)].concat() + "\x1b[0m\n";
    assert_eq!(drawn(Colours::True, true), expected);
    assert_eq!(
        drawn(Colours::Palette, true),
        "\x1b[38;5;16;48;5;231m▀\x1b[38;5;241;48;5;16m▀\x1b[38;5;231;48;5;233m▀\x1b[0m\n"
    );
    assert_eq!(drawn(Colours::Eight, true), "▄▀▀\n");
    assert_eq!(drawn(Colours::True, false), "-.=\n");
}

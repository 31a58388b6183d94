//! Markup is well-formed whatever is put into it.

use fromzero::view::Markup;

#[test]
fn what_comes_from_outside_is_escaped() {
    let hostile = "</p><script>\"x\" & 'y'\u{0}\u{85}\u{fffe}\r\n";
    let mut page = Markup::new();
    page.leaf("p", &[("title", &hostile)], hostile);
    let escaped = "&lt;/p&gt;&lt;script&gt;&quot;x&quot; &amp; 'y'\u{fffd}\u{fffd}\u{fffd} \n";
    let expected = format!("<p title=\"{escaped}\">{escaped}</p>");
    assert_eq!(page.source(), expected);
}

#[test]
fn elements_nest_and_end_as_both_parsers_read_them() {
    let mut piece = Markup::new();
    piece.empty("circle", &[("r", &1.5)]);
    piece.empty("td", &[]);
    let mut page = Markup::new();
    page.element("table", &[], |table| {
        table.style("td > b { color: red }");
        table.append(&piece);
    });
    assert_eq!(
        page.into_html(),
        "<!DOCTYPE html>\n<table><style>td > b { color: red }</style><circle r=\"1.5\"/><td></td></table>\n"
    );
}

#[test]
#[should_panic(expected = "style: < or & in a style sheet")]
fn a_style_sheet_that_would_be_read_in_two_ways_is_refused() {
    Markup::new().style("p { } </style>");
}

//! Finds the claims on a page.

use std::collections::HashMap;

use super::claims::{Beside, Claim, Page, Piece, Sum, Table};
use super::xml::{Element, Node, text};

type Claims = Vec<Claim>;
type Tables = HashMap<String, Table>;

/// A page with all its claims.
pub fn read(page: &str) -> Result<Page, String> {
    let root = Element::read(page)?;
    let mut claims = Vec::new();
    let mut tables = HashMap::new();
    for table in root.all("table") {
        read_table(table, &mut claims, &mut tables)?;
    }
    for svg in root.all("svg") {
        for link in svg.all("a") {
            claims.push(quoted(link)?);
        }
    }
    for line in root.all("p") {
        if line.has_class("shapes") {
            read_shapes(line, &mut claims)?;
        } else if line.has_class("fell") {
            for link in line.all("a") {
                claims.push(quoted(link)?);
            }
        }
    }
    Page::new(claims, tables)
}

/// Where a link leads.
fn target(link: &Element) -> Result<String, String> {
    let target = link
        .attribute("href")
        .and_then(|href| href.strip_prefix('#'));
    Ok(target.ok_or("a link that leads elsewhere")?.into())
}

/// A number in a figure or a line, perhaps behind `symbol = `.
fn quoted(link: &Element) -> Result<Claim, String> {
    let target = target(link)?;
    let text = link.text();
    Ok(match text.split_once(" = ") {
        Some((symbol, text)) => Claim::Quoted {
            target,
            symbol: Some(symbol.into()),
            text: text.into(),
        },
        None => Claim::Quoted {
            target,
            symbol: None,
            text,
        },
    })
}

/// `z² [2,4] = a¹ [2,3]·…`: each shape is a link to its table, behind the symbol.
fn read_shapes(line: &Element, claims: &mut Claims) -> Result<(), String> {
    let mut before = String::new();
    for child in &line.children {
        match child {
            Node::Text(text) => before = text.clone(),
            Node::Element(link) => claims.push(Claim::Shape {
                grid: target(link)?,
                transposed: before.ends_with("ᵀ "),
                text: link.text(),
            }),
        }
    }
    Ok(())
}

fn read_table(table: &Element, claims: &mut Claims, tables: &mut Tables) -> Result<(), String> {
    let id = table.attribute("id").ok_or("a table without a name")?;
    let caption = table.first("caption").ok_or("a table without a caption")?;
    let symbol = caption
        .first("b")
        .ok_or("a caption without a symbol")?
        .text();
    let (mut rows, mut heads) = (Vec::new(), None);
    let (mut row_heads, mut col_heads) = (Vec::new(), Vec::new());
    for row in table.named("tr") {
        let cells = row.elements();
        if cells.iter().any(|cell| cell.attribute("id").is_some()) {
            rows.push(row);
            row_heads.extend(row.first("th"));
        } else if heads.is_none() {
            heads = Some(row);
            col_heads = row.named("th");
        }
    }
    for heads in [&col_heads, &row_heads] {
        for (i, head) in heads.iter().enumerate() {
            claims.push(Claim::Label {
                expected: i + 1,
                text: head.text(),
            });
        }
    }
    let cols = rows.first().map_or(0, |row| row.named("td").len());
    for (i, row) in rows.iter().enumerate() {
        let cells = row.named("td");
        if cells.len() != cols {
            return Err(format!("{id} is ragged"));
        }
        for (j, cell) in cells.into_iter().enumerate() {
            let place = format!("{id}.{}.{}", i + 1, j + 1);
            if cell.attribute("id") != Some(&place) {
                return Err(format!(
                    "expected {place}, found {:?}",
                    cell.attribute("id")
                ));
            }
            claims.push(read_cell(place, cell)?);
        }
    }
    let read = Table {
        symbol,
        rows: rows.len(),
        cols,
        has_row_heads: !row_heads.is_empty(),
        has_col_heads: heads.is_some(),
    };
    read_caption(id, caption, claims);
    tables.insert(id.into(), read);
    Ok(())
}

/// The shape in the caption, and the sample of a Jacobian.
fn read_caption(id: &str, caption: &Element, claims: &mut Claims) {
    let mut words = String::new();
    for child in &caption.children {
        if let Node::Text(text) = child {
            words.push_str(text);
        }
    }
    let words = words.trim();
    if let Some(end) = words.find(']') {
        claims.push(Claim::Shape {
            grid: id.into(),
            transposed: false,
            text: words[..=end].into(),
        });
    }
    if let Some(sample) = id
        .strip_prefix("jac")
        .and_then(|sample| sample.parse().ok())
    {
        let text = words.rsplit([' ', '本']).next().unwrap_or_default();
        claims.push(Claim::Label {
            expected: sample,
            text: text.into(),
        });
    }
}

fn read_cell(id: String, cell: &Element) -> Result<Claim, String> {
    let Some(details) = cell.first("details") else {
        return Ok(Claim::Given {
            id,
            text: cell.text(),
        });
    };
    let summary = details
        .first("summary")
        .ok_or("details without a summary")?;
    let own = |element: &Element| match element.children.first() {
        Some(Node::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let lines = details.named("p");
    let (symbols, sum) = read_sum(lines.first().ok_or("a number without its sum")?)?;
    let beside = lines.get(1).map(|line| {
        let small = summary.first("small");
        let short = small.ok_or("a difference that is not shown")?.text();
        let (symbols, sum) = read_sum(line)?;
        Ok::<_, String>(Beside {
            short,
            symbols,
            sum,
        })
    });
    Ok(Claim::Computed {
        id,
        short: own(summary),
        symbols,
        sum,
        beside: beside.transpose()?,
    })
}

/// Three lines: in symbols, in numbers, the result.
fn read_sum(line: &Element) -> Result<(String, Sum), String> {
    let is_break = |node: &Node| matches!(node, Node::Element(element) if element.name == "br");
    let parts: Vec<&[Node]> = line.children.split(is_break).collect();
    let [symbols, numbers, result] = parts[..] else {
        return Err(format!("expected three lines, found {}", line.text()));
    };
    let mut pieces: Vec<Piece> = Vec::new();
    for node in numbers {
        let (target, text) = match node {
            Node::Element(link) if link.name == "a" => (Some(target(link)?), link.text()),
            Node::Element(digits) => (None, digits.text()),
            Node::Text(text) => (None, text.clone()),
        };
        match pieces.last_mut() {
            Some(last) if last.target.is_none() && target.is_none() => last.text.push_str(&text),
            _ => pieces.push(Piece { target, text }),
        }
    }
    let start = pieces.first_mut().ok_or("a sum of nothing")?;
    start.text = start
        .text
        .strip_prefix("= ")
        .ok_or("a sum without =")?
        .into();
    if start.text.is_empty() {
        pieces.remove(0);
    }
    let result = text(result)
        .strip_prefix("= ")
        .ok_or("a result without =")?
        .into();
    Ok((text(symbols), Sum { pieces, result }))
}

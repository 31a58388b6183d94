//! A reader of pages, as strict as an XML parser (XML 1.0, without declarations): whatever it reads is well-formed.

/// A piece of a page.
#[derive(Debug)]
pub enum Node {
    Element(Element),
    Text(String),
}

#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

impl Element {
    /// Reads a page: its doctype, and its one element.
    pub fn read(page: &str) -> Result<Element, String> {
        let start = "<!DOCTYPE html>\n";
        let mut rest = page.strip_prefix(start).ok_or("there is no doctype")?;
        let root = element(&mut rest)?;
        match rest.trim() {
            "" => Ok(root),
            rest => Err(format!("something follows the page: {rest}")),
        }
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class") == Some(class)
    }

    /// The elements directly in this one.
    pub fn elements(&self) -> Vec<&Element> {
        let mut elements = Vec::new();
        for child in &self.children {
            if let Node::Element(element) = child {
                elements.push(element);
            }
        }
        elements
    }

    /// The elements of this name directly in this one.
    pub fn named(&self, name: &str) -> Vec<&Element> {
        let mut elements = self.elements();
        elements.retain(|element| element.name == name);
        elements
    }

    /// The elements of this class directly in this one.
    pub fn of_class(&self, class: &str) -> Vec<&Element> {
        let mut elements = self.elements();
        elements.retain(|element| element.has_class(class));
        elements
    }

    /// The first element of this name directly in this one.
    pub fn first(&self, name: &str) -> Option<&Element> {
        self.named(name).first().copied()
    }

    /// All elements of this name, however deep, in their order.
    pub fn all<'a>(&'a self, name: &str) -> Vec<&'a Element> {
        let mut found = Vec::new();
        for element in self.elements() {
            if element.name == name {
                found.push(element);
            }
            found.extend(element.all(name));
        }
        found
    }

    /// All text in it, whatever it is marked as.
    pub fn text(&self) -> String {
        text(&self.children)
    }
}

/// All text in these pieces.
pub fn text(nodes: &[Node]) -> String {
    let mut text = String::new();
    for node in nodes {
        match node {
            Node::Element(element) => text.push_str(&element.text()),
            Node::Text(piece) => text.push_str(piece),
        }
    }
    text
}

fn element(rest: &mut &str) -> Result<Element, String> {
    expect(rest, "<")?;
    let name = name(rest)?;
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        let space = rest.len();
        *rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            *rest = after;
            let children = Vec::new();
            return Ok(Element {
                name,
                attributes,
                children,
            });
        }
        if let Some(after) = rest.strip_prefix('>') {
            *rest = after;
            break;
        }
        if space == rest.len() {
            return Err(format!("expected a blank before an attribute of {name}"));
        }
        let (key, value) = attribute(rest)?;
        if attributes.iter().any(|(earlier, _)| *earlier == key) {
            return Err(format!("{name} has two attributes {key}"));
        }
        attributes.push((key, value));
    }
    let children = content(rest, &name)?;
    Ok(Element {
        name,
        attributes,
        children,
    })
}

/// Everything up to the end of the element `name`, and that end.
fn content(rest: &mut &str, name: &str) -> Result<Vec<Node>, String> {
    let mut children = Vec::new();
    loop {
        let end = rest
            .find('<')
            .ok_or_else(|| format!("{name} is never closed"))?;
        if end > 0 {
            children.push(Node::Text(unescaped(&rest[..end])?));
            *rest = &rest[end..];
        }
        if let Some(after) = rest.strip_prefix("</") {
            *rest = after;
            expect(rest, name)?;
            expect(rest, ">")?;
            return Ok(children);
        }
        children.push(Node::Element(element(rest)?));
    }
}

fn attribute(rest: &mut &str) -> Result<(String, String), String> {
    let key = name(rest)?;
    expect(rest, "=\"")?;
    let end = rest.find('"').ok_or_else(|| format!("{key} has no end"))?;
    let value = &rest[..end];
    if value.contains('<') {
        return Err(format!("{key} has a bare <"));
    }
    *rest = &rest[end + 1..];
    Ok((key, unescaped(value)?))
}

fn name(rest: &mut &str) -> Result<String, String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_:".contains(c);
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(format!("expected a name, found {:.20}", rest));
    }
    *rest = after;
    Ok(name.into())
}

fn expect(rest: &mut &str, what: &str) -> Result<(), String> {
    let after = rest.strip_prefix(what);
    *rest = after.ok_or_else(|| {
        let found: String = rest.chars().take(20).collect();
        format!("expected {what}, found {found}")
    })?;
    Ok(())
}

fn unescaped(text: &str) -> Result<String, String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';').unwrap_or_default();
        plain.push_str(before);
        plain.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            _ => return Err(format!("a bare & behind {before}")),
        });
        rest = after;
    }
    plain.push_str(rest);
    if plain.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(format!("a control character in {plain:?}"));
    }
    Ok(plain)
}

//! What a crate's sources use of each other: every name that they import or write as a path is followed from file to file,
//! through re-exports, to where a thing is defined. Comments, and what is compiled for tests only, do not count.

/// The front door, which shows everything and defines nothing.
pub const DOOR: &str = "lib.rs";

/// What uses what, and by which name: the users in the order in which they are read.
#[derive(Default)]
pub struct Graph(pub Vec<(String, Vec<Use>)>);

pub struct Use {
    pub used: String,
    /// The first of the names.
    pub name: String,
}

impl Graph {
    pub fn of(&self, user: &str) -> &[Use] {
        let found = self.0.iter().find(|(name, _)| name == user);
        found.map_or(&[], |(_, uses)| uses)
    }

    pub fn add(&mut self, user: &str, used: &str, name: String) {
        let found = self.0.iter().position(|(name, _)| name == user);
        let at = found.unwrap_or_else(|| {
            self.0.push((user.to_string(), Vec::new()));
            self.0.len() - 1
        });
        let uses = &mut self.0[at].1;
        if uses.iter().all(|other| other.used != used) {
            let used = used.to_string();
            uses.push(Use { used, name });
        }
    }
}

#[derive(Default)]
struct Module {
    /// Its path from the crate's root.
    at: Vec<String>,
    file: String,
    children: Vec<String>,
    imports: Vec<Import>,
    /// The paths in its code, and all names in it.
    paths: Vec<Vec<String>>,
    names: Vec<String>,
}

#[derive(Default)]
struct Modules(Vec<Module>);

impl Modules {
    /// The place of a module; the one that is being read is the last.
    fn place(&self, at: &[String]) -> Option<usize> {
        self.0.iter().rposition(|module| module.at == at)
    }

    fn get(&self, at: &[String]) -> &Module {
        &self.0[self.place(at).expect("a module that was read")]
    }

    fn get_or_add(&mut self, at: &[String], file: &str) -> &mut Module {
        let place = self.place(at).unwrap_or_else(|| {
            self.0.push(Module {
                at: at.to_vec(),
                file: file.to_string(),
                ..Module::default()
            });
            self.0.len() - 1
        });
        &mut self.0[place]
    }
}

struct Import {
    path: Vec<String>,
    name: String,
    is_public: bool,
}

/// The graph of the files that `read` gives: the front door, and all modules that are declared from there on.
pub fn graph_of(read: &dyn Fn(&str) -> Option<String>) -> Graph {
    let mut modules = Modules::default();
    read_module(read, &[], &mut modules);
    uses(&modules)
}

/// Names and punctuation, without comments and literals.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let name = rest
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next();
        let name = name.expect("a first piece");
        let after = &rest[name.len()..];
        let hashes = after.len() - after.trim_start_matches('#').len();
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").expect("an end of the comment") + 2
        } else if name.ends_with('r') && name.len() < 3 && after[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = name.len() + hashes + 1;
            start + rest[start..].find(&end).expect("an end of the text") + end.len()
        } else if !name.is_empty() {
            tokens.push(name.to_string());
            name.len()
        } else if c == '"' || c == '\'' && is_character(rest) {
            quoted(rest, c)
        } else {
            let token = if rest.starts_with("::") {
                "::"
            } else {
                &rest[..c.len_utf8()]
            };
            if !c.is_whitespace() {
                tokens.push(token.to_string());
            }
            token.len()
        };
        rest = &rest[length..];
    }
    tokens
}

/// Whether a `'` begins a character rather than a lifetime.
fn is_character(rest: &str) -> bool {
    rest.starts_with("'\\") || rest.chars().nth(2) == Some('\'')
}

/// The length of the literal at the beginning.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    let mut ends = rest.char_indices().skip(1).filter(|&(_, c)| {
        let is_end = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        is_end
    });
    ends.next().expect("an end of the literal").0 + 1
}

/// Leaves out what is marked `#[cfg(test)]`.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        if tokens[i..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"].map(String::from)) {
            i = end_of_item(tokens, i + 7);
        } else {
            kept.push(tokens[i].clone());
            i += 1;
        }
    }
    kept
}

/// The place behind the item that begins here.
fn end_of_item(tokens: &[String], start: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(start) {
        match &token[..] {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 && (token == "}" || token == ";") {
            return i + 1;
        }
    }
    tokens.len()
}

/// Reads the module `at` from its file, and those that it declares.
fn read_module(read: &dyn Fn(&str) -> Option<String>, at: &[String], modules: &mut Modules) {
    let path = at.join("/");
    let files = [format!("{path}.rs"), format!("{path}/mod.rs")];
    let files = if at.is_empty() {
        [DOOR.into(), DOOR.into()]
    } else {
        files
    };
    let found = files
        .into_iter()
        .find_map(|file| Some((read(&file)?, file)));
    let (source, file) = found.unwrap_or_else(|| panic!("there is no file for the module {path}"));
    let tokens = without_tests(&tokens(&source));
    for child in parse(&file, at, &tokens, modules) {
        read_module(read, &child, modules);
    }
}

/// Notes what a file's tokens say; returns the modules that have files of their own.
fn parse(file: &str, at: &[String], tokens: &[String], modules: &mut Modules) -> Vec<Vec<String>> {
    let mut outside = Vec::new();
    // The modules around this place, and how deep in braces each of them began.
    let mut around = vec![(at.to_vec(), 0)];
    modules.get_or_add(at, file);
    let (mut depth, mut i) = (0, 0);
    while let Some(token) = tokens.get(i) {
        let next = tokens.get(i + 1).map_or("", |next| next);
        let here = around.last().expect("the file's own module").0.clone();
        let module = modules.get_or_add(&here, file);
        i += 1;
        match &token[..] {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                around.pop_if(|(_, began)| *began > depth);
            }
            "mod" => {
                module.children.push(next.to_string());
                let child = [&here[..], &[next.to_string()]].concat();
                if tokens[i + 1] == "{" {
                    depth += 1;
                    around.push((child, depth));
                } else {
                    outside.push(child);
                }
                i += 2;
            }
            "use" if next != "<" => {
                let is_public = i > 1 && (tokens[i - 2] == "pub" || tokens[i - 2] == ")");
                import(tokens, &mut i, &[], is_public, &mut module.imports);
            }
            // The path after it says who may see something, and uses nothing.
            "pub" if next == "(" => {
                i += tokens[i..].iter().take_while(|token| *token != ")").count()
            }
            "::" => {}
            name => {
                module.names.push(name.to_string());
                let mut path = vec![name.to_string()];
                while tokens.get(i).is_some_and(|token| token == "::") && i + 1 < tokens.len() {
                    path.push(tokens[i + 1].clone());
                    i += 2;
                }
                if path.len() > 1 {
                    module.paths.push(path);
                }
            }
        }
    }
    outside
}

/// Reads one tree of a `use`.
fn import(
    tokens: &[String],
    i: &mut usize,
    before: &[String],
    is_public: bool,
    imports: &mut Vec<Import>,
) {
    let mut path = before.to_vec();
    while !matches!(&tokens[*i][..], "," | ";" | "}") {
        match &tokens[*i][..] {
            "::" => {}
            "{" => {
                while tokens[*i] != "}" {
                    *i += 1;
                    import(tokens, i, &path, is_public, imports);
                }
                *i += 1;
                return;
            }
            "as" => {
                let name = tokens[*i + 1].clone();
                *i += 2;
                return imports.push(Import {
                    path,
                    name,
                    is_public,
                });
            }
            "self" if !path.is_empty() => {}
            name => path.push(name.to_string()),
        }
        *i += 1;
    }
    if path.len() > before.len() || tokens[*i - 1] == "self" {
        let name = path.last().expect("a name").clone();
        imports.push(Import {
            path,
            name,
            is_public,
        });
    }
}

/// The file that defines what `path` means in the module `at`; `None` for what is not this crate's.
fn resolve<'a>(modules: &'a Modules, at: &[String], path: &[String]) -> Option<&'a str> {
    let mut here = at.to_vec();
    let mut rest = path;
    while let Some((name, more)) = rest.split_first() {
        let module = modules.get(&here);
        let import = module.imports.iter().find(|import| import.name == *name);
        match &name[..] {
            "crate" => here.clear(),
            "self" => {}
            "super" => drop(here.pop()),
            _ if module.children.contains(name) => here.push(name.clone()),
            _ if import.is_some_and(|import| import.path != path) => {
                return resolve(modules, &here, &[&import?.path[..], more].concat());
            }
            // An item of this module, unless nothing says that the path begins here.
            _ if rest.len() == path.len() => return None,
            _ => break,
        }
        rest = more;
    }
    Some(&modules.get(&here).file)
}

/// Which file uses which. That a module shows what another defines is no use of it.
///
/// # Panics
/// If a module imports all that another one of this crate has: it cannot be seen then what is used.
fn uses(modules: &Modules) -> Graph {
    let mut graph = Graph::default();
    for module in &modules.0 {
        let mut paths = Vec::new();
        for import in &module.imports {
            if !import.is_public || import.name == "*" || module.names.contains(&import.name) {
                paths.push(&import.path);
            }
        }
        paths.extend(&module.paths);
        for path in paths {
            let name = path.join("::");
            let file = resolve(modules, &module.at, path).filter(|&file| file != module.file);
            if let Some(file) = file {
                assert!(
                    !name.ends_with('*'),
                    "{}: {name} hides what is used",
                    module.file
                );
                if module.file != DOOR {
                    graph.add(&module.file, file, name);
                }
            }
        }
    }
    graph
}

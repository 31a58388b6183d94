//! An option as a program declares it in its table.

/// An option: `--name PLACEHOLDER`, or `--name` alone, a flag.
#[derive(Clone, Copy)]
pub struct Opt {
    pub name: &'static str,
    pub placeholder: Option<&'static str>,
    pub help: &'static str,
    pub default: Option<&'static str>,
    pub alone: Option<&'static str>,
    pub many: bool,
    pub behind_workload: bool,
}

/// An option that is on or off.
pub const fn flag(name: &'static str, help: &'static str) -> Opt {
    Opt {
        name,
        placeholder: None,
        help,
        default: None,
        alone: None,
        many: false,
        behind_workload: false,
    }
}

/// An option with a value.
pub const fn option(name: &'static str, placeholder: &'static str, help: &'static str) -> Opt {
    Opt {
        name,
        placeholder: Some(placeholder),
        help,
        default: None,
        alone: None,
        many: false,
        behind_workload: false,
    }
}

impl Opt {
    /// The value of an option that is not given. The getters read this text too, so the help cannot say anything else.
    pub const fn or(self, default: &'static str) -> Opt {
        Opt {
            default: Some(default),
            ..self
        }
    }

    /// An option that takes several values, and may be given several times.
    pub const fn many(self) -> Opt {
        Opt { many: true, ..self }
    }

    /// An option whose value may also stand by itself, behind the workload.
    pub const fn behind_workload(self) -> Opt {
        Opt {
            behind_workload: true,
            ..self
        }
    }

    /// The value of an option that is given without one, `--name` alone.
    pub const fn or_alone(self, value: &'static str) -> Opt {
        Opt {
            alone: Some(value),
            ..self
        }
    }
}

//! Find the mistake.

//! carrying_on

//! [`Part`]: a layer in its place in a network.

use std::any::Any;

use super::Layer;
use crate::real::Real;

/// A layer that can be copied, sent to another thread, and recognised by its type, whatever it is.
pub(super) trait Part<T: Real>: Layer<T> + Any + Send + Sync {
    fn copy(&self) -> Box<dyn Part<T>>;
}

impl<T: Real, L: Layer<T> + Clone + Send + Sync + 'static> Part<T> for L {
    fn copy(&self) -> Box<dyn Part<T>> {
        Box::new(self.clone())
    }
}

impl<T: Real> Clone for Box<dyn Part<T>> {
    fn clone(&self) -> Self {
        (**self).copy()
    }
}

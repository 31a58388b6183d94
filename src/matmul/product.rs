//! The description of a product, and how it is chained together.

use super::Gemm;
use super::epilogue::{Epilogue, Plain, Then, TileEpilogue};
use super::threads::Engine;
use super::update::{Output, Update};
use crate::matrix::{Matrix, View, ViewMut, check_same, shape_mismatch};

/// A product that is not computed yet: A·B, and what is done to each of its entries.
#[derive(Debug)]
#[must_use = "a product is computed by `into`"]
pub struct Product<'a, T, E = Plain> {
    a: View<'a, T>,
    b: View<'a, T>,
    alpha: T,
    update: Update<T>,
    epilogue: E,
}

/// Describes the product of an m×k and a k×n matrix, either of them a view or transposed.
///
/// # Panics
/// If the columns of `a` are not as many as the rows of `b`.
#[track_caller]
pub fn matmul<'a, T: Gemm>(a: impl Into<View<'a, T>>, b: impl Into<View<'a, T>>) -> Product<'a, T> {
    let (a, b) = (a.into(), b.into());
    if a.cols() != b.rows() {
        shape_mismatch("matmul", a.shape(), b.shape());
    }
    Product {
        a,
        b,
        alpha: T::ONE,
        update: Update::Replace,
        epilogue: Plain,
    }
}

impl<T: Gemm> Product<'_, T> {
    /// Multiplies by `alpha`.
    pub fn scale(self, alpha: T) -> Self {
        Product { alpha, ..self }
    }

    /// Adds `beta` times what C held before: beta·C + alpha·A·B. With beta = 0 the old C is not read.
    ///
    /// # Panics
    /// If the product updates C already, by another `beta` or [`descend`](Self::descend).
    #[track_caller]
    pub fn beta(self, beta: T) -> Self {
        self.update(if beta == T::ZERO {
            Update::Replace
        } else {
            Update::Beta(beta)
        })
    }

    /// Subtracts `lr` times the product from what C holds, C − lr·(alpha·A·B): a step of gradient descent, where the product
    /// is the gradient and C the weight.
    ///
    /// # Panics
    /// If the product updates C already, by [`beta`](Self::beta) or another `descend`.
    #[track_caller]
    pub fn descend(self, lr: T) -> Self {
        self.update(Update::Descend(lr))
    }

    #[track_caller]
    fn update(self, update: Update<T>) -> Self {
        let is_free = matches!(self.update, Update::Replace);
        assert!(is_free, "a product updates C once: by beta or by descend");
        Product { update, ..self }
    }
}

impl<'a, T: Gemm, E: Epilogue<T>> Product<'a, T, E> {
    /// Chains an epilogue.
    ///
    /// # Panics
    /// If the epilogue does not fit to the product's shape.
    #[track_caller]
    pub fn then<F: Epilogue<T>>(self, epilogue: F) -> Product<'a, T, Then<E, F>> {
        epilogue.check((self.a.rows(), self.b.cols()));
        Product {
            a: self.a,
            b: self.b,
            alpha: self.alpha,
            update: self.update,
            epilogue: Then(self.epilogue, epilogue),
        }
    }

    /// Computes the product and stores it in `c`.
    ///
    /// # Panics
    /// If `c` has another shape than the product.
    #[track_caller]
    pub fn into<'c>(self, c: impl Into<ViewMut<'c, T>>)
    where
        T: 'c,
    {
        let c = c.into();
        check_same("matmul into", (self.a.rows(), self.b.cols()), c.shape());
        let output = Output {
            engine: &Engine::current(),
            alpha: self.alpha,
            update: self.update,
            epilogue: (!E::IS_PLAIN).then_some(&self.epilogue as &dyn TileEpilogue<T>),
        };
        T::gemm(self.a, self.b, output, c);
    }

    /// Computes the product as a new matrix, whose entries were 0 before. [`Product::into`] writes into one that is there.
    ///
    /// ```
    /// use fromzero::{Matrix, matmul};
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(matmul(&a, a.t()).to_matrix(), Matrix::from_rows(&[[5.0, 11.0], [11.0, 25.0]]));
    /// ```
    #[must_use]
    pub fn to_matrix(self) -> Matrix<T> {
        let mut c = Matrix::zeros(self.a.rows(), self.b.cols());
        self.into(&mut c);
        c
    }
}

//! Which instruction set and how many threads a computation uses.

use std::cell::RefCell;
use std::env;
use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread;

use super::pool::{MAX_THREADS, Pool};
use crate::io::Error;
use crate::matmul::simd::Isa;

/// An instruction set and a pool of threads. Results never depend on it, down to the last bit; time does.
///
/// Without one, everything runs on the best instruction set and on all cores.
///
/// ```
/// use fromzero::{Engine, Isa, Matrix, matmul};
/// let a = Matrix::from_rows(&[[1.0, 2.0]]);
/// let b = Matrix::from_rows(&[[3.0], [4.0]]);
/// let product = || {
///     let mut c = Matrix::zeros(1, 1);
///     matmul(&a, &b).into(&mut c);
///     c[(0, 0)]
/// };
/// let engine = Engine::new(Isa::Portable, 2)?;
/// assert_eq!(engine.run(product), product());
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    isa: Isa,
    pool: Arc<Pool>,
}

thread_local! {
    static CURRENT: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

impl Engine {
    /// An engine for this instruction set and this number of threads, the calling one among them.
    ///
    /// # Errors
    /// If the processor lacks the instruction set, or that many threads cannot be had.
    pub fn new(isa: Isa, threads: usize) -> Result<Self, Error> {
        let isa = Isa::from_name(isa.name())?;
        Ok(Engine {
            isa,
            pool: Arc::new(Pool::new(threads)?),
        })
    }

    /// The engine that the environment asks for: `FROMZERO_ISA` names the instruction set (default: the best one), and
    /// `threads`, or else `FROMZERO_THREADS`, the number of threads (default: one for each core).
    ///
    /// # Errors
    /// If a variable has no such value; the error names the variable.
    pub fn from_env(threads: Option<usize>) -> Result<Self, Error> {
        let isa = variable("FROMZERO_ISA", Isa::from_name)?.unwrap_or_else(Isa::best);
        if let Some(threads) = threads {
            return Engine::new(isa, threads);
        }
        let engine = variable("FROMZERO_THREADS", |text| {
            let refuse = |_| Error::new(format!("expected a number of threads, found '{text}'"));
            Engine::new(isa, text.parse().map_err(refuse)?)
        })?;
        engine.map_or_else(|| Engine::new(isa, cores()), Ok)
    }

    /// The instruction set.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Number of threads, the calling one among them.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// Runs `f`; every product and function of this library that it calls on this thread uses this engine.
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        // Dropped in the end, also when a panic passes by.
        let _former = Former(CURRENT.replace(Some(self.clone())));
        f()
    }

    /// The engine in use on this thread.
    pub fn current() -> Engine {
        static DEFAULT: OnceLock<Engine> = OnceLock::new();
        let default = || Engine {
            isa: Isa::best(),
            pool: Arc::new(
                Pool::new(cores())
                    .or_else(|_| Pool::new(1))
                    .expect("a pool of one starts no thread"),
            ),
        };
        CURRENT.with_borrow(|current| {
            let engine = current.as_ref();
            engine
                .unwrap_or_else(|| DEFAULT.get_or_init(default))
                .clone()
        })
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }
}

/// The engine that was in use before. It is put back when this is dropped.
struct Former(Option<Engine>);

impl Drop for Former {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// What an environment variable says, if it is set; the error names it.
fn variable<R>(name: &str, read: impl Fn(&str) -> Result<R, Error>) -> Result<Option<R>, Error> {
    let value = match env::var(name) {
        Ok(text) => read(&text),
        Err(env::VarError::NotPresent) => return Ok(None),
        Err(error) => Err(Error::new(error.to_string())),
    };
    value.map(Some).map_err(|error| error.setting(name))
}

/// Cores that this process may use.
fn cores() -> usize {
    thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(MAX_THREADS)
}

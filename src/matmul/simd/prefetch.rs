//! The request to the processor to fetch a cache line before it is needed. It is a hint: it changes no value, and any address
//! will do.

/// Requests the cache line at `place` for reading, into the L2 cache.
#[inline(always)]
pub(in crate::matmul) fn prefetch_to_l2<T>(place: *const T) {
    // SAFETY: a prefetch changes neither memory nor registers, and never faults.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

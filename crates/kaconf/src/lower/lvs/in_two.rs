//! Work on a long list, shared by two threads.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// A list shorter than this is done before a thread has begun.
const WORTH_IT: usize = 256;

/// What `work` makes of the parts of a list, in order: two parts, each by a thread of its own, if it is long.
pub(super) fn in_two<T: Send, R: Send>(
    mut list: VecDeque<T>,
    work: impl Fn(VecDeque<T>) -> R + Sync,
) -> Vec<R> {
    if list.len() < WORTH_IT {
        return vec![work(list)];
    }
    // Whoever comes first takes it: the other thread, or this one if there is no other to be had.
    let rest = Mutex::new(Some(list.split_off(list.len() / 2)));
    let take_rest = || rest.lock().unwrap_or_else(PoisonError::into_inner).take().map(&work);
    thread::scope(|scope| {
        let other = thread::Builder::new().spawn_scoped(scope, take_rest);
        let first = work(list);
        let second = match other.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(second)) => second,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => take_rest(),
        };
        std::iter::once(first).chain(second).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_the_order_kept() {
        for len in [0, 1, WORTH_IT - 1, WORTH_IT, WORTH_IT + 1, 10 * WORTH_IT] {
            let parts = in_two((0..len).collect(), Vec::from);
            assert_eq!(parts.len(), if len < WORTH_IT { 1 } else { 2 });
            assert_eq!(parts.concat(), (0..len).collect::<Vec<_>>());
        }
    }
}

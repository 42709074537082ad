//! The way to nf_tables, opened when it is first needed.

use tracing::warn;
use vrrp_linux::netlink::nftables::{NftError, Nftables};

#[derive(Debug, Default)]
pub(super) enum Access {
    /// Nothing was asked of it yet.
    #[default]
    Closed,
    Open(Box<Nftables>),
    /// Not to be had, and said so.
    Refused,
}

impl Access {
    /// The answer; `None` where nobody is asked any more.
    pub(super) fn ask<T>(
        &mut self,
        ask: impl FnOnce(&mut Nftables) -> Result<T, NftError>,
    ) -> Option<Result<T, NftError>> {
        if matches!(self, Self::Closed) {
            match Nftables::open() {
                Ok(socket) => *self = Self::Open(Box::new(socket)),
                Err(error) => return Some(Err(error)),
            }
        }
        match self {
            Self::Open(socket) => Some(ask(socket)),
            Self::Closed | Self::Refused => None,
        }
    }

    /// Says what is not done. Where it will never be done, once.
    pub(super) fn complain(&mut self, error: NftError) {
        let why = match error {
            NftError::Refused(errno) | NftError::Socket(errno) => format!("{error}: {errno}"),
            _ => error.to_string(),
        };
        warn!("packets to the virtual addresses are not dropped: {why}");
        if matches!(error, NftError::Unsupported | NftError::NotPermitted) {
            *self = Self::Refused;
        }
    }

    /// At a reload: what was refused may be there now.
    pub(super) fn try_again(&mut self) {
        if matches!(self, Self::Refused) {
            *self = Self::Closed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_nf_tables_it_is_asked_once() {
        let mut access = Access::Closed;
        access.complain(NftError::NotThere);
        assert!(matches!(access, Access::Closed), "this may be otherwise the next time");
        access.complain(NftError::Unsupported);
        assert!(access.ask(|_| Ok(())).is_none());
        access.try_again();
        assert!(matches!(access, Access::Closed));
    }
}

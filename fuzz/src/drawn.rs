//! Small choices drawn from a fuzzer's octets, one or a few octets each, so that changing one octet changes one
//! choice.

/// What is left of the octets. Choices drawn from nothing are the first ones.
pub(crate) struct Drawn<'a>(&'a [u8]);

impl<'a> Drawn<'a> {
    pub(crate) const fn from(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// 0 when none is left.
    pub(crate) fn octet(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(crate) fn number(&mut self) -> u16 {
        u16::from_be_bytes([self.octet(), self.octet()])
    }

    /// One bit of an octet is enough for a flag.
    pub(crate) fn flag(&mut self) -> bool {
        self.octet() & 1 == 1
    }

    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, list: [T; N]) -> T {
        list[usize::from(self.octet()) % N]
    }
}

//! Changes to addresses, routes and rules, which go to the kernel in one order and in few system calls.

use super::{AddressOp, NetlinkError, Route, RouteCreation, Rule};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// To the addresses of an interface.
    Address(AddressOp),
    /// Adds a route; [`NetlinkError::Exists`] when it is there.
    AddRoute(Box<Route>, RouteCreation),
    /// Removes it; [`NetlinkError::RouteNotThere`] when it is not.
    RemoveRoute(Box<Route>),
    /// Adds a rule; [`NetlinkError::Exists`] when it is there.
    AddRule(Box<Rule>),
    /// Removes it; [`NetlinkError::RuleNotThere`] when it is not.
    RemoveRule(Box<Rule>),
}

/// What can be asked of the kernel in a row of requests. Its numbers and its answers are the socket's.
pub trait Request: sealed::Encode {}

pub(super) mod sealed {
    use super::NetlinkError;

    pub trait Encode {
        /// Appends the request; it asks for no answer but a refusal.
        fn encode(&self, sequence: u32, out: &mut Vec<u8>) -> Result<(), NetlinkError>;
    }
}

use sealed::Encode;

impl Request for AddressOp {}
impl Request for Operation {}

impl Encode for AddressOp {
    fn encode(&self, sequence: u32, out: &mut Vec<u8>) -> Result<(), NetlinkError> {
        match self {
            Self::Add(address) => address.encode_add(sequence, false, out),
            Self::Remove(address) => address.encode_remove(sequence, false, out),
        }
    }
}

impl Encode for Operation {
    fn encode(&self, sequence: u32, out: &mut Vec<u8>) -> Result<(), NetlinkError> {
        match self {
            Self::Address(operation) => operation.encode(sequence, out),
            Self::AddRoute(route, creation) => route.encode_add(*creation, sequence, out),
            Self::RemoveRoute(route) => route.encode_remove(sequence, out),
            Self::AddRule(rule) => rule.encode_add(sequence, out),
            Self::RemoveRule(rule) => rule.encode_remove(sequence, out),
        }
    }
}

impl From<AddressOp> for Operation {
    fn from(operation: AddressOp) -> Self {
        Self::Address(operation)
    }
}

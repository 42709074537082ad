//! Requests to octets, octets to answers. No socket is here.

mod encode;
mod message;
mod parse;
pub mod raw;
#[cfg(test)]
mod tests;

pub(crate) use encode::{Request, family_request, list_destinations, list_services, op, plain};
pub(crate) use message::{Message, messages, verdict};
pub(crate) use parse::{daemon, destination, family_number, info, service, timeouts};

//! See `kad_fuzz::TARGETS`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| kad_fuzz::wire::ah_packet(octets));

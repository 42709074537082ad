//! The subscriber behind the `tracing` macros: level in, message out.

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{MAX_LINE, OUTPUT, Severity};
use crate::text::cut;

/// Passes events of a level on to the output of the process. Spans are nothing to it.
pub(super) struct Facade {
    level: LevelFilter,
}

impl Facade {
    pub(super) fn new(level: LevelFilter) -> Self {
        Self { level }
    }
}

/// The text of one event, on the stack and cut at its limit.
struct Text {
    octets: [u8; MAX_LINE],
    len: usize,
}

impl fmt::Write for Text {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let room = MAX_LINE - self.len;
        let piece = cut(piece, room);
        self.octets[self.len..self.len + piece.len()].copy_from_slice(piece.as_bytes());
        self.len += piece.len();
        Ok(())
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let written = if field.name() == "message" {
            write!(self, "{value:?}")
        } else {
            write!(self, " {}={value:?}", field.name())
        };
        debug_assert!(written.is_ok(), "a value's Debug failed");
    }
}

impl Subscriber for Facade {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= self.level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn new_span(&self, _span: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let Some(output) = OUTPUT.get() else { return };
        let mut text = Text { octets: [0; MAX_LINE], len: 0 };
        event.record(&mut text);
        // Always UTF-8: only whole characters are copied.
        let message = std::str::from_utf8(&text.octets[..text.len]).unwrap_or_default();
        output.line(Severity::of(*event.metadata().level()), message);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

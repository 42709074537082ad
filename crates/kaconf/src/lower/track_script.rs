//! `vrrp_script`: a command whose success is tracked.

use std::time::Duration;

use super::context::Context;
use super::reader::{Next, Progress, Reader};
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{TrackScript, Weight};
use crate::value;

/// Milliseconds of the longest interval.
const INTERVAL_MAX: i64 = (u32::MAX / 1_000_000) as i64 * 1000;

impl Reader<'_> {
    /// Reads a `vrrp_script`; its name is there.
    pub(super) fn track_script(&mut self, statement: &mut Statement) {
        let mut new = TrackScript::new(&statement.text(1));
        let at = statement.at(1);
        let (mut user, mut nobody) = (None, false);
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(statement, &mut progress) {
            let context = &mut self.context;
            match statement.word(0) {
                b"script" if statement.len() > 1 => {
                    let owner = format!("({}) ", new.name);
                    let read = context.script(&owner, statement);
                    new.script = read.filter(|script| !script.command.is_empty()).or(new.script);
                }
                b"script" => {}
                b"interval" => new.interval = seconds(context, statement, &new.name).unwrap_or(new.interval),
                b"timeout" => new.timeout = seconds(context, statement, &new.name).or(new.timeout),
                b"weight" => weight(context, statement, &mut new),
                b"rise" => new.rise = count(context, statement, &new.name),
                b"fall" => new.fall = count(context, statement, &new.name),
                b"user" => {
                    let account = context.script_user(&format!("({}) ", new.name), statement);
                    nobody = account.is_none();
                    user = account;
                }
                b"init_fail" => new.init_fail = true,
                _ => self.unknown(statement, "vrrp_script"),
            }
        }
        if self.context.stopped {
            return;
        }
        let Some(script) = &mut new.script else {
            let message = format!("no script set for vrrp_script {}, removing it", new.name);
            return self.context.report_at(at, Code::NoScript, message);
        };
        // Nobody could run it, which was said where the user stood.
        if nobody {
            return;
        }
        // Whom it runs as is said by `user`, not behind the command.
        (script.user, script.group) = user.map(|account| (account.user, account.group)).unwrap_or_default();
        self.blocks.known_scripts.entry(new.name.clone()).or_insert(new.weight);
        self.blocks.scripts.push(new);
    }
}

/// Seconds with up to three decimals; 0 becomes 1.
fn seconds(context: &mut Context<'_>, statement: &Statement, name: &str) -> Option<Duration> {
    let owner = format!("({name}) ");
    let millis = context.decimal(&owner, statement, 0, INTERVAL_MAX, 3, "ignoring it")?;
    if millis == 0 {
        let message = format!("{owner}{} must be greater than 0, setting it to 1", statement.text(0));
        context.report(statement, 1, Code::Adjusted, message);
        return Some(Duration::from_secs(1));
    }
    Some(Duration::from_millis(millis as u64))
}

fn count(context: &mut Context<'_>, statement: &Statement, name: &str) -> u32 {
    let owner = format!("({name}) ");
    let count = context.lenient(&owner, statement, 1, i64::from(i32::MAX), "using 1");
    count.map_or(1, |count| count as u32)
}

/// `weight N [reverse]`: keepalived complains of one out of range, and keeps it.
fn weight(context: &mut Context<'_>, statement: &Statement, new: &mut TrackScript) {
    let Some(word) = context.need(statement, 1) else { return };
    let owner = format!("({}) ", new.name);
    let kept = value::number(word, i16::MIN.into(), i16::MAX.into(), true).value.unwrap_or(0);
    let read = context.lenient(&owner, statement, -253, 253, &format!("using {kept} all the same"));
    new.weight = Weight { value: read.unwrap_or(kept) as i16, ..new.weight };
    context.weight_option(&owner, statement, &mut new.weight);
}

//! One line of `virtual_rules` or `static_rules`.

use vrrp_types::Family;

use super::numbers;
use super::prefix::Prefix;
use super::words::{Dropped, Flow, Words};
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::lower::owner::Owner;
use crate::model::{NumberRange, Rule, RuleAction, RuleMark};
use crate::source::RoutingNames;

/// A rule line while it is read.
#[derive(Debug)]
pub(super) struct RuleLine<'s> {
    pub(super) words: Words<'s>,
    /// What the line is known to be so far.
    pub(super) family: Option<Family>,
    pub(super) rule: Rule,
    pub(super) action: Option<RuleAction>,
    pub(super) from: Option<Prefix>,
    pub(super) to: Option<Prefix>,
    pub(super) preference: Option<u32>,
    pub(super) protocol: Option<u8>,
    /// The first word that only a rule with a table can have.
    pub(super) needs_table: bool,
    fixed: bool,
}

/// Reads a keyword and its values; leaves the words at the last of them.
type Read = for<'l, 's, 'c, 'd> fn(&'l mut RuleLine<'s>, &'c mut Context<'d>) -> Result<(), Dropped>;

/// The keywords, sorted. What is none of them is an action.
pub(super) const KEYWORDS: &[(&str, Read)] = &[
    ("dev", |line, context| line.input(context)),
    ("dport", |line, context| {
        if let Some(ports) = line.ports(context)? {
            line.rule.destination_ports = Some(ports);
        }
        Ok(())
    }),
    ("dsfield", |line, context| line.tos(context)),
    ("from", |line, context| {
        line.from = Some(line.prefix(context)?);
        Ok(())
    }),
    ("fwmark", |line, context| line.mark(context)),
    ("iif", |line, context| line.input(context)),
    ("inet", |line, context| line.words.inet(context, &mut line.family, Family::V4)),
    ("inet6", |line, context| line.words.inet(context, &mut line.family, Family::V6)),
    ("ipproto", |line, context| line.ip_protocol(context)),
    ("l3mdev", |line, context| line.set_action(context, RuleAction::L3mdev)),
    ("lookup", |line, context| line.table(context)),
    ("no_track", |line, _| {
        line.rule.track = false;
        Ok(())
    }),
    ("not", |line, _| {
        line.rule.invert = true;
        Ok(())
    }),
    ("oif", |line, context| {
        line.rule.output = Some(line.words.interface(context)?);
        Ok(())
    }),
    ("order", |line, context| line.preference(context)),
    ("preference", |line, context| line.preference(context)),
    ("priority", |line, context| line.preference(context)),
    ("protocol", |line, context| line.protocol(context)),
    ("realms", |line, context| line.realms(context)),
    ("sport", |line, context| {
        if let Some(ports) = line.ports(context)? {
            line.rule.source_ports = Some(ports);
        }
        Ok(())
    }),
    ("sup_group", |line, context| line.suppress_group(context)),
    ("sup_pl", |line, context| line.suppress_prefix_length(context)),
    ("suppress_ifgroup", |line, context| line.suppress_group(context)),
    ("suppress_prefixlength", |line, context| line.suppress_prefix_length(context)),
    ("table", |line, context| line.table(context)),
    ("to", |line, context| {
        line.to = Some(line.prefix(context)?);
        Ok(())
    }),
    ("tos", |line, context| line.tos(context)),
    ("tunnel-id", |line, context| {
        let word = line.words.next(context)?;
        let Some(id) = numbers::unsigned(word, 10) else {
            return line.words.unusable(context, "a number of 64 bits");
        };
        line.rule.tunnel_id = id;
        Ok(())
    }),
    ("uidrange", |line, context| {
        let Some((start, end)) = numbers::range(line.words.next(context)?, 32) else {
            return line.words.unusable(context, "a range of user numbers, as 1000-1999");
        };
        line.rule.uids = Some(NumberRange { start: start as u32, end: end as u32 });
        Ok(())
    }),
];

impl<'s> RuleLine<'s> {
    /// `owner` begins every message; `fixed` is for a line of `static_rules`.
    pub(super) const fn new(line: &'s Statement, owner: Owner<'s>, fixed: bool) -> Self {
        Self {
            words: Words::new(line, owner, "rule"),
            family: None,
            rule: Rule::new(Family::V4, 0, RuleAction::Nop),
            action: None,
            from: None,
            to: None,
            preference: None,
            protocol: None,
            needs_table: false,
            fixed,
        }
    }

    /// The rule, unless something about it makes keepalived drop the line.
    pub(super) fn read(mut self, context: &mut Context<'_>) -> Option<Rule> {
        let whole = self.keywords(context).and_then(|()| self.finish(context));
        whole.ok().map(|()| self.rule)
    }

    fn keywords(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        while !self.words.done() {
            let word = self.words.word();
            self.words.mark();
            match KEYWORDS.binary_search_by(|(name, _)| name.as_bytes().cmp(word)) {
                Ok(index) => KEYWORDS[index].1(self, context)?,
                Err(_) if word == b"track_group" && self.fixed => {
                    if self.words.track_group(context, &mut self.rule.track_group)? == Flow::Break {
                        return Ok(());
                    }
                }
                Err(_) => self.other_action(context)?,
            }
            self.words.advance(1);
        }
        Ok(())
    }

    fn prefix(&mut self, context: &mut Context<'_>) -> Result<Prefix, Dropped> {
        self.words.next(context)?;
        let Some(prefix) = self.words.this_prefix(context) else {
            return self.words.unusable(context, "an address with or without a prefix length");
        };
        self.words.family(context, &mut self.family, prefix.family)?;
        Ok(prefix)
    }

    /// `preference NUMBER`, in any base that C knows.
    fn preference(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let word = self.words.next(context)?;
        let number = numbers::unsigned(word, 0).and_then(|number| u32::try_from(number).ok());
        let Some(number) = number else {
            return self.words.unusable(context, "a number of 32 bits");
        };
        self.preference = Some(number);
        Ok(())
    }

    fn tos(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.rule.tos = self.words.dsfield(context)?;
        Ok(())
    }

    /// `fwmark MARK[/MASK]`
    fn mark(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let word = self.words.next(context)?;
        let Some(mark) = mark(word) else {
            return self.words.unusable(context, "a mark, as 7 or 0x10/0xff");
        };
        self.rule.mark = Some(mark);
        Ok(())
    }

    fn realms(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.rule.realms = self.words.realms(context)?;
        self.needs_table = true;
        if *self.family.get_or_insert(Family::V4) == Family::V6 {
            return self.words.drop(context, Code::RouteFamily, "realms are for IPv4 only");
        }
        Ok(())
    }

    fn suppress_prefix_length(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let length = self.words.number(context, i32::MAX as u32)?;
        self.rule.suppress_prefix_length = Some(length);
        self.needs_table = true;
        Ok(())
    }

    fn suppress_group(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let group = self.words.named(context, RoutingNames::Groups, "a group of interfaces")?;
        self.rule.suppress_group = Some(group);
        self.needs_table = true;
        Ok(())
    }

    fn input(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.rule.input = Some(self.words.interface(context)?);
        Ok(())
    }

    /// `protocol NUMBER`: one that cannot be read is left out.
    fn protocol(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        match numbers::up_to(self.words.next(context)?, 255) {
            Some(number) => self.protocol = Some(number as u8),
            None => self.left_out(context, "is not a number from 0 to 255, names are not taken"),
        }
        Ok(())
    }

    /// `ipproto NAME|NUMBER`: one that cannot be read is left out.
    fn ip_protocol(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let word = numbers::skip_blanks(self.words.next(context)?);
        let number = numbers::leading(word, 10);
        let read = if word.is_empty() || word[0] == b'-' || number.value > i8::MAX as u64 {
            None
        } else if number.rest.is_empty() {
            Some(number.value as u32)
        } else {
            context.routing.names.named(context.source, RoutingNames::IpProtocols, word)
        };
        match read.and_then(|number| u8::try_from(number).ok()) {
            Some(number) => self.rule.ip_protocol = Some(number),
            None => self.left_out(context, "is neither a number up to 127 nor a protocol known on this host"),
        }
        Ok(())
    }

    /// `A-B`: one that cannot be read is left out.
    fn ports(&mut self, context: &mut Context<'_>) -> Result<Option<NumberRange<u16>>, Dropped> {
        let range = numbers::range(self.words.next(context)?, 16);
        if range.is_none() {
            let port = self.words.text();
            let single = numbers::up_to(self.words.word(), u32::from(u16::MAX)).is_some();
            let meant = if single { format!("{port}-{port}") } else { "1000-2000".to_owned() };
            self.left_out(context, &format!("is not a range of ports, as {meant}"));
        }
        Ok(range.map(|(start, end)| NumberRange { start: start as u16, end: end as u16 }))
    }

    fn left_out(&self, context: &mut Context<'_>, problem: &str) {
        let message = format!(
            "{} '{}' {problem}, the rule is used without it",
            self.words.keyword(),
            self.words.text()
        );
        self.words.report(context, Code::RoutePart, &message);
    }
}

/// `MARK[/MASK]`, in any base that C knows.
fn mark(word: &[u8]) -> Option<RuleMark> {
    let word = numbers::skip_blanks(word);
    let fits = |number: numbers::Leading<'_>| u32::try_from(number.value).ok();
    if word.first() == Some(&b'-') {
        return None;
    }
    let first = numbers::leading(word, 0);
    let mark = fits(first)?;
    let Some(behind) = first.rest.strip_prefix(b"/") else {
        return first.rest.is_empty().then_some(RuleMark { mark, mask: None });
    };
    if behind.first().is_some_and(|octet| matches!(octet, b'-' | b' ' | b'\t'..=b'\r')) {
        return None;
    }
    let second = numbers::leading(behind, 0);
    let mask = fits(second)?;
    second.rest.is_empty().then_some(RuleMark { mark, mask: Some(mask) })
}

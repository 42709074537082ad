//! What a rule does: one action, and only one.

use super::route::route_type;
use super::rule::RuleLine;
use super::words::Dropped;
use crate::code::Code;
use crate::lower::context::Context;
use crate::model::{RouteType, RuleAction};
use crate::source::RoutingNames;

impl RuleLine<'_> {
    pub(super) fn set_action(
        &mut self,
        context: &mut Context<'_>,
        action: RuleAction,
    ) -> Result<(), Dropped> {
        if self.action.is_some() {
            let message = format!("'{}' is a second action, a rule has one", self.words.text());
            return self.words.drop(context, Code::RuleAction, &message);
        }
        self.action = Some(action);
        Ok(())
    }

    /// `table NAME|NUMBER`
    pub(super) fn table(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let table = self.words.named(context, RoutingNames::Tables, "a routing table")?;
        if table == 0 {
            return self.words.drop(context, Code::RouteValue, "there is no table 0");
        }
        self.set_action(context, RuleAction::Table(table))
    }

    /// `[type] goto NUMBER`, `nop`, or what becomes of the packet.
    pub(super) fn other_action(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let mut word = self.words.word();
        if word == b"type" {
            word = self.words.next(context)?;
            self.words.mark();
        }
        let kind = route_type(word);
        let action = match (word, kind) {
            (b"goto", _) => RuleAction::Goto(self.words.number(context, u32::MAX)?),
            (b"nop", _) => RuleAction::Nop,
            (_, Some(RouteType::BLACKHOLE)) => RuleAction::Blackhole,
            (_, Some(RouteType::UNREACHABLE)) => RuleAction::Unreachable,
            (_, Some(RouteType::PROHIBIT)) => RuleAction::Prohibit,
            (_, Some(_)) => {
                let message = format!("'{}' is no action of a rule", self.words.text());
                return self.words.drop(context, Code::RuleAction, &message);
            }
            (_, None) => return self.unknown(context),
        };
        self.set_action(context, action)
    }

    fn unknown<T>(&self, context: &mut Context<'_>) -> Result<T, Dropped> {
        let word = self.words.text();
        let mut message = format!("'{word}' is no keyword of a rule");
        if let Some(meant) = suggestion(&word).filter(|meant| *meant != word) {
            message.push_str(&format!(" (did you mean '{meant}'?)"));
        }
        self.words.drop(context, Code::RouteWord, &message)
    }
}

/// The keyword that was probably meant; the manual's `ip_proto` is one that keepalived never had.
fn suggestion(word: &str) -> Option<&'static str> {
    match word {
        "ip_proto" => Some("ipproto"),
        _ => crate::keywords::suggest("vrrp_instance/virtual_rules", word),
    }
}

//! Scripts in blocks that the model has no place for yet: they count for the exit code of a test all the same.

use super::reader::Reader;
use super::script_security::Role;
use crate::expand::Statement;
use crate::keywords::Keyword;
use crate::model::Script;

/// The scripts of each process, in the order of reading.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) vrrp: Vec<(Role, Option<Script>)>,
    pub(super) checker: Vec<(Role, Option<Script>)>,
}

impl Reader<'_> {
    /// Takes down the script of a keyword, or the user of the script before it. False if it is neither.
    pub(super) fn collect(&mut self, keyword: &Keyword, statement: &Statement) -> bool {
        let scripts = match keyword.block.starts_with("virtual_server") {
            true => &mut self.collected.checker,
            false => &mut self.collected.vrrp,
        };
        let of_one = matches!(keyword.name, "script" | "misc_path");
        if keyword.grammar.contains("SCRIPT") {
            let role = match keyword.name {
                "script" => Role::Track,
                _ => Role::Other,
            };
            if statement.len() < 2 && (of_one || keyword.name == "notify_deleted") {
                return true;
            }
            let script = self.context.script("", statement);
            scripts.push((role, script));
        } else if keyword.name == "user" {
            let account = self.context.script_user("", statement);
            if let Some((_, slot)) = scripts.last_mut() {
                *slot = slot.take().zip(account).map(|(script, account)| Script {
                    user: account.user,
                    group: account.group,
                    ..script
                });
            }
        } else {
            return false;
        }
        true
    }
}

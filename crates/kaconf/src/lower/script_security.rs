//! The last look at every script: is it there, may it be run, and could anybody but root put another in its place?
//!
//! keepalived does this once all is read, for the scripts that are left: of the parent (`startup_script`,
//! `shutdown_script`), of the checkers if there is a virtual server, of VRRP if there is an instance, the scripts of
//! the FIFOs with either. [`Reader::script_security`] walks over them in that order. Whatever holds a script hands
//! it to [`Pass::keep`] there, between the FIFOs and the [`Pass::end`] of its process, and drops it if that says so.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::reader::Reader;
use super::script::DEFAULT_USER;
use super::script_path::{self as path, Problem};
use super::script_report as report;
use crate::code::{Class, Code};
use crate::files::Location;
use crate::model::{Config, DynamicInterfaces, Script, Scripts};
use crate::source::{Lookup, PathKind, UserFacts};

const ROOT: UserFacts = UserFacts { uid: 0, gid: 0 };

/// What a script is for: decides what becomes of a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Role {
    /// `vrrp_script`: one that is not run is a complaint that counts.
    Track,
    /// It is told of a change, checks a server, or runs beside the daemon.
    Other,
}

/// Which process runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    Parent,
    Checker,
    Vrrp,
}

/// What was found out about one command of one user.
#[derive(Clone, Debug)]
struct Verdict {
    /// Something that is executed, as far as keepalived looks.
    is_script: bool,
    insecure: bool,
    refused: bool,
    /// The full path of a program that was searched.
    found: Option<Box<str>>,
}

/// One walk over the scripts.
pub(super) struct Pass<'r, 'a> {
    context: &'r mut Context<'a>,
    rules: Scripts,
    verdicts: HashMap<(Script, Role), Verdict>,
    default: Option<Lookup<UserFacts>>,
    /// Where the first script of the process at hand is.
    first: Option<Option<Location>>,
    /// Whether one of them is run though others can change it.
    insecure: bool,
}

impl<'r, 'a> Pass<'r, 'a> {
    pub(super) fn new(context: &'r mut Context<'a>, rules: Scripts) -> Self {
        Self { context, rules, verdicts: HashMap::new(), default: None, first: None, insecure: false }
    }

    /// Looks at a script. False if keepalived would not run it.
    pub(super) fn keep(&mut self, role: Role, script: &mut Script) -> bool {
        let verdict = self.verdict(script, role);
        if verdict.is_script && self.first.is_none() {
            self.first = Some(self.context.script_place(script));
        }
        self.insecure |= verdict.insecure;
        if let Some(found) = verdict.found {
            script.command[0] = found;
        }
        !verdict.refused
    }

    /// Looks at a script that may be there, and takes it away if it is not to be run.
    pub(super) fn keep_in(&mut self, role: Role, slot: &mut Option<Script>) {
        if slot.as_mut().is_some_and(|script| !self.keep(role, script)) {
            *slot = None;
        }
    }

    /// The scripts of a process have all been looked at.
    pub(super) fn end(&mut self, process: Process) {
        if let Some(at) = self.first.take()
            && !self.rules.security
        {
            self.context.sink.push(report::security_off(process, self.insecure, at));
        }
        self.insecure = false;
    }

    /// The verdict on a command; the same command of the same user is looked at, and reported, once.
    fn verdict(&mut self, script: &Script, role: Role) -> Verdict {
        let key = (script.clone(), role);
        if let Some(known) = self.verdicts.get(&key) {
            return known.clone();
        }
        let verdict = self.judge(script, role);
        self.verdicts.insert(key, verdict.clone());
        verdict
    }

    fn judge(&mut self, script: &Script, role: Role) -> Verdict {
        let mut verdict = Verdict { is_script: false, insecure: false, refused: false, found: None };
        let program = script.program();
        // `</path` asks only whether a file can be opened.
        if let Some(rest) = program.strip_prefix('<')
            && rest.trim_start_matches([' ', '\t']).starts_with('/')
        {
            return verdict;
        }
        let Some(who) = self.identity(script) else {
            verdict.refused = true;
            return verdict;
        };
        let at = self.context.script_place(script);
        let security = self.rules.security;
        match self.examine(program, who, &mut verdict, at) {
            Ok(()) => {}
            Err(problem) => {
                let unsafe_only = matches!(problem, Problem::Unsafe(..));
                verdict.insecure = unsafe_only;
                // Release 2.2 ran what lies below /bin, a link on most hosts, and so do we where that is safe.
                let harmless = matches!(problem, Problem::WrongKind(_, PathKind::Link(_)))
                    && path::leads_safely(self.context.source, Path::new(program));
                let refused = !unsafe_only || security;
                verdict.refused = refused && !harmless;
                let class = match (&problem, role) {
                    (Problem::NotExecutable(_), _) | (_, Role::Other) => Class::None,
                    (_, Role::Track) if refused => Class::General,
                    (_, Role::Track) => Class::None,
                };
                let mut diagnostic = report::problem(script, &problem, who, verdict.refused, at);
                diagnostic.class = class;
                self.context.sink.push(diagnostic);
            }
        }
        verdict
    }

    /// Finds the program and looks at its path.
    fn examine(
        &mut self,
        program: &str,
        who: Option<UserFacts>,
        verdict: &mut Verdict,
        at: Option<Location>,
    ) -> Result<(), Problem> {
        let source = self.context.source;
        let mut typed = PathBuf::from(program);
        if !program.contains('/') {
            match self.search(program, who)? {
                Some(found) => {
                    self.context.sink.push(report::searched(program, &found, at));
                    verdict.found = Some(found.to_string_lossy().into());
                    typed = found;
                }
                None => {
                    verdict.is_script = true;
                    return Ok(());
                }
            }
        }
        let target = path::follow(source, &typed, who)?;
        verdict.is_script = true;
        let (Some(target), Some(who)) = (target, who) else { return Ok(()) };
        if !path::may_execute(&target.facts, who) {
            return Err(Problem::NotExecutable(target.facts));
        }
        if who.uid == 0 || who.gid == 0 || path::becomes_root(&target.facts) {
            let tidied = if target.real == typed { typed } else { path::tidy(&typed) };
            path::guarded(source, &tidied)?;
            if target.real != tidied {
                path::guarded(source, &target.real)?;
            }
        }
        Ok(())
    }

    /// Searches the directories of PATH. `Ok(None)` where nobody can say.
    fn search(&self, program: &str, who: Option<UserFacts>) -> Result<Option<PathBuf>, Problem> {
        if who.is_some_and(|who| who.uid != 0) {
            return Err(Problem::NotSearched);
        }
        let source = self.context.source;
        let directories = source.variable("PATH").unwrap_or_else(|| "/bin:/usr/bin".to_owned());
        let mut denied = None;
        for directory in directories.split(':') {
            match path::follow(source, &Path::new(directory).join(program), who) {
                Ok(None) => return Ok(None),
                Ok(Some(target)) if target.facts.kind != crate::source::PathKind::File => {}
                Ok(Some(target)) if who.is_none_or(|who| path::may_execute(&target.facts, who)) => {
                    return Ok(Some(Path::new(directory).join(program)));
                }
                Ok(Some(target)) => denied = Some(Problem::NotExecutable(target.facts)),
                Err(_) => {}
            }
        }
        Err(denied.unwrap_or(Problem::NotInPath))
    }

    /// Whom a script runs as: `Some(None)` where nobody can say, `None` if there is nobody.
    fn identity(&mut self, script: &Script) -> Option<Option<UserFacts>> {
        let source = self.context.source;
        let (user, group) = match &script.user {
            Some(user) => (source.user(user), script.group.clone()),
            None => (self.default_user(script), self.default_group()),
        };
        let mut user = match user {
            Lookup::Missing => return None,
            Lookup::Unknown => return Some(None),
            Lookup::Present(user) => user,
        };
        match group.map(|group| source.group(&group)) {
            Some(Lookup::Unknown) => return Some(None),
            Some(Lookup::Present(gid)) => user.gid = gid,
            Some(Lookup::Missing) | None => {}
        }
        Some(Some(user))
    }

    fn default_group(&self) -> Option<Box<str>> {
        self.rules.group.clone()
    }

    /// `script_user`, else the user that keepalived's packages make, else root unless scripts are to be secure.
    fn default_user(&mut self, script: &Script) -> Lookup<UserFacts> {
        if let Some(known) = self.default {
            return known;
        }
        let found = match &self.rules.user {
            _ if self.context.scripts.no_user => Lookup::Missing,
            Some(user) => self.context.source.user(user),
            None => match self.context.source.user(DEFAULT_USER) {
                Lookup::Missing => {
                    let security = self.rules.security;
                    let at = self.context.script_place(script);
                    self.context.sink.push(report::no_default_user(security, at));
                    if security { Lookup::Missing } else { Lookup::Present(ROOT) }
                }
                known => known,
            },
        };
        self.default = Some(found);
        found
    }
}

impl Reader<'_> {
    /// Whether keepalived's VRRP process ends before it looks at scripts: an interface is named that does not exist.
    fn gives_up(&self, config: &Config) -> bool {
        let sink = &self.context.sink;
        let fixed = config.global.dynamic_interfaces == DynamicInterfaces::Off;
        (fixed && self.context.impossible_interface)
            || sink.has(Code::InterfaceMissing)
            || sink.has(Code::TrackedMissing)
    }

    /// Looks at the scripts of all processes. `with_vrrp`: there is an instance, be it one that cannot run.
    pub(super) fn script_security(&mut self, config: &mut Config, with_vrrp: bool) {
        let with_vrrp = with_vrrp && !self.gives_up(config);
        let context = &mut self.context;
        let mut pass = Pass::new(context, config.global.scripts.clone());
        let (scripts, fifos) = (&mut config.global.scripts, &mut config.global.fifos);
        pass.keep_in(Role::Other, &mut scripts.startup);
        pass.keep_in(Role::Other, &mut scripts.shutdown);
        pass.end(Process::Parent);
        if !config.virtual_servers.is_empty() {
            pass.keep_in(Role::Other, &mut fifos.all.script);
            pass.keep_in(Role::Other, &mut fifos.lvs.script);
            for server in &mut config.virtual_servers {
                server.retain_scripts(|script| pass.keep(Role::Other, script));
            }
            pass.end(Process::Checker);
        }
        if with_vrrp {
            pass.keep_in(Role::Other, &mut fifos.all.script);
            pass.keep_in(Role::Other, &mut fifos.vrrp.script);
            config.track_scripts.iter_mut().for_each(|track| pass.keep_in(Role::Track, &mut track.script));
            let of_instances = config.instances.iter_mut().map(|instance| &mut instance.notify);
            let of_groups = config.sync_groups.iter_mut().map(|group| &mut group.notify);
            for notify in of_instances.chain(of_groups).chain(&mut self.idle_scripts) {
                for (_, slot) in notify.scripts_mut() {
                    if slot.as_deref_mut().is_some_and(|script| !pass.keep(Role::Other, script)) {
                        *slot = None;
                    }
                }
            }
            pass.end(Process::Vrrp);
        }
    }
}

impl Context<'_> {
    /// Where a script was typed first.
    fn script_place(&self, script: &Script) -> Option<Location> {
        self.scripts.places.get(&script.command).copied().flatten()
    }
}

//! `kad check`: what is wrong with configuration files and how to mend it, for people, editors and CI.
//!
//! What is wrong is `kaconf`'s business, and so is how it looks; here are files, terminal and verdict.

mod people;

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgAction, Args, ValueEnum};
use kaconf::{Code, Diagnostic, Fatal, Finding, Loaded, Severity};

use super::reading::Reading;
use crate::cli::DEFAULT_CONFIG;
use crate::heeded::unheeded_together;
use crate::paint::Paint;

/// The exit codes. That of a wrong command line is 2, too.
const FINE: u8 = 0;
const WARNINGS: u8 = 1;
const ERRORS: u8 = 2;

/// The arguments of `kad check`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Check {
    /// Configuration files, each read on its own; - is standard input
    #[arg(value_name = "FILE", default_value = DEFAULT_CONFIG)]
    files: Vec<PathBuf>,
    /// Warnings count: exit code 1
    #[arg(long)]
    strict: bool,
    /// How to show what was found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    format: Format,
    /// Colours for people
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    color: When,
    #[command(flatten)]
    reading: Reading,
    /// The files are those of the nodes of a cluster: hold them against each other, too. Implies --no-host
    #[arg(long)]
    cluster: bool,
    /// Print this help
    #[arg(short = 'h', long, action = ArgAction::Help)]
    help: Option<bool>,
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The lines with what is wrong underlined
    Human,
    /// One JSON document
    Json,
    /// Workflow commands of GitHub Actions
    Github,
    /// SARIF 2.1.0
    Sarif,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A configuration and what there is to say of it.
struct Checked {
    loaded: Loaded,
    diagnostics: Vec<Diagnostic>,
}

/// Adds what does not fit together in the configurations.
fn compare(checked: &mut [Checked]) {
    let nodes: Vec<&Loaded> = checked.iter().map(|one| &one.loaded).collect();
    let told: Vec<(usize, Diagnostic)> =
        kaconf::cluster(&nodes).iter().map(|finding| (finding.node, finding.told(&nodes))).collect();
    for (node, diagnostic) in told {
        checked[node].diagnostics.push(diagnostic);
    }
}

impl Check {
    /// Checks the files and says what was found on standard output. The exit code: 0 fine, 1 warnings where they
    /// count, 2 errors.
    pub(crate) fn run(&self) -> ExitCode {
        let mut seen = HashSet::new();
        let mut checked: Vec<Checked> = self.files.iter().map(|path| self.check(path, &mut seen)).collect();
        if self.cluster {
            compare(&mut checked);
        }
        // What kad lacks is no fault of a file: it is said once, behind everything else.
        let unheeded = unheeded_together(checked.iter().map(|one| &one.loaded));
        if let Some(last) = checked.last_mut() {
            last.diagnostics.extend(unheeded);
        }
        let findings: Vec<Finding<'_>> = checked
            .iter()
            .flat_map(|Checked { loaded, diagnostics }| {
                diagnostics.iter().map(|diagnostic| Finding { diagnostic, files: &loaded.files })
            })
            .collect();
        // A verdict that nobody can hear is still the verdict.
        let _heard = self.show(&findings);
        let has = |severity| findings.iter().any(|finding| finding.diagnostic.severity == severity);
        ExitCode::from(if has(Severity::Error) {
            ERRORS
        } else if self.strict && has(Severity::Warning) {
            WARNINGS
        } else {
            FINE
        })
    }

    /// Checks one configuration. What was `seen` in another already, a file that both include, is left out.
    fn check(&self, path: &Path, seen: &mut HashSet<(PathBuf, String)>) -> Checked {
        // Of the nodes of a cluster one at most is this host.
        let (loaded, host) = self.reading.load(path, !self.cluster);
        let mut diagnostics = kaconf::with_lints(kaconf::distilled(&loaded), &loaded, &host);
        if loaded.fatal() == Some(Fatal::NoConfiguration) {
            // The daemon skips what it cannot read, and has nothing left to start with.
            let skipped = diagnostics.iter_mut().filter(|diagnostic| diagnostic.code == Code::FileSkipped);
            skipped.for_each(|diagnostic| diagnostic.severity = Severity::Error);
        }
        let files = &loaded.files;
        diagnostics.retain(|diagnostic| {
            let Some(at) = diagnostic.at else { return true };
            let what = format!("{} {} {} {}", at.start, at.end, diagnostic.code, diagnostic.message);
            seen.insert((files.file(at.file).path().to_owned(), what))
        });
        Checked { loaded, diagnostics }
    }

    fn show(&self, findings: &[Finding<'_>]) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Human => {
                let paint = match self.color {
                    When::Auto => Paint::for_stdout(),
                    When::Always => Paint::fixed(true),
                    When::Never => Paint::fixed(false),
                };
                people::show(findings, self.files.len(), paint, &mut out)?;
            }
            Format::Json => out.write_all(kaconf::json(findings).as_bytes())?,
            Format::Sarif => out.write_all(kaconf::sarif(findings, env!("CARGO_PKG_VERSION")).as_bytes())?,
            Format::Github => {
                for finding in findings {
                    writeln!(out, "{}", kaconf::github(*finding))?;
                }
            }
        }
        out.flush()
    }
}

//! `cargo xtask compare`: whole processes side by side, kad and Debian's keepalived, on the same work in the same
//! sitting.
//!
//! All of it happens in network namespaces of its own, on veth pairs without a bridge, inside a process namespace that
//! ends with this program. Terminal and `docs/benchmarks.md` show the same tables; nothing is judged here. Figures of
//! single functions are not made here but by criterion, in `benches/`.

mod bare;
mod capture;
mod conf;
mod config;
mod cpu;
mod daemon;
mod enclosure;
mod load;
mod memory;
mod page;
mod probe;
mod reload;
mod start;
mod stats;
mod syscalls;
mod table;
mod takeover;
mod wait;
mod world;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use daemon::Programs;
use table::Table;

/// What `compare` takes.
#[derive(Args, Clone)]
pub(crate) struct Options {
    /// Measure this part only; may be given more than once.
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// Few and short runs, for a first look; docs/benchmarks.md is left as it is.
    #[arg(long)]
    quick: bool,
    /// The kad to measure, instead of one built now.
    #[arg(long, value_name = "FILE")]
    kad: Option<PathBuf>,
    /// The keepalived to measure it against.
    #[arg(long, value_name = "FILE", default_value = "keepalived")]
    keepalived: PathBuf,
    /// Set where the program has started itself again, in namespaces.
    #[arg(long, hide = true)]
    enclosed: bool,
    /// Be the bare sender.
    #[arg(long, hide = true, value_name = "LOAD")]
    bare: Option<bare::Load>,
}

/// A part of the comparison; each is a section of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Processor time and system calls an advert.
    Cpu,
    /// How exact the adverts' times are at the receiver.
    Jitter,
    /// Time from the end of a master to its successor's first advert.
    Takeover,
    /// False takeovers while every core is busy.
    Load,
    /// The adverts while the configuration is read again.
    Reload,
    /// Memory of the processes.
    Memory,
    /// Time from the start to the first adverts, and the size of the program.
    Start,
    /// Time and memory of a configuration test.
    Config,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Jitter => "jitter",
            Self::Takeover => "takeover",
            Self::Load => "load",
            Self::Reload => "reload",
            Self::Memory => "memory",
            Self::Start => "start",
            Self::Config => "config",
        }
    }
}

/// How much is measured: what stands in the page, or a first look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    Full,
    Quick,
}

impl Depth {
    fn pick<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

/// Runs the comparison.
pub(crate) fn run(options: &Options) -> ExitCode {
    let done = match &options.bare {
        Some(load) => bare::run(load),
        None if options.enclosed => measure(options),
        None => return enclosure::enter(options).unwrap_or_else(|error| failed(&error)),
    };
    done.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
}

fn failed(error: &io::Error) -> ExitCode {
    eprintln!("compare: {error}");
    ExitCode::FAILURE
}

fn measure(options: &Options) -> io::Result<()> {
    enclosure::prepare()?;
    let programs = Programs::find(options.kad.as_deref(), &options.keepalived)?;
    let depth = if options.quick { Depth::Quick } else { Depth::Full };
    let wanted = |part: Part| options.only.is_empty() || options.only.contains(&part);
    let setting = page::setting(&programs)?;
    say(&setting);
    let mut sections = Vec::new();
    let mut finish = |part: Part, tables: &[Table]| {
        let text: Vec<_> = tables.iter().map(Table::to_string).collect();
        let text = text.join("\n");
        say(&text);
        sections.push((part, text));
    };
    if wanted(Part::Cpu) || wanted(Part::Jitter) {
        let results = cpu::measure(&programs, depth)?;
        if wanted(Part::Cpu) {
            finish(Part::Cpu, &[cpu::cost_table(&results), cpu::call_table(&results)]);
        }
        if wanted(Part::Jitter) {
            finish(Part::Jitter, &[cpu::jitter_table(&results)]);
        }
    }
    if wanted(Part::Takeover) {
        finish(Part::Takeover, &takeover::measure(&programs, depth)?);
    }
    if wanted(Part::Load) {
        finish(Part::Load, &[load::measure(&programs, depth)?]);
    }
    if wanted(Part::Reload) {
        finish(Part::Reload, &[reload::measure(&programs, depth)?]);
    }
    if wanted(Part::Memory) {
        finish(Part::Memory, &[memory::measure(&programs)?]);
    }
    if wanted(Part::Start) {
        finish(Part::Start, &start::measure(&programs, depth)?);
    }
    if wanted(Part::Config) {
        finish(Part::Config, &[config::measure(&programs, depth)?]);
    }
    if depth == Depth::Full {
        page::write(&setting, &sections)?;
    }
    Ok(())
}

/// Prints to standard output; one that is closed is no reason to stop.
fn say(text: &str) {
    let _closed = writeln!(io::stdout(), "{text}");
}

/// Says what is being done now, on standard error.
fn note(text: &str) {
    let _closed = writeln!(io::stderr(), "compare: {text}");
}

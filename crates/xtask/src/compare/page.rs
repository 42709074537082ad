//! `docs/benchmarks.md`: one section for each part, replaced when the part is measured again.

use std::fs;
use std::io;
use std::time::Duration;

use super::daemon::{Program, Programs};
use super::{Part, probe, wait};
use crate::{exec, repo};

const FILE: &str = "docs/benchmarks.md";

/// The page before anything is measured: the sections stand between their marks.
const EMPTY: &str = "# Benchmarks

Whole processes, kad beside Debian's keepalived: the same configuration, machine and sitting. Every figure here was
measured by

```
cargo xtask compare
```

as root; each section says how busy other work kept the machine, which should be hardly at all. It builds kad, runs
everything in network namespaces of its own (veth pairs, no bridge, IPv4, one address an instance, at most 250 instances
an interface) and rewrites this page. It takes about half an hour. `--only cpu`
(`jitter`, `takeover`, `load`, `reload`, `memory`, `start`, `config`) measures one part and replaces its section; `--quick` takes a first
look and writes nothing. Both programs run with `-n -l -G`, at normal priority, without real-time scheduling. Figures
of single functions are criterion's: `cargo bench`.

## Processor time and system calls

<!-- cpu -->
<!-- /cpu -->

## Exactness of the adverts' times

<!-- jitter -->
<!-- /jitter -->

## Takeover

<!-- takeover -->
<!-- /takeover -->

## Four busy loops

<!-- load -->
<!-- /load -->

## Reload

<!-- reload -->
<!-- /reload -->

## Memory

<!-- memory -->
<!-- /memory -->

## Start and size

<!-- start -->
<!-- /start -->

## Reading a configuration

<!-- config -->
<!-- /config -->
";

/// Puts new sections into the page, each with the setting it was measured in.
pub(super) fn write(setting: &str, sections: &[(Part, String)]) -> io::Result<()> {
    let file = repo::root().join(FILE);
    let mut page = match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => EMPTY.to_owned(),
        read => read?,
    };
    for (part, text) in sections {
        page = replace(&page, part.name(), &format!("{text}\n{setting}"))
            .ok_or_else(|| io::Error::other(format!("{FILE} has no section {}", part.name())))?;
    }
    fs::write(file, page)
}

/// The page with the text between the marks of `name` replaced, if it has them.
fn replace(page: &str, name: &str, text: &str) -> Option<String> {
    let (head, rest) = page.split_once(&format!("<!-- {name} -->\n"))?;
    let close = format!("<!-- /{name} -->");
    let (_, tail) = rest.split_once(&close)?;
    Some(format!("{head}<!-- {name} -->\n{}\n{close}{tail}", text.trim_end()))
}

/// When and on what is measured, and how busy the machine is without it.
pub(super) fn setting(programs: &Programs) -> io::Result<String> {
    let date = exec::probe(repo::command("date", ["-u", "+%F"])).unwrap_or_default();
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let model = model.trim_start_matches([' ', '\t', ':']);
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let kernel = kernel.split('-').next().unwrap_or_default().trim();
    Ok(format!(
        "Measured {} on {cores} cores ({model}), Linux {kernel}: {} and {}. Other work kept the machine {:.0} % busy \
         when the measurement began.",
        date.trim(),
        version(&programs.kad),
        version(&programs.keepalived),
        other_work()? * 100.0
    ))
}

/// The share of all cores that is in use while nothing is measured.
fn other_work() -> io::Result<f64> {
    let before = probe::machine_time()?;
    wait::pass(Duration::from_secs(2));
    let after = probe::machine_time()?;
    Ok((after.0 - before.0) as f64 / (after.1 - before.1).max(1) as f64)
}

/// `kad v0.1.0`, as the program says it.
fn version(program: &Program) -> String {
    let command = repo::command("sh", ["-c", "\"$0\" --version 2>&1", &program.file.to_string_lossy()]);
    let text = exec::probe(command).unwrap_or_default();
    let first = text.lines().next().unwrap_or(program.name);
    first.split(" (").next().unwrap_or(first).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_part_has_its_section() {
        for part in Part::value_variants() {
            let page = replace(EMPTY, part.name(), "new\n").unwrap();
            let name = part.name();
            assert!(page.contains(&format!("<!-- {name} -->\nnew\n<!-- /{name} -->\n")), "{page}");
            assert_eq!(
                replace(&page, name, "").unwrap().matches("<!--").count(),
                EMPTY.matches("<!--").count()
            );
        }
        assert_eq!(replace(EMPTY, "other", ""), None);
    }
}

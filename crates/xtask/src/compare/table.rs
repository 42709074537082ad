//! A table with a heading and a note, as Markdown whose columns also stand in line on a terminal.

use std::fmt;

/// A table; all cells are text by now.
pub(super) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    note: String,
}

impl Table {
    pub(super) fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(|&cell| cell.to_owned()).collect(),
            rows: Vec::new(),
            note: String::new(),
        }
    }

    /// Adds a row; it has as many cells as the head.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.head.len());
        self.rows.push(cells);
    }

    /// What is said below the table.
    pub(super) fn note(mut self, text: &str) -> Self {
        text.clone_into(&mut self.note);
        self
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let width = |column: usize| {
            lines().filter_map(|cells| cells.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..self.head.len()).map(width).collect();
        for (number, cells) in lines().enumerate() {
            for (cell, width) in cells.iter().zip(&widths) {
                write!(out, "| {cell:<width$} ")?;
            }
            writeln!(out, "|")?;
            if number == 0 {
                for width in &widths {
                    write!(out, "|-{:-<width$}-", "")?;
                }
                writeln!(out, "|")?;
            }
        }
        if !self.note.is_empty() {
            writeln!(out, "\n{}", self.note)?;
        }
        Ok(())
    }
}

/// A figure with as many decimals as it deserves: about three digits, never more than three decimals.
pub(super) fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// `part` as a share of `whole`; a dash where nothing can be said.
pub(super) fn ratio(part: f64, whole: f64) -> String {
    if part.is_finite() && whole > 0.0 { format!("{:.2}", part / whole) } else { "–".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_in_line() {
        let mut table = Table::new(&["a", "longer"]).note("Said below.");
        table.row(vec!["first".to_owned(), "1".to_owned()]);
        let text = "| a     | longer |\n|-------|--------|\n| first | 1      |\n\nSaid below.\n";
        assert_eq!(table.to_string(), text);
    }

    #[test]
    fn figures_and_ratios() {
        let figures = [1234.5, 17.26, 4.396, 0.0216, -0.5].map(figure);
        assert_eq!(figures, ["1234", "17.3", "4.40", "0.022", "-0.500"]);
        assert_eq!([ratio(1.0, 4.0), ratio(1.0, 0.0), ratio(f64::NAN, 1.0)], ["0.25", "–", "–"]);
    }
}

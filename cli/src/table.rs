//! Columns for people.

use anstyle::Style;

use crate::output::paint::{TITLE, paint};

/// Rows under titles. Columns are as wide as their widest cell; the last one is never padded.
pub(crate) struct Table {
    titles: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    title_style: Style,
    gap: usize,
}

/// A cell, with its colour.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style: Style::new(),
        }
    }

    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl Table {
    pub(crate) fn new(titles: &[&'static str]) -> Self {
        Self {
            titles: titles.to_vec(),
            rows: Vec::new(),
            title_style: TITLE,
            gap: 2,
        }
    }

    /// Plain titles and three spaces between columns, as kubectl prints them.
    pub(crate) fn like_kubectl(mut self) -> Self {
        self.title_style = Style::new();
        self.gap = 3;
        self
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as lines, without trailing blanks.
    pub(crate) fn to_text(&self) -> String {
        let width = |column: usize| {
            let cells = self
                .rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.text.chars().count());
            let title = self.titles.get(column).map_or(0, |title| title.chars().count());
            cells.max().unwrap_or(0).max(title)
        };
        let widths: Vec<usize> = (0..self.titles.len()).map(width).collect();
        let titles: Vec<Cell> = self
            .titles
            .iter()
            .map(|title| Cell::styled(*title, self.title_style))
            .collect();
        let mut text = String::new();
        for row in std::iter::once(&titles).chain(&self.rows) {
            let last = row.iter().rposition(|cell| !cell.text.is_empty());
            for (at, cell) in row.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
                let blank = widths
                    .get(at)
                    .map_or(0, |width| width.saturating_sub(cell.text.chars().count()));
                match cell.style == Style::new() {
                    true => text.push_str(&cell.text),
                    false => text.push_str(&paint(cell.style, &cell.text)),
                }
                if Some(at) != last {
                    text.extend(std::iter::repeat_n(' ', blank + self.gap));
                }
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_no_line_ends_in_blanks() {
        let mut table = Table::new(&["TIME", "OBJECT", "WHY"]);
        table.row(vec!["0s".into(), "Pod web-0".into(), "because".into()]);
        table.row(vec!["1m05s".into(), "é".into(), Cell::default()]);
        let text = anstream::adapter::strip_str(&table.to_text()).to_string();
        assert_eq!(
            text,
            "TIME   OBJECT     WHY\n0s     Pod web-0  because\n1m05s  é\n"
        );
    }
}

//! The daily report: the same labels and rows for the screen, for print and for PDF.

mod html;
mod texts;

pub(crate) use html::STYLE;
pub use html::report_html;
pub use texts::{ReportTexts, Section, Signature, Table, report_texts};

//! The daily report: the same labels and rows for the screen, for print and for PDF.

mod evidence;
mod html;
mod texts;

pub use evidence::evidence_texts;
pub(crate) use html::STYLE;
pub use html::{report_html, texts_html};
pub use texts::{ReportTexts, Section, Signature, Table, report_texts};

//! `each`: a rule per element.

use super::{Binding, Masker};
use crate::diagnostic::Diagnostic;

/// Binds a rule of the element type to a container.
pub(super) fn bind_elements(at: &mut Binding<'_>) -> Result<Box<dyn Masker>, Diagnostic> {
    let _ = at;
    Err(Diagnostic::error("arrays are masked here soon"))
}

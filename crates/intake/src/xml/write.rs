//! A tree of elements to text, written as it is told.

use std::fmt::Write as _;

/// XML text that grows element by element; what is opened is closed by the closure's end.
#[derive(Default)]
pub(crate) struct XmlText {
    text: String,
}

impl XmlText {
    /// A document with its declaration.
    pub fn document() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned() }
    }

    /// An element with others inside.
    pub fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self),
    ) {
        self.start(name, attributes);
        self.text.push('>');
        inside(self);
        let _ = write!(self.text, "</{name}>");
    }

    /// An element with text inside.
    pub fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.element(name, attributes, |inside| inside.text.push_str(&escape(text)));
    }

    /// An element with nothing inside.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push_str("/>");
    }

    /// A document inside this one; its declaration is left out.
    pub fn embed(&mut self, document: &str) {
        let body = match document.find("?>") {
            Some(end) if document.starts_with("<?xml") => document.get(end + 2..),
            _ => Some(document),
        };
        self.text.push_str(body.unwrap_or_default().trim());
    }

    /// The text so far.
    pub fn finish(self) -> String {
        self.text
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let _ = write!(self.text, "<{name}");
        for (name, value) in attributes {
            let _ = write!(self.text, " {name}=\"{}\"", escape(value));
        }
    }
}

/// Escaped, and without the characters that XML 1.0 cannot carry in any form.
fn escape(text: &str) -> String {
    let is_carried = |c: &char| {
        matches!(*c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(*c, '\u{FFFE}' | '\u{FFFF}'))
    };
    let text: String = text.chars().filter(is_carried).collect();
    quick_xml::escape::escape(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_escaped() {
        let mut xml = XmlText::default();
        xml.leaf("a", &[("b", "\"<")], "x & y\u{1}");
        assert_eq!(xml.finish(), "<a b=\"&quot;&lt;\">x &amp; y</a>");
    }

    #[test]
    fn an_embedded_document_loses_its_declaration() {
        let mut inner = XmlText::document();
        inner.empty("b", &[]);
        let mut xml = XmlText::default();
        xml.element("a", &[], |xml| xml.embed(&inner.finish()));
        assert_eq!(xml.finish(), "<a><b/></a>");
    }
}

//! Bytes to a tree of elements.

use super::element::{Attribute, Element};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use std::collections::BTreeSet;

/// A larger document is refused unread. A location with a polygon of 1,000 points is 60 kB.
const BYTES_MAX: usize = 256 * 1024;
/// Deeper nesting is refused; a PIDF-LO with a prism needs 10, a vCard in a provider block 8.
const DEPTH_MAX: usize = 32;
/// More elements are refused; a large crash report has some hundred.
const ELEMENTS_MAX: usize = 5_000;
/// More attributes on one element are refused; namespaces count among them.
const ATTRIBUTES_MAX: usize = 64;

/// Why bytes could not be read as an XML document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotXml {
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// More bytes than `BYTES_MAX`, which no honest document needs.
    #[error("the document is larger than 256 kilobytes")]
    TooLarge,
    /// A document type can define entities that grow without end, and none of ours has one.
    #[error("the document has a document type, which is not accepted from outside")]
    HasDocumentType,
    /// The end came before the last element was closed.
    #[error("the document is cut off before its end")]
    CutOff,
    /// Not XML, or XML with a fault that leaves its meaning open.
    #[error("the document is not well-formed XML")]
    NotWellFormed,
    /// Elements inside elements beyond `DEPTH_MAX`.
    #[error("the elements of the document are nested deeper than 32 levels")]
    TooDeep,
    /// More elements or attributes than the limits allow.
    #[error("the document has more elements or attributes than any such document needs")]
    TooMany,
}

/// What is wrong with a document that could be read all the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sloppiness {
    /// A byte order mark, which multipart bodies should not have.
    ByteOrderMark,
    /// Bytes that are not UTF-8, read as ISO 8859-1.
    NotUtf8,
    /// A `&` that starts no entity.
    BareAmpersand,
    /// An entity that XML does not know; it stays in the text as written.
    UnknownEntity,
    /// A prefix that nobody declared.
    UndeclaredPrefix,
    /// Something after the end of the root element.
    TextAfterEnd,
}

impl Sloppiness {
    /// What is wrong, as a sentence without capital and full stop.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "the document starts with a byte order mark",
            Self::NotUtf8 => "the document is not in UTF-8; it was read as ISO 8859-1",
            Self::BareAmpersand => "an ampersand stands alone in the text",
            Self::UnknownEntity => "the text names an entity that XML does not know",
            Self::UndeclaredPrefix => "a prefix is used that is not declared",
            Self::TextAfterEnd => "something follows after the end of the document",
        }
    }
}

/// A document that was read.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The outermost element.
    pub root: Element,
    /// What was wrong with it.
    pub sloppiness: BTreeSet<Sloppiness>,
}

/// Reads a document; never resolves anything outside it.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, NotXml> {
    if bytes.len() > BYTES_MAX {
        return Err(NotXml::TooLarge);
    }
    let mut tree = Growing::default();
    let text = decode(bytes, &mut tree.sloppiness);
    let text = text.trim();
    if text.is_empty() {
        return Err(NotXml::Empty);
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    loop {
        let event = reader.read_event().map_err(|error| tree.fault(&error))?;
        if tree.take(&event, &reader)? == Step::Finished {
            break;
        }
    }
    let root = tree.root.ok_or(NotXml::NotWellFormed)?;
    Ok(Document { root, sloppiness: tree.sloppiness })
}

#[derive(PartialEq, Eq)]
enum Step {
    Continue,
    Finished,
}

#[derive(Default)]
struct Growing {
    root: Option<Element>,
    open: Vec<Element>,
    elements: usize,
    sloppiness: BTreeSet<Sloppiness>,
}

impl Growing {
    fn take(&mut self, event: &Event<'_>, reader: &NsReader<&[u8]>) -> Result<Step, NotXml> {
        match event {
            Event::Eof if self.open.is_empty() => return Ok(Step::Finished),
            Event::Eof => return Err(NotXml::CutOff),
            Event::DocType(_) => return Err(NotXml::HasDocumentType),
            _ if self.root.is_some() => return Ok(self.after_end(event)),
            Event::Start(start) => self.open(start, reader)?,
            Event::Empty(start) => {
                self.open(start, reader)?;
                self.close();
            }
            Event::End(_) => self.close(),
            Event::Text(text) => {
                let text = text.xml10_content();
                if text.contains('&') {
                    self.sloppiness.insert(Sloppiness::BareAmpersand);
                }
                self.text(&text)?;
            }
            Event::CData(text) => self.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let text = self.resolve(reference)?;
                self.text(&text)?;
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        Ok(Step::Continue)
    }

    /// What stands behind the root element cannot change the place that it names.
    fn after_end(&mut self, event: &Event<'_>) -> Step {
        let is_blank = match event {
            Event::Text(text) => text.xml10_content().trim().is_empty(),
            Event::Comment(_) | Event::PI(_) => true,
            _ => false,
        };
        if is_blank {
            return Step::Continue;
        }
        self.sloppiness.insert(Sloppiness::TextAfterEnd);
        Step::Finished
    }

    fn open(&mut self, start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> Result<(), NotXml> {
        self.elements += 1;
        if self.open.len() >= DEPTH_MAX {
            return Err(NotXml::TooDeep);
        }
        if self.elements > ELEMENTS_MAX {
            return Err(NotXml::TooMany);
        }
        let (resolved, local) = reader.resolver().resolve_element(start.name());
        let namespace = match resolved {
            ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(_) => {
                self.sloppiness.insert(Sloppiness::UndeclaredPrefix);
                String::new()
            }
        };
        let name = local.as_ref().to_owned();
        let attributes = self.attributes(start)?;
        self.open.push(Element { namespace, name, attributes, ..Element::default() });
        Ok(())
    }

    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Vec<Attribute>, NotXml> {
        let mut attributes = Vec::new();
        for attribute in start.html_attributes() {
            let attribute = attribute.map_err(|_| NotXml::NotWellFormed)?;
            if attributes.len() >= ATTRIBUTES_MAX {
                return Err(NotXml::TooMany);
            }
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
            let value = value.map_or_else(
                |_| {
                    self.sloppiness.insert(Sloppiness::UnknownEntity);
                    attribute.value.clone().into_owned()
                },
                std::borrow::Cow::into_owned,
            );
            let is_prefixed = attribute.key.prefix().is_some();
            let name = attribute.key.local_name().as_ref().to_owned();
            attributes.push(Attribute { is_prefixed, name, value });
        }
        Ok(attributes)
    }

    fn close(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None => self.root = Some(closed),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), NotXml> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(NotXml::NotWellFormed),
        }
        Ok(())
    }

    fn resolve(&mut self, reference: &quick_xml::events::BytesRef<'_>) -> Result<String, NotXml> {
        let character = reference.resolve_char_ref().map_err(|_| NotXml::NotWellFormed)?;
        if let Some(character) = character {
            return Ok(character.to_string());
        }
        let name = reference.xml10_content();
        if let Some(known) = quick_xml::escape::resolve_predefined_entity(&name) {
            return Ok(known.to_owned());
        }
        self.sloppiness.insert(Sloppiness::UnknownEntity);
        Ok(format!("&{name};"))
    }

    /// Markup that never ends while elements are open is what a cut-off body looks like.
    fn fault(&self, error: &quick_xml::Error) -> NotXml {
        match error {
            quick_xml::Error::Syntax(_) if !self.open.is_empty() => NotXml::CutOff,
            _ => NotXml::NotWellFormed,
        }
    }
}

/// UTF-8, UTF-16 by its mark, and whatever else as ISO 8859-1, in which every byte is something.
fn decode(bytes: &[u8], sloppiness: &mut BTreeSet<Sloppiness>) -> String {
    let utf16 = |little: bool| {
        let units = bytes.chunks_exact(2).skip(1).filter_map(|pair| pair.try_into().ok());
        let units = units.map(|pair| match little {
            true => u16::from_le_bytes(pair),
            false => u16::from_be_bytes(pair),
        });
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xFF, 0xFE, ..] => return utf16(true),
        [0xFE, 0xFF, ..] => return utf16(false),
        [0xEF, 0xBB, 0xBF, ..] => {
            sloppiness.insert(Sloppiness::ByteOrderMark);
        }
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    sloppiness.insert(Sloppiness::NotUtf8);
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sloppiness_of(bytes: &[u8]) -> Vec<Sloppiness> {
        read(bytes).unwrap().sloppiness.into_iter().collect()
    }

    #[test]
    fn names_are_read_without_their_prefix() {
        let document = read(b"<p:a xmlns:p='urn:x' p:id='1'><b xmlns='urn:y'/></p:a>").unwrap();
        assert_eq!((document.root.namespace.as_str(), document.root.name.as_str()), ("urn:x", "a"));
        assert_eq!(document.root.attribute("id"), Some("1"));
        assert_eq!(document.root.child("b").unwrap().namespace, "urn:y");
    }

    #[test]
    fn text_is_one_piece_around_comments_and_entities() {
        let document = read(b"<a>x<!-- y --> &amp; <![CDATA[<z>]]>&#65;</a>").unwrap();
        assert_eq!(document.root.token().unwrap(), "x & <z>A");
    }

    #[test]
    fn sloppy_documents_are_read_and_recorded() {
        assert_eq!(sloppiness_of(b"\xEF\xBB\xBF<a/>"), [Sloppiness::ByteOrderMark]);
        assert_eq!(sloppiness_of(b"<a>Stra\xDFe</a>"), [Sloppiness::NotUtf8]);
        assert_eq!(sloppiness_of(b"<a>Smith & Sons</a>"), [Sloppiness::BareAmpersand]);
        assert_eq!(sloppiness_of(b"<a>x&nbsp;y</a>"), [Sloppiness::UnknownEntity]);
        assert_eq!(sloppiness_of(b"<q:a>x</q:a>"), [Sloppiness::UndeclaredPrefix]);
        assert_eq!(sloppiness_of(b"<a/>\n--part--"), [Sloppiness::TextAfterEnd]);
    }

    #[test]
    fn two_byte_text_is_read_by_its_mark() {
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend("<a>é</a>".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(read(&bytes).unwrap().root.token().unwrap(), "é");
    }

    #[test]
    fn what_could_grow_is_refused() {
        let bomb = b"<!DOCTYPE a [<!ENTITY b 'cc'>]><a>&b;</a>";
        assert_eq!(read(bomb).unwrap_err(), NotXml::HasDocumentType);
        assert_eq!(read(&vec![b' '; BYTES_MAX + 1]).unwrap_err(), NotXml::TooLarge);
        let deep = "<a>".repeat(DEPTH_MAX + 1);
        assert_eq!(read(deep.as_bytes()).unwrap_err(), NotXml::TooDeep);
        let many = format!("<a>{}</a>", "<b/>".repeat(ELEMENTS_MAX));
        assert_eq!(read(many.as_bytes()).unwrap_err(), NotXml::TooMany);
    }

    #[test]
    fn what_is_no_document_says_why() {
        assert_eq!(read(b" \r\n").unwrap_err(), NotXml::Empty);
        assert_eq!(read(b"<a><b></b>").unwrap_err(), NotXml::CutOff);
        assert_eq!(read(b"<a><b").unwrap_err(), NotXml::CutOff);
        assert_eq!(read(b"<a><b></a></b>").unwrap_err(), NotXml::NotWellFormed);
        assert_eq!(read(b"v=0\r\no=user1\r\n").unwrap_err(), NotXml::NotWellFormed);
    }
}

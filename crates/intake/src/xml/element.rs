//! One element with what is inside it.

/// One element. The prefix is gone: what counts is the namespace it stood for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Element {
    /// Empty: no namespace, or a prefix that nobody declared.
    pub namespace: String,
    /// The name without its prefix.
    pub name: String,
    /// In document order, without declarations of namespaces.
    pub attributes: Vec<Attribute>,
    /// The text directly inside, in one piece, without comments.
    pub text: String,
    /// The elements directly inside, in document order.
    pub children: Vec<Element>,
}

/// One attribute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Attribute {
    /// True if it had a prefix: `gml:id`, not `id`.
    pub is_prefixed: bool,
    /// The name without its prefix.
    pub name: String,
    /// The value, entities resolved.
    pub value: String,
}

impl Element {
    /// The text with white space collapsed, as `xs:token` has it; `None` if there is none.
    pub fn token(&self) -> Option<String> {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    /// An attribute by its name without prefix, white space trimmed.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.value.trim())
    }

    /// The first child of this name, whatever its namespace.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of this name, whatever their namespace.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name, collapsed.
    pub fn token_of(&self, name: &str) -> Option<String> {
        self.child(name).and_then(Element::token)
    }

    /// This element and everything below it, in document order.
    pub fn walk(&self) -> Vec<&Element> {
        let mut found = vec![self];
        let mut next = 0;
        while let Some(element) = found.get(next).copied() {
            next += 1;
            let children: Vec<&Element> = element.children.iter().collect();
            found.splice(next..next, children);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use crate::xml::read;

    #[test]
    fn walking_keeps_the_order_of_the_document() {
        let document = read(b"<a><b><c/></b><d/></a>").unwrap();
        let names: Vec<&str> = document.root.walk().iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
    }
}

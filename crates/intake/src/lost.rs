//! LoST (RFC 5222): which service is responsible for a place.

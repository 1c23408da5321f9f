//! Where a caller is: PIDF-LO and its shapes, by value or fetched by HELD or SIP presence.

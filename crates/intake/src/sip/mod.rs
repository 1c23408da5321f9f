//! SIP (RFC 3261) as an emergency answering point speaks it: messages, transactions, dialogs.

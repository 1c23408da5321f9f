//! Call handling: what SIP says becomes commands, what the centre decides becomes SIP.

//! Voice packets: RTP and RTCP, G.711, the jitter buffer.

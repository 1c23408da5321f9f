//! The process: sockets, clock, threads, configuration, web API.

//! A world around the centre: callers, crews, faults, and replay of real calls, from one seed.

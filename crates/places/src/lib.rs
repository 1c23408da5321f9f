//! Where it is: addresses, intersections, named places, zones.

//! What the map says: streets, points and areas read from map files, and the version of the map.

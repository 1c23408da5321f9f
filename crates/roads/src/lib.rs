//! How far: travel times over the road graph, many units to one incident.

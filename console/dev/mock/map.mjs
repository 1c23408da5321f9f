// The city's map from the development data, shaped as the server gives it.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const CLASS = { 1: "primary", 2: "secondary" };

export function mapOf(folder) {
  const empty = { type: "FeatureCollection", features: [] };
  if (!folder) return { version: "none", streets: empty, areas: {}, places: empty, attribution: "" };
  const read = (name) => JSON.parse(readFileSync(join(folder, "cambridge", name), "utf8"));
  const streets = read("street-centerlines.geojson");
  for (const one of streets.features) {
    one.properties = {
      name: one.properties.Street,
      class: CLASS[one.properties.MajorRoad] ?? "local",
    };
  }
  const named = (collection, property) => {
    for (const one of collection.features) one.properties = { name: `${one.properties[property]}` };
    return collection;
  };
  const station = (name, kind) =>
    read(name).features.map((one) => ({
      ...one,
      properties: { kind, name: one.properties.SITE_NAME },
    }));
  return {
    version: "mock",
    attribution: "City of Cambridge, Massachusetts (PDDL)",
    streets,
    areas: {
      police_sector: named(read("police-sectors.geojson"), "SECTOR"),
      fire_engine: named(read("fire-engine-districts.geojson"), "ENGINE"),
    },
    places: {
      type: "FeatureCollection",
      features: [
        ...station("fire-stations.geojson", "fire_station"),
        ...station("police-stations.geojson", "police_station"),
      ],
    },
  };
}

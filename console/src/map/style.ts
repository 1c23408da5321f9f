// How the centre's own streets look. No glyphs, sprites or tiles from anywhere: text is drawn
// from the fonts of the machine it is seen on.

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

export interface Palette {
  ground: string;
  area: string;
  street: string;
  main: string;
  casing: string;
  text: string;
  halo: string;
  /** Colours of what stands on the map, by meaning. */
  marks: Marks;
}

export interface Marks {
  free: string;
  told: string;
  moving: string;
  there: string;
  off: string;
  urgent: string;
  waiting: string;
  call: string;
  chosen: string;
  place: string;
}

export const DARK: Palette = {
  ground: "#11171d",
  area: "#5a7290",
  street: "#33404c",
  main: "#4d5d6c",
  casing: "#0a0e12",
  text: "#b7c4d0",
  halo: "#0c1116",
  marks: {
    free: "#63d693",
    told: "#f3c14b",
    moving: "#7cc0ff",
    there: "#ff8a80",
    off: "#8b98a5",
    urgent: "#ff6b5e",
    waiting: "#f3c14b",
    call: "#4fc3f7",
    chosen: "#ffd24a",
    place: "#c3a6ff",
  },
};

export const LIGHT: Palette = {
  ground: "#e9edf1",
  area: "#47617e",
  street: "#ffffff",
  main: "#ffe9b0",
  casing: "#b3bec8",
  text: "#222c35",
  halo: "#ffffff",
  marks: {
    free: "#11693a",
    told: "#7a5200",
    moving: "#0b5394",
    there: "#a3150c",
    off: "#56636f",
    urgent: "#b4231a",
    waiting: "#8a5a00",
    call: "#0b5d8a",
    chosen: "#5b3f00",
    place: "#5b3a9e",
  },
};

const FONT = ["Noto Sans Regular"];
const MAIN = ["in", ["get", "class"], ["literal", ["motorway", "trunk", "primary", "secondary"]]];
const width = (small: number, large: number) =>
  ["interpolate", ["exponential", 1.6], ["zoom"], 11, small, 18, large] as unknown as number;

function streets(p: Palette): LayerSpecification[] {
  const isMain = MAIN as never;
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return [
    {
      id: "casing",
      type: "line",
      source: "streets",
      minzoom: 13,
      layout: round,
      paint: { "line-color": p.casing, "line-width": width(1.6, 26) },
    },
    {
      id: "street",
      type: "line",
      source: "streets",
      layout: round,
      filter: ["!", isMain],
      paint: { "line-color": p.street, "line-width": width(0.6, 18) },
    },
    {
      id: "main",
      type: "line",
      source: "streets",
      layout: round,
      filter: isMain,
      paint: { "line-color": p.main, "line-width": width(1.6, 24) },
    },
  ];
}

function names(p: Palette): LayerSpecification {
  return {
    id: "names",
    type: "symbol",
    source: "streets",
    minzoom: 13.2,
    filter: ["has", "name"],
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 320,
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": ["interpolate", ["linear"], ["zoom"], 13, 10, 17, 14],
    },
    paint: { "text-color": p.text, "text-halo-color": p.halo, "text-halo-width": 1.4 },
  };
}

// Each kind has its own side, so that a unit at its station or at an incident can be read too.
type Side = { anchor: "left" | "right" | "top" | "bottom"; at: [number, number] };
const SIDE: Record<string, Side> = {
  units: { anchor: "left", at: [0.8, 0] },
  incidents: { anchor: "right", at: [-0.9, 0] },
  calls: { anchor: "bottom", at: [0, -0.8] },
  places: { anchor: "top", at: [0, 0.8] },
};

const labelled = (id: string, source: string, p: Palette, minzoom = 0): LayerSpecification => ({
  id,
  type: "symbol",
  source,
  minzoom,
  layout: {
    "text-field": ["get", "label"],
    "text-font": FONT,
    "text-size": 12,
    "text-offset": SIDE[source]?.at ?? [0.8, 0],
    "text-anchor": SIDE[source]?.anchor ?? "left",
    "text-optional": true,
    "text-allow-overlap": source !== "places",
    "text-ignore-placement": source !== "places",
  },
  paint: { "text-color": ["get", "colour"], "text-halo-color": p.halo, "text-halo-width": 1.8 },
});

const sign = (id: string, source: string, p: Palette, size: number): LayerSpecification => ({
  id,
  type: "symbol",
  source,
  layout: {
    "text-field": ["get", "sign"],
    "text-font": FONT,
    "text-size": size,
    "text-allow-overlap": true,
    "text-ignore-placement": true,
  },
  paint: { "text-color": ["get", "colour"], "text-halo-color": p.halo, "text-halo-width": 2 },
});

function edge(id: string, drawn: string, paint: Record<string, unknown>): LayerSpecification {
  const filter = ["==", ["get", "drawn"], drawn];
  return { id, type: "line", source: "uncertainty", filter, paint } as LayerSpecification;
}

/** Sources that change while the map stands. */
export const LIVE = ["area", "uncertainty", "calls", "incidents", "units", "places"] as const;

function live(p: Palette): LayerSpecification[] {
  return [
    {
      id: "uncertainty",
      type: "fill",
      source: "uncertainty",
      filter: ["==", ["get", "drawn"], "delivered"],
      paint: { "fill-color": p.marks.call, "fill-opacity": 0.16 },
    },
    edge("uncertainty-edge", "delivered", { "line-color": p.marks.call, "line-width": 2 }),
    // A default place is only an outline of dashes: nobody is known to be in it.
    edge("default-edge", "default", {
      "line-color": p.marks.off,
      "line-width": 2,
      "line-dasharray": [2, 2],
    }),
    edge("between", "between", {
      "line-color": p.marks.chosen,
      "line-width": 2,
      "line-dasharray": [1, 2],
    }),
    {
      id: "between-name",
      type: "symbol",
      source: "uncertainty",
      filter: ["==", ["get", "drawn"], "between"],
      layout: {
        "symbol-placement": "line-center",
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 13,
        "text-allow-overlap": true,
      },
      paint: { "text-color": p.marks.chosen, "text-halo-color": p.halo, "text-halo-width": 2 },
    },
    sign("place-signs", "places", p, 13),
    labelled("place-names", "places", p, 14),
    sign("call-signs", "calls", p, 17),
    labelled("call-names", "calls", p, 12),
    sign("incident-signs", "incidents", p, 20),
    labelled("incident-names", "incidents", p, 12),
    sign("unit-signs", "units", p, 14),
    labelled("unit-names", "units", p, 13),
  ];
}

const EMPTY = { type: "FeatureCollection", features: [] } as const;

export function styleOf(p: Palette, map: { streets: unknown }): StyleSpecification {
  const geojson = (data: unknown) => ({ type: "geojson", data }) as never;
  const sources = Object.fromEntries(LIVE.map((name) => [name, geojson(EMPTY)]));
  return {
    version: 8,
    sources: { streets: geojson(map.streets), ...sources },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": p.ground } },
      ...streets(p),
      {
        id: "area-lines",
        type: "line",
        source: "area",
        paint: { "line-color": p.area, "line-width": 1.6, "line-dasharray": [3, 2] },
      },
      names(p),
      {
        id: "area-names",
        type: "symbol",
        source: "area",
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 15 },
        paint: { "text-color": p.area, "text-halo-color": p.halo, "text-halo-width": 1.5 },
      },
      ...live(p),
    ],
  };
}

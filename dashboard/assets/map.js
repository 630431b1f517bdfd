// The system as boxes and arrows. Boxes are buttons with text in them; arrows are drawn beneath; dots travel along the
// arrows as fast as traffic flows. Where the boxes stand is told by the server as layers and lanes, and put into pixels here.
const SVG = "http://www.w3.org/2000/svg";
const MOST_DOTS = 40, SAMPLES = 48, GAP_X = [48, 26], GAP_Y = 16, LANE = 14, NARROW = 600, LEAST_BOX = 104, GOOD_BOX = 150, MOST_BOX = 230, ROW = [19, 34];  // a reading beside its name, or below it
const SIGNS = { good: "M2 6.4 L4.8 9.2 L10 3.2", warn: "M6 2 V7 M6 9.6 V9.7", bad: "M2.8 2.8 L9.2 9.2 M9.2 2.8 L2.8 9.2", none: "" };
const SAID = { good: "good", warn: "at risk", bad: "broken", none: "" };
const maps = new WeakMap();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let map = maps.get(parentElement);
  if (!map) maps.set(parentElement, (map = mounted(parentElement.querySelector(".map"))));
  map.pick = (name) => setTriggerValue("picked", name);
  map.data = data;
  fill(map);
  place(map);
  run(map);
  return () => { cancelAnimationFrame(map.frame); map.watch.disconnect(); maps.delete(parentElement); };
}

function mounted(root) {
  const map = { root, paths: root.querySelector(".paths"), dots: root.querySelector(".dots"), svg: root.querySelector(".wires"), boxes: new Map(),
    routes: [], drawn: "", frame: 0, last: 0, way: 0 };
  map.watch = new ResizeObserver(() => { if (map.data) { place(map); run(map); } });
  map.watch.observe(root);
  return map;
}

// --- boxes --------------------------------------------------------------------------------------------------------

function fill(map) {
  const { places } = map.data, names = new Set(places.map((spot) => spot.name));
  for (const [name, box] of map.boxes) if (!names.has(name)) { box.node.remove(); map.boxes.delete(name); }
  for (const spot of places) setBox(map, map.boxes.get(spot.name) ?? newBox(map, spot.name), spot);
}

function newBox(map, name) {
  const node = map.root.querySelector("template").content.firstElementChild.cloneNode(true);
  const find = (part) => node.querySelector(`.${part}`);
  const box = { node, label: find("label"), sign: find("sign path"), decide: find("decide"), readings: find("readings"), load: find("load"),
    fill: find("fill"), about: find("about") };
  node.onclick = () => map.pick(name);
  map.root.append(node);
  map.boxes.set(name, box);
  return box;
}

function setBox(map, box, spot) {
  const state = Object.hasOwn(SIGNS, spot.state) ? spot.state : "none", decisions = (spot.dials || 0) + (spot.acts || 0);
  const readings = (spot.readings || []).slice(0, 3), chosen = map.data.selected === spot.name;
  box.node.dataset.state = state;
  box.node.setAttribute("aria-pressed", String(chosen));
  box.sign.setAttribute("d", SIGNS[state]);
  write(box.label, spot.label);
  write(box.about, spot.about || "");
  box.about.hidden = readings.length > 0 || !spot.about;
  box.decide.hidden = decisions === 0;
  while (box.readings.children.length > readings.length) box.readings.lastChild.remove();
  readings.forEach((reading, i) => setReading(box.readings.children[i] ?? newReading(box), reading));
  box.load.hidden = spot.load == null;
  if (spot.load != null) box.fill.style.transform = `scaleX(${Math.min(1, Math.max(0, spot.load))})`;
  box.load.dataset.full = String((spot.load ?? 0) >= 0.9);
  box.node.title = spot.about || "";
  box.node.setAttribute("aria-label", spoken(spot, readings, decisions, state));
}

function spoken(spot, readings, decisions, state) {
  const parts = [spot.label, SAID[state], ...readings.map((reading) => `${reading.label} ${reading.text}`), spot.about];
  if (decisions) parts.push(`${decisions} ${decisions === 1 ? "decision" : "decisions"} here`);
  return parts.filter(Boolean).join(", ");
}

function newReading(box) {
  const row = document.createElement("span");
  row.append(document.createElement("span"), document.createElement("b"));
  return box.readings.appendChild(row);
}

function setReading(row, reading) {
  write(row.firstChild, reading.label);
  write(row.lastChild, reading.text);
}

// --- where they stand ---------------------------------------------------------------------------------------------

function place(map) {
  const width = map.root.clientWidth, { layers, wires, places } = map.data;
  const most = Math.max(0, ...places.map((spot) => Math.min(3, (spot.readings || []).length)));
  const across = width >= NARROW && boxWidth(layers, width, GAP_X[1]) >= LEAST_BOX;
  const tight = across && acrossWidth(layers, width) < GOOD_BOX + 10;
  const head = tight ? 53 : 38, height = head + Math.max(most * (tight ? ROW[1] : ROW[0]), places.some((spot) => spot.about && !(spot.readings || []).length) ? 36 : 0)
    + (places.some((spot) => spot.load != null) ? 11 : 0);
  const print = JSON.stringify([width, height, layers, wires]);
  if (print === map.drawn || !width) return;
  map.drawn = print;
  map.root.classList.toggle("tight", tight);
  map.root.style.setProperty("--lines", Math.max(2, Math.floor((height - head) / 18)));
  const plan = across ? lieAcross(layers, wires, width, height) : standUp(layers, wires, width, height);
  map.root.style.height = `${plan.height}px`;
  for (const [name, at] of plan.spots) put(map.boxes.get(name).node, at);
  map.svg.setAttribute("viewBox", `0 0 ${width} ${plan.height}`);
  draw(map, wires.map((wire, i) => (across ? acrossWay(wire, i, plan) : downWay(wire, plan))));
}

function put(node, at) {
  Object.assign(node.style, { left: `${at.x}px`, top: `${at.y}px`, width: `${at.w}px`, height: `${at.h}px` });
}

function boxWidth(layers, width, gap) {
  return Math.min(MOST_BOX, (width - (layers.length - 1) * gap) / layers.length);
}

function acrossWidth(layers, width) {
  return Math.max(boxWidth(layers, width, GAP_X[0]), Math.min(GOOD_BOX, boxWidth(layers, width, GAP_X[1])));
}

function lieAcross(layers, wires, width, height) {
  const w = acrossWidth(layers, width);
  const gap = layers.length > 1 ? (width - layers.length * w) / (layers.length - 1) : 0;
  const tall = (layer) => layer.reduce((sum, item) => sum + (item.box ? height : LANE), 0) + (layer.length - 1) * GAP_Y;
  const backs = wires.filter((wire) => wire.back).length, most = Math.max(height, ...layers.map(tall));
  const spots = new Map(), lanes = new Map();
  layers.forEach((layer, column) => {
    let y = (most - tall(layer)) / 2 + 2;
    const x = column * (w + gap);
    for (const item of layer) {
      if (item.box) spots.set(item.box, { x, y, w, h: height });
      else lanes.set(`${item.lane}/${column}`, { x, y: y + LANE / 2, w });
      y += (item.box ? height : LANE) + GAP_Y;
    }
  });
  return { spots, lanes, most: most + 4, gap, height: most + 6 + (backs ? 18 + 12 * Math.min(backs, 3) : 0) };
}

function acrossWay(wire, index, plan) {
  const from = plan.spots.get(wire.from), to = plan.spots.get(wire.to);
  if (wire.back) return under(from, to, plan, index);
  let x = from.x + from.w, y = from.y + from.h / 2, d = `M${x} ${y}`;
  const stops = (wire.lanes || []).map((column) => plan.lanes.get(`${index}/${column}`));
  for (const stop of [...stops.map((lane) => ({ x: lane.x, y: lane.y, on: lane.w })), { x: to.x - 5, y: to.y + to.h / 2, on: 0 }]) {
    const half = (x + stop.x) / 2;
    d += ` C${half} ${y} ${half} ${stop.y} ${stop.x} ${stop.y}`;
    if (stop.on) d += ` L${stop.x + stop.on} ${stop.y}`;
    [x, y] = [stop.x + stop.on, stop.y];
  }
  return d;
}

function under(from, to, plan, index) {  // what goes back runs below everything
  const floor = plan.most + 8 + 12 * (index % 3), x1 = from.x + from.w * 0.55, x2 = to.x + to.w * 0.45, r = 10;
  const y1 = from.y + from.h, y2 = to.y + to.h + 5, side = x2 < x1 ? -1 : 1;
  if (Math.abs(x1 - x2) < 2 * r) return `M${x1} ${y1} C${x1} ${floor + 8} ${x2 - 40} ${floor + 8} ${x2 - 24} ${y2}`;
  return `M${x1} ${y1} V${floor - r} Q${x1} ${floor} ${x1 + side * r} ${floor} H${x2 - side * r} Q${x2} ${floor} ${x2} ${floor - r} V${y2}`;
}

function standUp(layers, wires, width, height) {
  const rail = wires.some((wire) => wire.back || (wire.lanes || []).length) ? 22 : 0, left = wires.some((wire) => (wire.lanes || []).length) ? rail : 0;
  const right = wires.some((wire) => wire.back) ? rail : 0, room = width - left - right, spots = new Map();
  let y = 2;
  for (const layer of layers) {
    const boxes = layer.filter((item) => item.box), columns = boxes.length > 1 ? 2 : 1;
    const w = columns > 1 ? (room - 12) / 2 : Math.min(room, 320);
    boxes.forEach((item, i) => {
      const alone = columns > 1 && i === boxes.length - 1 && i % 2 === 0;
      const x = left + (columns === 1 || alone ? (room - w) / 2 : (i % 2) * (w + 12));
      spots.set(item.box, { x, y: y + Math.floor(i / 2) * (height + GAP_Y), w, h: height });
    });
    y += Math.ceil(boxes.length / columns) * (height + GAP_Y) + (boxes.length ? 8 : 0);
  }
  return { spots, width, height: y - 20 };
}

function downWay(wire, plan) {
  const from = plan.spots.get(wire.from), to = plan.spots.get(wire.to), r = 9;
  const y1 = from.y + from.h / 2, y2 = to.y + to.h / 2, turn = y2 > y1 ? r : -r;
  if (wire.back) {
    const x = plan.width - 3, x1 = from.x + from.w, x2 = to.x + to.w + 5;
    return `M${x1} ${y1 + 8} H${x - r} Q${x} ${y1 + 8} ${x} ${y1 + 8 + turn} V${y2 - 8 - turn} Q${x} ${y2 - 8} ${x - r} ${y2 - 8} H${x2}`;
  }
  if ((wire.lanes || []).length)
    return `M${from.x} ${y1} H${3 + r} Q3 ${y1} 3 ${y1 + turn} V${y2 - turn} Q3 ${y2} ${3 + r} ${y2} H${to.x - 5}`;
  const x1 = from.x + from.w / 2, x2 = to.x + to.w / 2, start = from.y + from.h, end = to.y - 5, half = (start + end) / 2;
  return `M${x1} ${start} C${x1} ${half} ${x2} ${half} ${x2} ${end}`;
}

// --- wires and what travels on them -------------------------------------------------------------------------------

function draw(map, ways) {
  map.paths.replaceChildren(...ways.map((d, i) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("class", map.data.wires[i].back ? "wire back" : "wire");
    path.setAttribute("marker-end", "url(#tip)");
    return path;
  }));
  map.routes = [...map.paths.children].map((path) => sampled(path));
  const share = Math.min(1, MOST_DOTS / Math.max(1, map.routes.reduce((sum, route) => sum + route.wish, 0)));
  map.dots.replaceChildren(...map.routes.flatMap((route, i) => {
    route.dots = Array.from({ length: Math.floor(route.wish * share) }, () => document.createElementNS(SVG, "circle"));
    route.dots.forEach((dot) => { dot.setAttribute("r", "2.6"); dot.setAttribute("class", map.data.wires[i].back ? "dot back" : "dot"); });
    return route.dots;
  }));
}

function sampled(path) {  // where one is after each part of the way: asking the path itself costs too much per frame
  const length = path.getTotalLength(), back = path.classList.contains("back");
  const points = Array.from({ length: SAMPLES + 1 }, (_, i) => path.getPointAtLength(length * i / SAMPLES));
  return { length, points, dots: [], back, wish: Math.max(1, Math.min(6, Math.round(length / (back ? 120 : 45)))) };
}

function run(map) {
  cancelAnimationFrame(map.frame);
  const moving = map.data.speed > 0 && map.data.flow > 0 && !still.matches;
  map.root.classList.toggle("asleep", !moving);
  move(map);
  if (moving) map.frame = requestAnimationFrame((now) => tick(map, now));
}

function tick(map, now) {
  const passed = Math.min(0.1, (now - map.last) / 1000);
  map.last = now;
  map.way += passed * (18 + 112 * Math.min(1, Math.max(0, map.data.flow)));  // [px]
  move(map);
  map.frame = requestAnimationFrame((next) => tick(map, next));
}

function move(map) {
  map.routes.forEach((route, which) => route.dots.forEach((dot, i) => {
    const along = (((map.way * (route.back ? 0.6 : 1)) / route.length + (i + 0.37 * which) / route.dots.length) % 1) * SAMPLES;
    const at = Math.floor(along), rest = along - at, a = route.points[at], b = route.points[Math.min(SAMPLES, at + 1)];
    dot.setAttribute("transform", `translate(${(a.x + (b.x - a.x) * rest).toFixed(1)} ${(a.y + (b.y - a.y) * rest).toFixed(1)})`);
  }));
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

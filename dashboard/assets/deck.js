// The strip above a flight: clock, ribbon of events, tiles. Mounted once; each message of the server only sets goals,
// and what is seen moves towards them, frame by frame. Data reach the page as text, never as markup.
const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {  // in a square of 12 x 12
  alarm: ["M6 1 L11.4 10.8 L0.6 10.8 Z", "Alarm"],
  incident: ["M6 0.4 L11.6 6 L6 11.6 L0.4 6 Z", "Incident"],
  decision: ["M6 0.9 A5.1 5.1 0 1 1 5.99 0.9 Z", "Decision"],
  version: ["M1.3 1.3 H10.7 V10.7 H1.3 Z", "Version"],
  note: ["M4.6 0.8 H7.4 V11.2 H4.6 Z", "Note"],
};
const STATES = { good: ["M2 6.4 L4.8 9.2 L10 3.2", "good"], warn: ["M6 2 V7 M6 9.6 V9.7", "at risk"],
  bad: ["M2.8 2.8 L9.2 9.2 M9.2 2.8 L2.8 9.2", "broken"], none: ["", ""] };
const COUNT_MS = 450;
const decks = new WeakMap();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let deck = decks.get(parentElement);
  if (!deck) decks.set(parentElement, (deck = mounted(parentElement.querySelector(".deck"))));
  deck.pick = (index, event) => setTriggerValue("picked", { index, name: event.name, kind: event.kind, at: event.at });
  take(deck, data);
  return () => { cancelAnimationFrame(deck.frame); decks.delete(parentElement); };
}

function mounted(root) {
  const find = (name) => root.querySelector(`.${name}`);
  return { root, clock: find("clock"), pace: find("pace"), flown: find("flown"), head: find("head"), ends: find("ends"),
    marks: find("marks"), legend: find("legend"), tip: find("tip"), tiles: find("tiles"), shown: null, last: 0,
    byName: new Map(), drawn: "", frame: 0 };
}

function take(deck, data) {
  const first = deck.data === undefined;
  deck.data = data;
  deck.heard = performance.now();
  if (deck.shown === null || still.matches || data.speed === 0) deck.shown = data.now;
  drawEvents(deck, data);
  drawTiles(deck, data.tiles || [], first);
  write(deck.pace, pace(data));
  write(deck.ends, when(data.horizon, data.tick));
  step(deck, performance.now());
}

function pace(data) {
  if (data.now >= data.horizon) return "landed";
  if (!data.speed) return "paused";
  const unit = data.tick >= 3600 ? [3600, "h"] : [1, "s"];
  return `${three(data.speed / unit[0])}${GAP}${unit[1]} each second`;
}

// --- the clock and the head of the ribbon -------------------------------------------------------------------------

function step(deck, now) {
  cancelAnimationFrame(deck.frame);
  const moving = advance(deck, now) | count_up(deck, now);
  if (moving) deck.frame = requestAnimationFrame((time) => step(deck, time));
}

function advance(deck, now) {
  const { data } = deck, gone = Math.max(0, (now - deck.heard) / 1000), limit = Math.min(data.until ?? data.now, data.horizon);
  const passed = Math.min(0.25, Math.max(0, (now - deck.last) / 1000));
  deck.last = now;
  const running = data.speed > 0 && !still.matches && data.now < data.horizon;
  if (running) deck.shown = nearer(deck.shown, data.now + data.speed * gone, Math.max(limit, data.now), data.speed, passed);
  const share = Math.min(1, Math.max(0, deck.shown / (data.horizon || 1)));
  write(deck.clock, when(deck.shown, data.tick));
  deck.head.style.transform = `translateX(${share * 100}%)`;
  deck.flown.style.transform = `scaleX(${share})`;
  return running && deck.shown < limit;
}

function nearer(shown, aim, limit, speed, passed) {  // follows the aim without a jump; what is far off is jumped to
  const goal = Math.min(aim, limit), ahead = shown + speed * passed;
  if (Math.abs(goal - shown) > 3 * speed) return goal;
  return Math.max(shown, Math.min(ahead + (goal - ahead) * Math.min(1, 4 * passed), goal + 0.2 * speed, limit));
}

// --- events -------------------------------------------------------------------------------------------------------

function drawEvents(deck, data) {
  const events = data.events || [], print = JSON.stringify([events, data.horizon]);
  if (print === deck.drawn) return;
  deck.drawn = print;
  while (deck.marks.children.length > events.length) deck.marks.lastChild.remove();
  events.forEach((event, i) => drawMark(deck, deck.marks.children[i] ?? newMark(deck, i), event, data));
  rove(deck, events.length - 1);
  drawLegend(deck, events);
}

function newMark(deck, index) {
  const mark = document.createElement("button");
  mark.type = "button";
  mark.append(icon(""));
  mark.onclick = () => deck.pick(index, deck.data.events[index]);
  mark.onmouseenter = mark.onfocus = () => showTip(deck, mark, deck.data.events[index]);
  mark.onmouseleave = mark.onblur = () => { deck.tip.hidden = true; };
  mark.onkeydown = (pressed) => walk(deck, pressed, index);
  return deck.marks.appendChild(mark);
}

function drawMark(deck, mark, event, data) {
  const kind = Object.hasOwn(SHAPES, event.kind) ? event.kind : "note";
  mark.className = `mark ${kind}${event.unread ? " unread" : ""}`;
  mark.style.left = `${Math.min(100, Math.max(0, 100 * event.at / (data.horizon || 1)))}%`;
  mark.querySelector("path").setAttribute("d", SHAPES[kind][0]);
  mark.setAttribute("aria-label", spoken(event, kind, data.tick));
}

function spoken(event, kind, tick) {
  return `${SHAPES[kind][1]}${event.unread ? ", unread" : ""}, ${when(event.at, tick)}: ${event.text || event.name}`;
}

function walk(deck, pressed, index) {
  const steps = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: deck.marks.children.length - 1 };
  const next = deck.marks.children[steps[pressed.key]];
  if (!next) return;
  pressed.preventDefault();
  rove(deck, steps[pressed.key]);
  next.focus();
}

function rove(deck, index) {  // one stop of the tab key for the whole ribbon; arrows move inside it
  [...deck.marks.children].forEach((mark, i) => { mark.tabIndex = i === index ? 0 : -1; });
}

function showTip(deck, mark, event) {
  const [kind, at, text] = deck.tip.children, known = Object.hasOwn(SHAPES, event.kind) ? event.kind : "note";
  write(kind, SHAPES[known][1]);
  write(at, when(event.at, deck.data.tick));
  write(text, event.text || event.name);
  deck.tip.hidden = false;
  const room = deck.root.clientWidth, width = deck.tip.offsetWidth, middle = mark.offsetLeft + deck.marks.offsetLeft;
  deck.tip.style.left = `${Math.min(Math.max(0, middle - width / 2), Math.max(0, room - width))}px`;
}

function drawLegend(deck, events) {
  const kinds = Object.keys(SHAPES).filter((kind) => events.some((event) => event.kind === kind));
  deck.legend.replaceChildren(...kinds.map((kind) => {
    const entry = document.createElement("span"), name = document.createElement("span");
    entry.className = `entry ${kind}`;
    name.textContent = SHAPES[kind][1];
    entry.append(icon(SHAPES[kind][0]), name);
    return entry;
  }));
}

// --- tiles --------------------------------------------------------------------------------------------------------

function drawTiles(deck, tiles, first) {
  for (const name of deck.byName.keys()) if (!tiles.some((tile) => tile.name === name)) drop(deck, name);
  deck.root.style.setProperty("--tiles", tiles.length || 1);
  tiles.forEach((tile, i) => {
    const kept = deck.byName.get(tile.name) ?? newTile(deck, tile.name);
    if (deck.tiles.children[i] !== kept.node) deck.tiles.insertBefore(kept.node, deck.tiles.children[i] ?? null);
    setTile(kept, tile, first);
  });
}

function drop(deck, name) {
  deck.byName.get(name).node.remove();
  deck.byName.delete(name);
}

function newTile(deck, name) {
  const node = deck.root.querySelector("template").content.firstElementChild.cloneNode(true);
  const find = (part) => node.querySelector(`.${part}`);
  const kept = { node, label: find("label"), figure: find("figure"), unit: find("unit"), spoken: find("spoken"), line: find("line"),
    area: find("area"), dot: find("dot"), icon: find("sign path"), word: find("word"), hint: find("hint"), value: null, from: null, since: 0 };
  deck.byName.set(name, kept);
  return kept;
}

function setTile(kept, tile, first) {
  const state = Object.hasOwn(STATES, tile.state) ? tile.state : "none";
  if (kept.value !== tile.value) Object.assign(kept, { from: first ? null : seen(kept, performance.now()), since: performance.now() });
  Object.assign(kept, { value: tile.value, unitName: tile.unit || "", text: tile.text });
  kept.node.dataset.state = state;
  write(kept.label, tile.label);
  write(kept.spoken, `${tile.label}: ${tile.text}${STATES[state][1] ? `, ${STATES[state][1]}` : ""}${tile.hint ? `, ${tile.hint}` : ""}`);
  write(kept.word, STATES[state][1]);
  write(kept.hint, tile.hint || "");
  kept.hint.title = tile.hint || "";
  kept.icon.setAttribute("d", STATES[state][0]);
  drawTrend(kept, tile.trend || []);
}

function seen(kept, now) {  // the number that stands there now, on its way
  const share = Math.min(1, (now - kept.since) / COUNT_MS), eased = 1 - (1 - share) ** 3;
  if (kept.value == null || kept.from == null) return kept.value;
  return kept.from + (kept.value - kept.from) * eased;
}

function count_up(deck, now) {
  let moving = false;
  for (const kept of deck.byName.values()) {
    const arrived = still.matches || kept.from == null || kept.value == null || now - kept.since >= COUNT_MS;
    const text = arrived ? kept.text : quantity(seen(kept, now), kept.unitName), cut = text.indexOf(GAP);
    write(kept.figure, cut < 0 ? text : text.slice(0, cut));
    write(kept.unit, cut < 0 ? "" : text.slice(cut + 1));
    moving ||= !arrived;
  }
  return moving;
}

function drawTrend(kept, trend) {  // a box of 100 x 30; gaps stay gaps
  const known = trend.filter((y) => y != null), low = Math.min(...known), high = Math.max(...known), span = high - low;
  const y = (value) => (span > 1e-12 * Math.abs(high) ? 27 - 24 * (value - low) / span : 15);
  const x = (i) => (trend.length > 1 ? 100 * i / (trend.length - 1) : 100);
  let line = "", area = "", start = null;
  trend.forEach((value, i) => {
    if (value == null) return;
    line += `${start === null ? "M" : "L"}${x(i).toFixed(2)} ${y(value).toFixed(2)}`;
    start ??= i;
    if (i + 1 === trend.length || trend[i + 1] == null) {
      area += `${line.slice(line.lastIndexOf("M"))}L${x(i).toFixed(2)} 30L${x(start).toFixed(2)} 30Z`;
      start = null;
    }
  });
  kept.line.setAttribute("d", line);
  kept.area.setAttribute("d", area);
  const last = trend.findLastIndex((value) => value != null);
  kept.dot.style.visibility = last < 0 ? "hidden" : "visible";
  if (last >= 0) kept.dot.style.transform = `translate(${x(last)}cqw, ${(y(trend[last]) / 30 * 1.9).toFixed(3)}rem)`;
}

function icon(d) {
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

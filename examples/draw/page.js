// Collects the strokes of a pen, sends their pixels to the program that serves this page, and paints what it answers. Nothing is
// computed here.
"use strict";

const at = (id) => document.getElementById(id);
const sheet = at("sheet");
const ink = sheet.getContext("2d", { willReadFrequently: true });
const SIDE = sheet.width;
const SEEN = 28; // rows and columns of what the network sees

// The strokes so far, each a list of points { x, y, width } on the sheet; the last may still grow.
let strokes = [];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// The sheet is transparent but for its ink, so what is sent is the same in light and in dark.
function drawStroke(stroke, first = 1) {
  ink.strokeStyle = ink.fillStyle = colour("ink");
  ink.lineCap = ink.lineJoin = "round";
  for (let i = Math.max(first, 1); i < stroke.length; i++) {
    ink.beginPath();
    ink.lineWidth = stroke[i].width;
    ink.moveTo(stroke[i - 1].x, stroke[i - 1].y);
    ink.lineTo(stroke[i].x, stroke[i].y);
    ink.stroke();
  }
  if (first <= 1) {
    ink.beginPath();
    ink.arc(stroke[0].x, stroke[0].y, stroke[0].width / 2, 0, 7);
    ink.fill();
  }
}

function redraw() {
  ink.clearRect(0, 0, SIDE, SIDE);
  for (const stroke of strokes) drawStroke(stroke);
}

// Asking: one question is under way at a time, and the next one has the pixels that are there when its turn comes.

let asking = false;
let changed = false;

function ask() {
  changed = true;
  if (asking) return;
  asking = true;
  requestAnimationFrame(async () => {
    while (changed) {
      changed = false;
      await askOnce();
    }
    asking = false;
  });
}

async function askOnce() {
  const rgba = ink.getImageData(0, 0, SIDE, SIDE).data;
  const pixels = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < pixels.length; i++) pixels[i] = rgba[4 * i + 3];
  const start = performance.now();
  try {
    const response = await fetch("read", {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: pixels,
    });
    if (!response.ok) throw new Error(await response.text());
    show(await response.json(), performance.now() - start);
  } catch (error) {
    tell(`No answer: ${error.message}. Does the program still run?`, true);
  }
}

// Showing

let last = null; // the last answer

function show(answer, milliseconds) {
  last = answer;
  const rust = (answer.microseconds / 1000).toFixed(2);
  at("time").textContent = `Rust took ${rust} ms, the answer came after ${milliseconds.toFixed(1)} ms.`;
  const wrote = answer.digit !== null;
  at("digit").textContent = wrote ? answer.digit : "–";
  showProbabilities(answer);
  paint();
  if (pen === null) say();
  document.body.dataset.answers = 1 + Number(document.body.dataset.answers ?? 0);
}

function percent(share) {
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

function showProbabilities({ digit, probabilities }) {
  [...at("probabilities").rows].forEach((row, i) => {
    const share = probabilities?.[i];
    row.classList.toggle("best", i === digit);
    row.cells[1].firstChild.style.width = `${100 * (share ?? 0)}%`;
    row.cells[2].textContent = share === undefined ? "–" : percent(share);
  });
}

// The answer in words, for those who hear the page: where a stroke ends, not at every move.
function say() {
  if (!last) return;
  const { digit, probabilities } = last;
  tell(digit === null ? "Nothing is written yet." : `It reads ${digit}, with probability ${percent(probabilities[digit])}.`, false);
}

function tell(words, broken) {
  const line = at("answer");
  line.classList.toggle("broken", broken);
  if (line.textContent !== words) line.textContent = words;
}

// The three pictures: squares in a grid of so many columns, each with colour and opacity.
function paintGrid(id, columns, squares, words) {
  const canvas = at(id);
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  const size = canvas.width / columns;
  squares.forEach(([x, y, name, opacity, gap = 0]) => {
    if (!(opacity > 0)) return;
    context.globalAlpha = Math.min(opacity, 1);
    context.fillStyle = name;
    context.fillRect(x * size + gap, y * size + gap, size - 2 * gap, size - 2 * gap);
  });
  context.globalAlpha = 1;
  canvas.setAttribute("aria-label", words);
}

function paint() {
  const [dark, orange, blue, line] = ["ink", "orange", "blue", "line"].map(colour);
  const { digit, seen = [], spoke = [], hidden1 = [], hidden2 = [] } = last ?? { digit: null };
  const wrote = digit !== null;
  const place = (i) => [i % SEEN, Math.floor(i / SEEN)];
  paintGrid("seen", SEEN, seen.map((x, i) => [...place(i), dark, x / 255]),
    wrote ? "What the network sees: the digit, centred and scaled" : "What the network sees: nothing yet");
  paintGrid("spoke", SEEN,
    [...seen.map((x, i) => [...place(i), dark, x / 1000]), ...spoke.map((g, i) => [...place(i), g > 0 ? orange : blue, Math.abs(g)])],
    wrote ? `Which pixels spoke: where more ink speaks for ${digit}, and where against it` : "Which pixels spoke: nothing yet");
  paintHidden([hidden1, hidden2], dark, line, wrote);
}

// The layers one above the other, each unit a square that is as full as its output.
function paintHidden(layers, full, line, wrote) {
  const units = layers[0].length;
  let columns = 1;
  while (2 * Math.ceil(units / columns) + 1 > columns) columns++;
  const rows = Math.ceil(units / columns);
  const gap = units > 400 ? 0 : 1;
  const squares = layers.flatMap((layer, l) => layer.flatMap((x, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns) + l * (rows + 1)];
    return [[column, row, line, 0.35, gap], [column, row, full, x, gap]];
  }));
  const lit = layers.map((layer) => layer.filter((x) => x > 0.5).length);
  paintGrid("hidden", columns, squares, wrote
    ? `The hidden units: ${lit[0]} and ${lit[1]} of ${units} have an output above one half`
    : "The hidden units: nothing yet");
}

// Writing: one pen at a time.

let pen = null; // the pointer that writes
let arrow = null; // the pen of the keyboard: where it is, and whether it is down

function point(event) {
  const box = sheet.getBoundingClientRect();
  const scale = SIDE / (box.width - 2 * sheet.clientLeft);
  const pressed = event.pointerType === "pen" && event.pressure > 0 ? 0.5 + event.pressure : 1;
  return {
    x: (event.clientX - box.left - sheet.clientLeft) * scale,
    y: (event.clientY - box.top - sheet.clientTop) * scale,
    width: at("pen").valueAsNumber * pressed,
  };
}

function grow(points) {
  const stroke = strokes[strokes.length - 1];
  const known = stroke.length;
  stroke.push(...points);
  drawStroke(stroke, known);
  ask();
}

sheet.addEventListener("pointerdown", (event) => {
  if (pen !== null || event.button !== 0) return;
  pen = event.pointerId;
  arrow = null;
  showNib();
  sheet.setPointerCapture(pen);
  strokes.push([]);
  grow([point(event)]);
});

sheet.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pen) return;
  const events = event.getCoalescedEvents?.() ?? [];
  grow((events.length > 0 ? events : [event]).map(point));
});

for (const name of ["pointerup", "pointercancel"]) {
  sheet.addEventListener(name, (event) => {
    if (event.pointerId !== pen) return;
    pen = null;
    if (!asking) say();
  });
}

function clear() {
  strokes = [];
  pen = null;
  arrow = null;
  showNib();
  redraw();
  ask();
}

function undo() {
  strokes.pop();
  pen = null;
  arrow = null;
  showNib();
  redraw();
  ask();
}

at("clear").addEventListener("click", clear);
at("undo").addEventListener("click", undo);

// The pen of the keyboard

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = SIDE / 40;

function showNib() {
  const nib = at("nib");
  nib.hidden = arrow === null;
  if (arrow === null) return;
  const scale = (sheet.getBoundingClientRect().width - 2 * sheet.clientLeft) / SIDE;
  nib.style.width = nib.style.height = `${at("pen").value * scale}px`;
  nib.style.left = `${sheet.clientLeft + arrow.x * scale}px`;
  nib.style.top = `${sheet.clientTop + arrow.y * scale}px`;
  nib.classList.toggle("down", arrow.down);
}

sheet.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step && event.key !== " ") return;
  event.preventDefault();
  arrow ??= { x: SIDE / 2, y: SIDE / 5, down: false };
  const within = (x) => Math.min(Math.max(x, 0), SIDE);
  if (step) {
    arrow.x = within(arrow.x + STEP * step[0]);
    arrow.y = within(arrow.y + STEP * step[1]);
  } else {
    arrow.down = !arrow.down;
    if (arrow.down) strokes.push([]);
  }
  if (arrow.down) grow([{ x: arrow.x, y: arrow.y, width: at("pen").valueAsNumber }]);
  showNib();
});

sheet.addEventListener("blur", () => {
  arrow = null;
  showNib();
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape") clear();
  if (event.key === "Backspace") undo();
});

// In other colours
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  redraw();
  paint();
});

ask();

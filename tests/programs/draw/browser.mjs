// Uses the page of `draw` as a person does, in a real browser without a window: strokes of mouse, pen and finger go in as pointer
// events, and what the page then shows is read. Needs Node 18 or newer and Chromium, nothing else:
//
//     cargo build --release --examples
//     node tests/programs/draw/browser.mjs [--chromium FILE] [--shots DIR] [--data DIR] [--digits N]
//
// --data names the folder of MNIST (its test digits, packed or not): then N of them (200) are replayed as strokes of pixels, at half
// to double size anywhere on the sheet, and 97 % must be read as the network reads the digits themselves. --shots keeps pictures of the
// page. Ends with code 1 if anything is not as it should be.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const given = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const examples = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../../target/release/examples");
const running = [];
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

// ---- The program and the browser

async function startDraw() {
  const draw = spawn(join(examples, "draw"), ["--port", "0", "--quiet"], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(draw);
  for await (const line of draw.stdout) return line.toString().trim();
  throw new Error("draw has ended");
}

// Speaks the Chrome DevTools Protocol over the pipe that --remote-debugging-pipe opens: messages of JSON, each ended by a zero.
class Browser {
  constructor(profile) {
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"];
    this.process = spawn(given("chromium", "chromium"), flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    running.push(this.process);
    this.sent = new Map();
    this.heard = [];
    let text = "";
    this.process.stdio[4].setEncoding("utf8").on("data", (piece) => {
      text += piece;
      const messages = text.split("\0");
      text = messages.pop();
      messages.forEach((message) => this.hear(JSON.parse(message)));
    });
  }

  hear({ id, method, params, result, error, sessionId }) {
    if (id === undefined) {
      this.heard.push({ method, params, sessionId });
      return;
    }
    const { resolve, reject } = this.sent.get(id);
    this.sent.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.next = (this.next ?? 0) + 1;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.sent.set(id, { resolve, reject }));
  }
}

// A tab with the page.
class Tab {
  static async open(browser, url, { width, height, dark = false, phone = false }) {
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab();
    Object.assign(tab, { browser, sessionId, targetId });
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await tab.send(`${domain}.enable`);
    await tab.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: phone ? 2 : 1, mobile: phone });
    await tab.send("Emulation.setTouchEmulationEnabled", { enabled: phone, maxTouchPoints: phone ? 5 : 1 });
    await tab.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
    await tab.send("Page.navigate", { url });
    await tab.until("document.body?.dataset.answers > 0");
    return tab;
  }

  send(method, params) {
    return this.browser.send(method, params, this.sessionId);
  }

  async run(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    assert.equal(exceptionDetails, undefined, expression);
    return result.value;
  }

  async until(condition) {
    const end = Date.now() + 20_000;
    while (!await this.run(`Boolean(${condition})`)) {
      assert(Date.now() < end, `in vain: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }

  // Waits until the page has its last answer.
  async answer() {
    await this.until("!asking && !changed");
    return this.run(`({
      digit: at("digit").textContent, answer: at("answer").textContent, best: document.querySelector(".best th")?.textContent,
      time: at("time").textContent, microseconds: last.microseconds, inside: last.digit })`);
  }

  // Where the sheet is in the window, and how many pixels of the window one of its pixels has.
  async sheet() {
    return this.run(`(() => {
      const box = sheet.getBoundingClientRect(), edge = sheet.clientLeft;
      return { x: box.x + edge, y: box.y + edge, scale: (box.width - 2 * edge) / sheet.width };
    })()`);
  }

  // Strokes are lists of points [x, y] or [x, y, pressure] on the sheet's 280×280.
  async write(strokes, by = "mouse") {
    const sheet = await this.sheet();
    const place = ([x, y]) => ({ x: sheet.x + x * sheet.scale, y: sheet.y + y * sheet.scale });
    const waits = [];
    const pointer = (type, point) => {
      const force = point[2] ?? 0.5;
      const [event, more] = by === "touch"
        ? [`touch${type}`, { touchPoints: type === "End" ? [] : [{ ...place(point), force }] }]
        : [{ Start: "mousePressed", Move: "mouseMoved", End: "mouseReleased" }[type],
          { ...place(point), button: "left", buttons: type === "End" ? 0 : 1, clickCount: 1, pointerType: by, force }];
      const method = by === "touch" ? "Input.dispatchTouchEvent" : "Input.dispatchMouseEvent";
      waits.push(this.send(method, { type: event, ...more }));
    };
    for (const stroke of strokes) {
      pointer("Start", stroke[0]);
      for (const point of stroke.slice(1)) pointer("Move", point);
      pointer("End", stroke[stroke.length - 1]);
    }
    await Promise.all(waits);
  }

  async key(key, code = key, text = undefined) {
    const virtual = { Tab: 9, Enter: 13, Escape: 27, " ": 32, Backspace: 8, ArrowDown: 40, ArrowRight: 39, ArrowLeft: 37, ArrowUp: 38 }[key];
    const event = { key, code, text, windowsVirtualKeyCode: virtual };
    await this.send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  async shot(name) {
    const folder = given("shots");
    if (!folder) return;
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
    writeFileSync(join(folder, `${name}.png`), Buffer.from(data, "base64"));
  }

  // What the console says, and where requests went.
  complaints() {
    const mine = this.browser.heard.filter(({ sessionId }) => sessionId === this.sessionId);
    const wrong = mine.filter(({ method, params }) => method === "Runtime.exceptionThrown" || method === "Log.entryAdded"
      || (method === "Runtime.consoleAPICalled" && params.type !== "log"));
    const urls = mine.filter(({ method }) => method === "Network.requestWillBeSent").map(({ params }) => params.request.url);
    return { wrong: wrong.map(({ params }) => JSON.stringify(params)), urls };
  }
}

// ---- Digits as a person writes them

const arc = (x, y, rx, ry, from, to) => Array.from({ length: 25 }, (_, i) => {
  const turn = (from + (to - from) * i / 24) * Math.PI / 180;
  return [x + rx * Math.cos(turn), y + ry * Math.sin(turn)];
});
const WRITTEN = [
  [arc(140, 140, 55, 85, -90, 270)],
  [[[150, 60], [146, 140], [140, 220]]],
  [[...arc(140, 105, 50, 45, 190, 400), [100, 215], [120, 212], [190, 215]]],
  [[...arc(135, 100, 48, 40, 200, 440), ...arc(135, 180, 55, 45, -80, 160)]],
  [[[110, 60], [85, 150], [190, 150]], [[165, 70], [160, 150], [155, 230]]],
  [[[185, 65], [110, 65], [105, 130], ...arc(130, 170, 52, 45, -110, 150)]],
  [[[165, 55], [110, 130], ...arc(138, 180, 42, 42, 180, 540)]],
  [[[85, 75], [190, 75], [130, 225]]],
  [[...arc(140, 100, 38, 40, -30, -270), ...arc(140, 182, 46, 42, -90, 270), ...arc(140, 100, 38, 40, 90, -30)]],
  [[...arc(135, 105, 45, 42, 0, -360), [178, 105], [165, 225]]],
];

async function writtenDigits(tab, by) {
  let right = 0;
  for (const [digit, strokes] of WRITTEN.entries()) {
    await tab.run("clear()");
    await tab.write(strokes, by);
    const { digit: shown, answer, best } = await tab.answer();
    assert.equal(shown, best);
    assert(answer.startsWith(`It reads ${shown}, with probability `), answer);
    right += Number(shown === String(digit));
    if (shown !== String(digit)) console.log(`${by}: ${digit} was read as ${shown}`);
  }
  console.log(`${by}: ${right} of 10 written digits read right`);
  assert(right >= 9);
}

// ---- MNIST's digits as strokes of pixels

function testDigits(folder) {
  const name = join(folder, "t10k-images-idx3-ubyte");
  const bytes = existsSync(name) ? readFileSync(name) : gunzipSync(readFileSync(`${name}.gz`));
  return { file: existsSync(name) ? name : `${name}.gz`, image: (i) => bytes.subarray(16 + 784 * i, 16 + 784 * (i + 1)) };
}

// Numbers from 0 to 1, the same in every run.
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

// Each run of ink in a row of the digit is a stroke of a pen that is as wide as a pixel where it is pressed most, and narrower where
// there is less ink. Pressures from 0 to 1 make half to one and a half times the width that the page's slider says.
function strokesOf(image, size, x, y) {
  const strokes = [];
  for (let i = 0; i < 28; i++) {
    let stroke = [];
    for (let j = 0; j <= 28; j++) {
      const ink = j < 28 ? image[28 * i + j] / 255 : 0;
      if (ink > 1 / 9) stroke.push([x + (j + 0.5) * size, y + (i + 0.5) * size, 1.5 * Math.sqrt(ink) - 0.5]);
      else if (stroke.length > 0) {
        strokes.push(stroke);
        stroke = [];
      }
    }
  }
  return strokes;
}

async function replayed(tab, folder, count) {
  const digits = testDigits(folder);
  const next = random(1);
  let same = 0, slowest = 0;
  for (let n = 0; n < count; n++) {
    const index = Math.floor(next() * 10_000);
    // One times size is half the sheet: 5 of its pixels for one of the digit's.
    const size = 5 * 2 ** (2 * next() - 1);
    const image = digits.image(index);
    const inky = (at) => [...Array(28).keys()].filter((i) => [...Array(28).keys()].some((j) => image[at(i, j)] > 0));
    const [rows, columns] = [inky((i, j) => 28 * i + j), inky((i, j) => 28 * j + i)];
    const anywhere = (lines) => {
      const [first, end] = [lines[0] * size, (lines[lines.length - 1] + 1) * size];
      return -first + (280 - (end - first)) * next();
    };
    await tab.run(`clear(); at("pen").value = ${(size / 1.5).toFixed(1)}`);
    await tab.write(strokesOf(image, size, anywhere(columns), anywhere(rows)), "pen");
    const { digit, microseconds } = await tab.answer();
    const evaluated = execFileSync(join(examples, "predict"), ["--image", digits.file, "--index", String(index)], { encoding: "utf8" });
    same += Number(evaluated.match(/^digit (\d)/m)[1] === digit);
    slowest = Math.max(slowest, microseconds);
  }
  console.log(`${same} of ${count} replayed digits are read as the network reads them; at most ${slowest} µs for an answer`);
  assert(same >= 0.97 * count);
}

// ---- What must hold

async function keyboard(tab) {
  await tab.run("clear(); sheet.focus()");
  await tab.key(" ", "Space", " ");
  for (let i = 0; i < 24; i++) await tab.key("ArrowDown");
  assert.equal((await tab.answer()).digit, "1");
  await tab.shot("keyboard");
  await tab.key("Tab");
  assert.equal(await tab.run("document.activeElement.id"), "clear");
  await tab.key("Enter", "Enter", "\r");
  assert.equal((await tab.answer()).answer, "Nothing is written yet.");
  await tab.write(WRITTEN[7]);
  await tab.write([[[20, 20], [40, 20]]]);
  await tab.key("Backspace");
  assert.equal((await tab.answer()).digit, "7");
  await tab.key("Escape");
  assert.equal((await tab.answer()).digit, "–");
  console.log("keyboard: drawn, cleared, taken back");
}

async function severalTabs(browser, url, desktop) {
  const tabs = [await Tab.open(browser, url, desktop), await Tab.open(browser, url, desktop)];
  await tabs[0].run("0");
  for (const [i, tab] of tabs.entries()) {
    await browser.send("Target.activateTarget", { targetId: tab.targetId });
    await tab.write(WRITTEN[[3, 7][i]]);
  }
  for (const [i, tab] of tabs.entries()) {
    await browser.send("Target.activateTarget", { targetId: tab.targetId });
    assert.equal((await tab.answer()).digit, ["3", "7"][i]);
  }
  console.log("two tabs: each has its own answer");
}

async function phone(browser, url, dark) {
  const tab = await Tab.open(browser, url, { width: 360, height: 640, phone: true, dark });
  assert(await tab.run("document.documentElement.scrollHeight > innerHeight"), "there is something to scroll");
  assert(await tab.run("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the window");
  await writtenDigits(tab, "touch");
  assert.equal(await tab.run("scrollY"), 0, "a stroke scrolls nothing");
  assert(await tab.run("sheet.getBoundingClientRect().bottom <= innerHeight && digit.getBoundingClientRect().top >= 0"), "sheet and answer fit");
  await tab.run("clear()");
  await tab.write(WRITTEN[5], "touch");
  await tab.answer();
  await tab.shot(`phone-${dark ? "dark" : "light"}`);
  return tab;
}

async function everything(browser) {
  const url = await startDraw();
  const desktop = { width: 1200, height: 900 };
  const tabs = [];
  for (const dark of [false, true]) {
    const tab = await Tab.open(browser, url, { ...desktop, dark });
    await tab.shot(`empty-${dark ? "dark" : "light"}`);
    await writtenDigits(tab, "mouse");
    await tab.run("clear()");
    await tab.write(WRITTEN[5]);
    console.log((await tab.answer()).time);
    await tab.shot(`desktop-${dark ? "dark" : "light"}`);
    tabs.push(tab, await phone(browser, url, dark));
  }
  const tab = await Tab.open(browser, url, desktop);
  await writtenDigits(tab, "pen");
  await keyboard(tab);
  await severalTabs(browser, url, desktop);
  await browser.send("Target.activateTarget", { targetId: tab.targetId });
  if (given("data")) await replayed(tab, given("data"), Number(given("digits", "200")));
  for (const { wrong, urls } of [...tabs, tab].map((tab) => tab.complaints())) {
    assert.deepEqual(wrong, []);
    assert(urls.length > 0 && urls.every((asked) => asked.startsWith(url)), urls.join("\n"));
  }
  console.log("no complaint in the console, no request to anywhere else");
  running.pop().kill();
  await tab.write(WRITTEN[1]);
  await tab.until("at('answer').textContent.startsWith('No answer: ')");
  console.log("without the program the page says so");
}

const profile = mkdtempSync(join(tmpdir(), "draw-"));
const browser = new Browser(profile);
try {
  await everything(browser);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
const gone = new Promise((resolve) => browser.process.on("exit", resolve));
browser.process.kill();
await gone;
rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
process.exit();

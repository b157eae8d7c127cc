/* A network that learns a spiral while one looks: the first thing on the home page. */

import { make } from "./dom.js";
import { tinyNetwork } from "./tiny_network.js";

const [SIZE, GRID] = [260, 65]; // pixels on the page; squares of the painted plane along each side
const [PER_CLASS, TURNS, NOISE] = [70, 1.4, 0.04];
const [EVERY, GIVE_UP, REST] = [50, 600, 3000]; // ms from step to step; steps; ms before the next one begins
const [BLUE, ORANGE] = [
  [0, 114, 178],
  [213, 94, 0],
];
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function learningSpiral() {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const canvas = make("canvas", { width: SIZE * ratio, height: SIZE * ratio, role: "img" });
  const said = make("figcaption");
  const figure = make("figure", { class: "ground-up-moving" }, canvas, said);
  const g = canvas.getContext("2d");
  const plane = new ImageData(GRID, GRID);
  const small = new OffscreenCanvas(GRID, GRID);
  let [seed, steps, resting] = [1, 0, 0];
  let random, points, network;

  function begin() {
    random = numbers(++seed);
    points = spirals(random);
    network = tinyNetwork(random);
    steps = 0;
  }

  function step() {
    network.learn(points);
    steps += 1;
    const right = points.filter(([x, y, of]) => network.predict(x, y) > 0.5 === (of === 1)).length;
    const done = right === points.length;
    said.textContent = done
      ? `It has learned the spiral, in ${steps} steps. You will write every part of it.`
      : `A network of 25 neurons learns which colour belongs where. Step ${steps}: ${right} of ${points.length} points.`;
    return done;
  }

  function draw() {
    for (let row = 0; row < GRID; row++) {
      for (let column = 0; column < GRID; column++) {
        const p = network.predict((2.3 * column) / (GRID - 1) - 1.15, 1.15 - (2.3 * row) / (GRID - 1));
        const [colour, sure] = p > 0.5 ? [BLUE, 2 * p - 1] : [ORANGE, 1 - 2 * p];
        plane.data.set([...colour, 150 * sure], 4 * (row * GRID + column));
      }
    }
    small.getContext("2d").putImageData(plane, 0, 0);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, SIZE, SIZE);
    g.drawImage(small, 0, 0, SIZE, SIZE);
    for (const [x, y, of] of points) mark(g, (SIZE * (x + 1.15)) / 2.3, (SIZE * (1.15 - y)) / 2.3, of);
    canvas.setAttribute(
      "aria-label",
      `Two spirals of points, and the plane coloured as the network sees it. ${said.textContent}`,
    );
  }

  begin();
  if (still()) {
    while (steps < GIVE_UP && !step());
    draw();
    return figure;
  }
  const timer = setInterval(() => {
    if (!figure.isConnected) return steps > 0 && clearInterval(timer);
    if (document.hidden || figure.offsetParent === null || Date.now() < resting) return;
    if (steps >= GIVE_UP || resting) [resting] = [0, begin()];
    if (step()) resting = Date.now() + REST;
    draw();
  }, EVERY);
  return figure;
}

function mark(g, x, y, of) {
  g.fillStyle = `rgb(${of ? BLUE : ORANGE})`;
  g.strokeStyle = "white";
  g.lineWidth = 1;
  g.beginPath();
  if (of) g.arc(x, y, 3.2, 0, 2 * Math.PI);
  else (g.moveTo(x, y - 4), g.lineTo(x + 3.8, y + 3), g.lineTo(x - 3.8, y + 3), g.closePath());
  g.fill();
  g.stroke();
}

function spirals(random) {
  const points = [];
  for (let i = 0; i < PER_CLASS; i++) {
    for (const of of [0, 1]) {
      const along = 0.1 + (0.9 * i) / (PER_CLASS - 1);
      const angle = TURNS * 2 * Math.PI * along + of * Math.PI;
      const noise = () => 2 * NOISE * (random() - 0.5);
      points.push([along * Math.cos(angle) + noise(), along * Math.sin(angle) + noise(), of]);
    }
  }
  return points;
}

/** Random numbers from 0 to 1, the same for the same seed (the generator mulberry32). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

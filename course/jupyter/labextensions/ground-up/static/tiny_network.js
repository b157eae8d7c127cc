/* A network of two hidden layers, small enough to learn while somebody looks at the home page. */

const FASTNESS = 0.02; // Adam's step
const [DECAY_1, DECAY_2] = [0.9, 0.99];

/** random: of numbers from 0 to 1. The network maps two numbers to one, how surely the class is 1 (0 to 1). */
export function tinyNetwork(random, sizes = [2, 12, 12, 1]) {
  const layers = sizes.slice(1).map((outputs, i) => layer(sizes[i], outputs, random));
  let steps = 0;

  function predict(x, y) {
    layers[0].input = [x, y];
    for (const [i, each] of layers.entries()) {
      const { input, output, w, b, inputs } = each;
      for (let j = 0; j < output.length; j++) {
        let z = b[j];
        for (let k = 0; k < inputs; k++) z += w[j * inputs + k] * input[k];
        output[j] = i === layers.length - 1 ? 1 / (1 + Math.exp(-z)) : Math.tanh(z);
      }
      if (i + 1 < layers.length) layers[i + 1].input = output;
    }
    return layers.at(-1).output[0];
  }

  /** One step down the cross-entropy of all points, each [x, y, class]. */
  function learn(points) {
    for (const { dw, db } of layers) [dw, db].forEach((each) => each.fill(0));
    for (const [x, y, target] of points) {
      let error = [predict(x, y) - target]; // of the output before the sigmoid
      for (let i = layers.length - 1; i >= 0; i--) error = back(layers[i], error);
    }
    steps += 1;
    for (const each of layers) {
      adam(each.w, each.dw, each.mw, each.vw, points.length, steps);
      adam(each.b, each.db, each.mb, each.vb, points.length, steps);
    }
  }

  return { predict, learn };
}

function layer(inputs, outputs, random) {
  const zeros = (count) => new Float64Array(count);
  const w = zeros(inputs * outputs).map(() => (2 * random() - 1) * Math.sqrt(3 / inputs));
  const [weights, biases] = [w.length, outputs];
  return {
    inputs,
    w,
    b: zeros(biases),
    output: zeros(outputs),
    input: null,
    ...{ dw: zeros(weights), mw: zeros(weights), vw: zeros(weights) },
    ...{ db: zeros(biases), mb: zeros(biases), vb: zeros(biases) },
  };
}

/** Add a layer's gradients, given the error before its bend; the error before the bend of the layer below. */
function back({ inputs, w, dw, db, input }, error) {
  const below = new Float64Array(inputs);
  for (let j = 0; j < error.length; j++) {
    db[j] += error[j];
    for (let k = 0; k < inputs; k++) {
      dw[j * inputs + k] += error[j] * input[k];
      below[k] += error[j] * w[j * inputs + k];
    }
  }
  return below.map((e, k) => e * (1 - input[k] ** 2));
}

function adam(values, gradient, mean, square, count, steps) {
  for (let i = 0; i < values.length; i++) {
    const g = gradient[i] / count;
    mean[i] = DECAY_1 * mean[i] + (1 - DECAY_1) * g;
    square[i] = DECAY_2 * square[i] + (1 - DECAY_2) * g * g;
    const [m, v] = [mean[i] / (1 - DECAY_1 ** steps), square[i] / (1 - DECAY_2 ** steps)];
    values[i] -= (FASTNESS * m) / (Math.sqrt(v) + 1e-8);
  }
}

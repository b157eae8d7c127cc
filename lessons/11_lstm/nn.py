"""What you wrote in the lessons before this one (the reference solutions of their exercises)."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import Dataset


# --- from lesson 01_neuron ---------------------------------------------------


def weighted_sum(x, w, b):
    """The evidence for yes.

    x: array (..., d), the inputs along the last axis; w: array (d,), one weight per
    input; b: number, the bias. Returns an array (...): one number per sample.
    """
    return x @ w + b


def sigmoid(z):
    """Squash z into the range from 0 to 1, entry by entry.

    z: array of any shape. Returns an array of the same shape, without overflow or
    warnings up to |z| = 1000.
    """
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


def relu(z):
    """Negative entries become 0, the others stay.

    z: array of any shape. Returns a new array of the same shape; z stays as it is.
    """
    return np.maximum(0, z)


def step(z):
    """1 where z is positive, else 0."""
    return np.where(z > 0, 1.0, 0.0)


def neuron(x, w, b, activation):
    """One neuron: the activation of the weighted sum.

    x: array (..., d); w: array (d,); b: number; activation: a function of an array.
    Returns an array (...).
    """
    return activation(weighted_sum(x, w, b))


def perceptron_step(x, y, w, b, lr):
    """Learn from one sample.

    x: array (d,); y: its label, 0 or 1; w: array (d,); b: number; lr: learning rate.
    The neuron says 1 when x·w + b > 0, else 0. Returns the new (w, b); they are the
    old ones when it was right.
    """
    error = y - step(weighted_sum(x, w, b))
    return w + lr * error * x, b + lr * error


def train_perceptron(X, y, epochs, lr):
    """Learn w and b from labelled samples.

    X: array (n, d); y: array (n,) of labels 0 or 1; epochs: how often to go over all
    samples; lr: learning rate. Starts from w = zeros and b = 0, takes the samples in
    order, one at a time. Returns (w, b), w of shape (d,).
    """
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, label in zip(X, y):
            w, b = perceptron_step(x, label, w, b, lr)
    return w, b


# --- from lesson 02_network --------------------------------------------------


def dense(X, W, b):
    """A layer of neurons, before any bend.

    X: array (n, d_in), one row per sample; W: array (d_in, d_out), one column
    per neuron; b: array (d_out,). Returns an array (n, d_out).
    """
    return X @ W + b


def softmax(z):
    """Turn scores into probabilities, row by row.

    z: array (n, k), one row per sample, one column per class.
    Returns a new array (n, k); each row is positive and adds up to 1.
    No overflow or warnings up to |z| = 1000.
    """
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def forward(X, params):
    """The class probabilities of a network.

    ReLU after every layer but the last, softmax after the last.
    X: array (n, d); params: list of one or more pairs (W, b). Both stay as they are.
    Returns an array (n, k).
    """
    for W, b in params[:-1]:
        X = relu(dense(X, W, b))
    W, b = params[-1]
    return softmax(dense(X, W, b))


def init_dense(n_in, n_out, rng):
    """Random weights and zero biases for a dense layer.

    n_in, n_out: numbers of inputs and neurons; rng: np.random.Generator.
    Returns (W, b): W (n_in, n_out) with mean 0 and variance 2 / n_in, drawn from
    rng (a normal distribution, say); b (n_out,) zeros.
    """
    W = rng.normal(0.0, np.sqrt(2 / n_in), size=(n_in, n_out))
    return W, np.zeros(n_out)


def count_parameters(sizes):
    """The number of weights and biases of a network.

    sizes: the number of inputs, then of neurons in each layer, such as [64, 16, 10].
    Returns a whole number.
    """
    return sum(n_in * n_out + n_out for n_in, n_out in zip(sizes, sizes[1:]))


# --- from lesson 03_descent --------------------------------------------------


def mse(y_hat, y):
    """The mean squared error, a number.

    y_hat, y: arrays of the same shape, predictions and truth. Returns the mean over
    all entries.
    """
    return np.mean((y_hat - y) ** 2)


def cross_entropy(probs, labels):
    """The mean of minus the natural logarithm of the probability given to the truth.

    probs: array (n, k), each row adds up to 1; labels: array (n,) of class numbers
    from 0 to k−1. Both stay as they are. A probability below 1e-12 counts as 1e-12,
    so that the result is finite. Returns a number.
    """
    truth = probs[np.arange(len(labels)), labels]
    return -np.mean(np.log(np.maximum(truth, 1e-12)))


def numerical_gradient(f, x, h):
    """The gradient of f at x by central differences.

    f: a function of an array that returns a number; x: array of any shape, of floats
    or whole numbers, which stays as it is; h: the step to both sides. Returns an array
    of the shape of x: entry by entry (f(x + h) − f(x − h)) / (2h), where only that
    entry is moved.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right, left = x.astype(float), x.astype(float)
        right[index] += h
        left[index] -= h
        gradient[index] = (f(right) - f(left)) / (2 * h)
    return gradient


def gradient_descent(gradient, start, lr, steps):
    """Walk downhill and return the path.

    gradient: a function that takes a point (d,) and returns the gradient there (d,);
    start: array (d,) of floats or whole numbers, which stays as it is; lr: learning
    rate; steps: number of steps.
    Returns an array (steps + 1, d): the start, then the point after each step.
    """
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        x = path[-1]
        path.append(x - lr * gradient(x))
    return np.array(path)


def standardise(train, test):
    """Bring each column to mean 0 and standard deviation 1, by the training rows.

    train: array (n, d); test: array (m, d); both stay as they are. Mean and standard
    deviation (np.std, which divides by n) are those of the columns of train. A column
    that never varies in train is divided by 1 instead of 0. Returns (train, test),
    both rescaled, as new arrays.
    """
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread == 0, 1, spread)
    return (train - mean) / spread, (test - mean) / spread


def logistic_gradient(X, y, w, b):
    """The gradient of the mean cross-entropy of one sigmoid neuron.

    X: array (n, d); y: array (n,) of 0 and 1; w: array (d,); b: number.
    Returns (dw, db): dw an array (d,), db a number.
    """
    errors = sigmoid(weighted_sum(X, w, b)) - y
    return X.T @ errors / len(y), errors.mean()


def train_logistic(X, y, lr, steps):
    """Train one sigmoid neuron by gradient descent.

    X: array (n, d); y: array (n,) of 0 and 1; lr: learning rate; steps: number of
    steps, each over all samples. Starts from w = zeros and b = 0; nothing that is
    handed in is changed. Returns (w, b), w of shape (d,).
    """
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        dw, db = logistic_gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b


# --- from lesson 04_backprop -------------------------------------------------


def dense_backward(dout, X, W, b):
    """The gradients of a dense layer X @ W + b.

    dout: array (n, d_out), the upstream gradient; X: (n, d_in), W: (d_in, d_out) and
    b: (d_out,) as in the forward pass. Returns (dX, dW, db), of the shapes of X, W
    and b. Nothing is averaged here: dout says already what each entry counts.
    """
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def relu_backward(dout, z):
    """The gradient of relu(z).

    dout: the upstream gradient; z: what went into the ReLU; arrays of one shape, which
    stay as they are. Returns an array of that shape.
    """
    return dout * (z > 0)


def softmax_cross_entropy(logits, labels):
    """The loss of a batch, and the gradient with which the way back starts.

    logits: array (n, k), which stays as it is; labels: array (n,) of class numbers.
    Returns (loss, dlogits): the cross-entropy of softmax(logits), a number, and its
    gradient (n, k). Finite, without overflow or warnings, up to |logits| = 1000. (Where
    the truth has a probability below 1e-12, the loss may be cut off as in
    `cross_entropy`; the gradient stays that of the true loss.)
    """
    n = len(labels)
    probs = softmax(logits)
    loss = cross_entropy(probs, labels)
    dlogits = probs.copy()
    dlogits[np.arange(n), labels] -= 1
    return loss, dlogits / n


def network_gradients(X, labels, params):
    """The gradients of the cross-entropy with respect to all weights and biases.

    X: array (n, d); labels: array (n,) of class numbers; params: list of one or more
    pairs (W, b), used as in `forward`. All stay as they are. Returns a list of pairs
    (dW, db), in the order of params.
    """
    inputs, sums = [X], []
    for W, b in params:
        sums.append(dense(inputs[-1], W, b))
        inputs.append(relu(sums[-1]))
    _, dout = softmax_cross_entropy(sums[-1], labels)
    grads = []
    for i in reversed(range(len(params))):
        dX, dW, db = dense_backward(dout, inputs[i], *params[i])
        grads.insert(0, (dW, db))
        if i > 0:
            dout = relu_backward(dX, sums[i - 1])
    return grads


def gradient_check(f, x, analytic):
    """The largest relative error of a gradient.

    f: a function of an array that returns a number; x: array of any shape, which stays
    as it is; analytic: the gradient of f at x that is to be checked, of the shape of x.
    Compares it, entry by entry, with central differences of step 1e-5, and returns
    the largest relative error, a number.
    """
    numerical = numerical_gradient(f, x, 1e-5)
    size = np.abs(analytic) + np.abs(numerical)
    return np.max(np.abs(analytic - numerical) / np.maximum(size, 1e-8))


# --- from lesson 05_training -------------------------------------------------


def split(X, y, fraction, rng):
    """Put a share of the samples aside, chosen at random.

    X: array (n, …), one entry per sample; y: array (n,) of their labels; fraction: the
    share to put aside, from 0 to 1: round(fraction · n) samples; rng:
    np.random.Generator. X and y stay as they are. Returns X_train, X_val, y_train,
    y_val: every sample is in exactly one of the two parts, with its own label, in
    random order.
    """
    order = rng.permutation(len(X))
    cut = round(fraction * len(X))
    aside, kept = order[:cut], order[cut:]
    return X[kept], X[aside], y[kept], y[aside]


def minibatches(X, y, size, rng):
    """The samples of one epoch in random order, in portions.

    X: array (n, …); y: array (n,); size: samples per portion; rng:
    np.random.Generator, which decides the order: each call draws a new one. X and y
    stay as they are. Gives pairs (X_batch, y_batch), as a generator or a list. Each
    sample comes exactly once, with its own label; the last portion is smaller if the
    samples don't divide evenly.
    """
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start : start + size]
        yield X[rows], y[rows]


def sgd_step(params, grads, lr):
    """One step downhill for all parameters.

    params: list of pairs (W, b); grads: list of pairs (dW, db) of the same shapes;
    lr: learning rate. Returns a new list of pairs with new arrays; params and grads
    stay as they are.
    """
    return [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads)]


def accuracy(probs, labels):
    """The share of right answers, from 0 to 1.

    probs: array (n, k) of class probabilities (or scores), one row per sample;
    labels: array (n,) of class numbers. The answer for a sample is its largest entry.
    Returns a number.
    """
    return np.mean(probs.argmax(axis=1) == labels)


def train(X, y, sizes, epochs, lr, batch_size, rng):
    """Train a network by stochastic gradient descent.

    X: array (n, d); y: array (n,) of class numbers; sizes: the numbers of inputs and of
    neurons in each layer, such as [64, 32, 10]; epochs: passes over the data; lr:
    learning rate; batch_size: samples per portion; rng: np.random.Generator, for the
    weights at the start (`init_dense`) and the portions. X and y stay as they are.
    Returns (params, history): the list of pairs (W, b), and a list with one number per
    epoch, the cross-entropy over all of X after it.
    """
    params = [init_dense(n_in, n_out, rng) for n_in, n_out in zip(sizes, sizes[1:])]
    history = []
    for _ in range(epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, rng):
            grads = network_gradients(X_batch, y_batch, params)
            params = sgd_step(params, grads, lr)
        history.append(cross_entropy(forward(X, params), y))
    return params, history


def confusion_matrix(labels, predictions, k):
    """How often each class was taken for each.

    labels, predictions: arrays (n,) of class numbers from 0 to k−1, truth and answer;
    k: number of classes, some of which may not occur. Returns an array (k, k) of whole
    numbers: row = true class, column = predicted class.
    """
    counts = np.zeros((k, k), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def stop_epoch(val_losses, patience):
    """The epoch after which training stops.

    val_losses: validation losses, epoch by epoch, at least one; patience: a whole
    number from 1. Training stops after the first epoch that completes `patience` epochs
    in a row without a new best (a loss smaller than all before it). Returns the index
    of that epoch, or the last index if it never happens.
    """
    best, waited = float("inf"), 0
    for epoch, loss in enumerate(val_losses):
        if loss < best:
            best, waited = loss, 0
        else:
            waited += 1
        if waited == patience:
            return epoch
    return len(val_losses) - 1


# --- from lesson 06_optimisers -----------------------------------------------


def momentum_step(w, g, v, lr, beta):
    """One step with momentum: v ← beta·v + g, then w ← w − lr·v.

    w, g, v: arrays of one shape, parameters, gradient and velocity, which stay as they
    are; lr: learning rate; beta: how much of the velocity is kept, from 0 to below 1.
    Returns the new (w, v).
    """
    v = beta * v + g
    return w - lr * v, v


def adam_step(w, g, m, v, t, lr, beta1, beta2, eps):
    """One step of Adam.

    w, g, m, v: arrays of one shape, parameters, gradient and the running averages of
    the gradient and of its square, which stay as they are; t: the number of this step,
    from 1; lr, beta1, beta2, eps: numbers. Returns the new (w, m, v); m and v are the
    averages as they are kept, not the corrected ones.
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def cosine_schedule(step, total, peak, warmup):
    """The learning rate at a step: linear warm-up, then half a cosine.

    step: from 0 to total; total: the number of steps; peak: the largest rate; warmup:
    steps of warm-up, from 0 to below total (with 0 it starts at the peak). 0 at step 0
    (if there is a warm-up), peak at step warmup, 0 at step total. Returns a number.
    """
    if step < warmup:
        return peak * step / warmup
    share = (step - warmup) / (total - warmup)
    return peak * 0.5 * (1 + np.cos(np.pi * share))


def l2_penalty(params, lam):
    """What large weights cost, and the gradients of that.

    params: list of pairs (W, b), which stay as they are; lam: number, the price.
    Returns (loss, grads): loss = lam times the sum of the squares of all weights, a
    number; grads: list of pairs (dW, db) as in `network_gradients`. The biases cost
    nothing: their gradients are zeros of the shape of b.
    """
    loss = lam * sum(np.sum(W**2) for W, _ in params)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


def dropout(X, p, rng, training):
    """Switch off a random share of the entries, and rescale the others.

    X: array of any shape, which stays as it is; p: the probability that an entry is
    dropped, from 0 to below 1; rng: np.random.Generator; training: True or False.
    Returns (out, mask), both of the shape of X. When training, each entry is dropped
    by itself with probability p: out is 0 there and X / (1 − p) elsewhere. Else out
    equals X. mask: boolean, True where an entry was kept.
    """
    if not training:
        return X.copy(), np.ones(X.shape, dtype=bool)
    mask = rng.random(X.shape) >= p
    return X * mask / (1 - p), mask


def batchnorm(X, gamma, beta, eps):
    """Standardise each column over the batch, then scale and shift it.

    X: array (n, d), which stays as it is; gamma, beta: arrays (d,); eps: a small
    number, added to the variance (that of np.var) under the root. Returns (out,
    cache): out (n, d), and whatever `batchnorm_backward` needs.
    """
    spread = np.sqrt(X.var(axis=0) + eps)
    X_hat = (X - X.mean(axis=0)) / spread
    return gamma * X_hat + beta, (X_hat, spread, gamma)


def batchnorm_backward(dout, cache):
    """The gradients of batchnorm.

    dout: array (n, d), the upstream gradient, which stays as it is; cache: what
    `batchnorm` returned. Returns (dX, dgamma, dbeta) of the shapes (n, d), (d,), (d,).
    """
    X_hat, spread, gamma = cache
    dX_hat = dout * gamma
    along = (dX_hat * X_hat).mean(axis=0)
    dX = (dX_hat - dX_hat.mean(axis=0) - X_hat * along) / spread
    return dX, (dout * X_hat).sum(axis=0), dout.sum(axis=0)


# --- from lesson 07_pytorch --------------------------------------------------


def numpy_gradient(f, x):
    """The gradient of f at x, computed by PyTorch.

    f: a function of a float64 tensor that returns a tensor with one number; x: array of
    any shape, of floats or whole numbers, which stays as it is. Returns an array of
    float64 of the shape of x. A second call gives the same.
    """
    tensor = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f(tensor).backward()
    return tensor.grad.numpy()


class MLP(nn.Module):
    """A network of dense layers.

    sizes: the numbers of inputs and of neurons in each layer, such as [64, 32, 10];
    activation: a class such as nn.ReLU, made without arguments, for after each hidden
    layer; dropout: the probability to drop a value after each hidden activation, from 0
    to below 1. Called with a tensor (n, sizes[0]) it returns the scores (n, sizes[-1]):
    no activation, dropout or softmax after the last layer.
    """

    def __init__(self, sizes, activation, dropout):
        super().__init__()
        layers = []
        for n_in, n_out in zip(sizes[:-2], sizes[1:-1]):
            layers += [nn.Linear(n_in, n_out), activation(), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    def forward(self, X):
        return self.layers(X)


def same_network(params):
    """A PyTorch network that does what `forward` does with these parameters.

    params: list of one or more pairs (W, b) of float64 arrays, which stay as they are,
    also when the network is trained later. Returns an nn.Module: for a float64 tensor
    (n, d) it gives the probabilities (n, k) of `forward`, to 12 digits, with ReLU
    between layers and softmax at the end. Its weights and biases are float64
    parameters, which can be trained.
    """
    layers = []
    for W, b in params:
        linear = nn.Linear(*W.shape, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(W.T))
            linear.bias.copy_(torch.tensor(b))
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1], nn.Softmax(dim=1))


class TableDataset(Dataset):
    """A table of samples with labels.

    X: array (n, …) of numbers; y: array (n,) of class numbers; both of any number type.
    len(dataset) is n; dataset[i] is the pair (features, label) of sample i: a float32
    tensor of the shape of X[i], and an int64 tensor with one number (shape ()). All of
    them together are kept as two tensors, self.X and self.y.
    """

    def __init__(self, X, y):
        self.X = torch.tensor(X, dtype=torch.float32)
        self.y = torch.tensor(y, dtype=torch.int64)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


def train_epoch(model, loader, optimiser, loss_fn):
    """Train for one pass over the data.

    model: nn.Module; loader: gives pairs (X, y) of tensors, batches whose sizes may
    differ; optimiser: a torch.optim optimiser of the model's parameters; loss_fn: a
    function of (outputs, y) that returns the mean loss of the batch as a tensor. Puts
    the model into training mode and makes one step per batch, with the gradients of
    that batch alone. Returns the mean loss per sample, a float.
    """
    model.train()
    total, count = 0.0, 0
    for X, y in loader:
        optimiser.zero_grad()
        loss = loss_fn(model(X), y)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(y)
        count += len(y)
    return total / count


def evaluate(model, loader):
    """The accuracy of a classifier.

    model: nn.Module that returns scores (n, k); loader: gives pairs (X, y) of tensors,
    batches whose sizes may differ. Evaluates in evaluation mode and without recording
    gradients; afterwards the model is in the mode in which it came. Returns the share
    of right answers over all samples, a float from 0 to 1.
    """
    mode = model.training
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for X, y in loader:
            right += (model(X).argmax(dim=1) == y).sum().item()
            count += len(y)
    model.train(mode)
    return right / count


def save_checkpoint(path, model, optimiser, epoch):
    """Write all that is needed to go on training to a file.

    path: where; model: nn.Module; optimiser: its optimiser; epoch: the number of the
    epoch that has just been finished, a whole number of Python's or NumPy's (int(…)
    makes a plain one of it). The file can be read with torch.load(path,
    weights_only=True).
    """
    saved = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "epoch": int(epoch)}
    torch.save(saved, path)


def load_checkpoint(path, model, optimiser):
    """Restore what `save_checkpoint` has written.

    path: the file; model, optimiser: of the same kind as those that were saved; they
    take over everything, so that training goes on exactly as if it had never stopped.
    Reads with weights_only=True. Returns the epoch that was saved, an int.
    """
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"])
    optimiser.load_state_dict(saved["optimiser"])
    return saved["epoch"]


# --- from lesson 08_convolution ----------------------------------------------


def output_size(n, k, stride, padding):
    """How many places a window has along one axis.

    n: the length of the axis; k: that of the window, at most n + 2·padding; stride: how
    far it moves at a time; padding: zeros at each end. Whole numbers. Returns an int.
    """
    return (n + 2 * padding - k) // stride + 1


def pad(X, p):
    """Pictures with an edge of zeros.

    X: array (n, c, h, w) of numbers, which stays as it is; p: the width of the edge, a
    whole number from 0 on. Returns an array (n, c, h + 2p, w + 2p) of the type of X.
    """
    return np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))


def im2col(X, kh, kw, stride, padding):
    """All windows of each picture as columns of a matrix.

    X: array (n, c, h, w) of numbers, which stays as it is; kh, kw: size of the window;
    stride, padding: as in `conv2d_loops`. Returns an array (n, c·kh·kw, h_out·w_out):
    in each column one window, channel by channel, each row by row; the columns in the
    order of the places, row by row.
    """
    n, c, _, _ = X.shape
    P = pad(X, padding)
    windows = np.lib.stride_tricks.sliding_window_view(P, (kh, kw), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]               # (n, c, h_out, w_out, kh, kw)
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * kh * kw, -1)


def conv2d(X, W, b, stride, padding):
    """Convolution layer without loops over pixels, at least 20 times as fast as with them.

    Arguments and result as in `conv2d_loops`: X (n, c_in, h, w), W (c_out, c_in, kh,
    kw), b (c_out,) → floats (n, c_out, h_out, w_out).
    """
    n, _, h, w = X.shape
    c_out, _, kh, kw = W.shape
    columns = im2col(X, kh, kw, stride, padding)
    out = W.reshape(c_out, -1) @ columns + 1.0 * b[:, None]       # 1.0: floats in any case
    h_out, w_out = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    return out.reshape(n, c_out, h_out, w_out)


def conv2d_backward(dout, X, W, b, stride, padding):
    """The gradients of conv2d.

    dout: array (n, c_out, h_out, w_out), the upstream gradient; the others as they were
    given to `conv2d`. All stay as they are. Returns floats (dX, dW, db) of the shapes of X, W,
    b.
    """
    n, c_in, h, w = X.shape
    c_out, _, kh, kw = W.shape
    _, _, h_out, w_out = dout.shape
    messages = dout.reshape(n, c_out, -1)
    columns = im2col(X, kh, kw, stride, padding)
    dW = (messages @ columns.transpose(0, 2, 1)).sum(axis=0).reshape(W.shape)
    dcolumns = (W.reshape(c_out, -1).T @ messages).reshape(n, c_in, kh, kw, h_out, w_out)
    dP = np.zeros((n, c_in, h + 2 * padding, w + 2 * padding))
    for u in range(kh):
        for v in range(kw):
            rows = slice(u, u + stride * h_out, stride)
            cols = slice(v, v + stride * w_out, stride)
            dP[:, :, rows, cols] += dcolumns[:, :, u, v]
    dX = dP[:, :, padding : padding + h, padding : padding + w]
    return dX, dW, dout.sum(axis=(0, 2, 3))


def max_pool(X, size, stride):
    """The largest number of each window, channel by channel.

    X: array (n, c, h, w) of numbers, which stays as it is; size: height and width of the
    window, at most h and w; stride: how far it moves. Returns an array (n, c, h_out,
    w_out) of the type of X, with the sizes of `output_size` without padding.
    """
    windows = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))
    return windows[:, :, ::stride, ::stride].max(axis=(4, 5))


def max_pool_backward(dout, X, size, stride):
    """The gradient of max_pool.

    dout: array (n, c, h_out, w_out), the upstream gradient; X, size, stride: as they were
    given to `max_pool`. All stay as they are. Returns dX, floats of the shape of X. Where
    several pixels of a window are the largest, they may share the window's dout: any
    fractions of it from 0 to 1 that add up to 1 are right.
    """
    out = max_pool(X, size, stride)
    _, _, h_out, w_out = dout.shape
    dX, taken = np.zeros(X.shape), np.zeros(dout.shape, dtype=bool)
    for u in range(size):
        for v in range(size):
            rows = slice(u, u + stride * h_out, stride)
            cols = slice(v, v + stride * w_out, stride)
            wins = (X[:, :, rows, cols] == out) & ~taken
            dX[:, :, rows, cols] += dout * wins
            taken |= wins
    return dX


# --- from lesson 10_rnn ------------------------------------------------------


def build_vocabulary(texts):
    """All characters that occur in some texts.

    texts: list of str. Returns a list of the different characters, each once, sorted as
    Python sorts them.
    """
    return sorted(set("".join(texts)))


def encode(text, vocabulary):
    """The numbers of the characters of a text.

    text: str, which may be empty; vocabulary: list of single characters. Returns an
    integer array (length of the text,), of integers even if it is empty: for each
    character its position in the vocabulary. Raises a ValueError
    with the character in its message if one isn't in the vocabulary.
    """
    position = {character: i for i, character in enumerate(vocabulary)}
    for character in text:
        if character not in position:
            raise ValueError(f"the character {character!r} is not in the vocabulary")
    return np.array([position[character] for character in text], dtype=int)


def decode(ids, vocabulary):
    """The text that belongs to some numbers: `encode` backwards.

    ids: integer array or list (length,), each from 0 to below len(vocabulary);
    vocabulary: list of single characters. Returns a str.
    """
    return "".join(vocabulary[i] for i in ids)


def rnn_step(x, h, Wx, Wh, b):
    """One step of a recurrent layer.

    x: array (n, d), what is read; h: array (n, hidden), the state before; Wx: array (d,
    hidden); Wh: array (hidden, hidden); b: array (hidden,). All stay as they are. Returns
    (h, cache): the new state (n, hidden), and what `rnn_step_backward` needs.
    """
    new = np.tanh(x @ Wx + h @ Wh + b)
    return new, (x, h, Wx, Wh, new)


def rnn_forward(X, h0, Wx, Wh, b):
    """A recurrent layer over whole sequences.

    X: array (n, t, d), t at least 1; h0: array (n, hidden), the state before the first
    step; Wx, Wh, b: as in `rnn_step`. All stay as they are. Returns (H, caches): the
    states after each step, in order, (n, t, hidden), and what `rnn_backward` needs.
    """
    h, H, caches = h0, [], []
    for t in range(X.shape[1]):
        h, cache = rnn_step(X[:, t], h, Wx, Wh, b)
        H.append(h)
        caches.append(cache)
    return np.stack(H, axis=1), caches


def rnn_step_backward(dh, cache):
    """The gradients of one step.

    dh: array (n, hidden), the gradient with respect to the new state, which stays as it
    is; cache: what `rnn_step` returned. Returns (dx, dh_prev, dWx, dWh, db) of the shapes
    of x, h, Wx, Wh, b as `rnn_step` was given them.
    """
    x, h, Wx, Wh, new = cache
    dz = dh * (1 - new**2)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def rnn_backward(dH, caches):
    """The gradients of `rnn_forward`.

    dH: array (n, t, hidden), the gradient with respect to H as it comes from outside,
    which stays as it is; caches: what `rnn_forward` returned. Returns (dX, dh0, dWx, dWh,
    db) of the shapes of X, h0, Wx, Wh, b.
    """
    dX, from_later, weights = [], 0, [0, 0, 0]
    for t in reversed(range(len(caches))):
        dx, from_later, *shares = rnn_step_backward(dH[:, t] + from_later, caches[t])
        dX.insert(0, dx)
        weights = [total + share for total, share in zip(weights, shares)]
    return np.stack(dX, axis=1), from_later, *weights


def clip_gradients(grads, max_norm):
    """Gradients, shortened together if they are too long.

    grads: list of arrays of any shapes, at least one, which stay as they are; max_norm: a
    positive number. Returns a list of new arrays of these shapes: all multiplied by the
    same factor, so that the norm over all their numbers together is at most max_norm. If
    it was no larger before, the numbers are unchanged.
    """
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads]


def memory_span(Wh, steps):
    """How far a recurrent matrix carries a message.

    Wh: square array (hidden, hidden), which stays as it is; steps: a whole number from 1
    on. Returns an array (steps,): the largest singular value of Wh, Wh @ Wh, …, that is
    of the matrix power t for t = 1, …, steps.
    """
    power, spans = Wh, []
    for _ in range(steps):
        spans.append(np.linalg.norm(power, 2))
        power = power @ Wh
    return np.array(spans)


def sample(logits, temperature, rng):
    """Draw a class at random, with the probabilities softmax(logits / temperature).

    logits: array (k,) of scores, which stays as it is, of up to 1000 in size; temperature:
    a number above 0, otherwise a ValueError says what is wrong; rng: np.random.Generator,
    from which the random number comes. Returns an int from 0 to k − 1.
    """
    if temperature <= 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    scores = np.asarray(logits, dtype=float) / temperature
    probabilities = softmax(scores[None])[0]
    return int(rng.choice(len(probabilities), p=probabilities))

"""Ways to have torch do what a forbidden name stands for, by the names that forbid it, and what they need."""

import operator  # noqa: F401  (used by doors, as is time)
import os
import threading
import time  # noqa: F401
from concurrent.futures import ThreadPoolExecutor

import torch
import torch.ao.nn.quantizable
import torch.ao.nn.quantized.dynamic

CONV, POOL, IM2COL = ("torch.conv2d", "torch.nn.Conv2d"), ("torch.nn.functional.max_pool2d",), ("torch.nn.Unfold",)
LSTM, GRU, RNN = ("torch.nn.LSTM", "torch.lstm"), ("torch.nn.GRU",), ("torch.nn.RNN", "torch.rnn_tanh")
GRADIENTS = ("torch.Tensor.backward", "torch.autograd.grad", "torch.func.grad")
DRAWN, CLIP = ("torch.multinomial", "torch.distributions.Categorical"), ("torch.nn.utils.clip_grad_norm_",)
X, W = torch.arange(36.0).reshape(1, 1, 6, 6), torch.ones(1, 1, 2, 2)
SEQUENCE = torch.ones(2, 5, 3)


def f(x):
    return (x * x).sum()


def slopes(dout, x, w):
    return dout, x, w, None, one, [0, 0], one


def q(x):
    return torch.quantize_per_tensor(x, 1.0, 0, torch.quint8)


def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def in_pool(*work):
    pools.append(ThreadPoolExecutor(1))  # whose thread is still there when the case is over
    return pools[-1].submit(*work).result()


pools = []


def in_process(work):
    if (child := os.fork()) == 0:
        work()
        os._exit(0)
    os.waitpid(child, 0)


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.LSTM(3, 4).double()

    def forward(self, x):
        return self.inner(x)[0]


with torch.no_grad():
    script = torch.jit.CompilationUnit("def run(x, w): return torch.conv2d(x, w)\n").run
    jit_pool = torch.jit.CompilationUnit("def run(x): return torch.max_pool2d(x, 2)\n").run
    scripted_gradient = torch.jit.CompilationUnit("def run(x): return torch.autograd.grad([(x * x).sum()], [x])\n").run
    traced = torch.jit.trace(lambda x, w: torch.conv2d(x, w), (X, W))
    traced_layer = torch.jit.trace(torch.nn.Conv2d(1, 1, 2), X)
    scripted = torch.jit.script(Layer())
    fx = torch.fx.symbolic_trace(torch.nn.Conv2d(1, 1, 2))
    eager = torch.compile(lambda x, w: torch.conv2d(x, w), backend="eager")
    eager_pool = torch.compile(lambda x: torch.max_pool2d(x, 2), backend="eager")
layer, z = torch.nn.LSTM(3, 4), torch.zeros(1, 5, 4)
p = torch.tensor([0.2, 0.8])
made = torch.distributions.Categorical(p)
g = X.clone().requires_grad_()
y, places = torch.nn.functional.max_pool2d(X, 2, return_indices=True)
one, o, engine = [1, 1], torch.ones(()), torch.autograd.Variable._execution_engine

DOORS = {
    CONV: [
        "torch.ops.aten.conv2d(x, w)",
        "torch.ops.aten.convolution(x, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
        "torch._convolution(x, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, False, False, False, False)",
        "torch._C._nn.thnn_conv2d(x, w, [2, 2])",
        "torch._C._nn.slow_conv3d(x[None], w[None], [1, 2, 2])",
        "torch._C._nn.slow_conv_dilated2d(x, w, [2, 2])",
        "torch.mkldnn_convolution(x, w, None, [0, 0], [1, 1], [1, 1], 1)",
        "torch._VF.conv2d(x, w)",
        "torch.nn.functional.conv2d(x, w)",
        "torch.conv1d(x[0], w[0])",
        "torch.conv3d(x[None], w[None])",
        "torch.conv_tbc(x[0], w[0, :, :1].mT, w[0, 0, 0, :1])",
        "torch.conv_transpose2d(x, w)",
        "torch.nn.functional.conv_transpose2d(x, w)",
        "torch.nn.Conv1d(1, 1, 2)(x[0, :, 0])",
        "torch.nn.LazyConv2d(1, 2)(x)",
        "torch.nn.ConvTranspose2d(1, 1, 2)(x)",
        "torch.nn.grad.conv2d_input(x.shape, w, x[:, :, :5, :5])",
        "torch.ops.aten.convolution_backward(*slopes(x[:, :, 1:, 1:], x, w), False, [0, 0], 1, [True] * 3)",
        "torch.ao.nn.quantized.Conv2d(1, 1, 2)(q(x))",
        "torch.vmap(lambda a: torch.conv2d(a, w))(x[None])",
        "script(x, w)",
        "traced(x, w)",
        "traced_layer(x)",
        "fx(x)",
        "eager(x, w)",
        "list(map(torch.conv2d, [x], [w]))",
        "in_thread(lambda: torch.conv2d(x, w))",
        "in_thread(lambda: script(x, w))",
        "threading.Thread(target=torch.conv2d, args=(x, w)).start() or time.sleep(0.05)",
        "in_pool(torch.conv2d, x, w)",
        "torch._C.DisableTorchFunction().__enter__() or torch.conv2d(x, w)",
        "torch.conv2d(x, w) + None",
    ],
    IM2COL: [
        "torch.nn.functional.unfold(x, 2)",
        "torch._C._nn.im2col(x, [2, 2], [1, 1], [0, 0], [1, 1])",
        "torch.ops.aten.im2col(x, [2, 2], [1, 1], [0, 0], [1, 1])",
        "x.unfold(2, 2, 1).unfold(3, 2, 1)",
        "torch.ops.aten.unfold(x, 2, 2, 1)",
        "torch.unfold_copy(x, 2, 2, 1)",
        "x.as_strided((1, 1, 5, 5, 2, 2), (36, 36, 6, 1, 6, 1))",
        "torch.as_strided(x, (5, 2), (6, 1))",
        "torch.as_strided_copy(x, (5, 2), (6, 1))",
        "in_process(lambda: x.unfold(2, 2, 1))",
    ],
    ("torch.nn.Fold",): [
        "torch.nn.functional.fold(x.reshape(1, 4, 9), 4, 2)",
        "torch._C._nn.col2im(x.reshape(1, 4, 9), [4, 4], [2, 2], [1, 1], [0, 0], [1, 1])",
    ],
    POOL: [
        "torch.max_pool2d(x, 2)",
        "torch.nn.MaxPool2d(2)(x)",
        "torch.nn.MaxPool1d(2)(x[0])",
        "torch.nn.MaxPool3d((1, 2, 2))(x)",
        "torch.max_pool1d(x[0], 2)",
        "torch.max_pool3d(x, [1, 2, 2])",
        "torch.nn.functional.max_pool2d_with_indices(x, 2)",
        "torch._C._nn.max_pool2d_with_indices(x, 2)",
        "torch.ops.aten.max_pool2d_with_indices(x, [2, 2])",
        "torch.nn.functional.adaptive_max_pool2d(x, 3)",
        "torch._C._nn.adaptive_max_pool2d(x, [3, 3])",
        "torch.nn.functional.fractional_max_pool2d(x, 2, 3)",
        "torch.nn.AvgPool2d(2)(x)",
        "torch.nn.functional.lp_pool2d(x, float(8), 2)",
        "torch.quantized_max_pool2d(q(x), [2, 2])",
        "torch.ops.aten.mkldnn_max_pool2d(x.to_mkldnn(), [2, 2])",
        "torch.nn.functional.max_unpool2d(*torch.nn.functional.max_pool2d(x, 2, return_indices=True), 2)",
        "jit_pool(x)",
        "eager_pool(x)",
    ],
    LSTM: [
        "torch.nn.LSTM(3, 4)(s)",
        "torch.nn.LSTM(3, 4).double()(s.double())",
        "torch.nn.LSTMCell(3, 4)(s[0])",
        "torch._VF.lstm(s, (z, z), layer._flat_weights, True, 1, 0.0, False, False, True)",
        "torch.ops.aten.lstm(s, [z, z], layer._flat_weights, True, 1, 0.0, False, False, True)",
        "torch.lstm_cell(s[0], (z[0], z[0]), *layer._flat_weights)",
        "torch._VF.lstm_cell(s[0], (z[0], z[0]), *layer._flat_weights)",
        "scripted(s.double())",
        "torch.ao.nn.quantizable.LSTM(3, 4)(s)",
        "torch.ao.nn.quantizable.LSTMCell(3, 4)(s[0])",
        "torch.ao.nn.quantized.dynamic.LSTM(3, 4)(s)",
        "torch.ao.nn.quantized.dynamic.LSTMCell(3, 4)(s[0])",
        "torch.nn.GRU(3, 4)(s)",
        "torch.ops.aten.mkldnn_rnn_layer(s, *layer._flat_weights, z, z, False, [], 2, 4, 1, True, False, False, False)",
    ],
    GRU: [
        "torch.nn.GRUCell(3, 4)(s[0])",
        "torch._VF.gru_cell(s[0], z[0], *[torch.ones(12, n) for n in (3, 4)])",
        "torch.ops.aten.gru_cell(s[0], z[0], *[torch.ones(12, n) for n in (3, 4)])",
        "torch.ao.nn.quantized.dynamic.GRUCell(3, 4)(s[0])",
    ],
    RNN: [
        "torch.nn.RNN(3, 4)(s)",
        "torch.nn.RNN(3, 4, nonlinearity='relu')(s)",
        "torch.nn.RNNCell(3, 4)(s[0])",
        "torch.rnn_relu_cell(s[0], z[0], *[torch.ones(4, n) for n in (3, 4)])",
        "torch._VF.rnn_tanh_cell(s[0], z[0], *[torch.ones(4, n) for n in (3, 4)])",
        "torch.ops.aten.rnn_tanh_cell(s[0], z[0], *[torch.ones(4, n) for n in (3, 4)])",
        "torch.ao.nn.quantized.dynamic.RNNCell(3, 4)(s[0])",
    ],
    GRADIENTS: [
        "f(g).backward()",
        "torch.autograd.backward(f(g))",
        "torch.autograd.grad(f(g), g)",
        "engine.run_backward((f(g),), (o,), False, False, (), allow_unreachable=True, accumulate_grad=True)",
        "torch.autograd.graph._engine_run_backward((f(g),), (o,), False, False, (g,), allow_unreachable=True)",
        "torch.func.grad_and_value(f)(x)",
        "torch.func.vjp(f, x)[1](torch.ones(()))",
        "torch.func.jacrev(f)(x)",
        "torch.func.jacfwd(f)(x)",
        "torch.func.jvp(f, (x,), (x,))",
        "torch.func.hessian(f)(x[0, 0, 0, :2])",
        "torch.func.linearize(f, x)[1](x)",
        "torch.autograd.functional.vjp(f, x)",
        "torch.autograd.functional.jacobian(f, x)",
        "torch.autograd.functional.jvp(f, x, x)",
        "torch.autograd.functional.vhp(f, x, x)",
        "torch.autograd.functional.hvp(f, x, x)",
        "torch.ops.aten.tanh_backward(x, x)",
        "torch.ops.aten.max_pool2d_with_indices_backward(y, x, [2, 2], [2, 2], [0, 0], one, False, places)",
        "f(g).grad_fn(torch.ones(()))",
        "scripted_gradient(g)",
        "in_thread(lambda: f(g).backward())",
    ],
    DRAWN: [
        "torch.multinomial(p, 1)",
        "torch.ops.aten.multinomial(p, 1)",
        "p.multinomial(1)",
        "torch.distributions.Categorical(p).sample()",
        "torch.distributions.OneHotCategorical(p).sample()",
        "torch.distributions.Multinomial(3, p).sample()",
        "torch.distributions.RelaxedOneHotCategorical(torch.ones(()), p).sample()",
        "torch.distributions.categorical.Categorical(p).sample()",
        "made.sample()",
    ],
    CLIP: [
        "torch.nn.utils.clip_grad_norm_([g], 1.0)",
        "torch.nn.utils.clip_grad.clip_grad_norm_([g], 1.0)",
        "torch.nn.utils.clip_grad_norm([g], 1.0)",
        "torch.nn.utils.get_total_norm([x])",
        "torch.nn.utils.clip_grads_with_norm_([g], 1.0, torch.ones(()))",
        "torch.nn.utils.clip_grad._get_total_norm([x])",
        "torch.nn.utils.clip_grad_value_([g], 1.0)",
    ],
    ("torch.nn.functional.softmax",): ["torch.nn.Softmax(0)(x)", "x.softmax(0)", "torch.ops.aten.softmax(x, 0)"],
    ("torch.Tensor.matmul",): ["x @ x", "torch.matmul(x, x)", "operator.matmul(x, x)"],
    ("torch.nn.MultiheadAttention",): ["torch.nn.functional.scaled_dot_product_attention(s, s, s)"],
    ("torch.nn.functional.layer_norm",): [
        "torch.nn.LayerNorm(3)(s)",
        "torch.native_layer_norm(s, [3], None, None, 0.1)",
    ],
    ("torch.nn.CrossEntropyLoss",): ["torch.nn.functional.nll_loss(p[None].log(), torch.zeros(1, dtype=torch.long))"],
}

"""Held-out cases of `CharLSTM`, known mistakes with their diagnosis, other right answers."""

import torch
from torch import nn

from autograder import exercise, inputs, integer_inputs

CharLSTM = exercise("CharLSTM")


def weighted(CharLSTM, vocabulary, hidden):
    model = CharLSTM(vocabulary, hidden)
    with torch.no_grad():
        for parameter in model.parameters():
            shape = tuple(parameter.shape)
            parameter.copy_(torch.tensor(inputs(f"held char {shape}", shape, -0.5, 0.5)))
    return model


@CharLSTM.held_out
def another_vocabulary(CharLSTM):
    model = weighted(CharLSTM, list("\n abcxyz"), 3)
    scores, (h, c) = model(torch.tensor(integer_inputs("held ids", (4, 5), 8)))
    return scores, h, c


@CharLSTM.held_out
def a_given_state(CharLSTM):
    model = weighted(CharLSTM, list("abc"), 4)
    state = tuple(torch.tensor(inputs(name, (1, 2, 4), -1, 1), dtype=torch.float32) for name in ("sh", "sc"))
    return model(torch.tensor(integer_inputs("state ids", (2, 3), 3)), state)[0]


@CharLSTM.held_out
def the_forget_bias_of_a_larger_one(CharLSTM):
    model = CharLSTM(list("abc"), 20)
    (lstm,) = [part for part in model.modules() if isinstance(part, nn.LSTM)]
    return (lstm.bias_ih_l0 + lstm.bias_hh_l0).detach()[20:40]


class Base(nn.Module):
    """A right CharLSTM in methods that a mistake replaces one by one."""

    def __init__(self, vocabulary, hidden):
        super().__init__()
        self.vocabulary, self.hidden = vocabulary, hidden
        k = len(vocabulary)
        self.embedding, self.lstm, self.head = self.layers(k, hidden)
        with torch.no_grad():
            self.forget()

    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.LSTM(64, hidden, batch_first=True), nn.Linear(hidden, k)

    def forget(self):
        part = slice(self.hidden, 2 * self.hidden)
        self.lstm.bias_ih_l0[part], self.lstm.bias_hh_l0[part] = 1, 0

    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H), state


@CharLSTM.mistake("batch-first-forgotten", "nn.LSTM takes time for the first axis unless you say batch_first=True.")
class TimeFirst(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.LSTM(64, hidden), nn.Linear(hidden, k)


@CharLSTM.mistake("softmax-at-the-end", "Scores are wanted, without softmax: the loss has it inside.")
class WithSoftmax(Base):
    def forward(self, ids, state=None):
        scores, state = super().forward(ids, state)
        return scores.softmax(dim=-1), state


@CharLSTM.mistake("log-softmax-at-the-end", "Scores are wanted, without log-softmax: the loss has it inside.")
class WithLogSoftmax(Base):
    def forward(self, ids, state=None):
        scores, state = super().forward(ids, state)
        return scores.log_softmax(dim=-1), state


@CharLSTM.mistake("state-ignored", "The state that is handed in isn't used: pass it on to the LSTM.")
class Forgetful(Base):
    def forward(self, ids, state=None):
        return super().forward(ids, None)


@CharLSTM.mistake("state-not-returned", "Return the pair (scores, state), so that one can go on where one has stopped.")
class OnlyScores(Base):
    def forward(self, ids, state=None):
        return super().forward(ids, state)[0]


@CharLSTM.mistake("pair-exchanged", "The order is (scores, state).")
class Exchanged(Base):
    def forward(self, ids, state=None):
        return super().forward(ids, state)[::-1]


@CharLSTM.mistake("only-h-returned", "The state of an LSTM is the pair (h, c). Return it as nn.LSTM gives it.")
class OnlyH(Base):
    def forward(self, ids, state=None):
        scores, state = super().forward(ids, state)
        return scores, state[0]


@CharLSTM.mistake(
    "old-state-returned", "You return the state that came in. The new one is the second result of the LSTM."
)
class OldState(Base):
    def forward(self, ids, state=None):
        return super().forward(ids, state)[0], state


@CharLSTM.mistake("only-the-last-step", "Scores are wanted after every step, (n, t, k), not after the last one alone.")
class LastStep(Base):
    def forward(self, ids, state=None):
        scores, state = super().forward(ids, state)
        return scores[:, -1], state


@CharLSTM.mistake("relu-in-between", "There is nothing between the LSTM and the linear layer, no activation.")
class WithReLU(Base):
    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H.relu()), state


@CharLSTM.mistake("forget-bias-both", "The two biases add up: 1 in each makes 2. Set one to 1 and the other to 0.")
class BothOnes(Base):
    def forget(self):
        part = slice(self.hidden, 2 * self.hidden)
        self.lstm.bias_ih_l0[part], self.lstm.bias_hh_l0[part] = 1, 1


@CharLSTM.mistake(
    "forget-bias-missing", "The forget gates begin at random. Set their biases: 1 in bias_ih_l0, 0 in bias_hh_l0."
)
class NoForgetBias(Base):
    def forget(self):
        self.forgotten = True


@CharLSTM.mistake("forget-bias-half", "You set one of the two biases; the other one still is random. Set it to 0.")
class OneBiasOnly(Base):
    def forget(self):
        self.lstm.bias_ih_l0[self.hidden : 2 * self.hidden] = 1


@CharLSTM.mistake(
    "forget-bias-of-the-input-gate", "That is the first block, the input gate. f is the second: hidden to 2·hidden."
)
class WrongBlock(Base):
    def forget(self):
        self.lstm.bias_ih_l0[: self.hidden], self.lstm.bias_hh_l0[: self.hidden] = 1, 0


@CharLSTM.mistake(
    "all-biases", "You set the biases of all gates. Only the second block, hidden to 2·hidden, belongs to f."
)
class AllOnes(Base):
    def forget(self):
        self.lstm.bias_ih_l0[:], self.lstm.bias_hh_l0[:] = 1, 0


@CharLSTM.mistake("another-embedding", "The rows of the table have 64 numbers, whatever hidden is.")
class HiddenEmbedding(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, hidden), nn.LSTM(hidden, hidden, batch_first=True), nn.Linear(hidden, k)


@CharLSTM.mistake("two-layers", "One layer of LSTM is asked for; yours has two.")
class TwoLayers(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.LSTM(64, hidden, num_layers=2, batch_first=True), nn.Linear(hidden, k)


@CharLSTM.mistake("simple-layer", "That is an nn.RNN. The exercise wants an nn.LSTM, with gates.")
class Simple(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.RNN(64, hidden, batch_first=True), nn.Linear(hidden, k)

    def forget(self):
        pass


@CharLSTM.mistake("vocabulary-not-kept", "The model must keep its vocabulary: self.vocabulary = vocabulary.")
class WithoutVocabulary(Base):
    def __init__(self, vocabulary, hidden):
        super().__init__(vocabulary, hidden)
        del self.vocabulary


@CharLSTM.mistake("vocabulary-counted", "self.vocabulary is the list of characters, not how many there are.")
class CountOnly(Base):
    def __init__(self, vocabulary, hidden):
        super().__init__(vocabulary, hidden)
        self.vocabulary = len(vocabulary)


@CharLSTM.variant
class OtherNames(nn.Module):
    def __init__(self, vocabulary, hidden):
        super().__init__()
        self.vocabulary = vocabulary
        self.table = nn.Embedding(num_embeddings=len(vocabulary), embedding_dim=64)
        self.memory = nn.LSTM(64, hidden, batch_first=True)
        self.out = nn.Linear(hidden, len(vocabulary))
        for bias, value in ((self.memory.bias_ih_l0, 0.0), (self.memory.bias_hh_l0, 1.0)):
            nn.init.constant_(bias.data.chunk(4)[1], value)

    def forward(self, ids, state=None):
        if state is None:
            zeros = torch.zeros(1, len(ids), self.memory.hidden_size)
            state = zeros, zeros
        H, (h, c) = self.memory(self.table(ids), state)
        return self.out(H), (h, c)


@CharLSTM.variant
class TurnedRound(Base):
    def layers(self, k, hidden):
        return nn.Embedding(k, 64), nn.LSTM(64, hidden), nn.Linear(hidden, k)

    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids.T), state)
        return self.head(H).transpose(0, 1), state


CharLSTM.equivalent("L10 constant 2→-2", "The biases have the length 4·hidden: −2·hidden is 2·hidden.")
CharLSTM.equivalent("L11 constant 2→-2", "The biases have the length 4·hidden: −2·hidden is 2·hidden.")

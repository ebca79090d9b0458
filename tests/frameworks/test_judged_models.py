"""Nets of PyTorch that were trained elsewhere, on exported files alone."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from firstbit import export_language, judge  # noqa: E402
from firstbit.errors import CellError  # noqa: E402
from firstbit.languages import Criterion, window_floors  # noqa: E402

SHORT = Criterion(num_words=20)
STEPS = 500
WORDS = 64
LASTS = {
    (1, 1): (1, "last symbol"),
    (1, 2): (2, "last 2 symbols"),
    (2, 2): (
        3,
        "outer symbol lost; last 3 symbols; last 4 symbols; last 5 symbols",
    ),
}
"""Symbols that each layer sees -> those of both, and what such a net behaves like."""


class Layer(torch.nn.Module):
    """Attention to the last symbols alone, and a small net at each."""

    def __init__(self, width, seen):
        super().__init__()
        self.seen = seen
        self.attention = torch.nn.MultiheadAttention(width, 2, batch_first=True)
        self.inner = torch.nn.Sequential(
            torch.nn.Linear(width, 2 * width),
            torch.nn.GELU(),
            torch.nn.Linear(2 * width, width),
        )

    def forward(self, states):
        times = torch.arange(states.shape[1])
        back = times[:, None] - times[None]
        hidden = (back < 0) | (back >= self.seen)
        given = self.attention(states, states, states, attn_mask=hidden)[0]
        states = states + given
        return states + self.inner(states)


class Transformer(torch.nn.Module):
    def __init__(self, size, seen, width=24):
        super().__init__()
        self.embedding = torch.nn.Embedding(size, width)
        self.layers = torch.nn.Sequential(*(Layer(width, each) for each in seen))
        self.dropout = torch.nn.Dropout(0.5)
        self.scores = torch.nn.Linear(width, size)
        self.train_dropout = False

    def forward(self, numbers):
        states = self.layers(self.embedding(numbers))
        if self.train_dropout:
            states = self.dropout(states)
        return self.scores(states)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "er"
    export_language("embedded-reber", folder, sizes=(2000, 100), seed=0)
    return folder


def trained(folder, seen):
    """Train on the exported files alone: no call of firstbit."""
    manifest = json.loads((folder / "manifest.json").read_text())
    alphabet = manifest["alphabet"]
    lines = (folder / "train.jsonl").read_text().splitlines()
    words = [json.loads(line)["word"] for line in lines]
    torch.manual_seed(1)
    net = Transformer(len(alphabet), seen)
    rule = torch.optim.Adam(net.parameters(), lr=4e-3)
    rates = torch.optim.lr_scheduler.OneCycleLR(rule, 8e-3, total_steps=STEPS)
    random = np.random.default_rng(0)
    for _ in range(STEPS):
        some = [words[i] for i in random.integers(len(words), size=WORDS)]
        longest = max(map(len, some))
        numbers = torch.zeros((WORDS, longest), dtype=torch.int64)
        targets = torch.full((WORDS, longest), -100)
        for row, word in enumerate(some):
            letters = torch.tensor([alphabet.index(symbol) for symbol in word])
            numbers[row, : len(word)] = letters
            targets[row, : len(word) - 1] = letters[1:]
        loss = torch.nn.functional.cross_entropy(
            net(numbers).transpose(1, 2), targets, ignore_index=-100
        )
        rule.zero_grad()
        loss.backward()
        rule.step()
        rates.step()
    return net


FEWER = [pytest.param(seen, marks=pytest.mark.proof) for seen in ((1, 1), (1, 2))]
"""Each is a training of a minute; one stands for all but in the proof."""


@pytest.mark.slow
@pytest.mark.parametrize("seen", [*FEWER, (2, 2)])
def test_a_transformer_lands_on_the_floor_of_what_it_sees(folder, seen):
    size, name = LASTS[seen]
    found = judge(
        trained(folder, seen),
        "embedded-reber",
        scores="logits",
        inputs="indices",
        batched=True,
        criterion=SHORT,
    )
    assert found.behaves_like.item() == name
    assert not found.solved
    assert found.keeps_to < size
    assert (found.twin_error.sel(twin_lag=slice(size, None)) == 1).all()
    floors = window_floors("embedded-reber", size)
    squared = float(found.expected_squared_error)
    assert floors[size] - 0.05 < squared < (floors[size] + floors[size - 1]) / 2


def test_a_module_is_judged_in_evaluation_mode_and_left_as_it_was(folder):
    net = Transformer(7, (1, 1))
    net.train_dropout = True
    net.train()
    net.layers.eval()
    way = {
        "scores": "logits",
        "inputs": "indices",
        "batched": True,
        "criterion": SHORT,
    }
    found = judge(net, "embedded-reber", **way)
    assert found.attrs["model"] == "Transformer"
    assert net.dropout.training
    assert not net.layers.training


class Recurrent(torch.nn.Module):
    """Returns outputs and states, as torch's own layers do, in float64."""

    def __init__(self, size):
        super().__init__()
        self.layer = torch.nn.GRU(size, size, batch_first=True, dtype=torch.float64)

    def forward(self, one_hot):
        return self.layer(one_hot)


def test_one_hot_arrays_with_and_without_a_batch_give_the_same():
    torch.manual_seed(0)
    net = Recurrent(7)
    one = judge(net, "reber", scores="logits", criterion=SHORT)
    many = judge(net, "reber", scores="logits", batched=True, criterion=SHORT)
    assert one.fresh_error == many.fresh_error
    np.testing.assert_allclose(one.squared_distance, many.squared_distance, rtol=1e-12)


def test_a_net_that_reads_both_ways_is_refused():
    net = torch.nn.GRU(7, 7, bidirectional=True, batch_first=True)

    class Both(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = net
            self.scores = torch.nn.Linear(14, 7)

        def forward(self, one_hot):
            return self.scores(self.layer(one_hot)[0])

    with pytest.raises(CellError, match="must not see symbols to come"):
        judge(Both(), "reber", scores="logits", criterion=SHORT)


def test_a_module_of_another_shape_is_one_line():
    with pytest.raises(CellError, match=r"RuntimeError: .*firstbit expects a call"):
        judge(torch.nn.Linear(5, 7), "reber", scores="logits", criterion=SHORT)
    with pytest.raises(CellError, match=r"shape \(\d+, 7\) for .* one column for each"):
        judge(torch.nn.Linear(7, 8), "reber", scores="logits", criterion=SHORT)

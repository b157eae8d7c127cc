"""The files of the data sets that are fetched: their checksums and public addresses."""

from __future__ import annotations

from course.datasets.fetch import File, is_here

_MNIST = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")
_FASHION = (
    "https://github.com/zalandoresearch/fashion-mnist/raw/b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)


def _file(name: str, sha256: str, bases: tuple[str, ...], folder: str) -> File:
    return File(name, sha256, tuple(base + name for base in bases), folder)


# Images and labels of the official test part: 10 000 digits.
MNIST = (
    _file(
        "t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        _MNIST,
        "mnist",
    ),
    _file(
        "t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        _MNIST,
        "mnist",
    ),
)

# Images and labels: 60 000 to learn from, 10 000 to test on.
FASHION_MNIST = (
    _file(
        "train-images-idx3-ubyte.gz",
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        _FASHION,
        "fashion_mnist",
    ),
    _file(
        "train-labels-idx1-ubyte.gz",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        _FASHION,
        "fashion_mnist",
    ),
    _file(
        "t10k-images-idx3-ubyte.gz",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        _FASHION,
        "fashion_mnist",
    ),
    _file(
        "t10k-labels-idx1-ubyte.gz",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        _FASHION,
        "fashion_mnist",
    ),
)

# The first images of both parts, cut from the official files; only in folders that somebody prepared.
FASHION_MNIST_SUBSET = (
    File(
        "train-first1813-images-idx3-ubyte.gz",
        "ea3e0380d1f2ad4e514c24c0e3bf268860e82d500b981d4e454c29c81b01d2c7",
        (),
        "fashion_mnist_subset",
    ),
    File(
        "train-first1813-labels-idx1-ubyte.gz",
        "6a4c84ebccf02d58d661319f08ceb404d983fa5528030ec30f8e141f24f652b5",
        (),
        "fashion_mnist_subset",
    ),
    File(
        "t10k-first4443-images-idx3-ubyte.gz",
        "ea5ff989786157d581bd7c45dfcca860fb833b5532021a49a7de65d2039105ab",
        (),
        "fashion_mnist_subset",
    ),
    File(
        "t10k-first4443-labels-idx1-ubyte.gz",
        "083fe26a4ec9e7b16b983716c94cec79522202a228fd639bececc9f46c8cf25b",
        (),
        "fashion_mnist_subset",
    ),
)

TINY_SHAKESPEARE = _file(
    "input.txt",
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    (
        "https://raw.githubusercontent.com/karpathy/char-rnn/6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/",
    ),
    "tinyshakespeare",
)

NAMES = _file(
    "names.txt",
    "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
    ("https://raw.githubusercontent.com/karpathy/makemore/988aa59e4d8fefa526d06f3b453ad116258398d4/",),
    "names",
)

# The files that each loader can do with: the first of these groups that is complete.
FILES: dict[str, tuple[tuple[File, ...], ...]] = {
    "mnist": (MNIST,),
    "fashion_mnist": (FASHION_MNIST_SUBSET, FASHION_MNIST),
    "tiny_shakespeare": ((TINY_SHAKESPEARE,),),
    "names": ((NAMES,),),
}


def at_hand() -> dict[str, bool]:
    """Whether the real files of each data set are here, undamaged, without a look at the network."""
    return {name: any(all(map(is_here, group)) for group in groups) for name, groups in FILES.items()}

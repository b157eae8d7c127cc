"""The learner's functions inside a figure: used when written, replaced when not, never able to break it."""

import sys
import threading

import numpy as np
import pytest

from course.figures.functions import Functions, LearnerError, Unwritten, shaped


def doubled(x):
    return 2 * x


def functions_with(**theirs):
    return Functions(("doubled",), theirs, {"doubled": doubled})


def test_the_learners_function_is_used_and_named():
    functions = functions_with(doubled=lambda x: 3 * x)
    assert functions.call("doubled", np.ones(2), shape=(2,)).tolist() == [3, 3]
    assert functions.badge() == "running on: your doubled"


def test_a_function_defined_later_is_found_at_the_next_call():
    namespace = {}
    functions = Functions(("doubled",), namespace, {"doubled": doubled})
    assert functions.call("doubled", 1.0, shape=()) == 2
    namespace["doubled"] = lambda x: 5 * x
    assert functions.call("doubled", 1.0, shape=()) == 5


def unwritten(x):
    raise NotImplementedError


@pytest.mark.parametrize(
    "theirs", [{}, {"doubled": unwritten}, {"doubled": lambda x: ...}, {"doubled": ...}, {"doubled": 3}]
)
def test_the_reference_stands_in_while_theirs_is_not_written(theirs):
    functions = functions_with(**theirs)
    assert functions.call("doubled", np.ones(2), shape=(2,)).tolist() == [2, 2]
    assert functions.badge() == "running on: our doubled"


def test_an_unwritten_function_called_by_a_written_one_makes_the_reference_stand_in_for_both():
    def outer(x):
        return unwritten(x)

    functions = Functions(("outer",), {"outer": outer}, {"outer": doubled})
    assert functions.call("outer", 1.0, shape=()) == 2
    assert functions.badge() == "running on: our outer"


class Pair:
    def __init__(self, one, other):
        self.both = (one, other)


class TheirPair(Pair):
    pass


def test_a_name_with_a_capital_is_a_class():
    functions = Functions(("Pair",), {"Pair": TheirPair}, {"Pair": Pair})
    assert type(functions.call("Pair", 1, 2)) is TheirPair
    assert functions.badge() == "running on: your Pair"


@pytest.mark.parametrize("theirs", [lambda one, other: Pair(one, other), ..., None])
def test_what_is_no_class_does_not_stand_for_one(theirs):
    assert type(Functions(("Pair",), {"Pair": theirs}, {"Pair": Pair}).call("Pair", 1, 2)) is Pair


def test_a_class_does_not_stand_for_a_function():
    assert functions_with(doubled=TheirPair).call("doubled", 2.0, shape=()) == 4


def test_a_class_whose_making_is_not_written_is_not_written():
    class NotYet(Pair):
        def __init__(self, one, other):
            raise NotImplementedError

    assert type(Functions(("Pair",), {"Pair": NotYet}, {"Pair": Pair}).call("Pair", 1, 2)) is Pair


def test_objects_are_handed_on_as_they_are():
    given = Pair(1, 2)
    functions = Functions((), {"same": lambda pair, pairs: (pair, pairs)})
    pair, (other,) = functions.call("same", given, [given])
    assert pair is given and other is given


def test_an_exception_names_the_function_the_error_and_the_learners_line():
    namespace = {}
    source = "def doubled(x):\n    y = x\n    return y @ y[0]\n"
    exec(compile(source, "<cell>", "exec"), namespace)
    with pytest.raises(LearnerError, match=r"Your doubled stopped: \w+Error: .*\(line 3"):
        Functions((), namespace).call("doubled", np.ones(2))


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (np.ones(3), r"returned shape \(3,\); this figure needs \(2,\)"),
        (None, "returned nothing"),
        ("two", "must return numbers"),
    ],
)
def test_a_wrong_result_is_said_in_one_sentence(result, message):
    with pytest.raises(LearnerError, match=message):
        functions_with(doubled=lambda x: result).call("doubled", np.ones(2), shape=(2,))


def test_a_tuple_of_the_wrong_length_is_said():
    with pytest.raises(LearnerError, match="must return 2 values"):
        functions_with(doubled=lambda x: (x, x, x)).call("doubled", 1.0, shape=[(), ()])


def test_an_input_changed_in_place_is_protected_and_told_once():
    def changes(x):
        x += 1
        return x

    functions, given = functions_with(doubled=changes), np.zeros(2)
    functions.call("doubled", given, shape=(2,))
    assert given.tolist() == [0, 0]
    assert "changed the arrays it was given" in functions.notes[0]
    functions.begin()
    functions.call("doubled", given, shape=(2,))
    assert functions.notes == []


def test_what_it_prints_is_noted_and_not_printed(capsys):
    def talks(x):
        print("here", x)
        print("there", file=sys.stderr)
        return x

    functions = functions_with(doubled=talks)
    functions.call("doubled", 1.0, shape=())
    assert functions.notes == ["Your doubled printed: here 1.0 there"]
    assert capsys.readouterr() == ("", "")


def test_a_flood_of_printing_is_cut_short():
    functions = functions_with(doubled=lambda x: print("x" * 10**6) or x)
    functions.call("doubled", 1.0, shape=())
    assert len(functions.notes[0]) < 300


def test_another_threads_output_is_left_alone(capsys):
    def waits(x):
        other = threading.Thread(target=print, args=("from a running cell",))
        other.start()
        other.join()
        return x

    functions = functions_with(doubled=waits)
    functions.call("doubled", 1.0, shape=())
    assert functions.notes == []
    assert capsys.readouterr().out == "from a running cell\n"


def test_an_activation_can_be_handed_to_another_function():
    functions = Functions(
        ("neuron", "relu"), {"neuron": lambda x, activation: activation(x)}, {"relu": lambda z: np.maximum(z, 0)}
    )
    assert functions.call("neuron", np.array([-1.0, 2.0]), functions.get("relu"), shape=(2,)).tolist() == [0, 2]
    assert functions.badge() == "running on: your neuron · our relu"


def test_a_missing_function_without_a_reference_says_what_to_do():
    with pytest.raises(LearnerError, match="write it above"):
        Functions((), {}).call("conv2d", 1.0)


def test_a_slow_function_makes_the_grid_coarser_and_says_so():
    functions = functions_with(doubled=doubled)
    functions.call("doubled", 1.0)
    functions.seconds["doubled"] = 0.2
    functions.keep_up()
    assert functions.grid(50) == 25
    assert "more coarsely" in functions.notes[0]
    functions.begin()
    functions.keep_up()
    assert functions.grid(50) == 50


def test_a_generator_is_run_to_its_end():
    def halves(x):
        yield x[:2]
        yield x[2:]

    parts = Functions(("halves",), {"halves": halves}).call("halves", np.arange(3))
    assert [part.tolist() for part in parts] == [[0, 1], [2]]


def test_a_generator_that_fails_on_its_way_or_never_ends_is_the_learners_error():
    def failing(x):
        yield x
        raise ValueError("no more")

    def endless(x):
        while True:
            yield x

    with pytest.raises(LearnerError, match="Your doubled stopped: ValueError: no more"):
        functions_with(doubled=failing).call("doubled", 1)
    with pytest.raises(LearnerError, match="yielded 10000 times and did not end"):
        functions_with(doubled=endless).call("doubled", 1)


def test_in_a_loop_the_learners_function_is_called_as_it_is():
    given = np.ones(2)
    functions = functions_with(doubled=lambda x: x)
    with functions.together() as quick:
        assert quick("doubled")(given) is given
    assert functions.badge() == "running on: your doubled" and functions.seconds["doubled"] >= 0


@pytest.mark.parametrize("theirs", [{}, {"doubled": unwritten}, {"doubled": lambda x: ...}, {"doubled": 3}])
def test_in_a_loop_the_reference_stands_in_while_theirs_is_not_written(theirs):
    functions = Functions(("doubled",), theirs, {"doubled": doubled})
    with functions.together() as quick:
        run = quick("doubled")
        assert [run(1), run(2)] == [2, 4]
    assert functions.badge() == "running on: our doubled"


def test_in_a_loop_errors_and_prints_are_said_as_elsewhere(capsys):
    def talks(x):
        print("hello")
        return 1 / x

    functions = functions_with(doubled=talks)
    with functions.together() as quick:
        quick("doubled")(1)
    assert functions.notes == ["Your functions printed: hello"] and capsys.readouterr().out == ""
    with pytest.raises(LearnerError, match="Your doubled stopped: ZeroDivisionError"), functions.together() as quick:
        quick("doubled")(0)
    with pytest.raises(LearnerError, match="needs your tripled"), functions.together() as quick:
        quick("tripled")(0)


def test_what_only_the_learners_own_functions_read_is_passed_on_as_it_is():
    cache = object()
    functions = functions_with(doubled=lambda x: (2 * x, cache))
    out, kept = functions.call("doubled", np.ones(2), shape=[(2,), None])
    assert out.tolist() == [2, 2] and kept is cache
    with pytest.raises(LearnerError, match="must return 2 values"):
        shaped(np.ones(3), [(3,), None], "doubled")


@pytest.mark.parametrize(
    ("theirs", "is_it"),
    [
        ({}, False),
        ({"doubled": unwritten}, False),
        ({"doubled": lambda x: ...}, False),
        ({"doubled": 3}, False),
        ({"doubled": doubled}, True),
        ({"doubled": lambda x: 1 / 0}, True),
        ({"doubled": lambda: 0}, True),
    ],
)
def test_whether_a_function_is_written_is_found_by_calling_it(theirs, is_it):
    functions = Functions(("doubled",), theirs, {"doubled": doubled})
    assert functions.written("doubled", 1.0) is is_it
    assert functions.badge() == "" and functions.notes == []


def test_asking_whether_it_is_written_leaves_no_trace(capsys):
    def talks(x):
        print("hello")
        x += 1

    given = np.ones(2)
    assert functions_with(doubled=talks).written("doubled", given)
    assert given.tolist() == [1, 1] and capsys.readouterr().out == ""


def test_theirs_can_be_left_aside_for_a_frame():
    functions = functions_with(doubled=lambda x: 3 * x)
    functions.stand_in("doubled")
    assert functions.call("doubled", 1.0) == 2 and functions.badge() == "running on: our doubled"
    functions.begin()
    assert functions.call("doubled", 1.0) == 3


# --- without a reference ----------------------------------------------------------------------------------


def bare(**theirs):
    """As in a copy of the course without solutions."""
    return Functions(("doubled", "tripled"), theirs)


def test_what_can_be_called_is_theirs_or_the_references():
    assert not bare().have("doubled") and bare(doubled=doubled).have("doubled")
    assert not bare(doubled=doubled).have("doubled", "tripled") and not bare(doubled=3).have("doubled")
    assert functions_with().have("doubled") and not functions_with().have("tripled")


@pytest.mark.parametrize("theirs", [unwritten, lambda x: ...])
def test_that_theirs_is_unwritten_is_found_out_by_calling_it_and_then_known_for_this_frame(theirs):
    functions = bare(doubled=theirs)
    assert functions.have("doubled")
    with pytest.raises(Unwritten, match="needs your doubled"):
        functions.call("doubled", 1.0)
    assert not functions.have("doubled")
    with pytest.raises(LearnerError, match="needs your doubled") as caught:
        functions.call("doubled", 1.0)
    assert type(caught.value) is LearnerError, "asking again would never end"
    functions.begin()
    assert functions.have("doubled")


def test_in_a_loop_it_is_found_out_in_the_same_way():
    functions = bare(doubled=unwritten)
    with pytest.raises(Unwritten), functions.together() as quick:
        quick("doubled")(1.0)
    assert not functions.have("doubled")


def own_way(x, functions):
    """What a figure does: one stage that needs two functions."""
    if functions.have("doubled", "tripled"):
        return functions.call("tripled", functions.call("doubled", x))
    functions.own("doubled", "tripled")
    return 6 * x


def test_a_figure_is_asked_again_when_a_function_turns_out_to_be_unwritten():
    functions = bare(doubled=doubled, tripled=unwritten)
    assert functions.asked(own_way, 1.0) == 6
    assert functions.badge() == "running on: the figure's own code (until your tripled is written)"
    assert functions.whose("doubled") == "The figure's own"


def test_other_errors_are_not_asked_again():
    functions = bare(doubled=doubled, tripled=lambda x: 1 / 0)
    with pytest.raises(LearnerError, match="ZeroDivisionError"):
        functions.asked(own_way, 1.0)


@pytest.mark.parametrize(
    ("theirs", "badge"),
    [
        ({}, "the figure's own code (until your doubled and tripled are written)"),
        ({"tripled": doubled}, "the figure's own code (until your doubled is written)"),
        ({"doubled": doubled, "tripled": doubled}, "your tripled · your doubled"),
    ],
)
def test_the_badge_says_until_what_is_written(theirs, badge):
    functions = bare(**theirs)
    functions.asked(own_way, 1.0)
    assert sorted(functions.badge().removeprefix("running on: ").split(" · ")) == sorted(badge.split(" · "))


def test_the_badge_names_many_in_one_sentence_and_only_once():
    functions = bare()
    functions.own("one", "two")
    functions.own("two", "three")
    assert functions.badge() == "running on: the figure's own code (until your one, two and three are written)"
    functions.begin()
    assert functions.badge() == ""

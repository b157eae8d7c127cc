"""A session: events in, frames out, with undo, reset, and a picture whatever happens."""

import numpy as np
import pytest

from course.figures import Button, Choice, Figure, Goal, LearnerError, More, Play, Scrub, TextBox, Toggle
from course.figures.scene import Grid, Line, Plot, Thing
from course.figures.session import Session
from course.figures.widget import FigureWidget, frame_message


class Ramp(Figure):
    """A line through the origin: slope, one draggable thing, and a learner's function `ramp`."""

    name = "ramp"
    title = "Ramp"
    uses = ("ramp",)

    def initial(self):
        return {
            "slope": 1.0,
            "kind": "plain",
            "bold": False,
            "at": [0.5, 0.5],
            "ticks": 0,
            "name": "A ramp",
            "_seen": 0,
        }

    def controls(self, state):
        return [
            Scrub("slope", "slope", -2, 2, 0.1),
            Choice("kind", "Kind", ("plain", "fancy")),
            Toggle("bold", "Bold"),
            TextBox("name", "Name", longest=20),
            Button("jump", "Jump", key="j"),
            Play(),
        ]

    def reduce(self, state, event):
        if event["type"] == "drag":
            return state | {"at": [event["x"], event["y"]]}
        if event["type"] == "press":
            return state | {"slope": 2.0}
        return super().reduce(state, event)

    def step(self, state, functions):
        return state | {"ticks": state["ticks"] + 1, "playing": state["ticks"] < 2}

    def compute(self, state, functions):
        if not state["name"]:
            raise LearnerError("Give it a name.")
        x = np.linspace(0, 1, 5)
        if not functions.have("ramp"):
            functions.own("ramp")
            return {"x": x, "y": np.linspace(0, state["slope"], 5)}
        return {"x": x, "y": functions.call("ramp", x, state["slope"], shape=(5,))}

    def scene(self, state, arrays):
        thing = Thing("handle", *state["at"], "handle", step=0.1)
        return [Plot("plot", (0, 1), (-2, 2), [Line(np.stack([arrays["x"], arrays["y"]], axis=-1))], [thing])]

    def describe(self, state, arrays):
        return f"{state['name']} that ends at {arrays['y'][-1]:.2f}."

    def goal(self, state, arrays):
        return Goal("End at 2.", min(1.0, arrays["y"][-1] / 2))


def set_slope(value, **more):
    return {"type": "set", "name": "slope", "value": value} | more


REFERENCE = {"ramp": lambda x, slope: slope * x}


def session_of(figure, namespace, **given):
    return Session(figure, namespace, REFERENCE, **given)


@pytest.fixture
def session():
    return session_of(Ramp(), {})


def test_setting_a_control_changes_the_picture_and_the_sentence(session):
    frame = session.handle([set_slope(1.5)])
    assert frame.say == "A ramp that ends at 1.50."
    assert frame.panels[0].layers[0].xy[-1].tolist() == [1, 1.5]
    assert frame.goal.progress == 0.75


def test_text_that_makes_no_sense_stays_in_its_box_under_the_last_good_picture(session):
    good = session.handle([{"type": "set", "name": "name", "value": "A line"}])
    assert good.say == "A line that ends at 1.00."
    frame = session.handle([{"type": "set", "name": "name", "value": ""}])
    assert frame.strip == ["Give it a name."]
    assert frame.panels is good.panels
    assert {control.name: value for control, value in frame.controls}["name"] == ""


def test_a_value_out_of_range_is_brought_to_the_nearest(session):
    session.handle([set_slope(99)])
    assert session.state["slope"] == 2


def test_a_late_event_for_a_control_that_is_gone_is_an_error(session):
    with pytest.raises(LookupError, match="no control named"):
        session.handle([{"type": "set", "name": "old", "value": 1}])


def test_arrow_keys_move_a_thing_by_its_step_and_stop_at_the_edge(session):
    session.handle([{"type": "nudge", "thing": "handle", "dx": 1, "dy": -2}])
    assert session.state["at"] == pytest.approx([0.6, 0.3])
    session.handle([{"type": "nudge", "thing": "handle", "dx": 100, "dy": 0}])
    assert session.state["at"] == pytest.approx([1, 0.3])


def test_two_nudges_in_one_message_add_up(session):
    session.handle([{"type": "nudge", "thing": "handle", "dx": 1, "dy": 0}] * 2)
    assert session.state["at"] == pytest.approx([0.7, 0.5])


def test_undo_takes_back_one_gesture_at_a_time(session):
    session.handle([set_slope(1.1, gesture="a"), set_slope(1.2, gesture="a")])
    session.handle([set_slope(1.3, gesture="b")])
    session.handle([{"type": "undo"}])
    assert session.state["slope"] == 1.2
    assert session.handle([{"type": "undo"}]).can_undo is False
    assert session.state["slope"] == 1.0
    session.handle([{"type": "undo"}])
    assert session.state["slope"] == 1.0


def test_selecting_is_nothing_to_undo(session):
    frame = session.handle([{"type": "select", "thing": "handle"}])
    assert (frame.selected, frame.can_undo) == ("handle", False)


def test_reset_returns_to_the_start_and_can_be_undone():
    session = session_of(Ramp(), {}, slope=0.5)
    session.handle([set_slope(2.0), {"type": "reset"}])
    assert session.state["slope"] == 0.5
    session.handle([{"type": "undo"}])
    assert session.state["slope"] == 2.0


def test_play_runs_until_the_figure_stops_it_and_is_one_step_of_undo(session):
    session.handle([{"type": "press", "name": "playing"}])
    assert session.frame.playing
    for _ in range(3):
        session.handle([{"type": "tick"}])
    assert (session.state["ticks"], session.frame.playing) == (3, False)
    session.handle([{"type": "undo"}])
    assert (session.state["ticks"], session.frame.playing) == (0, False)


def test_a_tick_of_the_clock_that_comes_after_the_pause_is_too_late(session):
    tick, press = {"type": "tick", "run": True}, {"type": "press", "name": "playing"}
    session.handle([press, tick, press, tick])
    assert session.state["ticks"] == 1
    session.handle([{"type": "tick"}])
    assert session.state["ticks"] == 2, "a single step works while paused"


def test_copy_state_is_a_line_that_rebuilds_the_view(session):
    session.handle([set_slope(-1.5), {"type": "set", "name": "kind", "value": "fancy"}])
    code = session.frame.code
    assert code == "widgets.ramp(slope=-1.5, kind='fancy')"
    rebuilt = eval(code.replace("widgets.ramp(", "session_of(Ramp(), {}, "))
    assert rebuilt.frame.say == session.frame.say


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"slop": 1}, TypeError, "no setting 'slop'; it has .*slope"),
        ({"slope": 5}, ValueError, "between -2 and 2"),
        ({"slope": "steep"}, ValueError, "must be a number"),
        ({"kind": "odd"}, ValueError, "one of plain, fancy"),
        ({"bold": 1}, ValueError, "True or False"),
        ({"name": 1}, ValueError, "must be text"),
        ({"name": 21 * "x"}, ValueError, "may have 20 characters; you gave 21"),
        ({"_seen": 1}, TypeError, "no setting '_seen'"),
    ],
)
def test_settings_that_do_not_exist_or_fit_are_refused_clearly(given, error, message):
    with pytest.raises(error, match=message):
        session_of(Ramp(), {}, **given)


def test_a_function_that_breaks_keeps_the_last_good_picture():
    namespace = {}
    session = session_of(Ramp(), namespace)
    good = session.handle([set_slope(1.5)]).panels
    namespace["ramp"] = lambda x, slope: x[:2]
    frame = session.handle([set_slope(0.5)])
    assert frame.panels is good
    assert "returned shape (2,)" in frame.strip[0]
    assert dict((control.name, value) for control, value in frame.controls)["slope"] == 0.5
    del namespace["ramp"]
    assert session.handle([]).say == "A ramp that ends at 0.50."


def test_a_function_broken_from_the_start_still_gives_a_picture():
    session = session_of(Ramp(), {"ramp": lambda x, slope: 1 / 0})
    assert session.frame.say == "A ramp that ends at 1.00."
    assert "ZeroDivisionError" in session.frame.strip[0]
    assert session.frame.badge == "running on: our ramp"


@pytest.mark.parametrize("ramp", [None, 3, lambda x, slope: ...])
def test_without_a_reference_the_figure_goes_its_own_way_until_the_function_is_written(ramp):
    namespace = {"ramp": ramp}
    session = Session(Ramp(), namespace, {})
    assert session.frame.say == "A ramp that ends at 1.00."
    assert session.frame.badge == "running on: the figure's own code (until your ramp is written)"
    assert session.handle([set_slope(1.5)]).say == "A ramp that ends at 1.50."
    namespace["ramp"] = lambda x, slope: slope * x / 3
    frame = session.handle([])
    assert (frame.say, frame.badge, frame.strip) == ("A ramp that ends at 0.50.", "running on: your ramp", [])


def test_without_a_reference_a_function_broken_from_the_start_still_gives_a_picture():
    frame = Session(Ramp(), {"ramp": lambda x, slope: 1 / 0}, {}).frame
    assert frame.say == "A ramp that ends at 1.00." and "ZeroDivisionError" in frame.strip[0]
    assert frame.badge == "running on: the figure's own code"


def test_a_tick_is_taken_again_when_a_function_turns_out_to_be_unwritten():
    class Stepping(Ramp):
        def step(self, state, functions):
            by = functions.call("ramp", 1.0, 1.0) if functions.have("ramp") else 10
            return state | {"ticks": state["ticks"] + by}

    session = Session(Stepping(), {"ramp": lambda x, slope: ...}, {})
    session.handle([{"type": "tick"}])
    assert session.state["ticks"] == 10


# --- the widget: transport ------------------------------------------------------------------------------


@pytest.fixture
def widget():
    made = FigureWidget(Ramp())
    made.sent = []
    made.send = lambda message, buffers=None: made.sent.append(message)
    yield made
    made.close()


def tell(widget, number, *events, client="page"):
    """Send events; the answer, with what its frame holds beside."""
    widget._on_message(widget, {"kind": "events", "client": client, "id": number, "events": list(events)}, [])
    (frame,) = widget.sent[-1]["frames"]
    return widget.sent[-1] | frame


def test_each_message_is_answered_by_a_frame_with_its_id(widget):
    answer = tell(widget, 1, set_slope(1.5))
    assert (answer["id"], answer["client"], answer["say"]) == (1, "page", "A ramp that ends at 1.50.")


def test_a_message_sent_twice_is_answered_twice_and_applied_once(widget):
    tell(widget, 1, {"type": "tick"})
    again = tell(widget, 1, {"type": "tick"})
    assert widget.session.state["ticks"] == 1
    assert again["id"] == 1


def test_a_page_that_opens_later_starts_counting_anew(widget):
    tell(widget, 7, set_slope(1.5))
    assert tell(widget, 1, set_slope(0.5), client="other page")["say"] == "A ramp that ends at 0.50."


def test_a_fault_of_the_figure_itself_is_shown_and_answered(widget, caplog):
    answer = tell(widget, 1, {"type": "set", "name": "gone", "value": 1})
    assert "fault of its own" in answer["strip"][0]
    assert "LookupError" in caplog.text


def test_the_widgets_state_is_the_newest_frame(widget):
    tell(widget, 1, set_slope(1.5))
    assert widget.get_state("latest")["latest"]["message"]["say"] == "A ramp that ends at 1.50."


def test_front_ends_without_widgets_get_a_picture_and_the_description(widget):
    data, _ = widget._repr_mimebundle_()
    assert data["text/plain"] == "A ramp that ends at 1.00."
    assert len(data["image/png"]) > 1000
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_frame_message_holds_all_a_page_shows(session):
    buffers = []
    message = frame_message(session.figure, session.frame, buffers)
    assert {
        "panels",
        "controls",
        "say",
        "badge",
        "strip",
        "goal",
        "code",
        "selected",
        "playing",
        "undo",
    } <= message.keys()
    assert message["controls"][0] | {"value": 1.0} == message["controls"][0]


def test_arrow_keys_on_a_logarithmic_axis_step_by_a_share_of_a_decade():
    class Rates(Ramp):
        def scene(self, state, arrays):
            thing = Thing("handle", *state["at"], "handle", step=0.1)
            return [Plot("plot", (0.01, 1.0), (-2, 2), [], [thing], xlog=True)]

    session = session_of(Rates(), {}, at=[0.1, 0.5])
    session.handle([{"type": "nudge", "thing": "handle", "dx": 1, "dy": 0}])
    assert session.state["at"] == [pytest.approx(10**-0.9), 0.5]
    session.handle([{"type": "nudge", "thing": "handle", "dx": 30, "dy": 0}])
    assert session.state["at"] == [1.0, 0.5]


def test_a_tick_of_the_clock_that_comes_after_the_figure_stopped_does_nothing():
    session = session_of(Ramp(), {})
    session.handle([{"type": "press", "name": "playing"}])
    for _ in range(3):
        session.handle([{"type": "tick", "run": True}])
    assert (session.state["ticks"], session.state["playing"]) == (3, False)
    session.handle([{"type": "tick", "run": True}])
    assert session.state["ticks"] == 3
    session.handle([{"type": "tick"}])  # one step, asked for by the reader
    assert session.state["ticks"] == 4


class Numbers(Figure):
    """A grid of four numbers, the lower right one not to be missed."""

    def initial(self):
        return {"numbers": [[1.0, 2.0], [3.0, 4.0]]}

    def reduce(self, state, event):
        if event["type"] != "cell":
            return super().reduce(state, event)
        numbers = [list(row) for row in state["numbers"]]
        numbers[event["row"]][event["column"]] = event["value"]
        assert event["shape"] == (2, 2)
        return state | {"numbers": numbers}

    def scene(self, state, arrays):
        return [Grid("grid", state["numbers"], edits=(-5, 5, 0.5))]

    def describe(self, state, arrays):
        return str(state["numbers"])


def cell(thing, value, **more):
    return {"type": "cell", "thing": thing, "panel": "grid", "value": value} | more


def test_cells_of_a_grid_are_set_within_their_range_and_a_drag_is_one_step_of_undo():
    session = Session(Numbers(), {})
    session.handle([cell("grid 1 0", 3.3)])
    session.handle([cell("grid 0 1", -1, gesture=1), cell("grid 0 1", 99, gesture=1)])
    assert session.frame.say == "[[1.0, 5.0], [3.3, 4.0]]"
    assert session.handle([{"type": "undo"}]).say == "[[1.0, 2.0], [3.3, 4.0]]"


def test_plus_and_minus_on_a_cell_count_from_what_it_holds_now():
    session = Session(Numbers(), {})
    plus = {"type": "nudge", "thing": "grid 1 1", "dx": 0, "dy": 1}
    assert session.handle([plus, plus]).say == "[[1.0, 2.0], [3.0, 5.0]]"
    assert session.handle([plus | {"dy": -3}]).say == "[[1.0, 2.0], [3.0, 3.5]]"


@pytest.mark.parametrize(("thing", "value", "error"), [("grid 2 0", 1, LookupError), ("grid 0 0", "x", ValueError)])
def test_a_cell_that_is_gone_or_no_number_is_an_error(thing, value, error):
    with pytest.raises(error):
        Session(Numbers(), {}).handle([cell(thing, value)])


class Folded(Ramp):
    """The ramp with all but its slope behind a button, and a goal for each kind."""

    def initial(self):
        return super().initial() | {"more": False, "playing": False}

    def controls(self, state):
        slope, *others = super().controls(state)
        return [slope, More(), *(others if state["more"] else [])]

    def goal(self, state, arrays):
        return Goal("Goal: a slope of 2.", state["slope"] / 2, key=state["kind"])


def test_what_is_behind_the_button_keeps_its_state_and_opening_is_not_undone():
    run = session_of(Folded(), {})
    run.handle([{"type": "set", "name": "more", "value": True}])
    assert not run.frame.can_undo and len(run.frame.controls) == 7
    run.handle([{"type": "set", "name": "kind", "value": "fancy"}, {"type": "set", "name": "more", "value": False}])
    assert run.state["kind"] == "fancy" and len(run.frame.controls) == 2
    assert run.frame.code == "widgets.ramp(kind='fancy')"
    run.handle([{"type": "set", "name": "more", "value": True}, {"type": "undo"}])
    assert run.state["kind"] == "plain" and run.state["more"]


def test_a_goal_that_was_reached_stays_reached_and_another_is_another():
    run = session_of(Folded(), {}, more=True)
    assert not run.frame.reached
    run.handle([{"type": "set", "name": "slope", "value": 2.0}])
    assert run.frame.reached
    run.handle([{"type": "undo"}])
    assert run.frame.goal.progress == 0.5 and run.frame.reached
    assert not run.handle([{"type": "set", "name": "kind", "value": "fancy"}]).reached
    assert run.handle([{"type": "reset"}]).reached

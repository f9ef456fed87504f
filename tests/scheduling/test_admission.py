"""The arithmetic of deadlines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.scheduling.admission import Demand, clearly_fits, overload_s, shared_finish_s

SECONDS = st.floats(0.01, 20)


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    work_s = draw(SECONDS)
    due_s, first_work_s = draw(st.floats(-2, 10)), draw(st.floats(0, 1)) * work_s
    return Demand(due_s, first_work_s, work_s, draw(SECONDS), draw(st.booleans()))


@pytest.mark.parametrize(
    ("t_s", "work_s"), [(0.99, 0.0), (1.0, 0.5), (2.0, 0.5), (3.0, 1.0), (4.0, 1.5), (5.0, 2.0), (99.0, 2.0)]
)
def test_demand_grows_from_its_deadline_until_all_is_made(t_s: float, work_s: float) -> None:
    demand = Demand(due_s=1.0, first_work_s=0.5, work_s=2.0, audio_s=4.0)
    assert demand.end_s == 5.0
    assert demand.by(t_s) == pytest.approx(work_s)


@given(demands(), st.floats(-3, 40), st.floats(0, 5))
def test_demand_never_shrinks_and_never_exceeds_the_work(demand: Demand, t_s: float, more_s: float) -> None:
    assert 0 <= demand.by(t_s) <= demand.by(t_s + more_s) + 1e-9
    assert demand.by(t_s + more_s) <= demand.work_s


def test_one_that_is_slower_than_speech_is_late_by_the_difference() -> None:
    newcomer = Demand(due_s=1.0, first_work_s=0.1, work_s=30.0, audio_s=10.0)
    assert overload_s([], newcomer, 1) == pytest.approx(30.0 - 11.0)
    assert overload_s([], newcomer, 3) == pytest.approx(10.0 - 11.0, abs=2)


def test_streams_that_fit_together_are_not_late() -> None:
    stream = Demand(due_s=1.0, first_work_s=0.1, work_s=4.0, audio_s=10.0)
    assert overload_s([stream], stream, 1) <= 0
    assert overload_s([stream, stream], stream, 1) == pytest.approx(1.0)
    assert overload_s([stream, stream], stream, 2) <= 0


def test_those_due_before_the_newcomer_are_served_as_if_it_were_not_there() -> None:
    late = Demand(due_s=-5.0, first_work_s=0.5, work_s=0.5, audio_s=1.0)
    newcomer = Demand(due_s=1.0, first_work_s=0.1, work_s=0.1, audio_s=1.0)
    assert overload_s([late], newcomer, 1) == pytest.approx(0.6 - 2.0)


def test_only_the_first_audio_of_those_who_hear_already_must_be_in_time() -> None:
    newcomer = Demand(due_s=0.3, first_work_s=2.0, work_s=2.0, audio_s=8.0, begun=False)
    assert overload_s([], newcomer, 1) == pytest.approx(2.0 - 8.3)
    waiting = Demand(due_s=0.5, first_work_s=2.0, work_s=2.0, audio_s=8.0, begun=False)
    assert overload_s([waiting], newcomer, 1) == pytest.approx(4.0 - 8.3)
    hearing = Demand(due_s=0.5, first_work_s=0.1, work_s=2.0, audio_s=8.0)
    assert overload_s([hearing], newcomer, 1) == pytest.approx(2.1 - 0.5)
    at_once = Demand(due_s=0.3, first_work_s=0.1, work_s=2.0, audio_s=8.0)
    assert overload_s([at_once], newcomer, 1) == pytest.approx(2.1 - 0.3)
    well_ahead = Demand(due_s=5.0, first_work_s=0.1, work_s=2.0, audio_s=8.0)
    assert overload_s([well_ahead], newcomer, 1) == pytest.approx(2.1 - 5.0)


@given(st.lists(demands(), max_size=5), demands(), st.integers(1, 3))
def test_what_clearly_fits_is_not_late(others: list[Demand], newcomer: Demand, n_lanes: int) -> None:
    if clearly_fits(others, newcomer, n_lanes):
        assert overload_s(others, newcomer, n_lanes) <= 1e-9


@pytest.mark.parametrize(
    ("newcomer", "n_lanes", "fits"),
    [
        (Demand(1.0, 0.5, 5.0, 10.0), 1, True),
        (Demand(1.0, 1.0, 5.0, 10.0), 1, True),
        (Demand(1.0, 1.01, 5.0, 10.0), 1, False),
        (Demand(1.0, 1.01, 5.0, 10.0), 2, True),
        (Demand(1.0, 0.5, 10.0, 10.0), 1, True),
        (Demand(1.0, 0.5, 10.1, 10.0), 1, False),
        (Demand(1.0, 0.5, 10.1, 10.0), 2, True),
    ],
)
def test_one_clearly_fits_when_its_line_does(newcomer: Demand, n_lanes: int, fits: bool) -> None:
    assert clearly_fits([], newcomer, n_lanes) is fits


def test_those_due_earlier_have_grown_by_then() -> None:
    newcomer = Demand(1.0, 0.2, 1.0, 10.0)
    assert clearly_fits([Demand(0.0, 0.2, 5.0, 10.0)], newcomer, 1)
    assert not clearly_fits([Demand(-1.0, 0.2, 5.0, 10.0)], newcomer, 1)
    assert clearly_fits([Demand(9.0, 0.2, 5.0, 10.0)], newcomer, 1)


def test_those_who_share_the_machine_end_in_the_order_of_their_work() -> None:
    works_s = [1.0, 3.0, 2.0]
    assert shared_finish_s(works_s, works_s, 1) == pytest.approx([3.0, 6.0, 5.0])
    assert shared_finish_s(works_s, works_s, 2) == pytest.approx([1.5, 3.0, 2.5])
    assert shared_finish_s([4.0], [4.0], 2) == [4.0]


def test_nobody_ends_sooner_than_the_work_of_one_that_is_alone() -> None:
    assert shared_finish_s([1.0, 3.0], [4.0, 12.0], 1) == pytest.approx([4.0, 12.0])

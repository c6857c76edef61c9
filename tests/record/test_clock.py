"""Clinic time: a pair, moved only forward, never behind the record."""

import pytest

from telekap.care.instant import DAY, HOUR, MINUTE, Instant
from telekap.clock import Clock, Offsets, ThisMachine
from tests.record.hand import NOON, HandMachine


def test_a_jump_moves_both_halves_and_no_real_time() -> None:
    machine = HandMachine()
    clock = Clock(machine)
    before = clock.now()

    clock.jump(15 * MINUTE)

    assert clock.now() == before.plus(15 * MINUTE)
    assert clock.real() == machine.elapsed()
    assert clock.stepped == 0


def test_clinic_time_cannot_be_moved_back() -> None:
    with pytest.raises(ValueError):
        Clock(HandMachine()).jump(-1)


def test_speed_counts_only_while_somebody_is_dosed() -> None:
    machine = HandMachine()
    clock = Clock(machine, speed=60)
    begin = clock.now()

    machine.pass_time(1_000)
    assert clock.now() == begin.plus(1_000)

    clock.hurry(True)
    machine.pass_time(1_000)
    assert clock.now() == begin.plus(61_000)

    clock.hurry(False)
    machine.pass_time(1_000)
    assert clock.now() == begin.plus(62_000)
    assert clock.stepped == 0


def test_a_deadline_is_waited_for_in_real_time_and_never_short() -> None:
    machine = HandMachine()
    clock = Clock(machine, speed=7)
    clock.hurry(True)
    due = clock.now().plus(10_000)

    machine.pass_time(clock.wait_for(due))

    assert 0 <= clock.now().utc - due.utc < 7


def test_a_wall_that_steps_back_leaves_deadlines_to_the_boot_clock() -> None:
    machine = HandMachine()
    clock = Clock(machine)
    due = clock.now().plus(MINUTE)
    machine.step_wall(-DAY)

    assert clock.wait_for(due) == MINUTE
    machine.pass_time(MINUTE)
    assert clock.wait_for(due) == 0


def test_utc_never_runs_behind_a_recorded_fact() -> None:
    machine = HandMachine()
    clock = Clock(machine)
    fact = clock.now()
    clock.recorded(fact)

    machine.step_wall(-HOUR)
    machine.pass_time(1_000)

    now = clock.now()
    assert now.utc == fact.utc
    assert now.elapsed == fact.elapsed + 1_000
    assert clock.stepped == -HOUR


def test_a_step_of_the_wall_is_seen_and_slow_slewing_is_not() -> None:
    machine = HandMachine()
    clock = Clock(machine)
    for _ in range(24 * 60):
        machine.pass_time(MINUTE)
        machine.step_wall(30)  # 500 ppm, the fastest an NTP daemon slews
        clock.now()
    assert clock.stepped == 0

    machine.step_wall(HOUR)
    clock.now()
    assert clock.stepped == HOUR


def test_a_restart_goes_on_where_the_clinic_was() -> None:
    machine = HandMachine()
    first = Clock(machine)
    first.jump(HOUR)
    last = first.now()
    machine.pass_time(5_000)

    second = Clock(machine)
    second.resume(first.offsets(), last)

    assert second.now() == last.plus(5_000)


def test_a_restart_with_a_wall_behind_the_record_goes_on_from_the_last_fact() -> None:
    last = Instant(NOON + HOUR, 5_000_000, "an earlier boot")
    machine = HandMachine()
    clock = Clock(machine)
    clock.resume(Offsets(), last)

    assert clock.now().utc == last.utc
    machine.pass_time(MINUTE)
    assert clock.now().utc == last.utc + MINUTE, "it is moved up, not frozen: deadlines of that boot must still come"


def test_a_clock_that_was_set_while_nobody_ran_is_seen_at_the_next_start() -> None:
    machine = HandMachine()
    last = Clock(machine).now()
    machine.pass_time(10 * MINUTE)
    quiet = Clock(machine)
    quiet.resume(Offsets(boot="boot-1"), last)
    assert quiet.stepped == 0

    for step in (HOUR, -DAY):
        machine.step_wall(step)
        told = Clock(machine)
        told.resume(Offsets(boot="boot-1"), last)
        assert told.stepped == step
        machine.step_wall(-step)


def test_elapsed_offsets_of_another_boot_mean_nothing() -> None:
    machine = HandMachine()
    clock = Clock(machine)
    clock.resume(Offsets(utc=HOUR, elapsed=HOUR, boot="an earlier boot"), None)

    assert clock.now() == Instant(NOON + HOUR, machine.elapsed(), "boot-1")


def test_this_machine_reads_two_clocks_that_agree_on_a_span() -> None:
    machine = ThisMachine()
    wall, elapsed = machine.wall(), machine.elapsed()
    clock = Clock(machine)

    assert 0 <= clock.now().utc - wall < 1_000
    assert 0 <= clock.now().elapsed - elapsed < 1_000
    assert len(machine.boot) == 36

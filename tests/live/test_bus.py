"""The bus tells everyone who listens, and nobody else, whatever one listener does."""

from telekap.live.bus import Bus


def test_a_listener_hears_its_topic_and_no_other() -> None:
    bus, heard = Bus(), []
    bus.subscribe("session:a", heard.append)

    bus.publish("session:a", 1)
    bus.publish("session:b", 2)

    assert heard == [1]


def test_a_broken_listener_keeps_nobody_from_hearing() -> None:
    bus, heard = Bus(), []

    def broken(_version: int) -> None:
        raise RuntimeError

    bus.subscribe("session:a", broken)
    bus.subscribe("session:a", heard.append)

    bus.publish("session:a", 1)

    assert heard == [1]


def test_who_left_hears_no_more_and_may_leave_while_being_told() -> None:
    bus, heard = Bus(), []

    def once(version: int) -> None:
        heard.append(version)
        leave()

    leave = bus.subscribe("session:a", once)

    bus.publish("session:a", 1)
    bus.publish("session:a", 2)

    assert heard == [1]

"""What a way down carries, learned from what a browser says of arrivals: a queue limits, loss alone does not."""

from telekap.media import bandwidth
from tests.media.forwarding import Bench, Way


def test_a_queue_limits_the_publisher_and_quiet_time_frees_it() -> None:
    way = Way(500_000)
    assert way.run(10, 1_000_000) > 300_000
    assert way.downlink.limit is not None and way.downlink.limit < 700_000 and way.downlink.queue < 0.3
    way.rate = 5_000_000
    assert way.run(10, 1_000_000) > 900_000


def test_light_loss_and_jitter_limit_nobody() -> None:
    for way in (Way(5_000_000, loss=0.05), Way(5_000_000, jitter=0.08)):
        way.run(20, 800_000)
        assert way.downlink.limit is None


def test_heavy_loss_limits_the_publisher_and_a_picture_is_never_starved() -> None:
    bench = Bench()
    bench.slot.bind(bench.stream, 0.0)
    way, uplink = Way(5_000_000, loss=0.4), bandwidth.UplinkLimit()
    assert uplink.next(bench.stream, 0.0) == bandwidth.MOST
    way.run(10, 800_000)
    way.downlink.share([bench.slot])
    assert bench.slot.limit is not None and bandwidth.LEAST <= bench.slot.limit < 800_000
    assert uplink.next(bench.stream, 1.0) == int(bench.slot.limit)
    assert uplink.next(bench.stream, 1.1) is None


def test_feedback_about_numbers_never_sent_changes_nothing() -> None:
    downlink = bandwidth.Downlink()
    downlink.heard([(n, 1.0) for n in range(5000)], 1.0)
    downlink.heard([(n, None) for n in range(5000)], 2.0)
    assert downlink.limit is None and downlink.loss == 0.0


def test_a_browser_that_only_guesses_is_believed_until_one_counts() -> None:
    downlink = bandwidth.Downlink()
    downlink.estimated(300_000)
    assert downlink.limit == 300_000
    downlink.estimated(20_000)
    assert downlink.limit == bandwidth.LEAST
    downlink.estimated(5_000_000)
    assert downlink.limit is None
    for _ in range(10):
        downlink.missed(0.1)
    assert downlink.loss > bandwidth.LIGHT_LOSS
    way = Way(5_000_000)
    way.run(2, 800_000)
    way.downlink.estimated(200_000)
    way.downlink.missed(0.5)
    assert way.downlink.limit is None and way.downlink.loss == 0.0

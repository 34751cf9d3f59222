import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from openjpki.pki.algorithms import KeyAlgorithm, public_key_bytes
from openjpki.pki.keys import FreshKeys, PrivateKey
from openjpki.site.key_pool import READY, KeyPool

P384, RSA = KeyAlgorithm.P384_SHA_384, KeyAlgorithm.RSA_2048_SHA_256
PATIENCE = 30.0


class Counting:
    """A source that notes in which thread each key was made, and can be made to wait."""

    def __init__(self) -> None:
        self.made_in: list[str] = []
        self.open = threading.Event()
        self.open.set()

    def generate(self, algorithm: KeyAlgorithm) -> PrivateKey:
        """Make a key."""
        self.open.wait(PATIENCE)
        self.made_in.append(threading.current_thread().name)
        return FreshKeys().generate(algorithm)


def name(key: PrivateKey) -> bytes:
    """Return what tells a key pair from every other."""
    return public_key_bytes(key.public_key())


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_keys_stand_ready_and_are_made_anew_behind_the_taker() -> None:
    """A taker gets a key made ahead; the pool fills up again, and holds no more than it is told to."""
    source = Counting()
    with KeyPool(source, (P384,)) as pool:
        until(lambda: pool.ready(P384) == READY)
        pool.generate(P384)
        until(lambda: pool.ready(P384) == READY)

    assert source.made_in == ["key-pool"] * (READY + 1)


def test_an_empty_pool_makes_the_key_at_once() -> None:
    """Nobody waits for the maker: what is not ready, or of an algorithm that is not kept, is made by the taker."""
    source = Counting()
    idle = KeyPool(source, (P384,))
    assert idle.generate(P384).key_size == 384
    source.open.clear()
    with KeyPool(source, (P384,)) as pool:
        source.open.set()
        assert pool.generate(RSA).key_size == 2048
        assert pool.ready(RSA) == 0
    here = threading.current_thread().name
    assert source.made_in[0] == here
    assert here in source.made_in[1:]


def test_no_key_is_handed_out_twice_to_many_takers() -> None:
    """Each of many takers at once gets a key of their own, ready or not."""
    with KeyPool(FreshKeys(), (P384,), ready=8) as pool, ThreadPoolExecutor(8) as takers:
        keys = list(takers.map(lambda _: name(pool.generate(P384)), range(400)))

    assert len(set(keys)) == 400


def test_a_forked_process_has_none_of_its_parents_keys() -> None:
    """What was ready before the fork is the parent's alone: the child makes its own, and its pool can be started."""
    with KeyPool(FreshKeys(), (P384,), ready=4) as pool:
        until(lambda: pool.ready(P384) == 4)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            with os.fdopen(writing, "wb") as pipe:
                own = [name(pool.generate(P384))]
                with pool:
                    until(lambda: pool.ready(P384) == 4)
                    own += [name(pool.generate(P384)) for _ in range(6)]
                pipe.write(b"\n".join(key.hex().encode() for key in own))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            childs = {bytes.fromhex(line.decode()) for line in pipe.read().split(b"\n")}
        assert os.waitpid(child, 0)[1] == 0
        parents = {name(pool.generate(P384)) for _ in range(8)}

    assert (len(childs), len(parents)) == (7, 8)
    assert not childs & parents


def test_a_stopped_pool_has_no_key_and_no_thread() -> None:
    """Stopping waits for the maker and forgets what was ready; a pool can be started again, and twice."""
    pool = KeyPool(FreshKeys(), (P384,))
    pool.start()
    pool.start()
    until(lambda: pool.ready(P384) > 0)
    pool.stop()
    pool.stop()

    assert pool.ready(P384) == 0
    assert "key-pool" not in [thread.name for thread in threading.enumerate()]
    with pool:
        until(lambda: pool.ready(P384) > 0)


def test_it_stops_however_the_block_ends() -> None:
    """A failure inside leaves no maker behind."""
    with pytest.raises(ZeroDivisionError), KeyPool(FreshKeys(), ()) as pool:
        _ = 1 // 0

    assert pool.ready(P384) == 0
    assert "key-pool" not in [thread.name for thread in threading.enumerate()]


def test_a_key_made_while_it_stops_is_dropped() -> None:
    """After `stop` nothing is ready that nobody asked for."""
    source = Counting()
    source.open.clear()
    pool = KeyPool(source, (P384,))
    pool.start()
    stopping = threading.Thread(target=pool.stop)
    stopping.start()
    until(lambda: pool._stopping)
    source.open.set()
    stopping.join(PATIENCE)

    assert pool.ready(P384) == 0


def test_a_pool_shows_no_key() -> None:
    """Keys never leave memory: not by a printed pool either."""
    pool = KeyPool(FreshKeys(), (P384,))

    assert repr(pool).startswith("<openjpki.site.key_pool.KeyPool object")

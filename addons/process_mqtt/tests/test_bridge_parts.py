# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The parts of the bridge that need neither broker nor network: inbox, judgement, halving."""

import json
import threading
from unittest.mock import patch

import psycopg2
from psycopg2 import errors
from psycopg2.pool import PoolError

from odoo import sql_db
from odoo.exceptions import UserError
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..bridge import inbox, lease, worker
from ..bridge.connection import Connection
from ..bridge.store import Failure, classify
from ..tools.message import Counts, Message
from ..tools.payload import Mapping
from ..tools.settings import Settings

PLAIN = Settings(
    broker_id=1,
    name="test",
    host="localhost",
    port=1,
    use_tls=False,
    allow_plain=True,
    mappings=(Mapping("a/{tag}", "{tag}"),),
)


def received(number, qos=1, connection=1):
    return inbox.Received(Message("a/b", str(number).encode(), number), number, qos, connection)


def numbers(batch):
    return [item.mid for item in batch]


@tagged("post_install", "-at_install")
class TestInbox(BaseCase):
    def setUp(self):
        super().setUp()
        self.inbox = inbox.Inbox()

    def test_batches_by_size_and_in_order(self):
        for number in range(5):
            self.inbox.put(received(number))
        self.assertEqual(numbers(self.inbox.take(3, 0.0, 0.0)), [0, 1, 2])
        self.assertEqual(numbers(self.inbox.take(3, 0.0, 0.0)), [3, 4])
        self.assertEqual(self.inbox.take(3, 0.0, 0.01), [])

    def test_what_is_there_is_taken_even_without_lingering(self):
        clock = iter(range(100))
        box = inbox.Inbox(lambda: next(clock))
        for number in range(4):
            box.put(received(number))
        self.assertEqual(len(box.take(10, 0.0, 0.0)), 4)

    def test_lost_connection_forgets_what_comes_again(self):
        for number, qos in enumerate((1, 0, 1, 0)):
            self.inbox.put(received(number, qos))
        self.inbox.forget()
        self.assertEqual(numbers(self.inbox.take(9, 0.0, 0.0)), [1, 3])

    def test_only_messages_without_guarantee_are_ever_dropped(self):
        with patch.object(inbox, "UNGUARANTEED", 2):
            for number, qos in enumerate((0, 0, 0, 1, 1)):
                self.inbox.put(received(number, qos))
        self.assertEqual(numbers(self.inbox.take(9, 0.0, 0.0)), [0, 1, 3, 4])
        self.assertEqual(self.inbox.dropped, 1)


@tagged("post_install", "-at_install")
class TestJudgement(BaseCase):
    def of(self, code):
        """The judgement of a database error with this code."""
        error = errors.lookup(code)()
        error.__setstate__({"pgcode": code})
        return classify(error)

    def test_other_transactions(self):
        for code in ("40001", "40P01", "55P03"):
            self.assertEqual(self.of(code), Failure.RETRY, code)

    def test_database_away_or_not_ready(self):
        for code in ("57P01", "57P03", "53300", "53100", "08006", "42P01", "42703", "25006"):
            self.assertEqual(self.of(code), Failure.WAIT, code)
        for error in (psycopg2.OperationalError("x"), psycopg2.InterfaceError("x"), PoolError("x")):
            self.assertEqual(classify(error), Failure.WAIT)

    def test_the_batch_is_to_blame(self):
        for code in ("22P02", "23514", "23503", "25P02", "P0001"):
            self.assertEqual(self.of(code), Failure.POISON, code)
        for error in (ValueError("x"), UserError("x"), KeyError("x")):
            self.assertEqual(classify(error), Failure.POISON)

    def test_pauses_grow_with_jitter_up_to_a_bound(self):
        pauses = worker.Pauses()
        first = [pauses.next() for _time in range(12)]
        self.assertLessEqual(first[0], 0.1)
        self.assertGreater(first[-1], 7)
        self.assertTrue(all(0.05 <= pause <= 15 for pause in first))
        pauses.reset()
        self.assertLessEqual(pauses.next(), 0.1)


class FakeStore:
    """Stores numbers; some poison the transaction, and the database may go away."""

    def __init__(self, poison=(), away_after=None):
        self.poison, self.away_after = set(poison), away_after
        self.stored, self.buried, self.attempts = [], [], 0

    def commit(self, batch, _router):
        self.attempts += 1
        if self.away_after is not None and len(self.stored) >= self.away_after:
            raise psycopg2.OperationalError("away")
        if self.poison & set(numbers(batch)):
            raise ValueError("poison")
        self.stored += numbers(batch)
        return Counts(stored=len(batch))

    def bury(self, item, error):
        self.buried.append((item.mid, str(error)))
        return Counts(rejected=1)


class FakeConnection:
    def __init__(self):
        self.acknowledged = []

    def acknowledge(self, batch):
        self.acknowledged += numbers(batch)


class FakeRegistry:
    db_name = "none"


@tagged("post_install", "-at_install")
class TestHalving(BaseCase):
    def make(self, count, **store):
        made = worker.Worker(FakeRegistry(), PLAIN)
        made._store = FakeStore(**store)
        made._connection = FakeConnection()
        made._batch = [received(number) for number in range(count)]
        return made, made._store, made._connection.acknowledged

    def test_good_batch_is_one_transaction(self):
        made, store, acknowledged = self.make(100)
        made._process()
        self.assertEqual((store.attempts, made._batch), (1, []))
        self.assertEqual(acknowledged, list(range(100)))

    @mute_logger("odoo.addons.process_mqtt.bridge.worker")
    def test_poison_is_found_and_order_kept(self):
        for poison in ([0], [99], [37], [3, 4, 98], list(range(0, 100, 7))):
            made, store, acknowledged = self.make(100, poison=poison)
            made._process()
            self.assertEqual([number for number, _reason in store.buried], poison)
            self.assertEqual(store.stored, [n for n in range(100) if n not in poison])
            self.assertEqual(acknowledged, list(range(100)))
            self.assertEqual(made.health.total, Counts(100 - len(poison), 0, len(poison)))

    def test_nothing_is_acknowledged_while_the_database_is_away(self):
        made, _store, acknowledged = self.make(10, away_after=0)
        with self.assertRaises(psycopg2.OperationalError):
            made._process()
        self.assertEqual((acknowledged, numbers(made._batch)), ([], list(range(10))))

    @mute_logger("odoo.addons.process_mqtt.bridge.worker")
    def test_database_away_in_the_middle_acknowledges_once_what_is_committed(self):
        made, store, acknowledged = self.make(8, poison=[7], away_after=4)
        with self.assertRaises(psycopg2.OperationalError):
            made._process()
        self.assertEqual((acknowledged, numbers(made._batch)), ([0, 1, 2, 3], [4, 5, 6, 7]))
        store.away_after = None
        made._process()
        self.assertEqual(acknowledged, list(range(8)))
        self.assertEqual(store.stored, list(range(7)))

    def test_serialization_failures_are_tried_again(self):
        made, store, acknowledged = self.make(3)
        failures = [errors.lookup("40001")(), errors.lookup("40P01")()]
        for failure, code in zip(failures, ("40001", "40P01"), strict=True):
            failure.__setstate__({"pgcode": code})
        commit = store.commit

        def stumble(batch, router):
            if failures:
                raise failures.pop()
            return commit(batch, router)

        store.commit = stumble
        made._process()
        self.assertEqual((store.stored, acknowledged), ([0, 1, 2], [0, 1, 2]))


@tagged("post_install", "-at_install")
class TestAcknowledgement(BaseCase):
    """Packet ids belong to one connection: an old one must never acknowledge a new message."""

    def setUp(self):
        super().setUp()
        self.inbox = inbox.Inbox()
        self.connection = Connection(PLAIN, self.inbox)
        self.acks = []
        self.connection._client.acknowledge = self.acks.extend

    class Reason:
        is_failure = False

    class Flags:
        session_present = True

    def connect(self):
        client = self.connection._client
        subscribe = patch.object(client, "subscribe", return_value=(0, 1))
        with subscribe, patch.object(client, "unsubscribe"):
            self.connection._on_connect(client, None, self.Flags, self.Reason, None)

    def disconnect(self):
        self.connection._on_disconnect(self.connection._client, None, None, self.Reason, None)

    def arrive(self, mid, qos=1):
        class Arrived:
            topic, payload, retain, dup = "a/b", b"{}", False, False

        Arrived.mid, Arrived.qos = mid, qos
        self.connection._on_message(None, None, Arrived)

    def take(self):
        return self.inbox.take(100, 0.0, 0.0)

    def test_in_order_on_the_same_connection(self):
        self.connect()
        for mid in (3, 1, 2):
            self.arrive(mid)
        self.connection.acknowledge(self.take())
        self.assertEqual(self.acks, [3, 1, 2])

    def test_never_on_another_connection(self):
        self.connect()
        self.arrive(1)
        batch = self.take()
        self.disconnect()
        self.connection.acknowledge(batch)
        self.connect()
        self.connection.acknowledge(batch)
        self.assertEqual(self.acks, [])
        self.arrive(1)
        self.connection.acknowledge(self.take())
        self.assertEqual(self.acks, [1])

    def test_quality_of_service_0_needs_none(self):
        self.connect()
        self.arrive(0, qos=0)
        self.connection.acknowledge(self.take())
        self.assertEqual(self.acks, [])

    def test_lost_connection_empties_the_inbox(self):
        self.connect()
        self.arrive(1)
        self.disconnect()
        self.assertEqual(self.take(), [])

    def test_unwanted_filters_of_a_kept_session_go(self):
        connection = Connection(PLAIN, self.inbox, known=["a/+", "old/+"])
        client = connection._client
        subscribe = patch.object(client, "subscribe", return_value=(0, 1))
        with subscribe as new, patch.object(client, "unsubscribe") as old:
            connection._on_connect(client, None, self.Flags, self.Reason, None)
        self.assertEqual([name for name, _options in new.call_args_list[0].args[0]], ["a/+"])
        self.assertEqual(old.call_args.args[0], ["old/+"])
        self.assertEqual(connection.subscribed, {"a/+"})

    def test_session_is_kept_and_bounded(self):
        arguments = self.connection._session_arguments()
        self.assertIs(arguments["clean_start"], False)
        self.assertEqual(arguments["properties"].SessionExpiryInterval, PLAIN.session_expiry_s)
        self.assertEqual(arguments["properties"].ReceiveMaximum, PLAIN.receive_maximum)

    def test_heartbeat_says_nothing_secret(self):
        settings = Settings(**{**PLAIN.__dict__, "username": "u", "heartbeat_topic": "h"})
        with patch.dict("os.environ", {"BATCHPROOF_MQTT_PASSWORD": "secret"}):
            connection = Connection(settings, self.inbox)
        connection._is_connected = True
        with patch.object(connection._client, "publish") as publish:
            connection.publish_heartbeat("online", waiting=3)
        payload = publish.call_args.args[1]
        self.assertNotIn("secret", payload)
        self.assertEqual(json.loads(payload)["waiting"], 3)
        self.assertNotIn("secret", repr(settings))


@tagged("post_install", "-at_install")
class TestLease(BaseCase):
    def test_one_leader_at_a_time(self):
        first, second = (lease.Lease(get_db_name(), 4711, 1) for _time in range(2))
        other = lease.Lease(get_db_name(), 4711, 2)
        for one in (first, second, other):
            self.addCleanup(one.release)
        self.assertTrue(first.acquire())
        self.assertTrue(first.acquire())
        self.assertFalse(second.acquire())
        self.assertTrue(other.acquire())
        first.release()
        self.assertTrue(second.acquire())
        self.assertFalse(first.acquire())

    def test_a_killed_leader_loses_it(self):
        first, second = (lease.Lease(get_db_name(), 4712, 1) for _time in range(2))
        self.addCleanup(second.release)
        self.assertTrue(first.acquire())
        pid = first._connection.get_backend_pid()
        self.assertFalse(second.acquire())
        killer = psycopg2.connect(**sql_db.connection_info_for(get_db_name())[1])
        self.addCleanup(killer.close)
        with killer.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", (pid,))
        with self.assertRaises(psycopg2.Error):
            first.acquire()
        self.assertTrue(second.acquire())
        self.assertFalse(first.acquire())

    def test_bridges_store_in_turns_and_none_waits_for_ever(self):
        first, second = (lease.Lease(get_db_name(), 4713, number) for number in (1, 2))
        order = []

        def store():
            with second.turn():
                order.append("second")

        with patch.object(lease, "TURN_MS", 2_000):
            for one in (first, second):
                self.addCleanup(one.release)
                self.assertTrue(one.acquire())
        with first.turn():
            waiting = threading.Thread(target=store)
            waiting.start()
            waiting.join(0.3)
            order.append("first")
        waiting.join(10)
        self.assertEqual(order, ["first", "second"])
        with first.turn(), second.turn():
            order.append("without")
        self.assertEqual(
            order[-1], "without", "A turn is a courtesy: it is not waited for for ever"
        )

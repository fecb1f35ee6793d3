# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The doors of a running plant that a program or a person outside may use, and no others.

* `Json2`: Odoo's external API with a bearer key, as an ERP or a script would use it;
* `Rest`: the batch-progression API with a bearer key;
* `WebSession`: what the web client sends for a signed-in person. Signing needs it: a signature
  is refused to API keys, it is a person's act;
* `Simulator`: orders a replay over MQTT and waits for the sensor side's own count.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import paho.mqtt.client as mqtt
import requests

T = TypeVar("T")
TIMEOUT_S = 120


class Refused(Exception):
    """The plant said no; the text is its sentence."""


class Json2:
    """Odoo's JSON-2 external API for one role's key."""

    def __init__(self, url: str, database: str, key: str, company_id: int | None = None):
        self._url = f"{url}/json/2"
        self._context = {"allowed_company_ids": [company_id]} if company_id else {}
        self._http = requests.Session()
        self._http.headers.update({"Authorization": f"Bearer {key}", "X-Odoo-Database": database})

    def call(self, model: str, method: str, ids: list[int] | None = None, **kwargs: Any) -> Any:
        """Return what `model.method` returns; raise `Refused` with the server's sentence."""
        body = {"ids": ids or [], "context": self._context, **kwargs}
        if not ids:
            body.pop("ids")
        answer = self._http.post(f"{self._url}/{model}/{method}", json=body, timeout=TIMEOUT_S)
        if answer.status_code >= 400:
            raise Refused(_sentence(answer))
        return answer.json()

    def search_read(self, model: str, domain: list, fields: list[str], **kwargs: Any) -> list[dict]:
        """Return the records of `model` that match `domain`."""
        return self.call(model, "search_read", domain=domain, fields=fields, **kwargs)

    def read_one(self, model: str, record_id: int, fields: list[str]) -> dict:
        """Return one record's fields."""
        return self.call(model, "read", [record_id], fields=fields)[0]


class WebSession:
    """A person's session in the web client."""

    def __init__(
        self, url: str, database: str, login: str, password: str, company_id: int | None = None
    ):
        self._url = url
        self._password = password
        self._context = {"allowed_company_ids": [company_id]} if company_id else {}
        self._http = requests.Session()
        session = self._post(
            "/web/session/authenticate", {"db": database, "login": login, "password": password}
        )
        self.uid = session["uid"]
        if not self.uid:
            raise Refused(f"{login} could not sign in")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Return what the web client would get for `model.method(*args, **kwargs)`."""
        kwargs["context"] = {**self._context, **kwargs.get("context", {})}
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self._post("/web/dataset/call_kw", params)

    def search_read(self, model: str, domain: list, fields: list[str], **kwargs: Any) -> list[dict]:
        """Return the records of `model` that match `domain`."""
        return self.call(model, "search_read", domain=domain, fields=fields, **kwargs)

    def sign(self, model: str, record_id: int, meaning: str, reason: str) -> Any:
        """Sign a record in the signature dialog, with the password as the person types it."""
        values = {"res_model": model, "res_id": record_id, "meaning": meaning, "reason": reason}
        wizard = self.call("audit.signature.wizard", "create", [values])
        return self.call(
            "audit.signature.wizard",
            "action_sign",
            wizard,
            context={"password": self._password},
        )

    def _post(self, path: str, params: dict) -> Any:
        answer = self._http.post(
            self._url + path, json={"jsonrpc": "2.0", "params": params}, timeout=TIMEOUT_S
        )
        body = answer.json()
        if "error" in body:
            data = body["error"].get("data", {})
            raise Refused(data.get("message") or body["error"].get("message", "refused"))
        return body.get("result")


class Rest:
    """The batch-progression API for one role's key."""

    BASE = "/api/v1/batch-progression"

    def __init__(self, url: str, database: str, key: str):
        self._base = url + self.BASE
        self._http = requests.Session()
        self._http.headers.update({"Authorization": f"Bearer {key}", "X-Odoo-Database": database})

    def get(self, path: str) -> dict:
        """Return the JSON of a GET; raise `Refused` with the problem's detail."""
        return self._answer(self._http.get(self._base + path, timeout=TIMEOUT_S))

    def post(self, path: str, body: dict | None = None) -> dict:
        """Return the JSON of a POST; raise `Refused` with the problem's detail."""
        return self._answer(self._http.post(self._base + path, json=body or {}, timeout=TIMEOUT_S))

    @staticmethod
    def _answer(answer: requests.Response) -> dict:
        if answer.status_code >= 400:
            raise Refused(_sentence(answer))
        return answer.json()


class Simulator:
    """The sensor side: it replays a recording when asked over MQTT."""

    def __init__(self, access: dict, site: str, line: str):
        self._prefix = f"plant/{site}/{line}/simulator"
        self._done: dict | None = None
        self._arrived = threading.Event()
        self._connected = threading.Event()
        self._client = self._connect(access["mqtt"])

    def replay(self, **order: Any) -> dict:
        """Order a replay, wait for its end, return the simulator's count and checksum."""
        self._arrived.clear()
        message = self._client.publish(f"{self._prefix}/run", json.dumps(order), qos=1)
        message.wait_for_publish(TIMEOUT_S)
        if not self._arrived.wait(TIMEOUT_S):
            raise Refused(f"the simulator did not answer {order} within {TIMEOUT_S} s")
        done = self._done or {}
        if done.get("error"):
            raise Refused(f"the simulator: {done['error']}")
        return done

    def fall_quiet(self) -> None:
        """Have the idle values of the line stop: a replay of the past follows."""
        self.replay(quiet=True)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish one raw message, as a faulty device would."""
        self._client.publish(topic, payload, qos=1).wait_for_publish(TIMEOUT_S)

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connect(self, access: dict) -> mqtt.Client:
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        client.username_pw_set(access["user"], access["password"])
        if access.get("ca"):
            client.tls_set(access["ca"], tls_version=ssl.PROTOCOL_TLS_CLIENT)
        client.on_connect = self._on_connect
        client.on_subscribe = lambda *_: self._connected.set()
        client.on_message = self._on_message
        client.connect(access["host"], access["port"])
        client.loop_start()
        if not self._connected.wait(30):
            raise Refused("the MQTT broker did not accept the check's connection within 30 s")
        return client

    def _on_connect(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe(f"{self._prefix}/done", qos=1)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self._done = json.loads(message.payload)
        self._arrived.set()


def wait_for(what: str, probe: Callable[[], T | None], seconds: float = TIMEOUT_S) -> T:
    """Return the first truthy answer of `probe`; raise `Refused` naming `what` after a time."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise Refused(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.5)


def _sentence(answer: requests.Response) -> str:
    """Return the human part of a JSON-2 error or of a problem+json document."""
    try:
        body = answer.json()
    except ValueError:
        return f"HTTP {answer.status_code}: {answer.text[:300]}"
    text = body.get("detail") or body.get("message") or body.get("title") or json.dumps(body)
    blockers = "; ".join(b.get("message", "") for b in body.get("blockers", []))
    return f"{text} {blockers}".strip()

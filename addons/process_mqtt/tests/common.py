# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A broker with two mappings and three sensors, and messages as their sources send them.

`MqttCase` offers: company, broker, temperature, valve (sensors `d1-temp`, `d1-valve`) and
`message(...)`, `receive(...)`, `readings(...)`, `letters()`.
"""

import json

from odoo.tests import TransactionCase

from odoo.addons.process_monitoring import clock

from ..tools.message import Message


def prepare_sensors(env, company, suffix=""):
    """Values of the sensors that tests use; `suffix` keeps committed ones apart."""
    parameter = env["process.parameter"]
    measure = parameter.create(
        {"name": "Temp", "code": f"mqtt_t{suffix}", "kind": "measure", "unit": "degC"}
    )
    state = parameter.create({"name": "Valve", "code": f"mqtt_v{suffix}", "kind": "state"})
    return [
        {**values, "company_id": company.id}
        for values in (
            {"name": "Temperature", "code": "d1-temp", "parameter_id": measure.id},
            {"name": "Second", "code": "d1-temp2", "parameter_id": measure.id},
            {"name": "Valve", "code": "d1-valve", "parameter_id": state.id},
        )
    ]


def prepare_mapping(broker, **values):
    return {
        "broker_id": broker.id,
        "topic_filter": "plant/{site}/{line}/{tag}",
        "sensor_template": "{line}-{tag}",
        "text_path": "value",
        **values,
    }


def approve(mappings):
    """Put mappings in force as a signature does; `test_mqtt_mapping_version` tests the signing."""
    for mapping in mappings:
        mapping._do_approve(mapping.env.ref("base.user_admin"), clock.now_ms())
    return mappings


def change(mapping, **values):
    """Bring another version of a mapping in force and return it."""
    draft = mapping.browse(mapping.action_new_version()["res_id"])
    draft.write(values)
    return approve(draft)


class MqttCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Dairy of the tests"})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        sensors = cls.env["process.sensor"].create(prepare_sensors(cls.env, cls.company))
        cls.temperature, cls.second, cls.valve = sensors
        cls.broker = cls.env["mqtt.broker"].create(
            {"name": "Broker", "host": "broker.example", "company_id": cls.company.id}
        )
        cls.mapping = approve(cls.env["mqtt.mapping"].create(prepare_mapping(cls.broker)))
        cls.now = clock.now_ms()

    @classmethod
    def message(cls, payload=None, tag="temp", retained=False, again=False, **changes):
        """A message; keyword arguments change the good payload, None takes a key out."""
        document = {"ts": cls.now, "seq": 1, "value": 72.4, "unit": "degC", "q": 192, **changes}
        if payload is None:
            good = {key: value for key, value in document.items() if value is not None}
            payload = json.dumps(good).encode()
        return Message(f"plant/dairy/d1/{tag}", payload, cls.now, retained, again)

    def receive(self, *messages):
        counts = self.broker._receive(list(messages), self.broker._get_router())
        self.env.flush_all()
        return counts

    def readings(self, sensor=None):
        sensors = sensor or self.temperature + self.second + self.valve
        return self.env["process.reading"].search([("sensor_id", "in", sensors.ids)])

    def letters(self):
        return self.env["mqtt.dead.letter"].search([("broker_id", "=", self.broker.id)])

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.cli import Command


class MqttBridge(Command):
    """Take messages from the MQTT brokers of a database into its readings.

    odoo --addons-path=ADDONS mqtt_bridge -c odoo.conf -d DATABASE [--bridge-instance N]

    Passwords come from the environment (BATCHPROOF_MQTT_PASSWORD, or the variable that the
    broker's record names), the CA file from the record or BATCHPROOF_MQTT_CA. SIGTERM and SIGINT
    stop it cleanly.
    """

    name = "mqtt_bridge"

    def run(self, args):
        # Odoo loads this file as odoo.cli.mqtt_bridge and hides an ImportError at that moment:
        # so everything is imported here, absolutely.
        from odoo.addons.process_mqtt.bridge import command  # noqa: PLC0415

        return command.main(self.prog, args)

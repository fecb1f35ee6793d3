# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The local MQTT broker: TLS and passwords, on this machine only, nothing lost at a restart."""

import os
import shutil

from . import machine, paths
from .passwords import password_file
from .postgres import as_service, give_to_service
from .processes import run

# What a killed broker has acknowledged and not saved is lost: at most what came since the last of
# these saves (`autosave_on_changes` would write the whole store for each message, and still answer
# before it writes). Sources that send again what was acknowledged shortly before, as our simulator
# does, lose nothing; the bridge drops what comes twice.
# Settings by listener make Mosquitto refuse what it should queue for a session that it has loaded
# from its store, until that client is back on the same port: they are not used.
# A websocket listener would bind all interfaces whatever its address says: there is none.
CONF = """per_listener_settings false
persistence true
persistence_location {folder}/store/
autosave_interval 5
max_queued_messages 0
log_dest stdout
log_type error
log_type warning
log_type notice
connection_messages false

listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/rights
cafile {folder}/ca.crt
certfile {folder}/server.crt
keyfile {folder}/server.key
tls_version tlsv1.2
"""
RIGHTS = """# the bridge reads readings and announces itself, the plant publishes
user bridge
topic readwrite #
topic read $SYS/#
user plant
topic readwrite #
"""


def prepare(state, python, known):
    """Write the broker's configuration; keys are made once."""
    folder = state.broker
    give_to_service(folder)
    give_to_service(folder / "store")
    if not (folder / "ca.crt").exists():
        run([python, paths.SCRIPTS / "plant" / "certificates.py", "broker", folder])
    conf = CONF.format(folder=folder, port=paths.port("mqtt"))
    _write(folder / "mosquitto.conf", conf)
    _write(folder / "rights", RIGHTS)
    _write(folder / "passwords", password_file(known["mqtt"]))
    if os.geteuid() == 0:
        for file in (folder / "server.key", folder / "server.crt", folder / "ca.crt"):
            shutil.chown(file, "nobody", "nogroup")
    return as_service([machine.find("mosquitto"), "-c", folder / "mosquitto.conf"])


def authority(state):
    """The certificate a client checks the broker by, where every user's programs can read it."""
    copy = state.root / "broker-ca.crt"
    shutil.copyfile(state.broker / "ca.crt", copy)
    return copy


def _write(path, text):
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(path, "nobody", "nogroup")

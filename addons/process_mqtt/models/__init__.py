# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import mqtt_broker
from . import mqtt_broker_receive
from . import mqtt_broker_sparkplug
from . import mqtt_mapping
from . import mqtt_mapping_version
from . import mqtt_broker_document
from . import mqtt_dead_letter
from . import mqtt_refusal
from . import mqtt_finding
from . import mqtt_node
from . import mqtt_unmapped
from . import mqtt_broker_watch
from . import process_sensor
from . import mqtt_broker_health
from . import mqtt_broker_silence
from . import mqtt_broker_quota
from . import mqtt_broker_metrics

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import test_mqtt_access
from . import test_mqtt_broker
from . import test_mqtt_dead_letter
from . import test_mqtt_finding
from . import test_mqtt_mapping
from . import test_mqtt_mapping_version
from . import test_mqtt_receive
from . import test_bridge_findings
from . import test_bridge_parts
from . import test_bridge_shared
from . import test_bridge_sparkplug
from . import test_bridge_client
from . import test_bridge_delivery
from . import test_bridge_transport
from . import test_mqtt_unmapped
from . import test_bridge_watch
from . import test_mqtt_health
from . import test_mqtt_refusal
from . import test_bridge_flood

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from . import mqtt_mapping_import_wizard
from . import mqtt_unmapped_wizard

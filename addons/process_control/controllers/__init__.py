# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import batches
from . import batch_progression
from . import history
from . import monitoring
from . import quality
from . import record

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import ir_http
from . import res_company
from . import product_template
from . import product_product
from . import pact_client
from . import pact_token
from . import pact_secret_show
from . import pact_footprint
from . import pact_footprint_figures
from . import pact_footprint_document
from . import pact_footprint_publication
from . import pact_event
from . import pact_event_sending
from . import pact_request
from . import pact_supply
from . import pact_supply_exchange
from . import pact_received
from . import pact_client_supplier
from . import pact_event_supplier
from . import stock_move_line

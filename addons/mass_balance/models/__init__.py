# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import selections
from . import res_company
from . import stock_warehouse
from . import product_template
from . import product_product
from . import partner_certification
from . import res_partner
from . import sustainability_declaration
from . import sustainability_declaration_content
from . import sustainability_declaration_state
from . import sustainability_declaration_incoming
from . import sustainability_declaration_outgoing
from . import mass_balance_account
from . import mass_balance_period
from . import mass_balance_conversion
from . import mass_balance_credit
from . import mass_balance_entry
from . import stock_lot
from . import stock_move_line
from . import stock_move
from . import stock_picking
from . import mrp_production
from . import purchase_order
from . import sale_order
from . import sale_order_line

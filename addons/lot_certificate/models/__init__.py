# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import (
    ir_actions_report,
    ir_attachment,
    lot_certificate,
    lot_certificate_batch,
    lot_certificate_issue,
    lot_certificate_mail,
    lot_certificate_gate,
    lot_certificate_press,
    lot_certificate_report,
    lot_certificate_snapshot,
    mail_mail,
    mrp_production,
    res_company,
    res_config_settings,
    res_partner,
    stock_lot,
    stock_picking,
    sustainability_declaration,
)

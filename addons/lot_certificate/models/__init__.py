# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import certificate_certificate
from . import ir_actions_report
from . import ir_attachment
from . import lot_certificate_guard
from . import lot_certificate_mailing
from . import lot_certificate
from . import lot_certificate_authority
from . import lot_certificate_batch
from . import lot_certificate_gate
from . import lot_certificate_issue
from . import lot_certificate_press
from . import lot_certificate_proof
from . import lot_certificate_report
from . import lot_certificate_review
from . import lot_certificate_rule
from . import lot_certificate_snapshot
from . import lot_certificate_subject
from . import mail_mail
from . import mrp_production
from . import res_company
from . import res_config_settings
from . import res_partner
from . import stock_lot
from . import stock_picking
from . import sustainability_declaration

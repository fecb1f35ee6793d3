# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "Batchproof Demo Plants",
    "summary": "A dairy and a polymer plant to try the suite with",
    "version": "19.0.1.0.0",
    "category": "Manufacturing",
    "author": "Batchproof",
    "website": "https://github.com/batchproof/batchproof",
    "license": "LGPL-3",
    "depends": ["carbon_pact", "lot_certificate", "process_mqtt"],
    "data": [
        "data/res_company.xml",
        "data/stock_warehouse.xml",
        "data/res_users.xml",
        "data/res_partner.xml",
        "data/carbon_factor.xml",
        "data/product.xml",
        "data/process_sensor.xml",
        "data/process_plan.xml",
        "data/mqtt.xml",
        "data/mass_balance.xml",
        "data/carbon.xml",
        "data/carbon_planning.xml",
        "data/lot_certificate.xml",
        "data/mrp_production.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}

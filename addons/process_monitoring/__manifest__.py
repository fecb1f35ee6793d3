{
    "name": "Process Monitoring",
    "summary": "Sensors, limits, monitoring cycles, alerts, deviations and the hold on lots",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Batchproof",
    "website": "https://github.com/batchproof/batchproof",
    "category": "Manufacturing/Quality",
    "depends": ["audit_chain", "maintenance", "stock", "sms"],
    "data": [
        "security/process_monitoring_security.xml",
        "security/ir.model.access.csv",
        "data/ir_sequence.xml",
        "data/mail_activity_type.xml",
        "data/ir_cron.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}

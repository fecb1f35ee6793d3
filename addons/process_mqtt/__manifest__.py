{
    "name": "Process MQTT",
    "summary": "Readings from MQTT brokers, each exactly once, the unreadable kept with a reason",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Batchproof",
    "website": "https://github.com/batchproof/batchproof",
    "category": "Manufacturing/Quality",
    "depends": ["process_monitoring"],
    "external_dependencies": {"python": ["paho-mqtt"]},
    "data": [
        "security/process_mqtt_security.xml",
        "security/ir.model.access.csv",
        "views/mqtt_broker_views.xml",
        "views/mqtt_mapping_views.xml",
        "views/mqtt_dead_letter_views.xml",
    ],
}

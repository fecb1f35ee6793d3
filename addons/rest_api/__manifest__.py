{
    "name": "REST API",
    "summary": "What every JSON path of the suite shares: keys, errors, pages, OpenAPI",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Batchproof",
    "website": "https://github.com/batchproof/batchproof",
    "category": "Manufacturing/Quality",
    "depends": ["audit_chain"],
    "data": [
        "security/rest_api_security.xml",
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "data/ir_config_parameter.xml",
        "views/rest_api_request_views.xml",
    ],
}

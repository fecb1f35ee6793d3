{
    "name": "Report engine WeasyPrint",
    "summary": "A second PDF engine for reports: page headers, counters, PDF/A, embedded files",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Batchproof",
    "website": "https://github.com/batchproof/batchproof",
    "category": "Technical",
    "depends": ["web"],
    "external_dependencies": {"python": ["weasyprint"]},
    "data": [
        "views/report_templates.xml",
        "views/ir_actions_report_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["report_weasyprint/static/src/weasyprint_handler.js"],
    },
}

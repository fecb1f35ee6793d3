# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Certificates: issuing 200 against rendering the same 200, and the verify page on one worker.

``issue_vs_render``: issuing a certificate (gate, number, snapshot, hash, two signatures, the
credential, PDF, audit trail, chatter) against rendering the same PDF alone, the median of 200 in
turns, each begun with nothing left to collect: otherwise one of the two would pay the other's
garbage. At most 1.3.
``verify_page``: requests a second of one worker that answers a scan of the QR code, each with
every signature and hash checked, by the median of 300. At least 50.
"""

import gc
import statistics
import sys
import time

import _plant

MODULES = ["lot_certificate"]
CERTIFICATES, REQUESTS = 200, 300


def main():
    """Set up, measure, report."""
    _plant.start_odoo()
    from odoo.addons.lot_certificate.tests.common import CertificateCase

    _plant.run_in(CertificateCase, measure)


def measure(case):
    """Issue and render in turns, then ask for the pages of what was issued."""
    certificates = case.env["lot.certificate"].concat(
        *(case.make_certificate(case.lot) for _number in range(CERTIFICATES + 1))
    )
    certificates._do_request_issue()
    case.env.flush_all()
    first, *rest = certificates
    _issue(case, first)  # once before it counts: libraries load
    _render(case, first)
    issuing, rendering = [], []
    for certificate in rest:
        issuing.append(_timed(_issue, case, certificate))
        rendering.append(_timed(_render, case, certificate))
    figure, baseline = (round(statistics.median(times), 2) for times in (issuing, rendering))
    _plant.report("issue_vs_render", figure, "ms", baseline)
    _measure_pages(case, certificates)


def _timed(action, *args):
    """Return the milliseconds of an action."""
    gc.collect()
    start = time.perf_counter_ns()
    action(*args)
    return (time.perf_counter_ns() - start) / 1e6


def _issue(case, certificate):
    case.env.invalidate_all()
    certificate.with_context(tracking_disable=False)._issue()
    case.env.cr.flush()  # with what is done before a commit: the chatter
    if certificate.state != "issued":
        raise SystemExit(f"not issued: {certificate.error}")


def _render(case, certificate):
    """Print the stored snapshot, as the issue did, and do nothing else."""
    case.env.invalidate_all()
    report = case.env.ref("lot_certificate.lot_certificate_report").sudo()
    subject = certificate.sudo().with_company(certificate.company_id)
    subject = subject.with_context(lang=certificate.language)
    report._render_weasyprint(report, subject.ids, {"report_type": "pdf"})


def _measure_pages(case, certificates):
    """Ask as one worker is asked: one request after the other, without the network."""
    from werkzeug.test import Client

    from odoo.http import root

    tokens = [certificate.verify_token for certificate in certificates]
    client = Client(root)

    def ask(token):
        answer = client.get(f"/verify/{token}")
        if answer.status_code != 200 or b"Issued and signed, and not revoked" not in answer.data:
            raise SystemExit(f"the verify page answered {answer.status_code}")

    case.http_request_allow_all = True  # requests see what this transaction has made
    with case.enter_registry_test_mode():
        ask(tokens[0])
        times = [_timed(ask, tokens[number % len(tokens)]) for number in range(REQUESTS)]
    _plant.report("verify_page", round(1000 / statistics.median(times), 1), "requests/s", 50)


if __name__ == "__main__":
    sys.exit(main())

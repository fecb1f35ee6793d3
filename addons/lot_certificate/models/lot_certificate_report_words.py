# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import functools

from odoo import api, models

from ..tools import wording

OPERATORS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
NBSP = "\u00a0"


class LotCertificateReport(models.AbstractModel):
    """The words of the printed certificate: codes, figures and moments of the snapshot, worded for
    its reader.

    What the system says is said in the reader's language; what a person typed stays as typed.
    """

    _inherit = "report.lot_certificate.document"

    @api.model
    def _get_words(self, env, locale):
        """Return what the templates word with, in the language of `env`."""
        labels = self._get_labels(env)
        return {
            "labels": labels,
            "number": functools.partial(wording.number, locale=locale),
            "quantity": functools.partial(wording.quantity, locale=locale),
            "when": functools.partial(wording.when, locale=locale),
            "day": functools.partial(wording.day, locale=locale),
            "duration": wording.duration,
            "limits": functools.partial(self._word_limits, labels, locale),
            "event": functools.partial(self._word_event, env, locale),
            "lacking": functools.partial(self._word_lacking, env),
            "meaning": functools.partial(self._word_meaning, env),
            "signatures": functools.partial(self._get_signature_rows, env),
        }

    @api.model
    def _get_titles(self, env):
        """Return the words for what a paper is: the kinds, and the Proof of Sustainability."""
        kinds = dict(env["lot.certificate"]._fields["kind"]._description_selection(env))
        return {**kinds, "pos": env._("Proof of Sustainability")}

    @api.model
    def _get_labels(self, env):
        """Return the words for the codes of a snapshot."""

        def choices(model, field):
            return dict(env[model]._fields[field]._description_selection(env))

        return {
            "kind": self._get_titles(env),
            "stage": choices("process.stage", "state"),
            "deviation": choices("process.deviation", "state"),
            "disposition": choices("process.deviation", "disposition"),
            "event": choices("process.deviation", "kind"),
            "transition": choices("process.transition", "transition_type"),
            "class": {
                "ccp": env._("CCP"),
                "oprp": env._("OPRP"),
                "prp": env._("PRP"),
                "quality": env._("Quality"),
            },
            "verdict": {
                "conform": env._("Within limits"),
                "breach": env._("Limit broken"),
                "gaps": env._("Readings missing"),
                "no_readings": env._("No readings"),
                "recorded": env._("Recorded"),
                "not_judged": env._("No limit in force"),
            },
            "limit_kind": {
                "critical": env._("critical"),
                "operating": env._("operating"),
                "quality": env._("quality"),
            },
        }

    @api.model
    def _word_limits(self, labels, locale, limits, with_kind=False):
        """Return limits as people read them, such as "≥ 72 °C"."""
        texts = []
        for limit in limits:
            bound = wording.quantity(limit["value"], limit["unit"], locale)
            kind = labels["limit_kind"].get(limit["kind"], "") if with_kind else ""
            texts.append(f"{kind} {OPERATORS[limit['operator']]}{NBSP}{bound}".strip())
        return ", ".join(texts)

    # -- what was found -----------------------------------------------------------------------

    @api.model
    def _word_event(self, env, locale, event):
        """Return what the evaluation saw, in a sentence."""
        since = wording.when(event["since"], locale)
        if event["value"] is not None:
            reading = wording.quantity(event["value"], event["unit"], locale)
            if not event["limit"]:
                return env._(
                    "%(reading)s breaks the limit, since %(since)s.", reading=reading, since=since
                )
            return env._(
                "%(reading)s breaks the limit (%(limit)s), since %(since)s.",
                reading=reading,
                limit=self._word_limits(self._get_labels(env), locale, [event["limit"]], True),
                since=since,
            )
        kinds = env["process.deviation"]._fields["kind"]._description_selection(env)
        kind = dict(kinds).get(event["kind"], event["kind"])
        return env._("%(kind)s, since %(since)s.", kind=kind, since=since)

    @api.model
    def _word_lacking(self, env, lacking):
        """Return why no footprint is stated; for the customer, so without what the plant does."""
        sentences = {
            "data": env._("%s: the data are not complete."),
            "readings": env._("%s: the meter readings of the batch are not complete."),
            "mass": env._("%s: the quantity cannot be stated in kg."),
            "factor": env._("%s: there is no approved emission factor."),
            "unit": env._("%s: quantity and emission factor are stated in different units."),
            "gwp": env._("%s: the emission factor uses another set of warming potentials."),
            "declared": env._("%s: the value declared by the supplier cannot be used."),
            "batch": env._("%s: its own footprint is not complete."),
            "treatment": env._("%s: it is not laid down whether it counts."),
            "division": env._("The emissions cannot be divided between the products of the batch."),
            "rule": env._("No method of calculation is laid down for this product."),
            "nothing": env._("No consumption was recorded for the batch."),
            "failed": env._("The calculation could not be completed."),
        }
        sentence = sentences.get(lacking["code"], sentences["data"])
        return sentence.replace("%s", lacking["subject"] or env._("An input"))

    # -- who signed ---------------------------------------------------------------------------

    @api.model
    def _word_meaning(self, env, signature):
        """Return what a signature means; as its signer read it, where the code is not known."""
        model = signature.get("document_type")
        meanings = env[model]._get_signature_meanings() if model in env else {}
        return meanings.get(signature.get("meaning_code"), signature["meaning"])

    @api.model
    def _get_signature_rows(self, env, batch):
        """Return (document, signature) of everything that was signed for a batch, in its order."""
        process = batch["process"]
        plan = env._(
            "Plan %(code)s, revision %(revision)s",
            code=process["plan_code"],
            revision=process["plan_revision"],
        )
        rows = [(plan, signature) for signature in process["plan_signatures"]]
        for approval in process["approvals"]:
            stage = approval["stage"]
            if approval["attempt"] > 1:
                stage = env._(
                    "%(stage)s, attempt %(attempt)s", stage=stage, attempt=approval["attempt"]
                )
            document = f"{stage}: {approval['level']}" if approval.get("level") else stage
            rows += [(document, signature) for signature in approval["signatures"]]
        lot = env._("Lot %s", batch["lot"])
        release = (batch["release"] or {}).get("signatures", [])
        return rows + [(lot, signature) for signature in release]

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError

QUALITY = "process_monitoring.group_process_monitoring_quality_manager"


class ProcessReadingArchiveSignature(models.Model):
    """The two signatures of an archived month: that it may leave, and that it comes back."""

    _inherit = "process.reading.archive"

    def action_approve(self):
        """Sign that the month is archived."""
        self._check_archivable()
        return self.with_context(default_meaning="archive").action_open_signature()

    def action_restore(self):
        """Sign that the month is restored."""
        return self.with_context(default_meaning="restore").action_open_signature()

    def _get_signature_meanings(self):
        return {
            "archive": self.env._("Readings are archived"),
            "restore": self.env._("Readings are restored"),
        }

    def _get_signature_content(self):
        self.ensure_one()
        return {
            "month": self.name,
            "readings": self.reading_count,
            "requested_by": self.requested_by_id.login or "",
        }

    def _check_may_sign(self, meaning):
        """A quality manager signs; not who proposed it."""
        super()._check_may_sign(meaning)
        if not self.env.user.has_group(QUALITY):
            raise AccessError(
                self.env._("Only a quality manager decides that readings are archived or restored.")
            )
        if meaning == "restore":
            if self.state != "archived":
                raise UserError(self.env._("%s is not archived.", self.name))
            return
        if self.env.user == self.requested_by_id:
            raise UserError(
                self.env._("You proposed to archive %s: somebody else has to sign.", self.name)
            )
        self._check_archivable()

    def _check_archivable(self) -> None:
        """Refuse while a batch needs the readings, or when there are more than were proposed."""
        self.ensure_one()
        archive = self.sudo()
        if archive.state != "draft":
            raise UserError(self.env._("%s has been moved on meanwhile. Reload it.", self.name))
        blockers = archive._find_blockers()
        if blockers:
            raise UserError(
                self.env._(
                    "%(month)s cannot be archived:\n%(blockers)s",
                    month=self.name,
                    blockers="\n".join(blockers[:20]),
                )
            )
        if archive._count_readings(archive) != archive.reading_count:
            raise UserError(
                self.env._(
                    "Readings were added to %s since it was proposed. Cancel it and propose the "
                    "month again.",
                    self.name,
                )
            )

    def _on_signed(self, signature):
        # with rights of the system: the signature is what allows it, nobody's access rights do
        archive = self.sudo()
        if signature.meaning == "archive":
            archive._seal()
            archive._check_archivable()
            archive._move_to("approved", approved_by_id=signature.user_id.id)
        else:
            archive._move_to("restoring", done_ms=archive.start_ms)
        self.env.ref("process_monitoring.ir_cron_archive_readings").sudo()._trigger()
        return super()._on_signed(signature)

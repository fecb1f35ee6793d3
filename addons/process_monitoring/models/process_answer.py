# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.answers import Answer


class ProcessAnswer(models.Model):
    """One answer that may be given to an observed requirement, and whether it conforms.

    Written by process engineers with the requirement, and frozen with its plan. Whoever observes
    chooses an answer; whether it conforms is said here and nowhere else.
    """

    _name = "process.answer"
    _description = "Answer of an observed requirement"
    _order = "requirement_id, sequence, id"

    sequence = fields.Integer(default=10)
    requirement_id = fields.Many2one(
        "process.requirement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="requirement_id.company_id", store=True, index=True)
    name = fields.Char(string="Answer", required=True, help="As people say it, e.g. negative.")
    is_conforming = fields.Boolean(string="Conforms")

    _name_unique = models.Constraint(
        "unique(requirement_id, name)", "A requirement has each answer once."
    )

    @api.constrains("requirement_id", "name")
    def _check_parameter(self):
        for answer in self:
            if answer.requirement_id.parameter_id.kind != "state":
                raise ValidationError(
                    self.env._(
                        "%(requirement)s is measured, not observed: it has limits. Answers belong "
                        "to a parameter that is a state.",
                        requirement=answer.requirement_id.name,
                    )
                )
            if answer.name != answer.name.strip() or not answer.name.isprintable():
                raise ValidationError(
                    self.env._(
                        "The answer “%s” has blanks at its ends or characters that cannot be "
                        "printed; nobody could give it.",
                        answer.name,
                    )
                )

    def _to_answers(self) -> tuple[Answer, ...]:
        """Return the rows as the pure logic takes them, in their order."""
        return tuple(Answer(answer.name, answer.is_conforming) for answer in self)

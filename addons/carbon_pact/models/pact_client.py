# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import hmac
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .. import peer
from ..tools import peer_url
from .pact_footprint_publication import MANAGER

TRANSITIONS = {("active", "revoked")}
TRUSTED = "carbon_pact.trusted_hosts"


class PactClient(models.Model):
    """The access of one partner's system: a customer that reads, or a supplier that states.

    Kept by sustainability managers: what it may see, and where its questions are answered. The
    secret is shown once and stored as a hash; the secret that we show there comes from the
    environment. A revoked access never opens again, its tokens end at once.
    """

    _name = "pact.client"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Access of a partner's system"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", required=True, index=True, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        help="Gets the requests that no rule answers.",
    )
    state = fields.Selection(
        [("active", "Active"), ("revoked", "Revoked")],
        default="active",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    client_key = fields.Char(string="Client ID", readonly=True, copy=False, index=True)
    secret_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    secret_at = fields.Datetime(string="Secret made", readonly=True, copy=False)
    last_used_at = fields.Datetime(string="Last token", readonly=True, copy=False)
    # what it may see
    sharing = fields.Selection(
        [("listed", "The products listed here"), ("all", "Every published product")],
        required=True,
        default="listed",
        tracking=True,
        help="Footprints that are published only for some customers are seen by those alone.",
    )
    product_ids = fields.Many2many(
        "product.product", string="Products", check_company=True, tracking=True
    )
    footprint_count = fields.Integer(compute="_compute_footprint_count")
    # how it is answered
    answer_mode = fields.Selection(
        [("rule", "By itself when a published footprint matches"), ("person", "By a person")],
        string="Requests are answered",
        required=True,
        default="rule",
    )
    is_notified = fields.Boolean(
        string="Told of new footprints", default=True, help="By an event to its own exchange."
    )
    peer_url = fields.Char(
        string="Address of its exchange",
        tracking=True,
        help="Base address of the partner's own exchange, without /3/events. Events are sent "
        "there and nowhere else, whatever a request says of its source.",
    )
    peer_client = fields.Char(
        string="Our client ID there", help="Empty: it takes events without a token."
    )
    peer_variable = fields.Char(
        string="Our secret there",
        help="Name of the environment variable that holds it, such as BATCHPROOF_PACT_ACME.",
    )
    request_ids = fields.One2many("pact.request", "client_id", readonly=True)
    event_ids = fields.One2many("pact.event", "client_id", readonly=True)

    _client_key_unique = models.UniqueIndex("(client_key)")

    @api.depends("sharing", "product_ids", "partner_id", "company_id")
    def _compute_footprint_count(self):
        for client in self:
            domain = client._get_footprint_domain()
            client.footprint_count = self.env["pact.footprint"].search_count(domain)

    @api.constrains("peer_url", "peer_client", "peer_variable")
    def _check_peer(self):
        for client in self:
            if client.peer_url and peer_url.find_problem(client.peer_url, client._get_trusted()):
                raise ValidationError(
                    self.env._(
                        "%s: the address of an exchange begins with https://, or with http:// on a "
                        "trusted host, and has neither user nor query.",
                        client.name,
                    )
                )
            if client.peer_variable and not peer_url.is_secret_name(client.peer_variable):
                raise ValidationError(
                    self.env._(
                        "%(client)s: the variable must be named %(prefix)s and capital letters, "
                        "digits or underscores; no other secret of the machine is sent out.",
                        client=client.name,
                        prefix=peer_url.SECRETS,
                    )
                )

    @api.model
    def _get_trusted(self) -> frozenset[str]:
        """Return the hosts that the administrator trusts: without TLS, and inside the plant."""
        text = self.env["ir.config_parameter"].sudo().get_param(TRUSTED, "")
        return peer_url.read_hosts(text)

    def _get_peer(self) -> peer.Peer:
        """Return the partner's exchange, as ours calls it."""
        self.ensure_one()
        return peer.Peer(
            self.peer_url, self.peer_client or "", self.peer_variable or "", self._get_trusted()
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Give each its client ID; a secret is made by its own button."""
        stamped = self._get_stamped_fields()
        rows = [{k: v for k, v in vals.items() if k not in stamped} for vals in vals_list]
        return super().create([row | {"client_key": secrets.token_hex(12)} for row in rows])

    def write(self, vals):
        """Refuse to type what is stamped."""
        stamped = self._get_stamped_fields() & set(vals)
        if stamped:
            raise UserError(
                self.env._(
                    "%s is set by the buttons of the access and cannot be entered.",
                    ", ".join(self._fields[name].string for name in sorted(stamped)),
                )
            )
        return super().write(vals)

    @api.model
    def _get_stamped_fields(self) -> set[str]:
        return {"state", "client_key", "secret_hash", "secret_at", "last_used_at"}

    def _stamp(self, vals: dict) -> bool:
        """Write what only the steps of this model write."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.filtered("last_used_at"):
            raise UserError(self.env._("An access that was used is revoked, not deleted."))

    # -- secret ---------------------------------------------------------------------------------

    def action_make_secret(self):
        """Make a new secret and show it, this once; the old one and its tokens end."""
        self.ensure_one()
        self._check_manager()
        if self.state != "active":
            raise UserError(self.env._("%s is revoked: add a new access.", self.name))
        secret = secrets.token_urlsafe(32)
        self._renew_secret(secret)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Secret of %s", self.name),
            "res_model": "pact.secret.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_client": self.client_key, "default_secret": secret},
        }

    def _renew_secret(self, secret: str) -> None:
        # only the administrator reads the hash; the manager's role lets him replace it
        client = self.sudo()
        client._stamp({"secret_hash": _hash(secret), "secret_at": fields.Datetime.now()})
        client._end_tokens()
        self._log("pact.client_secret")

    def action_revoke(self):
        """End the access and all its tokens; this cannot be taken back."""
        self._check_manager()
        for client in self.filtered(lambda client: client.state == "active"):
            client._stamp({"state": "revoked"})
            client.sudo()._end_tokens()
            client._log("pact.client_revoked")

    def _check_manager(self) -> None:
        self.check_access("write")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only a sustainability manager grants and ends customers' access.")
            )

    def _end_tokens(self) -> None:
        self.env["pact.token"].search([("client_id", "in", self.ids)]).unlink()

    def _log(self, event: str) -> None:
        self.env["audit.record"]._log(
            event, self, {"client": self.client_key, "customer": self.partner_id.display_name}
        )

    # -- what the doors ask ---------------------------------------------------------------------

    @api.model
    def _authenticate(self, key: str, secret: str):
        """Return the active client of an ID and its secret, else nothing."""
        client = self.search([("client_key", "=", key or ""), ("state", "=", "active")], limit=1)
        # the same work whether there is such a client or not
        known = client.secret_hash or _hash("")
        is_right = hmac.compare_digest(known, _hash(secret or ""))
        return client if client.secret_hash and is_right else self.browse()

    def _get_footprint_domain(self) -> fields.Domain:
        """Return the domain of what this client may see; every door goes through it."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        shared = fields.Domain("partner_ids", "=", False)
        if self.sharing == "listed":
            shared &= fields.Domain("product_id", "in", self.product_ids.ids)
        return (
            fields.Domain("company_id", "=", self.company_id.id)
            & fields.Domain("state", "in", ("published", "deprecated"))
            & (shared | fields.Domain("partner_ids.commercial_partner_id", "=", customer.id))
        )

    def _find_footprints(self, asked, **kwargs):
        """Search what the client may see and asks for: active ones first, then by publication."""
        footprints = self.env["pact.footprint"]
        domain = footprints._get_criteria_domain(asked) & self._get_footprint_domain()
        return footprints.search(domain, order="state desc, published_at, id", **kwargs)

    def _sees(self, footprint) -> bool:
        """Tell whether the client may see a footprint."""
        return bool(footprint.filtered_domain(self._get_footprint_domain()))

    def action_view_footprints(self):
        """Open what the client sees."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("carbon_pact.pact_footprint_action")
        return action | {"domain": list(self._get_footprint_domain()), "context": {}}


def _hash(secret: str) -> str:
    """Hash a secret: it is 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()

# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Buying, receiving, selling and delivering, as buyers and warehouse people do it in the client."""

from __future__ import annotations

from typing import Any

from actors import Plant
from client import WebSession


def buy(plant: Plant, vendor: int, product: int, quantity: float, price: float) -> dict[str, Any]:
    """Order from a vendor and confirm; return the order with its receipt `picking_id`."""
    buyer = plant.person("purchase")
    line = {"product_id": product, "product_qty": quantity, "price_unit": price}
    order = buyer.call(
        "purchase.order", "create", [{"partner_id": vendor, "order_line": [[0, 0, line]]}]
    )
    buyer.call("purchase.order", "button_confirm", order)
    found = buyer.call("purchase.order", "read", order, ["name", "picking_ids"])[0]
    return {"id": found["id"], "name": found["name"], "picking_id": found["picking_ids"][0]}


def receive(plant: Plant, picking_id: int, lots: dict[str, float]) -> str:
    """Receive a picking of one product into lots (name → quantity); return its name."""
    lines = [{"lot_name": name, "quantity": quantity} for name, quantity in lots.items()]
    return _move(plant, picking_id, lines)


def sell(plant: Plant, customer: int, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Sell to a customer and confirm; return the order with its delivery `picking_id`."""
    seller = plant.person("sales")
    values = {"partner_id": customer, "order_line": [[0, 0, line] for line in lines]}
    order = seller.call("sale.order", "create", [values])
    seller.call("sale.order", "action_confirm", order)
    found = seller.call("sale.order", "read", order, ["name", "picking_ids"])[0]
    return {"id": found["id"], "name": found["name"], "picking_id": found["picking_ids"][0]}


def deliver(plant: Plant, picking_id: int, lot_id: int, quantity: float) -> str:
    """Deliver one lot on a picking; return the picking's name."""
    return _move(plant, picking_id, [{"lot_id": lot_id, "quantity": quantity}])


def _move(plant: Plant, picking_id: int, lines: list[dict[str, Any]]) -> str:
    """Replace what a picking of one product proposes by these lines, and validate it."""
    warehouse = plant.person("warehouse")
    move = _one(warehouse, "stock.move", [("picking_id", "=", picking_id)], ["product_id"])
    stale = warehouse.search_read("stock.move.line", [("picking_id", "=", picking_id)], ["id"])
    warehouse.call("stock.move.line", "unlink", [line["id"] for line in stale])
    values = {
        "picking_id": picking_id,
        "move_id": move["id"],
        "product_id": move["product_id"][0],
        "picked": True,
    }
    for line in lines:
        warehouse.call("stock.move.line", "create", [{**values, **line}])
    return validate(plant, picking_id)


def validate(plant: Plant, picking_id: int) -> str:
    """Press Validate on a picking; return its name once it is done."""
    warehouse = plant.person("warehouse")
    answer = warehouse.call("stock.picking", "button_validate", [picking_id])
    found = warehouse.call("stock.picking", "read", [picking_id], ["name", "state"])[0]
    if found["state"] != "done":
        raise RuntimeError(f"{found['name']} is {found['state']} after Validate: {answer}")
    return found["name"]


def _one(session: WebSession, model: str, domain: list, fields: list[str]) -> dict[str, Any]:
    found = session.search_read(model, domain, fields)
    if len(found) != 1:
        raise LookupError(f"expected one {model} for {domain}, found {len(found)}")
    return found[0]

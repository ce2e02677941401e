"""The first till: register, cashiers and products, each made once. What people make of them in Odoo stays."""

import hashlib
import json
import os
from pathlib import Path

NAME = os.environ["POINT_OF_SALE"]
CASHIERS = os.environ["CASHIERS"].split()
PASSWORDS = Path("/run/secrets/cashiers")
PRODUCTS = Path("/point-of-sale/products.json")


class Made:
    """What was made, as parameters of Odoo's: these stay where people delete or rename the things themselves."""

    def __init__(self, env):
        self.parameters = env["ir.config_parameter"]

    def read(self, what: str, nothing=None):
        return json.loads(self.parameters.get_param(f"grappe.point_of_sale.{what}") or json.dumps(nothing))

    def write(self, what: str, value) -> None:
        self.parameters.set_param(f"grappe.point_of_sale.{what}", json.dumps(value, sort_keys=True))


def register(env, made: Made) -> None:
    """Odoo gives it its journals and payment methods: cash, card, and on account."""
    former = made.read("register")
    if former is None:
        config = env["pos.config"].create({"name": NAME})
    elif former["name"] == NAME:
        return
    else:
        config = env["pos.config"].browse(former["id"]).exists()
        config.write({"name": NAME})
    made.write("register", {"id": config.id, "name": NAME})


def give_access(env, login: str, password: str):
    """One who has this login already gets the till's rights and the password, too."""
    users = env["res.users"].with_context(active_test=False, no_reset_password=True)
    # Its name until Odoo 18.
    field = "group_ids" if "group_ids" in users._fields else "groups_id"
    groups = [(4, env.ref(name).id) for name in ("base.group_user", "point_of_sale.group_pos_user")]
    user = users.search([("login", "=", login)], limit=1)
    if user:
        user.write({"active": True, "password": password, field: groups})
        return user
    start = env.ref("point_of_sale.action_pos_config_kanban").id
    language = os.environ["LANGUAGE"]
    values = {"name": login, "login": login, "password": password, "lang": language, "action_id": start}
    return users.create({**values, field: [(6, 0, []), *groups]})


def cashiers(env, made: Made) -> None:
    """Made, and given a password, once for each password that the Secret holds; archived where the settings don't name them any more."""
    known = made.read("cashiers", {})
    for login in CASHIERS:
        password = (PASSWORDS / login).read_text().strip()
        stamp = hashlib.sha256(f"{login}:{password}".encode()).hexdigest()
        if known.get(login, {}).get("stamp") != stamp:
            known[login] = {"id": give_access(env, login, password).id, "stamp": stamp}
    for login in set(known) - set(CASHIERS):
        env["res.users"].browse(known.pop(login)["id"]).exists().write({"active": False})
    made.write("cashiers", known)


def category(env, name: str):
    categories = env["pos.category"]
    return categories.search([("name", "=", name)], limit=1) or categories.create({"name": name})


def included_tax(env, percent: float):
    """A tax on sales of that rate that prices include, made after the country's own where there is one that they don't."""
    taxes = env["account.tax"]
    rate = [
        *taxes._check_company_domain(env.company),
        ("type_tax_use", "=", "sale"),
        ("amount_type", "=", "percent"),
        ("amount", "=", percent),
    ]
    ours = [*rate, ("price_include_override", "=", "tax_included")]
    found = taxes.search([*rate, ("price_include", "=", True)], limit=1) or taxes.search(ours, limit=1)
    if found:
        return found
    values = {"name": f"{percent:g}% incl.", "price_include_override": "tax_included"}
    standard = env.company.account_sale_tax_id
    base = standard if standard.amount_type == "percent" and standard.amount == percent else taxes.search(rate, limit=1)
    if base:
        return base.copy(values)
    # Receipts name a tax by its group, and the usual one is of another rate.
    group = env["account.tax.group"].create({"name": f"{percent:g}%"})
    return taxes.create(
        {**values, "type_tax_use": "sale", "amount_type": "percent", "amount": percent, "tax_group_id": group.id}
    )


def product(env, listed: dict) -> None:
    tax = listed.get("tax")
    values = {
        "name": listed["name"],
        "list_price": float(listed["price"]),
        "available_in_pos": True,
        # Without a rate its price is all there is to pay: Odoo would add its standard one.
        "taxes_id": [(6, 0, included_tax(env, float(tax)).ids if tax else [])],
    }
    if listed.get("barcode"):
        values["barcode"] = listed["barcode"]
    if listed.get("category"):
        values["pos_categ_ids"] = [(6, 0, category(env, listed["category"]).ids)]
    env["product.template"].create(values)


def products(env, made: Made) -> None:
    """Those of the list that were never made; one that was deleted in Odoo stays away."""
    known = made.read("products", [])
    new = [listed for listed in json.loads(PRODUCTS.read_text()) if listed["name"] not in known]
    for listed in new:
        product(env, listed)
    if new:
        made.write("products", [*known, *(listed["name"] for listed in new)])


def point_of_sale(env) -> None:
    made = Made(env)
    # In the shop's language, as names of payment methods are.
    local = env(context={**env.context, "lang": os.environ["LANGUAGE"]})
    if NAME:
        register(local, made)
    if NAME or made.read("cashiers"):
        cashiers(local, made)
    if NAME:
        products(local, made)

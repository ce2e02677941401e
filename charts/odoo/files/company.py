"""The company's country, before accounting is installed: its accounts, taxes and currency are the country's. Runs inside `odoo shell`."""

import os

KEY = "grappe.country"


def wanted_country(env):
    code = os.environ["COUNTRY"]
    country = env["res.country"].search([("code", "=", code)], limit=1)
    if not country:
        raise SystemExit(f"this Odoo knows no country {code}: correct `country`")
    return country


def company(env) -> None:
    """Odoo then installs what the country needs by itself, such as l10n_de."""
    country = wanted_country(env)
    country.currency_id.active = True
    env.ref("base.main_company").write({"country_id": country.id, "currency_id": country.currency_id.id})
    env["ir.config_parameter"].set_param(KEY, country.code)
    env.cr.commit()


def refuse_another_country(env) -> None:
    """Of a company that keeps books already; what people wrote in Odoo after the country was given stays."""
    code = os.environ["COUNTRY"]
    parameters = env["ir.config_parameter"]
    if not code or parameters.get_param(KEY) == code:
        return
    actual = env.ref("base.main_company").country_id
    if actual != wanted_country(env):
        raise SystemExit(
            f"the company's country is {actual.code or 'not set'}, and its accounts were made for that; the settings say {code}. "
            "Fix: take `country` out, and change it in Odoo, with its accounts."
        )
    parameters.set_param(KEY, code)

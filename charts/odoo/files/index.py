"""Makes the indexes that fields declare and that are missing. Runs inside `odoo shell`, which gives the environment."""


def index(env) -> None:
    env.registry.check_indexes(env.cr, list(env.registry.models))
    env.cr.commit()

"""How a system is used, from its operation log: who, which function, how often, how long, how well."""

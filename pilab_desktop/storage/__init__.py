"""State: tables, unit of work, queries, migrations of the schema, secrets at rest."""

"""Engine, tables, migrations, inbox and outbox. Open to the rim; no flow, rule, intent or message sees it."""

"""The database: tables, migrations and the Store, which is the only door to them."""

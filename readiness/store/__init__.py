"""What is kept: SQLAlchemy models and queries. Rows never leave this room; values do."""
